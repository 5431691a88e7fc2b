use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Instant;
use tempfile::TempDir;

/// A repository with one client, and shell scripts for tools.
struct Fixture {
    folder: TempDir,
    caller: Caller,
}

/// A caller without a home, whose temporary folders lie in `folder`.
pub(super) fn caller(folder: &Path) -> Caller {
    Caller {
        path: "/usr/local/bin:/usr/bin:/bin".into(),
        home: None,
        scratch: folder.join("scratch"),
        interrupt: Interrupt::default(),
        cage: Cage::new(None, Rung::Bare),
        network: std::collections::BTreeMap::new(),
        kept: None,
        borrowed: None,
    }
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let caller = caller(folder.path());
        fs::create_dir(&caller.scratch).unwrap();
        let fixture = Self { folder, caller };
        fixture.write("repository/.git/HEAD", "ref: refs/heads/main\n");
        fixture.write("repository/clients/python/pyproject.toml", "inner");
        fixture.write("repository/clients/python/src/client/old.py", "old");
        fixture.write("repository/contracts/api/openapi.json", "{}");
        fixture
    }

    fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// A tool that is one shell script, declared by its name and folder.
    fn tool(&self, script: &str) -> Tool {
        let path = self.write("bin/generator", &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        Tool {
            name: "generator".into(),
            command: ["generator", "{spec}", "{out}", "{root}"].map(Into::into).to_vec(),
            path: vec![self.folder.path().join("bin")],
            timeout: Duration::from_secs(20),
            ..Tool::default()
        }
    }

    fn generate(&self, tool: &Tool) -> Result<Completed, ToolError> {
        let repository = self.repository();
        let generation = Generation {
            repository: &repository,
            root: "clients/python",
            output: "src/client",
            spec: "contracts/api/openapi.json",
            document: b"{\"openapi\":\"3.1.0\"}",
        };
        let completed = generate(&generation, tool, &self.caller);
        assert_eq!(
            fs::read_dir(&self.caller.scratch).unwrap().count(),
            0,
            "the scratch folder is empty again"
        );
        completed
    }

    fn script(&self, script: &str) -> Result<Completed, ToolError> {
        self.generate(&self.tool(script))
    }
}

fn files(completed: &Completed) -> Vec<(&str, String)> {
    let text = |content: &[u8]| String::from_utf8_lossy(content).trim().to_owned();
    match &completed.output {
        Output::File(content) => vec![("", text(content))],
        Output::Folder(files) => files.iter().map(|(path, content)| (path.as_str(), text(content))).collect(),
    }
}

