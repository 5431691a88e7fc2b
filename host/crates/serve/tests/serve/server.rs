//! A server in this process, and a host that does what a test tells it and remembers what it was asked.

use crate::http::{Answer, Headers, request};
use crate::sign::{self, SECRET};
use countersign_model::Verdict;
use countersign_model::target::{Access, ById, ByName, Control, Cure, Listed, Look, Moment, Target};
use countersign_serve::{
    Ending, Head, Hooks, Limits, Log, Node, Pages, PushDigest, Reconciled, Repository, RunLog, RunOutcome,
    Secret, Sent, Service, Settings, Source, SqliteStore, State, Store, Time, Trigger, Wanted, Work, serve,
};
use countersign_serve_page::filter::Paging;
use countersign_serve_page::view::{Listing, Overview, RecordChange};
use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::sync::oneshot;

type Runs = Box<dyn Fn(&Trigger, &mut dyn RunLog) -> RunOutcome + Send + Sync>;
type Says = Box<dyn Fn(&str, &PushDigest) -> Sent + Send + Sync>;
type Reconciles = Box<dyn Fn(&Wanted) -> Reconciled + Send + Sync>;

/// The host's side.
pub(crate) struct Host {
    pub(crate) runs: Mutex<Vec<Trigger>>,
    pub(crate) said: Mutex<Vec<(String, String, PushDigest)>>,
    /// Whether each may have arrived before.
    pub(crate) again: Mutex<Vec<bool>>,
    pub(crate) heads: Mutex<HashMap<String, String>>,
    pub(crate) known: Mutex<Vec<String>>,
    pub(crate) keys: Mutex<VecDeque<Result<String, String>>>,
    pub(crate) asked_for_keys: AtomicUsize,
    pub(crate) reconciled: AtomicUsize,
    pub(crate) asked_what_is_known: AtomicUsize,
    pub(crate) redelivered: AtomicUsize,
    pub(crate) targets: Vec<(String, Target)>,
    pub(crate) looks: Mutex<usize>,
    pub(crate) looks_gone: Mutex<bool>,
    pub(crate) cured: Arc<Mutex<Vec<Cure>>>,
    pub(crate) clock: TurnedClock,
    pub(crate) run: Runs,
    pub(crate) say: Says,
    pub(crate) reconcile: Reconciles,
    pub(crate) overview: Overview,
    pub(crate) history: Option<Listing<RecordChange>>,
    pub(crate) looked_around: AtomicUsize,
}

pub(crate) fn done() -> RunOutcome {
    RunOutcome::ended(Ending::Done(Verdict::Agreed))
}

impl Default for Host {
    fn default() -> Self {
        Self {
            runs: Mutex::default(),
            said: Mutex::default(),
            again: Mutex::default(),
            heads: Mutex::default(),
            known: Mutex::default(),
            keys: Mutex::default(),
            asked_for_keys: AtomicUsize::new(0),
            reconciled: AtomicUsize::new(0),
            asked_what_is_known: AtomicUsize::new(0),
            redelivered: AtomicUsize::new(0),
            targets: Vec::new(),
            looks: Mutex::default(),
            looks_gone: Mutex::default(),
            cured: Arc::default(),
            clock: TurnedClock::default(),
            run: Box::new(|_, _| done()),
            say: Box::new(|_, _| Sent::Sent),
            reconcile: Box::new(|_| Reconciled::InSync { commit: "c0ffee0".into(), state: None }),
            overview: Overview::default(),
            history: None,
            looked_around: AtomicUsize::new(0),
        }
    }
}

impl Work for Host {
    fn run(&self, trigger: &Trigger, log: &mut dyn RunLog) -> RunOutcome {
        self.runs.lock().unwrap().push(trigger.clone());
        (self.run)(trigger, log)
    }

    fn say(&self, channel: &str, transaction: &str, digest: &PushDigest, again: bool) -> Sent {
        self.again.lock().unwrap().push(again);
        let sent = (self.say)(transaction, digest);
        self.said.lock().unwrap().push((channel.into(), transaction.into(), digest.clone()));
        sent
    }

    fn head(&self, node: &Node, _since: Option<&str>) -> Result<Option<Head>, String> {
        let commit = self.heads.lock().unwrap().get(&node.name).cloned();
        Ok(commit.map(|commit| Head { commit, ..Head::default() }))
    }

    fn redeliver(&self, _node: &Node) -> Result<usize, String> {
        self.redelivered.fetch_add(1, Ordering::SeqCst);
        Ok(0)
    }

    fn knows(&self, wanted: &Wanted) -> bool {
        self.asked_what_is_known.fetch_add(1, Ordering::SeqCst);
        wanted.commit.as_ref().is_some_and(|commit| self.known.lock().unwrap().contains(commit))
    }

    fn reconcile(&self, wanted: &Wanted) -> Reconciled {
        self.reconciled.fetch_add(1, Ordering::SeqCst);
        (self.reconcile)(wanted)
    }

    fn signing_keys(&self, _issuer: &str) -> Result<String, String> {
        self.asked_for_keys.fetch_add(1, Ordering::SeqCst);
        self.keys.lock().unwrap().pop_front().unwrap_or_else(|| Err("no keys".into()))
    }

    fn overview(&self) -> Overview {
        self.looked_around.fetch_add(1, Ordering::SeqCst);
        self.overview.clone()
    }

