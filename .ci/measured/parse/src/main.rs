//! The time that serde_json needs to parse files, in milliseconds: `parse RUNS FILE…`.

use std::error::Error;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [runs, paths @ ..] = arguments.as_slice() else { return Err("usage: parse RUNS FILE…".into()) };
    let files: Vec<Vec<u8>> = paths.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    for _ in 0..runs.parse::<usize>()? {
        println!("{:.3}", parsed(&files)?.as_secs_f64() * 1000.0);
    }
    Ok(())
}

/// How long it takes to parse all files. Reading them and dropping what was parsed is not counted.
fn parsed(files: &[Vec<u8>]) -> Result<Duration, serde_json::Error> {
    let started = Instant::now();
    let values: Vec<serde_json::Value> =
        files.iter().map(|file| serde_json::from_slice(file)).collect::<Result<_, _>>()?;
    let time = started.elapsed();
    drop(values);
    Ok(time)
}
