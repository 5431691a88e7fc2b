use crate::python::needed;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where Debian and Ubuntu put the programs of each version, none of which are on the path.
const VERSIONS: &str = "/usr/lib/postgresql";

/// How long the server may take to start or to end; this machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the server, which is the rest of the arguments, until the end of this standard input, which the test's process holds
/// open; then ends it by its process id, as a crash of its machine would. Nothing outlives a test that is killed.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null &
read -r line <&3
kill -QUIT $!
wait $!
[ "$line" = stay ] || rm -rf -- "$0"
"#;

/// A PostgreSQL server (Debian's package `postgresql`) that listens on a socket in a folder of its own. What it
/// acknowledges is on the disk. The server does not run as root, so the folder is somebody else's then.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    supervisor: Mutex<Option<Child>>,
    databases: AtomicUsize,
}

/// The server that the tests of a process share; none, with a line that says why, where it cannot be had.
#[track_caller]
pub fn postgres() -> Option<&'static Postgres> {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    programs()?;
    Some(SHARED.get_or_init(|| Postgres::start().expect("the programs are there")))
}

#[track_caller]
fn programs() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    needed("the programs of PostgreSQL", PROGRAMS.get_or_init(find)).map(PathBuf::as_path)
}

fn find() -> Result<PathBuf, String> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.retain(|programs| programs.join("initdb").is_file());
    found.sort();
    found.pop().ok_or_else(|| format!("{VERSIONS} holds no `initdb`: apt-get install postgresql"))
}

impl Postgres {
    /// A server for one test, which may stop and start it; none, with a line that says why, where it cannot be had.
    #[track_caller]
    pub fn start() -> Option<Self> {
        let programs = programs()?.to_owned();
        let folder = TempDir::new().expect("a temporary folder can be made").keep();
        if is_root() {
            succeeds(Command::new("chown").arg("nobody").arg(&folder));
        }
        let mut make = unprivileged(&programs.join("initdb"));
        make.args(["--username=countersign", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        succeeds(make.arg("--pgdata").arg(folder.join("data")));
        let server = Self { programs, folder, supervisor: Mutex::new(None), databases: AtomicUsize::new(0) };
        server.resume();
        Some(server)
    }

    /// The URL of a new and empty database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.query("postgres", &format!("CREATE DATABASE {name}"));
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://countersign@{folder}/{name}")
    }

    /// What a statement answers, a line for each row; the database by its name or its URL.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let mut command = self.client("psql");
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql, database]);
        succeeds(&mut command).trim_end().to_owned()
    }

    /// One of PostgreSQL's programs, told of this server.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.env("PGHOST", &self.folder).env("PGUSER", "countersign");
        command
    }

    /// End the server at once, as a crash of its machine would.
    pub fn stop(&self) {
        let Some(mut supervisor) = self.running().take() else { return };
        let input = supervisor.stdin.take().expect("it was asked for");
        // The folder stays for the next start.
        std::io::Write::write_all(&mut &input, b"stay\n").expect("the supervisor reads");
        drop(input);
        drop(supervisor.wait());
    }

    /// Start it, and wait until it answers.
    pub fn resume(&self) {
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR]).arg(&self.folder);
        let server = unprivileged(&self.programs.join("postgres"));
        command.arg(server.get_program()).args(server.get_args());
        command.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        command.args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
        let log = fs::File::create(self.folder.join("log")).expect("the log can be written");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        *self.running() = Some(command.spawn().expect("there is a shell"));
        let until = Instant::now() + PATIENCE;
        while !self.client("pg_isready").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < until, "PostgreSQL does not start: {}", log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Child>> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.running().take() {
            drop(supervisor.stdin.take());
            drop(supervisor.wait());
        }
    }
}

fn is_root() -> bool {
    succeeds(Command::new("id").arg("--user")).trim() == "0"
}

/// A command that does not run as root, which PostgreSQL refuses.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

fn succeeds(command: &mut Command) -> String {
    let output = command.current_dir("/").output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
