//! The way in: a listener, a runtime, and everything that goes on until the end.

mod connections;

use crate::log::Log;
use crate::problem::problem;
use crate::shared::Shared;
use crate::site::{Ask, Desk, Page, Site};
use crate::store::{Store, StoreError};
use crate::time::Clock;
use crate::work::{State, Wanted};
use crate::{body, catch_up, events, health, receive, reload, system, worker};
use axum::Router;
use axum::body::Body;
use axum::extract::State as Part;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

/// Everything that is served, and what serves it.
pub struct Service {
    /// Configuration and the host's side of it; a reload swaps both.
    pub state: State,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Pages and the JSON API, where there are any.
    pub site: Option<Arc<dyn Site>>,
    /// The clock.
    pub clock: Clock,
    /// Where JSON lines go.
    pub log: Log,
}

/// Why serving could not begin, or ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        why: String,
    },
    /// The machine refuses a runtime, a thread or a signal.
    #[error("cannot start: {0}")]
    Start(#[from] std::io::Error),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The socket that systemd hands over, or one bound to this address.
///
/// # Errors
/// [`ServeError::Listen`] where neither can be had.
pub fn listener(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listen =
        |error: std::io::Error| ServeError::Listen { address: address.to_string(), why: error.to_string() };
    match system::activated().map_err(listen)? {
        Some(handed) => Ok(handed),
        None => TcpListener::bind(address).map_err(listen),
    }
}

/// Serves until SIGTERM or SIGINT, then drains. SIGHUP reloads. Blocks, on a runtime of its own.
///
/// # Errors
/// Why it could not begin.
pub fn run(service: Service, listener: TcpListener) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        serve(service, listener, first_of(terminate, interrupt)).await
    });
    // A run that did not end in time is left behind; its claim was given back.
    runtime.shutdown_timeout(Duration::from_millis(100));
    served
}

async fn first_of(mut one: Signal, mut other: Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// Serves until `shutdown` ends, then drains: no connection is taken any more, what was taken is answered, what runs
/// may end within the limit, and what does not is given back.
///
/// # Errors
/// Why it could not begin.
pub async fn serve(
    service: Service,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared::new(service));
    if let Err(error) = shared.store.probe().await {
        // A full disk may be emptied; until then deliveries are answered 503, and pages can be read.
        shared.error("store", json!({ "why": error.to_string(), "doing": "starting" }));
    }
    let workers = worker::begin(&shared);
    let mut beside = JoinSet::new();
    beside.spawn(catch_up::keep_up(Arc::clone(&shared)));
    beside.spawn(system::feed_watchdog());
    beside.spawn(reload_on_change(Arc::clone(&shared)));
    beside.spawn(reload_on_hangup(Arc::clone(&shared), signal(SignalKind::hangup())?));
    let accepting = tokio::spawn(connections::accept(Arc::clone(&shared), listener, router(&shared)));
    shared.info("listening", json!({ "address": address.to_string() }));
    system::ready();
    shutdown.await;
    drain(&shared, accepting, workers).await;
    beside.shutdown().await;
    Ok(())
}

async fn drain(shared: &Arc<Shared>, accepting: tokio::task::JoinHandle<()>, mut workers: JoinSet<()>) {
    system::stopping();
    shared.info("draining", json!({}));
    shared.drain();
    let limit = shared.state().settings.limits.drain;
    let ended = tokio::time::timeout(limit, async {
        drop(accepting.await);
        while workers.join_next().await.is_some() {}
    });
    let in_time = ended.await.is_ok();
    workers.shutdown().await;
    let released = shared.release_claims().await;
    shared.info("ended", json!({ "in_time": in_time, "released": released }));
}

async fn reload_on_hangup(shared: Arc<Shared>, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        system::reloading();
        shared.reload(Wanted::default()).await;
        system::ready();
    }
}

/// What tells one state of a file from another, without reading it.
fn stamp(files: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let stamp = |file: &PathBuf| {
        let data = std::fs::metadata(file).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    files.iter().map(stamp).collect()
}

/// Looks at the watched files now and then. It is asked of the disk and of nobody else, so that it works on any.
async fn reload_on_change(shared: Arc<Shared>) {
    const OFTEN: Duration = Duration::from_secs(2);
    let mut files = shared.state().settings.watch.clone();
    let mut seen = stamp(&files);
    loop {
        tokio::time::sleep(OFTEN).await;
        let now = stamp(&files);
        if now != seen {
            shared.reload(Wanted::default()).await;
            let watched = shared.state().settings.watch.clone();
            // What changed during the reload changes again.
            seen = if watched == files { now } else { stamp(&watched) };
            files = watched;
        }
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/hooks/health", get(health::hooks))
        .route("/hooks/{source}", post(receive::hook))
        .route("/api/reload", post(reload::reload))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/events", get(events::events))
        .fallback(site)
        .with_state(Arc::clone(shared))
}

/// Everything else is the site's.
async fn site(Part(shared): Part<Arc<Shared>>, request: Request<Body>) -> Response {
    const BODY: usize = 64 * 1024;
    let Some(site) = shared.site.clone() else { return no_page() };
    let (parts, body) = request.into_parts();
    let read = body::read(body, &parts.headers, BODY, Duration::from_secs(10), &shared.memory).await;
    let Ok(held) = read else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or took too long");
    };
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let ask = Ask {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body: held.bytes,
    };
    let page = site.answer(ask, Desk(Arc::clone(&shared))).await;
    page.map_or_else(no_page, shown)
}

fn no_page() -> Response {
    problem(StatusCode::NOT_FOUND, "there is nothing here")
}

fn shown(page: Page) -> Response {
    let mut response = Response::new(Body::from(page.body));
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &page.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
