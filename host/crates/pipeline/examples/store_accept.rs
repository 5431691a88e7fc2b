//! Accepts one fixed change, or recovers from it: the subject of the fault sweep in `tests/store_faults.rs`.
//!
//! `store_accept accept ROOT` writes a snapshot, a record, a client lock and a tree of eight files, and removes
//! the waivers; `store_accept recover ROOT` rolls forward what a killed accept left.

use countersign_model::GeneratedTree;
use countersign_pipeline::store::{self, StoreError, Transaction};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["accept", root] => accept(Path::new(root)),
        ["recover", root] => store::recover(Path::new(root)).map(drop),
        _ => return ExitCode::from(2),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let problem = error.problem();
            eprintln!("{}: {}", problem.message, problem.causes.join(": "));
            ExitCode::FAILURE
        }
    }
}

fn accept(root: &Path) -> Result<(), StoreError> {
    let mut transaction = Transaction::begin(root)?;
    transaction.write_file(Path::new("contracts/api/openapi.json"), b"{ \"new\": true }\n")?;
    transaction.write_file(Path::new("contracts/api/record.toml"), b"digest = \"new\"\n")?;
    transaction.write_file(Path::new("contracts/api/clients/python.lock"), b"record = \"new\"\n")?;
    transaction.remove_file(Path::new("contracts/api/waivers.toml"))?;
    transaction.replace_tree(Path::new("clients/python/generated"), &tree())?;
    transaction.commit().map(drop)
}

fn tree() -> GeneratedTree {
    let path = |number: u32| match number {
        0..4 => format!("file{number}.py"),
        _ => format!("models/file{number}.py"),
    };
    GeneratedTree::new((0..8).map(|number| (path(number), format!("new = {number}\n").into_bytes())))
        .expect("the paths are plain and differ")
}
