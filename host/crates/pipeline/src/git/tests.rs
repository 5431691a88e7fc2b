use super::*;
use crate::tool::{Cage, Interrupt, Rung};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A temporary folder with repositories that are made by real calls of git.
struct Fixture(TempDir);

impl Fixture {
    fn new() -> Self {
        let fixture = Self(tempfile::tempdir().unwrap());
        fs::create_dir(fixture.0.path().join("main")).unwrap();
        fixture.git("main", &["init", "-q", "-b", "main"]);
        fixture
    }

    fn folder(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn git(&self, repository: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.folder(repository)).env_clear().env("PATH", PATH);
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Somebody")
                .env(format!("GIT_{role}_EMAIL"), "s@example.com");
            command.env(format!("GIT_{role}_DATE"), "1700000000 +0100");
        }
        let output = command.env("HOME", self.0.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits one file's new content in `main`.
    fn commit(&self, path: &str, content: &str) -> Commit {
        let file = self.folder("main").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
        self.git("main", &["add", "-A"]);
        self.git("main", &["commit", "-q", "-m", path]);
        Commit::parse(&self.git("main", &["rev-parse", "HEAD"])).unwrap()
    }

    fn caller(&self) -> Caller {
        Caller {
            path: OsString::from(PATH),
            home: Some(self.0.path().to_owned()),
            scratch: self.0.path().to_owned(),
            interrupt: Interrupt::default(),
            cage: Cage::new(None, Rung::Bare),
            network: std::collections::BTreeMap::new(),
            kept: None,
            borrowed: None,
        }
    }

    fn discover(&self, folder: &str) -> Result<Option<Git>, GitError> {
        Git::discover(&self.folder(folder), &self.caller())
    }

    fn open(&self, folder: &str) -> Git {
        self.discover(folder).unwrap().unwrap()
    }

    fn clone(&self, options: &[&str], into: &str) -> Git {
        let url = format!("file://{}", self.folder("main").display());
        self.git("", &[&["clone", "-q"], options, &[&url, into]].concat());
        self.open(into)
    }
}

fn unreadable(base: BaseRevision) -> (String, String) {
    match base {
        BaseRevision::Unreadable { why, hint, .. } => (why, hint),
        other @ (BaseRevision::At { .. } | BaseRevision::Unborn) => panic!("{other:?}"),
    }
}

#[test]
fn a_folder_knows_its_place_in_the_work_tree() {
    let fixture = Fixture::new();
    fixture.commit("services/api/x", "x");
    let git = fixture.open("main/services/api");
    assert_eq!(git.toplevel(), fixture.folder("main").canonicalize().unwrap());
    assert_eq!((git.prefix(), git.is_shallow()), ("services/api/", false));
    assert_eq!(fixture.open("main").prefix(), "");
    assert_eq!(git.current_branch().unwrap().as_deref(), Some("main"));
    fixture.git("main", &["checkout", "-q", "--detach"]);
    assert_eq!(git.current_branch().unwrap(), None);
}

#[test]
fn no_version_control_is_none_and_one_that_cannot_be_asked_is_an_error() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.folder("plain/empty")).unwrap();
    assert!(fixture.discover("plain").unwrap().is_none());
    let without = Caller { path: "/nowhere".into(), ..fixture.caller() };
    assert!(Git::discover(&fixture.folder("plain"), &without).unwrap().is_none());
    let error = Git::discover(&fixture.folder("main"), &without).unwrap_err();
    assert!(matches!(error, GitError::NotInstalled { .. }), "{error}");
    fs::create_dir(fixture.folder("plain/.git")).unwrap();
    assert!(matches!(fixture.discover("plain/empty"), Err(GitError::Failed { .. })));
}

#[test]
fn a_repository_of_another_owner_is_recognised_with_the_cure() {
    let fixture = Fixture::new();
    if std::os::unix::fs::chown(fixture.folder("main"), Some(12345), None).is_err() {
        return; // Only a superuser can give a folder away.
    }
    let error = fixture.discover("main").unwrap_err();
    assert!(matches!(error, GitError::Untrusted { .. }), "{error}");
    assert!(error.problem().hint.unwrap().starts_with("run `git config --global --add safe.directory /"));
}

#[test]
fn before_the_first_commit_there_is_no_head_and_no_baseline() {
    let git = Fixture::new();
    let git = git.open("main");
    assert_eq!(git.head().unwrap(), None);
    assert_eq!(git.merge_base("main").unwrap(), BaseRevision::Unborn);
    assert_eq!(git.merge_base("origin/main").unwrap(), BaseRevision::Unborn);
}