#[test]
fn a_generator_gets_the_document_and_gives_a_sorted_tree_without_caches() {
    let fixture = Fixture::new();
    let script = r#"test ! -e "$2" && mkdir -p "$2/b/__pycache__" && echo z > "$2/z.py" && cat "$1" > "$2/b/a.py"
        echo x > "$2/b/__pycache__/a.pyc"; echo said; echo warned >&2"#;
    let completed = fixture.script(script).unwrap();
    assert_eq!(files(&completed), [("b/a.py", r#"{"openapi":"3.1.0"}"#.into()), ("z.py", "z".into())]);
    assert_eq!((completed.stdout.text.as_str(), completed.stderr.text.as_str()), ("said\n", "warned\n"));
    assert_eq!(completed.rung, Rung::Bare);
    assert!(completed.written_elsewhere.is_empty());
    assert!(fixture.repository().join("clients/python/src/client/old.py").exists());
}

#[test]
fn the_output_may_be_one_file() {
    assert_eq!(files(&Fixture::new().script(r#"echo types > "$2""#).unwrap()), [("", "types".into())]);
}

#[test]
fn a_missing_program_is_named_with_the_places_and_a_hint() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("true");
    tool.then = vec![vec!["formatter-that-is-not-there".into(), "{out}".into()]];
    let problem = fixture.generate(&tool).unwrap_err().problem();
    assert_eq!(problem.code, "tool-not-found");
    assert!(
        problem.message.starts_with("`formatter-that-is-not-there` was not found in `"),
        "{}",
        problem.message
    );
    assert!(problem.message.ends_with("`/usr/local/bin`, `/usr/bin`, `/bin`"), "{}", problem.message);
    assert!(problem.hint.unwrap().contains("under `[tools.generator]`"));
}

#[test]
fn an_absent_program_is_set_up_once_and_a_failing_set_up_is_its_own_error() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("mkdir -p \"$2\"; echo x > \"$2/x\"");
    let real = fixture.folder.path().join("bin/generator");
    tool.path = vec![".venv/bin".into()];
    tool.setup = vec![
        vec!["mkdir".into(), "-p".into(), ".venv/bin".into()],
        vec!["cp".into(), real.display().to_string(), ".venv/bin/generator".into()],
    ];
    assert_eq!(files(&fixture.generate(&tool).unwrap()), [("x", "x".into())]);
    tool.setup = vec![vec!["false".into()]];
    fixture.generate(&tool).unwrap();
    tool.path = vec!["elsewhere".into()];
    assert!(matches!(fixture.generate(&tool), Err(ToolError::SetupFailed { ended: Ended::Status(1), .. })));
}

#[test]
fn an_exit_status_a_signal_and_a_failing_later_step_name_the_step_and_what_it_printed() {
    let fixture = Fixture::new();
    let failed = fixture.script("echo Traceback >&2; exit 3").unwrap_err();
    assert!(matches!(&failed, ToolError::Failed { ended: Ended::Status(3), .. }), "{failed}");
    assert_eq!(failed.to_string(), "`generator {spec} {out} {root}` exited with status 3");
    assert_eq!(failed.problem().causes, ["Traceback"]);
    let killed = fixture.script("kill -TERM $$").unwrap_err();
    assert!(matches!(killed, ToolError::Failed { ended: Ended::Signal(15), .. }));
    let mut tool = fixture.tool("mkdir \"$2\"; echo x > \"$2/x\"");
    tool.then = vec![["ls", "{out}/absent"].map(Into::into).to_vec()];
    assert_eq!(fixture.generate(&tool).unwrap_err().to_string(), "`ls {out}/absent` exited with status 2");
}

fn is_alive(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

/// Death of an orphan is seen only when init has collected it, so this is patient.
fn dies(pid: &str) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !is_alive(pid)
    })
}

#[test]
fn the_time_limit_kills_grandchildren_too() {
    let fixture = Fixture::new();
    let pid = fixture.folder.path().join("pid");
    let mut tool =
        fixture.tool(&format!("sh -c 'echo $$ > {}; sleep 60' & echo started; wait", pid.display()));
    tool.timeout = Duration::from_millis(500);
    let error = fixture.generate(&tool).unwrap_err();
    let ToolError::Timeout { after, output, .. } = &error else { panic!("{error}") };
    assert_eq!((*after, output.trim()), (tool.timeout, "started"));
    assert!(dies(fs::read_to_string(pid).unwrap().trim()));
}

#[test]
fn an_interrupt_ends_a_running_tool_and_keeps_the_next_from_starting() {
    let fixture = Fixture::new();
    let interrupt = fixture.caller.interrupt.clone();
    let raising = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        interrupt.raise();
    });
    let started = Instant::now();
    assert!(matches!(fixture.script("sleep 60"), Err(ToolError::Interrupted { .. })));
    assert!(matches!(fixture.script("sleep 60"), Err(ToolError::Interrupted { .. })));
    assert!(started.elapsed() < Duration::from_secs(10));
    raising.join().unwrap();
}

#[test]
fn a_process_left_behind_is_killed_and_one_that_fled_the_group_does_not_hang_the_run() {
    let fixture = Fixture::new();
    let pid = fixture.folder.path().join("pid");
    let started = Instant::now();
    let left = format!("sleep 60 & echo $! > {}; echo x > \"$2\"", pid.display());
    fixture.script(&left).unwrap();
    assert!(dies(fs::read_to_string(&pid).unwrap().trim()));
    let fled = format!("setsid sh -c 'echo $$ > {}; sleep 60' & sleep 0.3; echo x > \"$2\"", pid.display());
    fixture.script(&fled).unwrap();
    assert!(started.elapsed() < Duration::from_secs(10));
    let fled: i32 = fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    let fled = rustix::process::Pid::from_raw(fled).unwrap();
    rustix::process::kill_process_group(fled, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_warning_with_exit_status_0_is_damage_where_the_tool_declares_it() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("echo x > \"$2\"; echo 'WARNING parsing GET /x: $ref' >&2");
    fixture.generate(&tool).unwrap();
    tool.fail_on_output = vec!["pieces may be missing".into(), "WARNING parsing".into()];
    let error = fixture.generate(&tool).unwrap_err();
    let ToolError::Damaged { pattern, line, .. } = &error else { panic!("{error}") };
    assert_eq!((pattern.as_str(), line.as_str()), ("WARNING parsing", "WARNING parsing GET /x: $ref"));
    assert_eq!(error.problem().causes, [line.as_str()]);
}

#[test]
fn required_files_are_checked_and_nothing_at_all_is_an_error() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("mkdir -p \"$2/models\"; echo x > \"$2/models/a.py\"");
    tool.require = vec!["models/*.py".into(), "client.py".into(), "*.py".into()];
    let error = fixture.generate(&tool).unwrap_err();
    assert!(
        matches!(&error, ToolError::Incomplete { missing, .. } if missing[..] == ["client.py", "*.py"]),
        "{error}"
    );
    for nothing in ["true", "mkdir \"$2\""] {
        assert!(matches!(fixture.script(nothing), Err(ToolError::NoOutput { .. })));
    }
}

