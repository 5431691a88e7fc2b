//! Writes every page, with sample data, and everything that a server would serve beside them:
//!
//!     cargo run -p countersign-serve-page --example gallery OUT_FOLDER
//!
//! `OUT_FOLDER/served.json` lists what is served: path, file and headers.

mod hostile;
mod pages;
mod sample;
mod served;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("error: name the folder to write to");
        return ExitCode::from(2);
    };
    match served::write(&folder) {
        Ok(files) => {
            eprintln!("{files} files in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