#[test]
fn a_broken_head_is_an_error_and_not_a_repository_without_commits() {
    let fixture = Fixture::new();
    fixture.commit("a", "1");
    fs::write(fixture.folder("main/.git/refs/heads/main"), "garbage\n").unwrap();
    assert!(matches!(fixture.open("main").head(), Err(GitError::Failed { .. })));
}

#[test]
fn the_merge_base_of_diverged_branches_is_where_they_parted() {
    let fixture = Fixture::new();
    let base = fixture.commit("a", "1");
    fixture.git("main", &["checkout", "-q", "-b", "topic"]);
    let topic = fixture.commit("b", "1");
    fixture.git("main", &["checkout", "-q", "main"]);
    let main = fixture.commit("a", "2");
    fixture.git("main", &["checkout", "-q", "topic"]);
    let git = fixture.open("main");
    let at = |revision: &str, commit: &Commit| BaseRevision::At {
        revision: revision.into(),
        commit: commit.clone(),
    };
    assert_eq!(git.merge_base("main").unwrap(), at("main", &base));
    assert_eq!(git.merge_base(main.as_str()).unwrap(), at(main.as_str(), &base));
    assert_eq!(git.merge_base("topic").unwrap(), at("topic", &topic));
    assert!(git.is_ancestor(&base, &main).unwrap() && !git.is_ancestor(&topic, &main).unwrap());
}

#[test]
fn a_revision_that_names_nothing_is_unreadable_and_can_be_no_option() {
    let fixture = Fixture::new();
    fixture.commit("a", "1");
    let git = fixture.open("main");
    let (why, hint) = unreadable(git.merge_base("origin/main").unwrap());
    assert_eq!(why, "`origin/main` names no commit here");
    assert!(hint.starts_with("fetch it: `git fetch origin main:refs/remotes/origin/main`"), "{hint}");
    for revision in ["-h", "--all", "", "a\nb", "main..main", "^main", "HEAD:a"] {
        unreadable(git.merge_base(revision).unwrap());
        assert_eq!(git.resolve(revision).unwrap(), None, "{revision}");
    }
    fixture.git("main", &["checkout", "-q", "--orphan", "island"]);
    fixture.commit("b", "1");
    let (why, _) = unreadable(git.merge_base("main").unwrap());
    assert_eq!(why, "the work tree's history and that of `main` have nothing in common");
}

#[test]
fn a_shallow_clone_says_so_and_how_to_deepen_it() {
    let fixture = Fixture::new();
    let first = fixture.commit("a", "1");
    fixture.git("main", &["branch", "other"]);
    fixture.commit("a", "2");
    fixture.git("main", &["checkout", "-q", "other"]);
    fixture.commit("b", "1");
    fixture.git("main", &["checkout", "-q", "main"]);
    let git = fixture.clone(&["--depth", "1", "--no-single-branch"], "shallow");
    assert!(git.is_shallow());
    let (why, hint) = unreadable(git.merge_base("origin/other").unwrap());
    assert_eq!(why, "this shallow clone does not reach back to where it left `origin/other`");
    assert_eq!(hint, DEEPEN);
    let (why, hint) = unreadable(git.merge_base(first.as_str()).unwrap());
    assert_eq!(why, format!("`{first}` is not in this shallow clone"));
    assert_eq!(hint, DEEPEN);
    let head = git.head().unwrap().unwrap();
    assert!(matches!(git.merge_base("origin/main").unwrap(), BaseRevision::At { .. }));
    assert!(matches!(git.changed_in(&head, "b"), Err(GitError::Shallow { .. })));
    assert!(matches!(git.commits_between(Some(&first), &head, true, &[]), Err(GitError::Shallow { .. })));
    assert!(matches!(git.commits_between(None, &head, true, &[]), Err(GitError::Shallow { .. })));
    assert_eq!(git.commits_between(Some(&head), &head, true, &[]).unwrap(), []);
    fixture.git("shallow", &["fetch", "-q", "--unshallow"]);
    let git = fixture.open("shallow");
    let at = BaseRevision::At { revision: "origin/other".into(), commit: first.clone() };
    assert_eq!(git.merge_base("origin/other").unwrap(), at);
    assert!(!git.is_shallow() && git.changed_in(&head, "a").unwrap());
}

