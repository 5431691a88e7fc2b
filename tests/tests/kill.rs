//! `kill -9` at any moment: every tree is entirely old or entirely new, `recover` finishes what was begun, and
//! nothing goes on running. `.ci/figures --only kills` does the first three hundred times.

use countersign_tests::{Sandbox, api, edited, pretty};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

type Files = BTreeMap<String, Vec<u8>>;

const ROUNDS: u64 = 20;
const SEED: u64 = 0x5eed;
const CONTRACTS: [&str; 2] = ["alpha", "beta"];
/// Clients of each contract: more files than are flushed one by one, and fewer.
const CLIENTS: [(&str, u32); 3] = [("typed", 40), ("models", 40), ("small", 12)];
/// The list of what is about to be written; it is there from the first write to the last.
const STAGING: &str = ".countersign/staging.jsonl";
const JOURNAL: &str = ".countersign/journal.json";

/// Two contracts with three clients each: the repository, and its files before and after an `accept`.
fn prepared() -> (Sandbox, Files, Files) {
    let sandbox = Sandbox::new();
    sandbox.script(
        "tools/generator",
        "mkdir -p \"$2\"; i=0; while [ $i -lt $3 ]; do cp \"$1\" \"$2/$i.json\"; i=$((i + 1)); done",
    );
    let mut pipeline = String::new();
    for contract in CONTRACTS {
        sandbox.write(&format!("{contract}.json"), pretty(&api()));
        sandbox.write(&format!("clients/{contract}/README.md"), "The clients.\n");
        pipeline += &format!("[contracts.{contract}]\ndump = \"{contract}.json\"\n\n");
        for (client, files) in CLIENTS {
            pipeline += &format!(
                "[clients.{contract}-{client}]\ncontract = \"{contract}\"\nroot = \"clients/{contract}\"\n\
                 output = \"{client}\"\ngenerate = {{ command = [\"../../tools/generator\", \"{{spec}}\", \
                 \"{{out}}\", \"{files}\"] }}\n\n"
            );
        }
    }
    sandbox.write("pipeline.toml", pipeline);
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("The old record");
    for contract in CONTRACTS {
        sandbox.write(&format!("{contract}.json"), pretty(&edited()));
    }
    let old = sandbox.files();
    drop(sandbox.run(&["accept"]).exits(0));
    let new = sandbox.files();
    assert_ne!(old, new);
    (sandbox, old, new)
}

/// Make the work tree hold these files and no others.
fn restore(sandbox: &Sandbox, wanted: &Files) {
    let there = sandbox.files();
    for path in there.keys().filter(|path| !wanted.contains_key(*path)) {
        sandbox.remove(path);
    }
    for (path, content) in wanted.iter().filter(|(path, content)| there.get(*path) != Some(content)) {
        // Writing keeps the mode, and no script is ever missing.
        sandbox.write(path, content);
    }
}

/// The files, without those that wait beside their targets.
fn settled(sandbox: &Sandbox) -> Files {
    let mut files = sandbox.files();
    files.retain(|path, _| !path.contains("/.countersign-stage-"));
    files
}

