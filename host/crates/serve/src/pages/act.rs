//! What forms do. Whether somebody may is decided before.

use super::answer::Refusal;
use crate::reload::Outcome;
use crate::site::Desk;
use crate::work::Wanted;
use countersign_serve_page::address;
use serde_json::json;

/// What a form asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Do again what a run or a delivery stood for.
    Replay(String),
    Reload,
    SignOut,
}

/// What came of it.
pub(super) enum Done {
    /// It can be seen there.
    See(String),
    SignedOut,
}

impl Act {
    pub(super) async fn done(self, desk: &Desk) -> Result<Done, Refusal> {
        match self {
            Self::Replay(id) => {
                let run = desk.replay(&id).await?;
                let none = || Refusal::new(404, "not-found", "there is nothing of this id to run again");
                let run = run.ok_or_else(none)?;
                desk.0.info("replay", json!({ "of": id, "run": run }));
                desk.0.changed();
                Ok(Done::See(address::run(&run)))
            }
            Self::Reload => match failure(&desk.reload(Wanted::default()).await) {
                Some(refusal) => Err(refusal),
                None => Ok(Done::See("/nodes".into())),
            },
            Self::SignOut => Ok(Done::SignedOut),
        }
    }
}

/// Why a reload brought nothing; none where it did what it should.
fn failure(outcome: &Outcome) -> Option<Refusal> {
    let why = match outcome {
        Outcome::NoChanges | Outcome::InSync { .. } | Outcome::FastForwarded { .. } => return None,
        Outcome::Diverged { ours, theirs } => {
            format!("our work tree, at `{ours}`, holds what upstream, at `{theirs}`, does not")
        }
        Outcome::FetchFailed { why } => format!("upstream could not be read: {why}"),
        Outcome::Invalid { why } => format!("what is there now cannot be served: {why}"),
    };
    Some(Refusal::new(outcome.status().as_u16(), outcome.as_str(), why))
}