#[test]
fn files_are_read_as_they_were_and_absence_is_an_answer() {
    let fixture = Fixture::new();
    let before = fixture.commit("contracts/api/openapi.json", "{}\n");
    fixture.commit("contracts/api/[id] name.txt", "a\nb missing\n");
    let after = fixture.commit("contracts/api/openapi.json", "{\"a\":1}");
    let git = fixture.open("main/contracts");
    assert_eq!(git.read_file(&before, "contracts/api/openapi.json").unwrap().unwrap(), b"{}\n");
    let paths = ["absent.toml", "contracts/api/[id] name.txt", "contracts/api", "contracts/api/openapi.json"];
    let text = |content: &str| Some(content.as_bytes().to_vec());
    assert_eq!(
        git.read_files(&after, &paths).unwrap(),
        [None, text("a\nb missing\n"), None, text("{\"a\":1}")]
    );
    assert_eq!(git.read_files(&after, &[]).unwrap(), [] as [Option<Vec<u8>>; 0]);
    assert_eq!(git.read_file(&before, "contracts/api/[id] name.txt").unwrap(), None);
    for path in ["a\nb", "", "/etc/passwd"] {
        assert!(matches!(git.read_file(&after, path), Err(GitError::Unfit(_))));
    }
    assert_eq!(git.list(&after, "contracts/").unwrap(), [paths[1], paths[3]]);
    assert_eq!(git.list(&after, "").unwrap().len(), 2);
    assert_eq!(git.list(&before, "absent").unwrap(), [] as [&str; 0]);
}

#[test]
fn more_files_than_a_pipe_holds_are_read_by_one_process() {
    let fixture = Fixture::new();
    let large = "x".repeat(300_000);
    let commit = fixture.commit("large", &large);
    let paths = vec!["large"; 3000];
    let files = fixture.open("main").read_files(&commit, &paths[..200]).unwrap();
    assert!(files.iter().all(|file| file.as_deref() == Some(large.as_bytes())));
    let absent = "a".repeat(200);
    assert!(fixture.open("main").read_files(&commit, &vec![absent.as_str(); 500]).unwrap()[499].is_none());
}

#[test]
fn what_a_partial_clone_left_out_is_an_error_and_not_absent() {
    let fixture = Fixture::new();
    fixture.git("main", &["config", "uploadpack.allowFilter", "true"]);
    let commit = fixture.commit("contracts/api/openapi.json", "{}");
    let git = fixture.clone(&["--filter=blob:none", "--no-checkout"], "partial");
    let error = git.read_file(&commit, "contracts/api/openapi.json").unwrap_err();
    assert!(
        matches!(&error, GitError::Missing { path, .. } if path == "contracts/api/openapi.json"),
        "{error}"
    );
    assert_eq!(git.read_file(&commit, "absent").unwrap(), None);
    let unknown = Commit::parse(&"1".repeat(40)).unwrap();
    assert!(matches!(git.read_file(&unknown, "absent"), Err(GitError::Failed { .. })));
}

