//! How long a built-in stage takes from the embedded machine code to a component that can be instantiated.
//! Prints the median and the slowest of the stages, in microseconds, as JSON; `.ci/figures` reads it.

#![expect(clippy::disallowed_macros, reason = "a program of its own, whose output is its result")]

use countersign_engine::{Builtin, Engine, Plugin};
use std::time::Instant;

include!(concat!(env!("OUT_DIR"), "/builtins.rs"));

const RUNS: usize = 51;

fn main() {
    let engine = Engine::new().expect("this machine runs compiled WebAssembly");
    let mut rows = Vec::new();
    for builtin in BUILTINS {
        let mut times: Vec<u128> = (0..RUNS)
            .map(|_| {
                let started = Instant::now();
                let plugin = Plugin::builtin(&engine, builtin).expect("a built-in stage is a stage");
                let took = started.elapsed().as_micros();
                drop(plugin);
                took
            })
            .collect();
        times.sort_unstable();
        rows.push(format!("\"{}\": {}", builtin.name, times[RUNS / 2]));
    }
    println!("{{{}}}", rows.join(", "));
}
