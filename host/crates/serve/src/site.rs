//! Where pages and the JSON API hook in: requests that `serve` does not answer itself go to a [`Site`].

use crate::store::Store;
use std::future::Future;
use std::pin::Pin;

/// A request that is not for a hook, a reload or a probe.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query, without its question mark.
    pub query: Option<String>,
    /// All headers, names in lower case. Values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body, at most 64 KiB.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Answers requests from what the store holds.
pub trait Site: Send + Sync + 'static {
    /// The answer; none where there is no such page.
    fn answer<'a>(
        &'a self,
        ask: Ask,
        store: &'a dyn Store,
    ) -> Pin<Box<dyn Future<Output = Option<Page>> + Send + 'a>>;
}