#[test]
fn links_and_pipes_in_the_output_are_refused_by_name() {
    for (script, path, what) in [
        ("mkdir \"$2\"; ln -s /etc/passwd \"$2/stolen\"", "stolen", "a symbolic link"),
        ("mkdir -p \"$2/d\"; mkfifo \"$2/d/pipe\"", "d/pipe", "a named pipe"),
        ("ln -s /etc \"$2\"", "client", "a symbolic link"),
    ] {
        let error = Fixture::new().script(script).unwrap_err();
        assert_eq!(error.to_string(), format!("the output holds `{path}`, {what}"));
    }
}

#[test]
fn what_is_written_beside_the_output_is_discarded_and_named() {
    let fixture = Fixture::new();
    fixture.write("repository/clients/python/touched.txt", "same");
    fixture.write("repository/clients/python/gone.txt", "x");
    let completed = fixture
        .script(
            r#"echo x > "$2"; echo log > error.log; echo changed > pyproject.toml; rm gone.txt
            touch touched.txt; mkdir .ruff_cache; echo c > .ruff_cache/c; echo y > ../beside; echo '{ }' > "$1""#,
        )
        .unwrap();
    assert_eq!(
        completed.written_elsewhere,
        [
            "clients/beside",
            "clients/python/error.log",
            "clients/python/gone.txt",
            "clients/python/pyproject.toml",
            "contracts/api/openapi.json",
        ]
    );
    let root = fixture.repository().join("clients/python");
    assert_eq!(fs::read_to_string(root.join("pyproject.toml")).unwrap(), "inner");
    assert!(root.join("gone.txt").exists() && !root.join("error.log").exists());
}

#[test]
fn the_environment_is_fixed_and_holds_nothing_of_ours() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool(
        "env | sort > \"$2\"; ls -A \"$HOME\" \"$TMPDIR\" \"$XDG_CONFIG_HOME\" | grep -v '^/\\|^$' >&2; true",
    );
    tool.env = BTreeMap::from([("PYTHONPATH".into(), "{root}/src".into()), ("TZ".into(), "CET".into())]);
    let completed = fixture.generate(&tool).unwrap();
    let Output::File(printed) = &completed.output else { panic!("a file") };
    let printed = String::from_utf8_lossy(printed).into_owned();
    let names: Vec<_> =
        printed.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "CARGO_NET_OFFLINE",
            "COREPACK_ENABLE_NETWORK",
            "DO_NOT_TRACK",
            "HOME",
            "LANG",
            "LC_ALL",
            "NO_COLOR",
            "NO_UPDATE_NOTIFIER",
            "PATH",
            "PWD",
            "PYTHONDONTWRITEBYTECODE",
            "PYTHONHASHSEED",
            "PYTHONPATH",
            "RUSTUP_AUTO_INSTALL",
            "SOURCE_DATE_EPOCH",
            "TERM",
            "TMPDIR",
            "TZ",
            "UV_NO_SYNC",
            "UV_OFFLINE",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "npm_config_manage_package_manager_versions",
            "npm_config_offline",
            "npm_config_update_notifier",
        ]
    );
    assert!(
        printed.contains("TZ=CET\n") && printed.contains("/repository/clients/python/src\n"),
        "{printed}"
    );
    assert_eq!(completed.stderr.text, "", "the folders are empty");
}

