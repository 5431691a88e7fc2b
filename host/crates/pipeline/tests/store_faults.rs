//! Kills an accept before every single one of its system calls, and lets every one of those that touch files
//! fail. Whatever happens, each root is wholly old or wholly new, at the latest after `recover`.
//!
//! strace counts `when=` for each system call by its name, so the boundaries are pairs of a name and a number,
//! taken from a run that was only watched. A preloaded library would see nothing: rustix calls the kernel itself.
//!
//! Run it as part of the package, `cargo test -p countersign-pipeline`, which builds the example that it kills.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use countersign_pipeline::store::{StoreError, Transaction, pending, recover};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The calls that can change or lose something.
const FILE_CALLS: [&str; 10] = [
    "openat",
    "read",
    "write",
    "fsync",
    "fdatasync",
    "mkdir",
    "mkdirat",
    "renameat",
    "renameat2",
    "unlinkat",
];

#[test]
fn an_accept_killed_anywhere_leaves_the_old_tree_or_a_journal() {
    let Some(sweep) = Sweep::new(&[]) else { return };
    let mut killed = BTreeMap::<&str, usize>::new();
    for (call, number) in sweep.boundaries() {
        let root = sweep.fresh();
        let output = sweep.run("accept", root.path(), &format!("inject={call}:signal=KILL:when={number}"));
        assert!(!output.status.success(), "{call} {number} was not killed: the count is wrong");
        *killed.entry(call).or_default() += 1;
        sweep.assert_whole(root.path(), &format!("killed before {call} {number}"));
    }
    let visited: usize = killed.values().sum();
    tell("accept", visited, &killed);
    assert!(visited > 50, "only {visited} boundaries");
    for call in ["renameat2", "fsync", "openat", "write", "unlinkat"] {
        assert!(killed.contains_key(call), "never killed in {call}: {killed:?}");
    }
}

#[test]
fn an_accept_killed_anywhere_is_whole_on_a_file_system_that_cannot_exchange() {
    let without = ["inject=renameat2:error=EINVAL".to_owned()];
    let Some(sweep) = Sweep::new(&without) else { return };
    let mut killed = BTreeMap::<&str, usize>::new();
    for (call, number) in sweep.boundaries() {
        if !["renameat", "rename", "fsync", "unlinkat"].contains(&call) {
            continue;
        }
        let root = sweep.fresh();
        let output = sweep.run("accept", root.path(), &format!("inject={call}:signal=KILL:when={number}"));
        assert!(!output.status.success(), "{call} {number} was not killed: the count is wrong");
        *killed.entry(call).or_default() += 1;
        sweep.assert_whole(root.path(), &format!("without exchange, killed before {call} {number}"));
    }
    tell("accept without exchange", killed.values().sum(), &killed);
    assert!(killed.get("renameat").is_some_and(|number| *number > 8), "{killed:?}");
}

#[test]
fn a_recovery_killed_anywhere_can_be_recovered() {
    let Some(sweep) = Sweep::new(&[]) else { return };
    let exchanges: Vec<_> = sweep.boundaries().filter(|(call, _)| *call == "renameat2").collect();
    let (call, number) = exchanges[exchanges.len() / 2];
    let interrupted = || {
        let root = sweep.fresh();
        sweep.run("accept", root.path(), &format!("inject={call}:signal=KILL:when={number}"));
        assert!(pending(root.path()).unwrap().is_some());
        root
    };
    let mut visited = 0;
    for (call, count) in sweep.watch("recover", interrupted().path()) {
        for number in (1..=count).filter(|_| FILE_CALLS.contains(&call.as_str())) {
            let root = interrupted();
            sweep.run("recover", root.path(), &format!("inject={call}:signal=KILL:when={number}"));
            sweep.assert_whole(root.path(), &format!("recovery killed before {call} {number}"));
            assert_eq!(visible(root.path()), sweep.new, "a recovery goes forward: {call} {number}");
            visited += 1;
        }
    }
    tell("recover", visited, &BTreeMap::new());
    assert!(visited > 20, "only {visited} boundaries");
}

#[test]
fn an_accept_that_the_system_refuses_anywhere_changes_everything_or_nothing() {
    let Some(sweep) = Sweep::new(&[]) else { return };
    let mut failed = BTreeMap::<&str, usize>::new();
    for (call, number) in sweep.boundaries().filter(|(call, _)| FILE_CALLS.contains(call)) {
        let error = if ["write", "openat", "mkdir", "mkdirat"].contains(&call) { "ENOSPC" } else { "EIO" };
        let root = sweep.fresh();
        let output = sweep.run("accept", root.path(), &format!("inject={call}:error={error}:when={number}"));
        let what = format!("{error} from {call} {number}");
        if output.status.success() {
            assert_eq!(visible(root.path()), sweep.new, "{what}: it said that it succeeded");
        } else {
            *failed.entry(call).or_default() += 1;
        }
        sweep.assert_whole(root.path(), &what);
    }
    tell("accept, refused", failed.values().sum(), &failed);
    for call in ["renameat2", "fsync", "openat", "write"] {
        assert!(failed.contains_key(call), "never refused in {call}: {failed:?}");
    }
}

