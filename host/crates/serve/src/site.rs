//! Where pages and the JSON API hook in: requests that `serve` does not answer itself go to a [`Site`].

use crate::reload::Outcome;
use crate::shared::Shared;
use crate::store::{Store, StoreError};
use crate::work::{State, Wanted};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

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

/// What a site may read and do.
#[derive(Clone)]
pub struct Desk(pub(crate) Arc<Shared>);

/// Answers requests from what the desk has.
pub trait Site: Send + Sync + 'static {
    /// The answer; none where there is no such page.
    fn answer(&self, ask: Ask, desk: Desk) -> Pin<Box<dyn Future<Output = Option<Page>> + Send + '_>>;
}

impl Desk {
    /// Everything that is kept.
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// What is served now.
    pub fn state(&self) -> Arc<State> {
        self.0.state_for_long()
    }

    /// The time.
    pub fn now(&self) -> crate::time::Time {
        self.0.now()
    }

    /// Makes a new run of what a run or a delivery stood for, and names it; none where there is no such.
    ///
    /// # Errors
    /// The store's.
    pub async fn replay(&self, id: &str) -> Result<Option<String>, StoreError> {
        let run = self.0.store.replay(id, self.0.now()).await?;
        self.0.wake(false);
        Ok(run)
    }

    /// Reloads, as `POST /api/reload` does.
    pub async fn reload(&self, wanted: Wanted) -> Outcome {
        self.0.reload(wanted).await
    }
}