    fn history(&self, _contract: &str, _paging: Paging) -> Option<Listing<RecordChange>> {
        self.history.clone()
    }

    fn targets(&self) -> Vec<(String, Target)> {
        self.targets.clone()
    }

    fn look(&self, _key: &str, target: &Target) -> Option<Look> {
        *self.looks.lock().unwrap() += 1;
        let at = self.clock.now().seconds();
        let moment = Moment { at, service: Some(at) };
        if *self.looks_gone.lock().unwrap() {
            let missing = Look::new(moment, ByName::NotFound);
            let control = Control::Readable { at };
            return Some(Look { id: ById::NotFound, control, access: Access::Owner(Listed::No), ..missing });
        }
        let (full_name, id) = (target.name.clone(), "7".into());
        Some(Look::new(moment, ByName::Found { full_name, id, archived: false, may_push: Some(true) }))
    }

    fn cure(&self, _target: &Target, cure: &Cure) -> Result<(), String> {
        self.cured.lock().unwrap().push(cure.clone());
        Ok(())
    }
}

/// The real time, and what a test adds to it.
#[derive(Clone, Default)]
pub(crate) struct TurnedClock(Arc<AtomicI64>);

impl TurnedClock {
    #[expect(clippy::disallowed_methods, reason = "the tests' own door to the clock")]
    pub(crate) fn now(&self) -> Time {
        let real = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Time(Time::ZERO.after(real).0 + self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn turn(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) host: Arc<Host>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: TurnedClock,
    pub(crate) log: Written,
    folder: Arc<TempDir>,
    stop: Option<(oneshot::Sender<()>, std::thread::JoinHandle<()>)>,
}

#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn node(source: Source, name: &str) -> Node {
    Node {
        name: name.into(),
        repository: Repository {
            source,
            host: if source == Source::Github { "github.com".into() } else { "git.example.org".into() },
            owner: "acme".into(),
            name: name.into(),
            web: None,
        },
        branch: "main".into(),
        channels: vec!["room".into()],
        contracts: vec!["api".into()],
    }
}

/// One node of each source, named by it, and secrets for all.
pub(crate) fn settings() -> Settings {
    let secrets = || vec![Secret::new(SECRET)];
    Settings {
        nodes: vec![
            node(Source::Github, "api"),
            node(Source::Gitea, "tea"),
            node(Source::Gitlab, "lab"),
            node(Source::Generic, "any"),
        ],
        hooks: Hooks { github: secrets(), gitea: secrets(), gitlab: secrets(), generic: secrets() },
        bots: vec!["countersign[bot]".into()],
        limits: Limits {
            retry_first: Duration::from_millis(50),
            drain: Duration::from_secs(5),
            ..Limits::default()
        },
        ..Settings::default()
    }
    .with_our_marks()
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(settings(), Host::default())
    }

    pub(crate) fn with(settings: Settings, host: Host) -> Self {
        let clock = host.clock.clone();
        Self::on(Arc::new(TempDir::new().unwrap()), settings, Arc::new(host), clock)
    }

    /// Ends this one and begins another on its store.
    pub(crate) fn restart(mut self, settings: Settings) -> Self {
        self.end();
        Self::on(Arc::clone(&self.folder), settings, Arc::clone(&self.host), self.clock.clone())
    }

    pub(crate) fn on(folder: Arc<TempDir>, settings: Settings, host: Arc<Host>, clock: TurnedClock) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.path().join("serve.db")).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Written::default();
        let told = clock.clone();
        let service = Service {
            state: State { settings, work: Arc::clone(&host) as Arc<dyn Work> },
            store: Arc::clone(&store),
            site: Some(Arc::new(Pages::new())),
            clock: Arc::new(move || told.now()),
            log: Log::to(log.clone()),
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(serve(service, listener, async { drop(stopped.await) })).unwrap();
            runtime.shutdown_timeout(Duration::from_millis(100));
        });
        Self { address, host, store, clock, log, folder, stop: Some((stop, thread)) }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn end(&mut self) {
        if let Some((stop, thread)) = self.stop.take() {
            stop.send(()).unwrap_or_else(|()| eprintln!("the server ended by itself"));
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }

    pub(crate) fn post(&self, path: &str, headers: &Headers, body: &[u8]) -> Answer {
        request(self.address, "POST", path, headers, body)
    }

    /// A signed push of GitHub's.
    pub(crate) fn push(&self, id: &str, before: &str, after: &str) -> Answer {
        self.push_of("acme/api", id, before, after)
    }

    pub(crate) fn push_of(&self, repository: &str, id: &str, before: &str, after: &str) -> Answer {
        let body = sign::push(repository, before, after).to_string().into_bytes();
        self.post("/hooks/github", &sign::github(SECRET, "push", id, &body), &body)
    }

    /// Waits for what has to come true; fails where it does not.
    pub(crate) fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_secs(20), "in vain: {what}\n{}", self.log.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn ask<T>(&self, asking: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(asking)
    }

    pub(crate) fn runs(&self) -> usize {
        self.host.runs.lock().unwrap().len()
    }

    pub(crate) fn said(&self) -> Vec<PushDigest> {
        self.host.said.lock().unwrap().iter().map(|(_, _, digest)| digest.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