#[test]
fn a_bare_program_is_found_on_the_callers_path_and_only_its_folder_is_passed_on() {
    let mut fixture = Fixture::new();
    let mut tool = fixture.tool("echo $PATH > \"$2\"");
    let bin = tool.path.pop().unwrap();
    fixture.caller.path = format!("relative:/nowhere:{}:/sbin", bin.display()).into();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    assert_eq!(files(&fixture.generate(&tool).unwrap()), [("", path)]);
}

#[test]
fn configuration_is_found_by_walking_up_and_excludes_match_the_real_relative_path() {
    let fixture = Fixture::new();
    fixture.write("repository/ruff.toml", "outer");
    fixture.write("repository/clients/.editorconfig", "middle");
    fixture.write("repository/clients/other/secret", "not mirrored");
    fixture.write("repository/.env", "ignored");
    fixture.write("repository/.gitignore", ".env\nnode_modules/\n.venv/\n");
    fixture.write("repository/large.bin", &"x".repeat(2 * 1024 * 1024));
    fixture.write("repository/node_modules/prettier/index.js", "installed");
    fixture.write("repository/clients/python/.venv/pyvenv.cfg", "home = /usr");
    let completed = fixture
        .script(
            r#"{ pwd | sed 's|.*/repository|repository|'; d=$PWD
            while [ "$d" != / ]; do for f in pyproject.toml .editorconfig ruff.toml .git/HEAD .env large.bin; do
              test -e "$d/$f" && echo "$f: $(head -c 20 "$d/$f")"; done; test -d "$d/.git" && break; d=$(dirname "$d"); done
            cat ../../node_modules/prettier/index.js .venv/pyvenv.cfg; echo; ls ..; cat ../../.git/info/exclude; } > "$2""#,
        )
        .unwrap();
    let expected = "repository/clients/python\npyproject.toml: inner\n.editorconfig: middle\nruff.toml: outer\n\
        .git/HEAD: ref: refs/heads/main\ninstalledhome = /usr\npython\n/clients/python/.venv\n/node_modules";
    assert_eq!(files(&completed), [("", expected.into())]);
    assert!(completed.written_elsewhere.is_empty());
}

#[test]
fn what_version_control_ignores_is_not_mirrored_and_the_copy_does_not_copy_itself() {
    let mut fixture = Fixture::new();
    fixture.write("repository/.gitignore", "build/\n*.log\n");
    fixture.write("repository/clients/python/.gitignore", "!keep.log\n");
    for path in ["build/x", "deep/build/x", "a.log", "keep.log", ".hidden", ".countersign/lock"] {
        fixture.write(&format!("repository/clients/python/{path}"), "x");
    }
    fixture.caller.scratch = fixture.repository().join("clients/python/tmp");
    fs::create_dir(&fixture.caller.scratch).unwrap();
    let completed = fixture.script("found=$(find . -type f | sort); echo \"$found\" > \"$2\"").unwrap();
    let expected = "./.gitignore\n./.hidden\n./keep.log\n./pyproject.toml";
    assert_eq!(files(&completed), [("", expected.into())]);
}

#[test]
fn a_program_that_is_a_path_is_named_with_its_folder_or_as_not_executable() {
    let fixture = Fixture::new();
    fixture.write("repository/clients/python/gen.sh", "#!/bin/sh\n");
    let mut tool = fixture.tool("true");
    tool.command = vec!["./absent.sh".into()];
    let problem = fixture.generate(&tool).unwrap_err().problem();
    assert!(problem.message.starts_with("`./absent.sh` was not found in `/"), "{}", problem.message);
    tool.command = vec!["./gen.sh".into()];
    let error = fixture.generate(&tool).unwrap_err();
    assert!(matches!(error, ToolError::Io { doing: "execute", .. }), "{error}");
}

#[test]
fn links_of_the_repository_cannot_lead_a_tool_out_of_the_mirror() {
    let fixture = Fixture::new();
    let root = fixture.repository().join("clients/python");
    fixture.write("outside/file", "secret");
    fixture.write("repository/shared.toml", "shared");
    fixture.write("repository/clients/python/real/x", "x");
    for (target, name) in [
        ("../../shared.toml", "config.toml"),
        ("../../../outside/file", "file"),
        ("../../../outside", "folder"),
        ("real", "alias"),
        ("absent", "dangling"),
    ] {
        symlink(target, root.join(name)).unwrap();
    }
    let completed = fixture.script("echo changed > config.toml; echo $(ls) $(cat alias/x) > \"$2\"").unwrap();
    assert_eq!(files(&completed), [("", "alias config.toml pyproject.toml real src x".into())]);
    assert_eq!(completed.written_elsewhere, ["clients/python/config.toml"]);
    assert_eq!(fs::read_to_string(fixture.repository().join("shared.toml")).unwrap(), "shared");
}

