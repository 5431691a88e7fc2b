//! What was pushed, told on one channel. Receipts, limits and transactions are the caller's, who remembers.

use super::super::Project;
use super::send::retry_after;
use crate::stage::{Job, StageFailure};
use countersign_engine as engine;
use countersign_model::{Name, Problem, PushLine, PushNotice};
use std::time::Duration;

/// What became of a message.
#[derive(Clone, Debug)]
pub enum Said {
    /// It is there.
    Sent,
    /// The other side asks to wait; it is not there.
    Limited(Duration),
    /// It may be there.
    Unknown,
    /// It is not there, and why.
    Failed(Problem),
}

impl Project {
    /// Tell a channel of pushes. `key` names the message: where the other side tells messages apart, the same key
    /// twice is one message. `again` says that an earlier attempt may have arrived; `now` is in seconds since 1970.
    pub fn tell_pushes(&self, channel: &Name, key: &str, pushes: &[PushLine], now: u64, again: bool) -> Said {
        let prepared = match self.channel(channel) {
            Ok(prepared) if prepared.speaks_to_forges() => {
                let message =
                    format!("channel `{channel}` writes on a forge, and hears of records, not of pushes");
                return Said::Failed(
                    Problem::new("not-a-room", message).hint("name a channel that is a room, or a webhook"),
                );
            }
            Ok(prepared) => prepared,
            Err(problem) => return Said::Failed(problem),
        };
        let payload = PushNotice::new(key.to_owned(), pushes.to_vec());
        let notice = engine::Notice {
            key: key.to_owned(),
            contract: payload.contract.clone(),
            client: String::new(),
            payload: serde_json::to_string(&payload).expect("it holds texts and numbers"),
            time: now,
            ambiguous: again,
            ext: Vec::new(),
        };
        let world = self.world(self.tools_of(prepared.stage()), Job::Dump);
        let outcome = world.outcome.clone();
        let answer = prepared.notify(&notice, world);
        match self.answered(prepared.stage().plugin.as_str(), channel.as_str(), answer) {
            Ok(engine::Receipt::Delivered(_) | engine::Receipt::DryRun) => Said::Sent,
            Ok(engine::Receipt::Unknown(why)) if again && !outcome.wrote() => {
                // Nothing was sent this time, and nothing more can be learned.
                Said::Failed(Problem::new("notice-abandoned", why))
            }
            Ok(engine::Receipt::Unknown(_)) => Said::Unknown,
            Err(error) if outcome.wrote() && !matches!(error.cause, engine::StageCause::Failure(_)) => {
                Said::Unknown
            }
            Err(error) => {
                let problem = StageFailure::of(&error).into_problem();
                retry_after(&problem).map_or(Said::Failed(problem), Said::Limited)
            }
        }
    }
}
