//! `GET /events`: tells open pages that something changed, as server-sent events (WHATWG HTML, section 9.2). It says
//! nothing of what; a page asks again for what it shows, with the rights that it has.

use crate::problem::problem;
use crate::shared::Shared;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Pages that listen at a time. Those beyond reload by hand.
pub(crate) const LISTENERS: usize = 128;

/// A page hears of changes no more often than this.
const PACE: Duration = Duration::from_secs(1);

/// What other servers changed in a store that they share is not told to this one, so its pages look so often.
const SHARED: Duration = Duration::from_secs(5);

/// Something is sent at least so often, so that nobody in between takes the connection for dead.
const ALIVE: Duration = Duration::from_secs(20);

const CHANGE: &str = "event: change\ndata: {}\n\n";

struct Listener {
    shared: Arc<Shared>,
    changes: watch::Receiver<u64>,
    greeted: bool,
    _slot: OwnedSemaphorePermit,
}

pub(crate) async fn events(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let Ok(slot) = Arc::clone(&shared.listeners).try_acquire_owned() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "too many pages listen");
    };
    let listener = Listener { changes: shared.changes(), shared, greeted: false, _slot: slot };
    let stream = stream::unfold(listener, |mut listener| async move {
        let text = listener.next().await?;
        Some((Ok::<_, Infallible>(text), listener))
    });
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Listener {
    /// The next event; none when the server drains, which would otherwise wait for every open page.
    async fn next(&mut self) -> Option<&'static str> {
        if !self.greeted {
            self.greeted = true;
            return Some("retry: 5000\n\n");
        }
        tokio::select! {
            () = self.shared.drained() => None,
            () = changed(&mut self.changes) => Some(CHANGE),
            () = tokio::time::sleep(SHARED), if self.shared.store.is_shared() => Some(CHANGE),
            () = tokio::time::sleep(ALIVE) => Some(": alive\n\n"),
        }
    }
}

async fn changed(changes: &mut watch::Receiver<u64>) {
    tokio::time::sleep(PACE).await;
    // The sender lives as long as the server.
    drop(changes.changed().await);
}
