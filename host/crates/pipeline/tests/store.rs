//! What callers may rely on when they change files of record.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use countersign_model::GeneratedTree;
use countersign_pipeline::store::{
    ContractFiles, StoreError, Transaction, abandon, pending, read_file, read_tree, recover, split_keep,
    undeclared,
};
use globset::{Glob, GlobSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn tree(files: &[(&str, &str)]) -> GeneratedTree {
    GeneratedTree::new(files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec()))).unwrap()
}

fn globs(glob: &str) -> GlobSet {
    GlobSet::builder().add(Glob::new(glob).unwrap()).build().unwrap()
}

/// A root with a snapshot and a client of two files.
fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in [("contracts/a/s.json", "old"), ("gen/a.py", "old"), ("gen/models/b.py", "old")] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn accept(root: &Path) -> Vec<PathBuf> {
    let mut transaction = Transaction::begin(root).unwrap();
    transaction.write_file(Path::new("contracts/a/s.json"), b"new").unwrap();
    transaction.write_file(Path::new("contracts/a/clients/c.lock"), b"new").unwrap();
    transaction.replace_tree(Path::new("gen"), &tree(&[("a.py", "new"), ("models/c.py", "new")])).unwrap();
    transaction.commit().unwrap().changed
}

/// Every file with its content, and every empty folder, outside `.countersign`.
fn listing(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let shown = path.strip_prefix(root).unwrap().display();
            match fs::read_to_string(&path) {
                Ok(text) => found.push(format!("{shown} {text}")),
                Err(_) if path.ends_with(".countersign") => {}
                Err(_) => {
                    found.extend(fs::read_dir(&path).unwrap().next().is_none().then(|| format!("{shown}/")));
                    folders.push(path);
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn an_accept_changes_every_target_and_leaves_nothing_else() {
    let root = root();
    assert_eq!(
        accept(root.path()),
        ["contracts/a/clients/c.lock", "contracts/a/s.json", "gen"].map(PathBuf::from)
    );
    insta::assert_snapshot!(listing(root.path()).join("\n"), @r"
    contracts/a/clients/c.lock new
    contracts/a/s.json new
    gen/a.py new
    gen/models/c.py new
    ");
    assert_eq!(fs::read(root.path().join(".countersign/.gitignore")).unwrap(), b"*\n");
}

#[test]
fn accepting_twice_changes_nothing() {
    let root = root();
    accept(root.path());
    let modified = || fs::metadata(root.path().join("gen/a.py")).unwrap().modified().unwrap();
    let before = modified();
    assert!(accept(root.path()).is_empty());
    assert_eq!(modified(), before);
}

#[test]
fn a_dropped_transaction_leaves_every_byte_and_every_folder_as_it_was() {
    let root = root();
    let before = listing(root.path());
    let mut transaction = Transaction::begin(root.path()).unwrap();
    transaction.write_file(Path::new("contracts/new/deep/s.json"), b"new").unwrap();
    transaction.remove_file(Path::new("contracts/a/s.json")).unwrap();
    transaction.replace_tree(Path::new("gen"), &tree(&[("x/y.py", "new")])).unwrap();
    transaction.replace_tree(Path::new("other/gen"), &tree(&[("x/y.py", "new")])).unwrap();
    assert_ne!(listing(root.path()), before);
    drop(transaction);
    assert_eq!(listing(root.path()), before);
}

#[test]
fn two_transactions_exclude_each_other() {
    let root = root();
    let first = Transaction::begin(root.path()).unwrap();
    assert!(matches!(Transaction::begin(root.path()), Err(StoreError::Busy { .. })));
    assert!(matches!(recover(root.path()), Err(StoreError::Busy { .. })));
    fs::write(root.path().join(".countersign/journal.json"), "").unwrap();
    assert!(matches!(pending(root.path()), Err(StoreError::Busy { .. })), "it is running, not interrupted");
    fs::remove_file(root.path().join(".countersign/journal.json")).unwrap();
    drop(first);
    assert!(Transaction::begin(root.path()).is_ok());
}

#[test]
fn a_symlink_anywhere_on_the_way_is_refused() {
    let (root, elsewhere) = (root(), tempfile::tempdir().unwrap());
    symlink(elsewhere.path(), root.path().join("link")).unwrap();
    fs::create_dir(root.path().join("clients")).unwrap();
    symlink("../gen", root.path().join("clients/gen")).unwrap();
    symlink("gen/a.py", root.path().join("file")).unwrap();
    let mut transaction = Transaction::begin(root.path()).unwrap();
    let is_symlink = |outcome: Result<(), StoreError>| matches!(outcome, Err(StoreError::Symlink { .. }));
    assert!(is_symlink(transaction.write_file(Path::new("link/a/b"), b"x")));
    assert!(is_symlink(transaction.write_file(Path::new("file"), b"x")));
    assert!(is_symlink(transaction.replace_tree(Path::new("clients/gen"), &tree(&[("a", "x")]))));
    assert!(is_symlink(read_tree(root.path(), Path::new("clients/gen"), &GlobSet::empty()).map(drop)));
    assert!(is_symlink(read_file(root.path(), Path::new("file")).map(drop)));
    drop(transaction);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    assert_eq!(fs::read(root.path().join("gen/a.py")).unwrap(), b"old");
}

#[test]
fn the_private_folder_must_not_be_a_symlink() {
    let (root, elsewhere) = (root(), tempfile::tempdir().unwrap());
    symlink(elsewhere.path(), root.path().join(".countersign")).unwrap();
    assert!(matches!(Transaction::begin(root.path()), Err(StoreError::Symlink { .. })));
    assert!(matches!(pending(root.path()), Err(StoreError::Symlink { .. })));
}

#[test]
fn targets_that_overlap_or_leave_the_root_are_refused() {
    let root = root();
    let mut transaction = Transaction::begin(root.path()).unwrap();
    transaction.replace_tree(Path::new("gen"), &tree(&[("a.py", "new")])).unwrap();
    let overlap = transaction.write_file(Path::new("gen/a.py"), b"x");
    assert!(matches!(overlap, Err(StoreError::Overlap { .. })));
    for path in ["../a", "/a", ".git/hooks/post-checkout", ".countersign/lock", ""] {
        let refused = transaction.write_file(Path::new(path), b"x");
        assert!(matches!(refused, Err(StoreError::Path { .. })), "{path}");
    }
    let kind = transaction.write_file(Path::new("contracts/a"), b"x");
    assert!(matches!(kind, Err(StoreError::Kind { expected: "file", .. })), "{kind:?}");
}

#[test]
fn an_executable_file_stays_executable() {
    let root = root();
    let make = |path: &str| fs::set_permissions(root.path().join(path), PermissionsExt::from_mode(0o755));
    make("gen/a.py").unwrap();
    make("contracts/a/s.json").unwrap();
    accept(root.path());
    let mode = |path: &str| fs::metadata(root.path().join(path)).unwrap().permissions().mode() & 0o111;
    assert_ne!(mode("gen/a.py"), 0);
    assert_ne!(mode("contracts/a/s.json"), 0);
    assert_eq!(mode("gen/models/c.py"), 0);
}

#[test]
fn caches_in_a_tree_are_no_difference_but_go_with_one() {
    let root = root();
    fs::create_dir(root.path().join("gen/__pycache__")).unwrap();
    fs::write(root.path().join("gen/__pycache__/a.pyc"), "").unwrap();
    let replace = |text: &str| {
        let ignore = globs("**/__pycache__/**");
        let mut transaction = Transaction::begin(root.path()).unwrap().ignoring(ignore);
        transaction.replace_tree(Path::new("gen"), &tree(&[("a.py", text), ("models/b.py", text)])).unwrap();
        transaction.commit().unwrap().changed.len()
    };
    assert_eq!(replace("old"), 0);
    assert_eq!(replace("new"), 1);
    assert!(!root.path().join("gen/__pycache__").exists());
}

/// A journal as a killed accept leaves it, with `staged` beside a target whose new content is `new`.
fn interrupt(root: &Path, staged: &str) {
    let digest = countersign_model::Digest::of(b"new");
    let stage = ".countersign-stage-00000000000000aa-1";
    let journal = format!(
        r#"{{"version":1,"exchanges":[{{"target":"contracts/a/s.json","stage":"{stage}","content":{{"kind":"file","digest":"{digest}"}}}}]}}"#
    );
    drop(Transaction::begin(root).unwrap());
    fs::write(root.join(".countersign/journal.json"), journal).unwrap();
    fs::write(root.join("contracts/a").join(stage), staged).unwrap();
}

#[test]
fn a_recovery_goes_forward_and_says_what_it_finished() {
    let root = root();
    interrupt(root.path(), "new");
    assert_eq!(pending(root.path()).unwrap().unwrap().targets().count(), 1);
    assert_eq!(recover(root.path()).unwrap().targets, [PathBuf::from("contracts/a/s.json")]);
    assert_eq!(fs::read(root.path().join("contracts/a/s.json")).unwrap(), b"new");
    assert!(pending(root.path()).unwrap().is_none());
}

#[test]
fn new_content_that_is_lost_is_never_silently_fine() {
    let root = root();
    interrupt(root.path(), "something else");
    let error = recover(root.path()).unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { path } if path == Path::new("contracts/a/s.json")));
    assert!(error.problem().hint.unwrap().contains("git restore -- contracts/a/s.json"));
    assert!(pending(root.path()).unwrap().is_some());
    abandon(root.path()).unwrap();
    assert!(pending(root.path()).unwrap().is_none());
    assert_eq!(fs::read(root.path().join("contracts/a/s.json")).unwrap(), b"old");
}

#[test]
fn a_journal_from_a_hostile_checkout_reaches_neither_version_control_nor_beyond_the_root() {
    let root = root();
    interrupt(root.path(), "new");
    let journal = root.path().join(".countersign/journal.json");
    let text = fs::read_to_string(&journal).unwrap();
    for target in [".git/hooks/post-checkout", "../s.json", "/etc/s.json"] {
        fs::write(&journal, text.replace("contracts/a/s.json", target)).unwrap();
        assert!(matches!(recover(root.path()), Err(StoreError::Journal { .. })), "{target}");
    }
    fs::write(&journal, text.replace(".countersign-stage-00000000000000aa-1", "s.json")).unwrap();
    assert!(matches!(recover(root.path()), Err(StoreError::Journal { .. })));
}

#[test]
fn a_list_of_stages_from_a_hostile_checkout_removes_nothing_of_the_users() {
    let root = root();
    drop(Transaction::begin(root.path()).unwrap());
    let list = r#"{"stage":{"beside":"gen/a.py","name":"models"}}
{"folder":"gen"}
{"stage":{"beside":"../x","name":".countersign-stage-00000000000000aa-1"}}
torn"#;
    fs::write(root.path().join(".countersign/staging.jsonl"), list).unwrap();
    let before = listing(root.path());
    drop(Transaction::begin(root.path()).unwrap());
    assert_eq!(listing(root.path()), before);
}

#[test]
fn a_tree_is_read_without_caches_and_stages() {
    let root = root();
    fs::create_dir(root.path().join("gen/__pycache__")).unwrap();
    fs::write(root.path().join("gen/__pycache__/a.pyc"), "").unwrap();
    fs::write(root.path().join("gen/.countersign-stage-00000000000000aa-1"), "").unwrap();
    let read = |folder: &str| read_tree(root.path(), Path::new(folder), &globs("**/__pycache__/**"));
    assert_eq!(read("gen").unwrap(), tree(&[("a.py", "old"), ("models/b.py", "old")]));
    assert!(read("missing/folder").unwrap().is_empty());
    let (generated, kept) = split_keep(&read("gen").unwrap(), &globs("models/*"));
    assert_eq!((generated, kept), (tree(&[("a.py", "old")]), tree(&[("models/b.py", "old")])));
    symlink("a.py", root.path().join("gen/link.py")).unwrap();
    assert!(matches!(read("gen"), Err(StoreError::Symlink { path }) if path == Path::new("gen/link.py")));
}

#[test]
fn folders_that_nobody_declares_are_found() {
    let root = root();
    accept(root.path());
    fs::create_dir(root.path().join("contracts/z")).unwrap();
    let contracts = Path::new("contracts");
    let name = "a".parse().unwrap();
    assert_eq!(undeclared(root.path(), contracts, std::slice::from_ref(&name)).unwrap(), ["z"]);
    let files = ContractFiles::new(contracts, &name, "s.json");
    assert_eq!(files.locked_clients(root.path()).unwrap(), ["c"]);
    assert_eq!(files.client_lock(&name), Path::new("contracts/a/clients/a.lock"));
}
