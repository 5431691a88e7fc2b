//! A receiver by itself, for measurements and for tests that kill it: `receive STORE SECRET-FILE EFFECTS-FILE [ADDRESS
//! [LEASE]]`. The store is a file or the URL of a database, which several receivers may share; the lease of a claim is in
//! seconds.
//!
//! Runs and messages are lines of the effects file. The address that it listens on is the first line of its output.

use countersign_model::Verdict;
use countersign_serve::{
    Ending, Head, Hooks, Limits, Log, Node, PostgresStore, PushDigest, Reconciled, Repository, RunLog,
    RunOutcome, Secret, Sent, Service, Settings, Source, SqliteStore, State, Store, StoreError, Time,
    Trigger, Wanted, Work, listener, run,
};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

/// How many repositories it watches: `acme/api-0` and so on.
const NODES: usize = 35;

struct ToFile(Mutex<File>);

impl ToFile {
    fn line(&self, line: &str) -> bool {
        self.0.lock().is_ok_and(|mut file| file.write_all(format!("{line}\n").as_bytes()).is_ok())
    }
}

impl Work for ToFile {
    fn run(&self, trigger: &Trigger, log: &mut dyn RunLog) -> RunOutcome {
        log.line("nothing to do");
        self.line(&format!("run {} {}", trigger.run, trigger.deliveries.join(",")));
        RunOutcome::ended(Ending::Done(Verdict::Agreed))
    }

    fn say(&self, _channel: &str, transaction: &str, digest: &PushDigest, _again: bool) -> Sent {
        let pushes: u32 = digest.lines.iter().map(|line| line.pushes).sum();
        if self.line(&format!("say {transaction} {pushes}")) { Sent::Sent } else { Sent::Unknown }
    }

    fn head(&self, _node: &Node, _since: Option<&str>) -> Result<Option<Head>, String> {
        Ok(None)
    }

    fn redeliver(&self, _node: &Node) -> Result<usize, String> {
        Ok(0)
    }

    fn knows(&self, _wanted: &Wanted) -> bool {
        true
    }

    fn reconcile(&self, _wanted: &Wanted) -> Reconciled {
        Reconciled::InSync { commit: String::new(), state: None }
    }
}

#[expect(clippy::disallowed_methods, reason = "the example is its own host, and hands the clock in")]
fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::ZERO.after(since)
}

fn nodes() -> Vec<Node> {
    let node = |index: usize| Node {
        name: format!("api-{index}"),
        repository: Repository {
            source: Source::Github,
            host: "github.com".into(),
            owner: "acme".into(),
            name: format!("api-{index}"),
            web: None,
        },
        branch: "main".into(),
        channels: vec!["room".into()],
        contracts: Vec::new(),
    };
    (0..NODES).map(node).collect()
}

fn settings(secret: &str, lease: Duration, workers: usize) -> Settings {
    let limits = Limits {
        message_interval: Duration::from_millis(200),
        room_burst: 1000,
        room_rate: 1000.0,
        lease,
        workers,
        ..Limits::default()
    };
    let hooks = Hooks { github: vec![Secret::new(secret.trim())], ..Hooks::default() };
    Settings { nodes: nodes(), hooks, limits, ..Settings::default() }.with_our_marks()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match serve(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn open(store: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(if store.starts_with("postgres://") {
        Arc::new(PostgresStore::open(store)?)
    } else {
        Arc::new(SqliteStore::open(Path::new(store))?)
    })
}

fn serve(arguments: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let [store, secret, effects, more @ ..] = arguments else {
        return Err("usage: receive STORE SECRET-FILE EFFECTS-FILE [ADDRESS [LEASE]]".into());
    };
    let address = more.first().map_or("127.0.0.1:0", String::as_str);
    let lease = Duration::from_secs(more.get(1).map_or(Ok(2), |lease| lease.parse())?);
    let secret = std::fs::read_to_string(secret)?;
    let effects = OpenOptions::new().create(true).append(true).open(effects)?;
    let store = open(store)?;
    let service = Service {
        state: State {
            settings: settings(&secret, lease, if store.is_shared() { 8 } else { 2 }),
            work: Arc::new(ToFile(Mutex::new(effects))),
        },
        store,
        site: None,
        clock: Arc::new(now),
        log: Log::to(std::io::stderr()),
    };
    let socket = listener(address.parse()?)?;
    writeln!(std::io::stdout(), "{}", socket.local_addr()?)?;
    Ok(run(service, socket)?)
}
