//! What all parts of the server hold together.

use crate::events;
use crate::log::{Level, Log};
use crate::metrics::Metrics;
use crate::reload::{Flight, Keys};
use crate::server::Service;
use crate::site::Site;
use crate::store::{Claim, Settling, Store};
use crate::time::{Clock, Time};
use crate::work::State;
use arc_swap::{ArcSwap, Guard};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, watch};

/// Bodies are held in memory by so many bytes a permit.
pub(crate) const PIECE: usize = 64 * 1024;

/// What all bodies together may take, in pieces; four of the largest that a forge sends.
const PIECES: usize = 4 * 25 * 1024 * 1024 / PIECE;

pub(crate) struct Shared {
    state: ArcSwap<State>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) site: Option<Arc<dyn Site>>,
    clock: Clock,
    log: Log,
    pub(crate) metrics: Metrics,
    pub(crate) flight: Flight,
    pub(crate) keys: Keys,
    /// Something may be due.
    pub(crate) runs_due: Notify,
    pub(crate) messages_due: Notify,
    /// Memory for bodies that arrive.
    pub(crate) memory: Arc<Semaphore>,
    /// Places for pages that listen.
    pub(crate) listeners: Arc<Semaphore>,
    draining: watch::Sender<bool>,
    /// How often something changed that a page may show.
    changes: watch::Sender<u64>,
    /// What our workers have in their hands.
    claims: Mutex<HashMap<i64, Claim>>,
    /// Names this process among those that share a store, and its requests among each other.
    pub(crate) instance: String,
    requests: AtomicU64,
}

impl Shared {
    pub(crate) fn new(service: Service) -> Self {
        Self {
            state: ArcSwap::from_pointee(service.state),
            store: service.store,
            site: service.site,
            clock: service.clock,
            log: service.log,
            metrics: Metrics::new(),
            flight: Flight::default(),
            keys: Keys::default(),
            runs_due: Notify::new(),
            messages_due: Notify::new(),
            memory: Arc::new(Semaphore::new(PIECES)),
            listeners: Arc::new(Semaphore::new(events::LISTENERS)),
            draining: watch::channel(false).0,
            changes: watch::channel(0).0,
            claims: Mutex::default(),
            instance: crate::random::hex(),
            requests: AtomicU64::new(0),
        }
    }

    /// What is served now. Whoever takes it sees one configuration from beginning to end.
    pub(crate) fn state(&self) -> Guard<Arc<State>> {
        self.state.load()
    }

    /// What is served now, to keep for longer.
    pub(crate) fn state_for_long(&self) -> Arc<State> {
        self.state.load_full()
    }

    pub(crate) fn swap(&self, state: State) {
        self.state.store(Arc::new(state));
        self.changed();
        self.runs_due.notify_waiters();
        self.messages_due.notify_waiters();
    }

    pub(crate) fn now(&self) -> Time {
        (self.clock)()
    }

    pub(crate) fn info(&self, event: &str, fields: Value) {
        self.log.line(self.now(), Level::Info, event, fields);
    }

    pub(crate) fn warn(&self, event: &str, fields: Value) {
        self.log.line(self.now(), Level::Warn, event, fields);
    }

    pub(crate) fn error(&self, event: &str, fields: Value) {
        self.log.line(self.now(), Level::Error, event, fields);
    }

    pub(crate) fn request(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.instance)
    }

    /// A run is due, and maybe a message.
    pub(crate) fn wake(&self, speaks: bool) {
        self.runs_due.notify_one();
        if speaks {
            self.messages_due.notify_one();
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Waits until the server drains.
    pub(crate) async fn drained(&self) {
        let mut draining = self.draining.subscribe();
        // The sender lives as long as we do.
        drop(draining.wait_for(|draining| *draining).await);
    }

    /// Something changed that a page may show.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn hold(&self, claim: &Claim) {
        self.held().insert(claim.job, claim.clone());
    }

    pub(crate) fn let_go(&self, claim: &Claim) {
        self.held().remove(&claim.job);
    }

    fn held(&self) -> MutexGuard<'_, HashMap<i64, Claim>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives back what workers left when they were stopped, so that nobody has to wait for a claim to run out.
    pub(crate) async fn release_claims(&self) -> usize {
        let claims: Vec<Claim> = self.held().drain().map(|(_, claim)| claim).collect();
        let mut released = 0;
        for claim in claims {
            let settling = Settling::Released { run_at: self.now() };
            released += usize::from(self.store.settle(&claim, settling).await == Ok(true));
        }
        released
    }
}
