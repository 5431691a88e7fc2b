//! The memory of the gone-ladder: each pointer is looked at now and then, what was seen is kept, and what follows is
//! done where it can be. Whether a target is gone is decided in the model, from all that was ever seen of it.

use crate::shared::Shared;
use crate::store::{Pointer, StoreError};
use countersign_model::assess;
use countersign_model::target::{Assessment, Cure, Target, TargetState};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How often what is there, and what seems not to be, is looked at.
const HOURLY: Duration = Duration::from_secs(3600);
/// How often a tombstone is: a service may restore for three months.
const WEEKLY: Duration = Duration::from_secs(7 * 24 * 3600);

/// Looks at every pointer that is due.
pub(crate) async fn look_round(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let state = shared.state_for_long();
    let work = Arc::clone(&state.work);
    let targets = tokio::task::spawn_blocking(move || work.targets()).await.unwrap_or_default();
    let known = shared.store.pointers().await?;
    for (key, target) in targets {
        let known = remembered(&known, &key, &target);
        if known.is_none_or(|known| known.next_probe <= shared.now()) && !shared.is_draining() {
            look_at(shared, key, target, known.cloned()).await?;
        }
    }
    Ok(())
}

/// What is known of a target; also under the name that it had before its pointer was healed.
fn remembered<'a>(known: &'a [Pointer], key: &str, target: &Target) -> Option<&'a Pointer> {
    let was_it = |known: &&Pointer| {
        known.target.kind == target.kind && known.history.moved_to.as_ref() == Some(&target.name)
    };
    known.iter().find(|known| known.key == key).or_else(|| known.iter().find(was_it))
}

async fn look_at(
    shared: &Arc<Shared>,
    key: String,
    target: Target,
    known: Option<Pointer>,
) -> Result<(), StoreError> {
    let state = shared.state_for_long();
    let (work, asked, seen) = (Arc::clone(&state.work), key.clone(), target.clone());
    // A look that could not be made says nothing; the next one may.
    let Ok(Some(look)) = tokio::task::spawn_blocking(move || work.look(&asked, &seen)).await else {
        return Ok(());
    };
    let history = known.as_ref().map(|known| known.history.clone()).unwrap_or_default();
    let assessment = assess(&target, &look, &history);
    let changed = known.as_ref().is_none_or(|known| known.history.state != assessment.state);
    if changed {
        let report = assessment.report(&target);
        shared.info(
            "pointer",
            json!({ "target": target.name, "state": report.state, "reason": report.reason }),
        );
    }
    let was_tombstone = known.is_some_and(|known| known.tombstone);
    // What follows comes first: if we die in between, the next look finds the same and it is done once more.
    let is_cured = cure(shared, &target, &assessment).await;
    let pause = if assessment.state == TargetState::Gone && is_cured { WEEKLY } else { HOURLY };
    let pointer = Pointer {
        key,
        reason: assessment.report(&target).reason,
        target,
        tombstone: is_tombstone(&assessment.cure, was_tombstone),
        history: assessment.history,
        next_probe: shared.now().after(pause),
    };
    shared.store.put_pointer(pointer).await
}

fn is_tombstone(cure: &Cure, was: bool) -> bool {
    match cure {
        Cure::Tombstone => true,
        Cure::Restore { .. } => false,
        Cure::Keep | Cure::Heal { .. } => was,
    }
}

/// Healing and clearing are best effort: what fails is tried at the next look, and no run hears of it.
async fn cure(shared: &Arc<Shared>, target: &Target, assessment: &Assessment) -> bool {
    if assessment.cure == Cure::Keep || (assessment.cure == Cure::Tombstone && !assessment.may_clear) {
        return true;
    }
    let state = shared.state_for_long();
    let (target, cure) = (target.clone(), assessment.cure.clone());
    let name = target.name.clone();
    let cured = tokio::task::spawn_blocking(move || state.work.cure(&target, &cure)).await;
    let cured = cured.map_err(|error| error.to_string()).and_then(|cured| cured);
    if let Err(why) = &cured {
        shared.warn("pointer", json!({ "target": name, "why": why, "doing": "curing" }));
    }
    cured.is_ok()
}