#[test]
fn history_is_oldest_first_and_a_merge_counts_once_on_the_first_parent() {
    let fixture = Fixture::new();
    let first = fixture.commit("contracts/a", "1");
    let other = fixture.commit("src/x", "1");
    fixture.git("main", &["checkout", "-q", "-b", "topic"]);
    let inside = fixture.commit("contracts/a", "2");
    fixture.git("main", &["checkout", "-q", "main"]);
    fixture.git("main", &["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let git = fixture.open("main/contracts");
    let merge = git.head().unwrap().unwrap();
    let between =
        |from, first_parent, paths: &[&str]| git.commits_between(from, &merge, first_parent, paths).unwrap();
    assert_eq!(between(Some(&first), true, &[]), [other.clone(), merge.clone()]);
    assert_eq!(between(Some(&first), false, &[]), [other.clone(), inside.clone(), merge.clone()]);
    assert_eq!(between(None, true, &["contracts/a"]), [first.clone(), merge.clone()]);
    assert_eq!(between(Some(&merge), true, &[]), []);
    assert!(git.changed_in(&merge, "contracts").unwrap() && !git.changed_in(&merge, "src").unwrap());
    assert!(
        git.changed_in(&first, "contracts/a").unwrap() && !git.changed_in(&other, "contracts/a").unwrap()
    );
    assert_eq!(git.commit_time(&merge).unwrap(), 1_700_000_000);
}

#[test]
fn notes_are_kept_byte_for_byte_under_a_given_identity() {
    let fixture = Fixture::new();
    let commit = fixture.commit("a", "1");
    let git = fixture.open("main");
    let by = Identity { name: "countersign".into(), email: "countersign@example.com".into() };
    let notes = "refs/notes/countersign/receipts";
    assert_eq!(git.note_get(notes, &commit).unwrap(), None);
    git.note_append(notes, &commit, b"{\"a\":1}  \n\n\n", &by).unwrap();
    git.note_append(notes, &commit, b"# b\n", &by).unwrap();
    assert_eq!(git.note_get(notes, &commit).unwrap().unwrap(), b"{\"a\":1}  \n\n\n# b\n");
    git.note_set(notes, &commit, b"new", &by).unwrap();
    assert_eq!(git.note_get(notes, &commit).unwrap().unwrap(), b"new");
    assert_eq!(
        fixture.git("main", &["log", "-1", "--format=%an <%ce>", notes]),
        "countersign <countersign@example.com>"
    );
    for unfit in ["refs/heads/main", "--ref=x", "refs/notes/", "refs/notes/../heads/main", "refs/notes/a b"] {
        assert!(matches!(git.note_set(unfit, &commit, b"x", &by), Err(GitError::Unfit(_))), "{unfit}");
    }
}

#[test]
fn hooks_and_monitors_of_the_repository_are_not_run() {
    let fixture = Fixture::new();
    let commit = fixture.commit("a", "1");
    let trap = fixture.folder("trap");
    let script = format!("#!/bin/sh\ntouch {}\n", trap.display());
    let hook = fixture.folder("main/.git/hooks/reference-transaction");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fixture.git("main", &["config", "core.fsmonitor", &hook.display().to_string()]);
    let by = Identity { name: "c".into(), email: "c@example.com".into() };
    fixture.open("main").note_set("refs/notes/c", &commit, b"x", &by).unwrap();
    assert!(!Path::exists(&trap));
}

#[test]
fn a_work_tree_beside_touches_no_ref_no_index_and_no_file() {
    let fixture = Fixture::new();
    fixture.commit(".gitignore", "ignored\n");
    let commit = fixture.commit("a", "1\n");
    let git = fixture.open("main");
    let state = || {
        let index = fs::read(fixture.folder("main/.git/index")).unwrap();
        (fixture.git("main", &["for-each-ref"]), fixture.git("main", &["status", "--porcelain"]), index)
    };
    fs::write(fixture.folder("main/a"), "somebody is at work\n").unwrap();
    let before = state();
    let folder = fixture.folder("beside");
    git.add_worktree(&folder, &commit).unwrap();
    assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "1\n");
    fs::create_dir(folder.join("new")).unwrap();
    for (path, text) in [("a", "1\n2\n"), ("new/ignored", "x\n"), ("elsewhere", "x\n")] {
        fs::write(folder.join(path), text).unwrap();
    }
    let beside = fixture.open("beside");
    let staged = beside.stage(&["a".into(), "new".into(), "absent".into()]).unwrap();
    let told: Vec<_> =
        staged.iter().map(|file| (file.path.as_str(), file.before.is_some(), file.added)).collect();
    assert_eq!(told, [("a", true, 1), ("new/ignored", false, 1)]);
    let by = Identity { name: "Ana".into(), email: "ana@example.com".into() };
    let tree = beside.write_tree().unwrap();
    let made = beside.commit_tree(&tree, &commit, "change\n", &by, 1_700_000_000).unwrap();
    assert_eq!(
        fixture.git("main", &["show", "-s", "--format=%an %at %P", made.as_str()]),
        format!("Ana 1700000000 {commit}")
    );
    assert!(git.worktrees().unwrap().contains(&folder.canonicalize().unwrap()));
    fs::remove_dir_all(&folder).unwrap();
    git.remove_worktree(&folder).unwrap();
    assert_eq!((state(), git.worktrees().unwrap().len()), (before, 1));
}

#[test]
fn what_is_gone_is_staged_as_gone() {
    let fixture = Fixture::new();
    fixture.commit("out/a", "1\n");
    let commit = fixture.commit("out/b", "1\n");
    fixture.open("main").add_worktree(&fixture.folder("beside"), &commit).unwrap();
    fs::remove_dir_all(fixture.folder("beside/out")).unwrap();
    let staged = fixture.open("beside").stage(&["out".into()]).unwrap();
    assert!(staged.iter().all(|file| file.after.is_none() && file.removed == 1));
    assert_eq!(staged.len(), 2);
}

#[test]
fn a_branch_is_pushed_once_and_never_over_another() {
    let fixture = Fixture::new();
    let first = fixture.commit("a", "1");
    let git = fixture.clone(&[], "clone");
    assert_eq!(git.push_new_branch(&first, "countersign/x/1").unwrap(), Pushed::Created);
    assert_eq!(git.push_new_branch(&first, "countersign/x/1").unwrap(), Pushed::Existed);
    let second = fixture.commit("a", "2");
    git.fetch_branch("main").unwrap();
    assert_eq!(git.push_new_branch(&second, "countersign/x/1").unwrap(), Pushed::Existed);
    assert_eq!(fixture.git("main", &["rev-parse", "countersign/x/1"]), first.to_string());
    assert!(!fixture.folder("clone/.git/FETCH_HEAD").exists());
    assert_eq!(fixture.git("clone", &["rev-parse", "origin/main"]), first.to_string(), "no ref was moved");
    fixture.git("clone", &["remote", "set-url", "origin", "/nowhere"]);
    assert!(matches!(git.push_new_branch(&second, "countersign/x/2").unwrap(), Pushed::Unknown(_)));
}
