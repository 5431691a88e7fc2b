//! What would bring a repository's webhooks in order. A plan for what is in order is empty.

use super::{Judged, Signer};
use countersign_forge::{Hook, LastDelivery};
use countersign_model::HookFaultKind;

/// What a webhook that was refused was answered: the daemon does not know what it was signed with.
const REFUSED: u16 = 401;

/// One write, with which [`Signer`]'s secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Create the webhook.
    Create,
    /// Make this one what it should be, and have it tried.
    Update(Hook, Signer),
    /// Remove the one with this number.
    Remove(u64),
}

/// Whether webhooks of ours that are too many go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prune {
    /// They do.
    Yes,
    /// They stay.
    No,
}

/// What brings them in order. A webhook that signs with the secret before keeps it: moving it is for [`to_rotate`],
/// which proves first that nothing will be refused.
pub(crate) fn to_apply(judged: &Judged, prune: Prune) -> Vec<Step> {
    let curable = judged.faults.iter().any(|fault| match fault.kind {
        HookFaultKind::Events
        | HookFaultKind::Inactive
        | HookFaultKind::ContentType
        | HookFaultKind::Tls
        | HookFaultKind::BranchFilter
        | HookFaultKind::UnknownSecret => true,
        HookFaultKind::Missing
        | HookFaultKind::PreviousSecret
        | HookFaultKind::Failing
        | HookFaultKind::Doubled
        | HookFaultKind::Stale => false,
    });
    let mut steps: Vec<Step> = match &judged.hook {
        None => vec![Step::Create],
        // Somebody may have changed the secret by hand, which no forge shows.
        Some((hook, signer)) if curable || is_refused(hook) => vec![Step::Update(hook.clone(), *signer)],
        Some(_) => Vec::new(),
    };
    if prune == Prune::Yes {
        steps.extend(judged.others.iter().map(|(hook, _)| Step::Remove(hook.id)));
    }
    steps
}

/// What moves a webhook to the secret in use.
pub(crate) fn to_rotate(judged: &Judged) -> Vec<Step> {
    match &judged.hook {
        Some((hook, Signer::Previous | Signer::Unknown)) => vec![Step::Update(hook.clone(), Signer::Current)],
        Some((_, Signer::Current)) | None => Vec::new(),
    }
}

fn is_refused(hook: &Hook) -> bool {
    matches!(hook.last, LastDelivery::Failed { status: Some(REFUSED), .. })
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::hook;
    use super::super::tests::wanted;
    use super::super::{Wanted, judge};
    use super::*;

    fn judged(hooks: Vec<Hook>) -> Judged {
        judge(hooks, &wanted())
    }

    #[test]
    fn what_is_in_order_needs_no_write() {
        assert_eq!(to_apply(&judged(vec![hook(1, "NEW")]), Prune::Yes), []);
        assert_eq!(to_rotate(&judged(vec![hook(1, "NEW")])), []);
    }

    #[test]
    fn what_is_missing_is_created_and_what_drifted_is_made_right() {
        assert_eq!(to_apply(&judged(Vec::new()), Prune::No), [Step::Create]);
        let off = Hook { active: false, ..hook(1, "NEW") };
        assert_eq!(to_apply(&judged(vec![off.clone()]), Prune::No), [Step::Update(off, Signer::Current)]);
        let by_hand = Hook { url: wanted().address().to_owned(), ..hook(1, "NEW") };
        let steps = to_apply(&judged(vec![by_hand.clone()]), Prune::No);
        assert_eq!(steps, [Step::Update(by_hand, Signer::Unknown)]);
    }

    #[test]
    fn apply_leaves_a_webhook_its_secret_and_rotate_moves_it() {
        let old = judged(vec![hook(1, "OLD")]);
        assert_eq!(to_apply(&old, Prune::Yes), []);
        assert_eq!(to_rotate(&old), [Step::Update(hook(1, "OLD"), Signer::Current)]);
        let off = Hook { active: false, ..hook(1, "OLD") };
        let steps = to_apply(&judged(vec![off.clone()]), Prune::No);
        assert_eq!(steps, [Step::Update(off, Signer::Previous)], "it goes on to sign with what it has");
        let wanted: Wanted = wanted();
        assert_eq!(wanted.live(Signer::Previous).variable, "OLD");
        assert_eq!(wanted.live(Signer::Unknown).variable, "NEW");
    }

    #[test]
    fn a_refused_delivery_has_the_secret_written_again_and_another_failure_has_not() {
        let failed = |status| LastDelivery::Failed { status: Some(status), why: String::new() };
        let refused = Hook { last: failed(401), ..hook(1, "NEW") };
        let steps = to_apply(&judged(vec![refused.clone()]), Prune::No);
        assert_eq!(steps, [Step::Update(refused, Signer::Current)]);
        assert_eq!(to_apply(&judged(vec![Hook { last: failed(503), ..hook(1, "NEW") }]), Prune::No), []);
    }

    #[test]
    fn what_is_too_much_goes_only_where_that_is_asked_for() {
        let stale = Hook { url: "https://serve.test/base/old".into(), ..hook(3, "NEW") };
        let all = judged(vec![hook(1, "NEW"), hook(2, "OLD"), stale]);
        assert_eq!(to_apply(&all, Prune::No), []);
        assert_eq!(to_apply(&all, Prune::Yes), [Step::Remove(2), Step::Remove(3)]);
        assert_eq!(to_rotate(&all), []);
    }
}