#[test]
fn a_script_of_the_client_runs_as_its_copy_so_that_its_own_folder_is_the_mirrors() {
    let fixture = Fixture::new();
    let script = fixture.write(
        "repository/clients/python/scripts/gen.sh",
        "#!/bin/sh\ncd \"$(dirname \"$0\")/..\" && echo mine > src/client && echo x > stray\n",
    );
    fs::set_permissions(script, Permissions::from_mode(0o755)).unwrap();
    let mut tool = fixture.tool("true");
    tool.command = vec!["./scripts/gen.sh".into()];
    let completed = fixture.generate(&tool).unwrap();
    assert_eq!(files(&completed), [("", "mine".into())]);
    assert_eq!(completed.written_elsewhere, ["clients/python/stray"]);
    assert!(!fixture.repository().join("clients/python/stray").exists());
}

#[test]
fn huge_output_is_capped_and_still_searched() {
    let fixture = Fixture::new();
    let mut tool = fixture
        .tool("echo first; head -c 3000000 /dev/zero | tr '\\0' 'x'; echo; echo last; echo x > \"$2\"");
    let completed = fixture.generate(&tool).unwrap();
    assert!(completed.stdout.text.starts_with("first\n") && completed.stdout.text.ends_with("last\n"));
    assert!(completed.stdout.text.len() < 300_000 && completed.stdout.dropped > 2_000_000);
    tool.fail_on_output = vec!["xxxx".into()];
    assert!(matches!(fixture.generate(&tool), Err(ToolError::Damaged { .. })));
}

#[test]
fn paths_that_leave_their_folder_are_refused() {
    let fixture = Fixture::new();
    let (repository, tool) = (fixture.repository(), fixture.tool("true"));
    for (root, output) in [("../x", "out"), (".", ".."), ("/etc", "out"), ("clients/python", "")] {
        let generation = Generation { repository: &repository, root, output, spec: "s.json", document: b"" };
        let error = generate(&generation, &tool, &fixture.caller).unwrap_err();
        assert!(matches!(error, ToolError::Outside { .. }), "{error}");
    }
}

#[test]
fn a_dump_writes_to_its_path_or_prints_the_document_and_nothing_else() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("echo log; pwd > \"$1\"");
    tool.command = vec!["generator".into(), "{out}".into()];
    let completed =
        dump(&fixture.repository(), &fixture.repository(), "openapi.json", &tool, &fixture.caller).unwrap();
    assert_eq!(files(&completed), [("", fixture.repository().canonicalize().unwrap().display().to_string())]);
    assert_eq!((completed.rung, completed.stdout.text.as_str()), (Rung::Bare, "log\n"));
    let mut tool = fixture.tool("head -c 1000000 /dev/zero; echo log >&2");
    tool.command = vec!["generator".into()];
    let completed =
        dump(&fixture.repository(), &fixture.repository(), "openapi.json", &tool, &fixture.caller).unwrap();
    assert_eq!(completed.output, Output::File(vec![0; 1_000_000]));
    assert_eq!(completed.stderr.text, "log\n");
    let silent = Tool { command: vec!["true".into()], ..tool };
    let error = dump(&fixture.repository(), &fixture.repository(), "openapi.json", &silent, &fixture.caller)
        .unwrap_err();
    assert!(matches!(error, ToolError::NoOutput { place: "standard output", .. }));
}

#[test]
fn a_probe_gives_the_first_line_of_either_stream() {
    let fixture = Fixture::new();
    let mut tool = fixture.tool("true");
    assert_eq!(probe(&fixture.repository(), &fixture.repository(), &tool, &fixture.caller).unwrap(), [""; 0]);
    for script in ["echo; echo ' tool 1.2.3 '; echo more", "echo 'tool 1.2.3' >&2"] {
        tool = fixture.tool(script);
        tool.probes = vec![vec!["generator".into(), "--version".into()]];
        assert_eq!(
            probe(&fixture.repository(), &fixture.repository(), &tool, &fixture.caller).unwrap(),
            ["tool 1.2.3"]
        );
    }
}
