//! The overview, which costs the host a look at every record: asked for once, for all who want it at the same time.

use super::answer::Refusal;
use super::{read, standings};
use crate::site::Desk;
use crate::time::Time;
use crate::work::State;
use countersign_serve_page::view::Overview;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;

/// An overview is this old at most.
const FRESH: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Overviews(Mutex<Option<Kept>>);

struct Kept {
    overview: Arc<Overview>,
    since: Time,
    /// What it is the overview of. A reload serves another state, and this one counts no more.
    of: Weak<State>,
}

impl Kept {
    /// A clock that went back makes nothing fresh.
    fn is_fresh(&self, now: Time, state: &Arc<State>) -> bool {
        let is_of = std::ptr::eq(self.of.as_ptr(), Arc::as_ptr(state));
        is_of && self.since <= now && now.since(self.since) < FRESH
    }
}

impl Overviews {
    /// Everything as it stood at most ten seconds ago.
    pub(super) async fn latest(&self, desk: &Desk) -> Result<Arc<Overview>, Refusal> {
        let mut kept = self.0.lock().await;
        let (state, now) = (desk.state(), desk.now());
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh(now, &state)) {
            return Ok(Arc::clone(&kept.overview));
        }
        let nodes = read::nodes(desk).await?;
        let found = desk.store().standings().await?;
        let (old, work) = (kept.take(), Arc::clone(&state.work));
        let asked = tokio::task::spawn_blocking(move || {
            // A million clients take a while to be forgotten, too.
            drop(old);
            let mut overview = Overview { nodes, ..work.overview() };
            standings::fill_in(&mut overview, &found);
            overview
        });
        let failed = |_| Refusal::new(500, "no-overview", "what stands where could not be told");
        let overview = Arc::new(asked.await.map_err(failed)?);
        *kept = Some(Kept { overview: Arc::clone(&overview), since: now, of: Arc::downgrade(&state) });
        Ok(overview)
    }
}