#[test]
fn an_error_that_lasts_cannot_be_undone_and_is_told_as_interrupted() {
    let Some(sweep) = Sweep::new(&[]) else { return };
    // `when=K+` fails this call and all after it, so the way back is barred too.
    for (call, number) in sweep.boundaries().filter(|(call, _)| *call == "renameat2") {
        let root = sweep.fresh();
        sweep.run("accept", root.path(), &format!("inject={call}:error=EIO:when={number}+"));
        sweep.assert_whole(root.path(), &format!("EIO from {call} {number} on"));
    }
}

/// How an accept goes when nothing breaks it, and what its root looks like before and after.
struct Sweep {
    always: Vec<String>,
    counts: BTreeMap<String, usize>,
    old: Files,
    new: Files,
}

impl Sweep {
    /// Watch one whole run. None where strace is missing.
    fn new(always: &[String]) -> Option<Self> {
        if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
            eprintln!("skipped: strace is not installed");
            return None;
        }
        let counts = BTreeMap::new();
        let mut sweep = Self { always: always.to_vec(), counts, old: Files::new(), new: Files::new() };
        let root = sweep.fresh();
        sweep.old = visible(root.path());
        sweep.counts = sweep.watch("accept", root.path());
        sweep.new = visible(root.path());
        assert_ne!(sweep.old, sweep.new);
        assert_eq!(sweep.new, everything(root.path()), "an accept leaves nothing beside its targets");
        Some(sweep)
    }

    /// How often a run in `root` makes each call.
    fn watch(&self, verb: &str, root: &Path) -> BTreeMap<String, usize> {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut strace = Command::new("strace");
        strace.args(["-o".as_ref(), log.path().as_os_str()]);
        strace.args(self.always.iter().flat_map(|option| ["-e", option]));
        let status = strace.arg(subject()).arg(verb).arg(root).status().unwrap();
        assert!(status.success(), "the watched run failed");
        let mut counts = BTreeMap::new();
        for line in fs::read_to_string(log.path()).unwrap().lines() {
            if let Some((call, _)) = line.split_once('(').filter(|(call, _)| *call != "execve") {
                *counts.entry(call.to_owned()).or_default() += 1;
            }
        }
        assert!(!counts.contains_key("clone3") && !counts.contains_key("clone"), "it must have one thread");
        counts
    }

    fn boundaries(&self) -> impl Iterator<Item = (&str, usize)> {
        self.counts.iter().flat_map(|(call, count)| (1..=*count).map(move |number| (call.as_str(), number)))
    }

    /// A root with the old content, in memory where the machine has such a place: the sweep asks for ten
    /// thousand flushes.
    fn fresh(&self) -> tempfile::TempDir {
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("contracts/api/openapi.json", "{ \"new\": false }\n");
        write("contracts/api/record.toml", "digest = \"old\"\n");
        write("contracts/api/waivers.toml", "# old\n");
        (0..8).for_each(|number| {
            write(&format!("clients/python/generated/models/file{number}.py"), "old = True\n");
        });
        root
    }

    fn run(&self, verb: &str, root: &Path, broken: &str) -> Output {
        let mut strace = Command::new("strace");
        strace.args(["-o", "/dev/null"]);
        strace.args(self.always.iter().flat_map(|option| ["-e", option]));
        strace.args(["-e", broken]).arg(subject()).arg(verb).arg(root).output().unwrap()
    }

    /// The root is wholly old or wholly new; where it is not yet, `pending` says so and `recover` heals it;
    /// and the next transaction leaves nothing behind.
    fn assert_whole(&self, root: &Path, what: &str) {
        let seen = visible(root);
        let whole = seen == self.old || seen == self.new;
        let journal = pending(root).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(whole || journal.is_some(), "{what}: mixed, and nothing says so: {:?}", seen.keys());
        if journal.is_some() {
            assert!(matches!(Transaction::begin(root), Err(StoreError::Interrupted { .. })), "{what}");
            let recovered = recover(root).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(recovered.targets.len(), 5, "{what}");
            assert_eq!(visible(root), self.new, "{what}: recovered");
        }
        drop(Transaction::begin(root).unwrap_or_else(|error| panic!("{what}: {error}")));
        let swept = everything(root);
        assert!(swept == self.old || swept == self.new, "{what}: left {:?}", swept.keys());
        assert!(pending(root).unwrap().is_none() && recover(root).unwrap().targets.is_empty(), "{what}");
    }
}

/// The example, which Cargo builds beside the tests.
fn subject() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join("store_accept");
    assert!(path.is_file(), "build it first: `cargo build -p countersign-pipeline --examples`");
    path
}

fn tell(what: &str, visited: usize, calls: &BTreeMap<&str, usize>) {
    eprintln!("{what}: {visited} boundaries {calls:?}");
}

/// Every file and empty folder below `root` outside `.countersign`.
fn everything(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        if entries.is_empty() {
            files.insert(folder.strip_prefix(root).unwrap().join(""), Vec::new());
        }
        for path in entries.into_iter().filter(|path| !path.ends_with(".countersign")) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The files that a reader of the tree sees: no stages, and Git knows no empty folders.
fn visible(root: &Path) -> Files {
    let is_stage = |path: &Path| path.iter().any(|part| part.to_string_lossy().starts_with(".countersign-"));
    let mut files = everything(root);
    files.retain(|path, _| !is_stage(path) && root.join(path).is_file());
    files
}
