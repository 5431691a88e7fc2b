//! A canonicalizer that misbehaves as its configuration says. The end-to-end tests see what the host makes
//! of it.

use countersign_plugin::{Canonicalize, Description, Document, Failure, config, log, read};
use serde::Deserialize;
use std::hint::black_box;

const SCHEMA: &str = r#"{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "behaviour": { "enum": ["none", "loop", "memory", "panic", "output", "log", "calls", "recurse"] }
  }
}"#;

/// What it does instead of its work.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Behaviour {
    None,
    Loop,
    Memory,
    Panic,
    Output,
    Log,
    Calls,
    Recurse,
}

#[derive(Deserialize)]
struct Settings {
    behaviour: Behaviour,
}

struct Hostile;

impl Canonicalize for Hostile {
    fn describe() -> Description {
        Description::new("hostile", env!("CARGO_PKG_VERSION"), "Misbehave").config_schema(SCHEMA)
    }

    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
        #[cfg(feature = "web")]
        reach_out();
        let Settings { behaviour } = config::get()?;
        misbehave(behaviour);
        Ok(if behaviour == Behaviour::Output { vec![b'x'; 8 << 20] } else { read(document) })
    }
}

countersign_plugin::export_canonicalize!(Hostile);

fn misbehave(behaviour: Behaviour) {
    match behaviour {
        Behaviour::None | Behaviour::Output => {}
        Behaviour::Loop => spin(),
        Behaviour::Memory => hoard(),
        Behaviour::Panic => panic!("the hostile stage gives up at paragraph {}", 7),
        Behaviour::Log => chatter(),
        Behaviour::Calls => ask(),
        Behaviour::Recurse => {
            black_box(descend(0));
        }
    }
}

fn spin() {
    let mut count = 0_u64;
    while black_box(true) {
        count = black_box(count.wrapping_add(1));
    }
}

fn hoard() {
    let mut kept = Vec::new();
    while black_box(true) {
        kept.push(black_box(vec![1_u8; 1 << 20]));
    }
}

fn chatter() {
    while black_box(true) {
        log::debug("na ".repeat(1000));
    }
}

fn ask() {
    while black_box(true) {
        black_box(config::text());
    }
}

/// Frames that are small in the guest's own memory, so that the host's limit is the one that is hit.
fn descend(depth: u64) -> u64 {
    if black_box(depth) == u64::MAX {
        return depth;
    }
    descend(depth.wrapping_add(1)).rotate_left(3) ^ depth
}

#[cfg(feature = "web")]
fn reach_out() {
    let request = countersign_plugin::http::Request {
        method: "GET".into(),
        url: "http://localhost/".into(),
        headers: Vec::new(),
        body: None,
        credential: None,
        timeout_ms: None,
    };
    drop(countersign_plugin::http::send(&request));
}