/// The files of the new record and the old clients, which `generate` brings together.
fn record_first(old: &Files, new: &Files) -> Files {
    let is_record = |path: &str| path.ends_with("/openapi.json") || path.ends_with("/record.toml");
    let of_old = old.iter().filter(|(path, _)| !is_record(path));
    let of_new = new.iter().filter(|(path, _)| is_record(path));
    of_old.chain(of_new).map(|(path, content)| (path.clone(), content.clone())).collect()
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Dice(u64);

impl Dice {
    /// A part of a duration.
    fn part_of(&mut self, whole: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        whole.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// Wait until the run writes, or has ended.
fn until_it_writes(sandbox: &Sandbox, run: &mut Child) {
    while !sandbox.holds(STAGING) && run.try_wait().expect("it can be waited for").is_none() {
        thread::sleep(Duration::from_micros(200));
    }
}

/// How long a whole run takes, and how long the writing at its end.
fn measured(sandbox: &Sandbox, command: &str) -> (Duration, Duration) {
    let start = Instant::now();
    let mut run = sandbox.start(&[command]);
    until_it_writes(sandbox, &mut run);
    let began = start.elapsed();
    assert!(run.wait().expect("it can be waited for").success(), "{command}");
    (start.elapsed(), start.elapsed().saturating_sub(began))
}

#[test]
fn a_run_that_is_killed_leaves_everything_old_or_everything_new() {
    let (sandbox, old, new) = prepared();
    let mut dice = Dice(SEED);
    for (command, before) in [("accept", old.clone()), ("generate", record_first(&old, &new))] {
        restore(&sandbox, &before);
        let (whole, writing) = measured(&sandbox, command);
        assert!(sandbox.files() == new, "{command}");
        for round in 0..ROUNDS / 2 {
            restore(&sandbox, &before);
            let mut run = sandbox.start(&[command]);
            // Half of the kills fall where there is something to tear.
            if round % 2 == 0 {
                thread::sleep(dice.part_of(whole));
            } else {
                until_it_writes(&sandbox, &mut run);
                thread::sleep(dice.part_of(writing));
            }
            run.kill().expect("it is ours");
            let status = run.wait().expect("it can be waited for");
            looked_at(
                &sandbox,
                &before,
                &new,
                &format!("round {round} of {command} (seed {SEED}): {status}"),
            );
            assert!(status.signal() == Some(9) || sandbox.files() == new, "it ended by itself: {status}");
            drop(sandbox.run(&["accept"]).exits(0));
            assert!(sandbox.files() == new, "the next accept after round {round} of {command}");
        }
    }
}

/// The tree is old, or new, or made new by `recover`.
#[track_caller]
fn looked_at(sandbox: &Sandbox, before: &Files, new: &Files, round: &str) {
    let is_interrupted = sandbox.holds(JOURNAL);
    let check = sandbox.run(&["check", "--no-tools"]);
    assert_eq!(check.status == 4, is_interrupted, "{round}: {}{}", check.stdout, check.stderr);
    if is_interrupted {
        drop(sandbox.run(&["recover"]).exits(0));
        assert!(sandbox.files() == *new, "{round}: recover left something");
    } else {
        let tree = settled(sandbox);
        assert!(tree == *before || tree == *new, "{round}: neither old nor new");
    }
}

/// The processes whose command line holds one of these texts and that have not ended.
fn alive(marks: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("it can be read").flatten() {
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let text = |name: &str| String::from_utf8_lossy(&read(name)).replace('\0', " ");
        let has_ended = text("stat").rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'));
        let line = text("cmdline");
        if !has_ended && marks.iter().any(|mark| line.contains(mark)) {
            found.push(line);
        }
    }
    found
}

/// Look until it is so, or patience ends.
fn eventually(what: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if what() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_run_that_is_killed_leaves_no_process_behind() {
    for rung in ["namespaces", "mirror", "bare"] {
        let sandbox = Sandbox::new();
        // A number of seconds that nobody else sleeps.
        let seconds = format!("30.{}", std::process::id());
        sandbox.write("openapi.json", pretty(&api()));
        // One child in the background, and one in a group of its own.
        sandbox.script("tools/sleeper", &format!("sleep {seconds} & setsid sleep {seconds} & wait"));
        sandbox.write(
            "pipeline.toml",
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
             [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\n\
             generate = { command = [\"tools/sleeper\", \"{spec}\", \"{out}\"] }\n",
        );
        let mut run = sandbox.start(&["accept", "--cage", rung]);
        assert!(eventually(|| alive(&[&seconds]).len() == 2), "{rung}: the generator does not run");
        run.kill().expect("it is ours");
        drop(run.wait());
        let root = sandbox.root().display().to_string();
        let left = || alive(&[&seconds, &root]);
        assert!(eventually(|| left().is_empty()), "{rung}: {:?}", left());
    }
}
