//! Which of a repository's webhooks is ours, and what it lacks.

use super::{Signer, Wanted};
use countersign_forge::{Hook, LastDelivery};
use countersign_model::{HOOK_EVENTS, HookFault, HookFaultKind};

/// What a repository's webhooks come to.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// The one that is ours, with the secret that it signs with.
    pub(crate) hook: Option<(Hook, Signer)>,
    /// Those of ours that are too many, with whether each is doubled or stale.
    pub(crate) others: Vec<(Hook, HookFaultKind)>,
    /// Everything that is not in order.
    pub(crate) faults: Vec<HookFault>,
}

/// Look at a repository's webhooks. Those of other people are none of our business.
pub(crate) fn judge(hooks: Vec<Hook>, wanted: &Wanted) -> Judged {
    let (mut here, elsewhere): (Vec<Hook>, Vec<Hook>) = hooks
        .into_iter()
        .filter(|hook| wanted.is_ours(&hook.url))
        .partition(|hook| wanted.is_here(&hook.url));
    // The one that is kept is the one with the newest secret that works, and of equal ones the oldest.
    here.sort_by_key(|hook| (wanted.signer(&hook.url), !hook.active, hook.id));
    let mut here = here.into_iter();
    let hook = here.next().map(|hook| {
        let signer = wanted.signer(&hook.url);
        (hook, signer)
    });
    let doubled = here.map(|hook| (hook, HookFaultKind::Doubled));
    let others: Vec<(Hook, HookFaultKind)> =
        doubled.chain(elsewhere.into_iter().map(|hook| (hook, HookFaultKind::Stale))).collect();
    let mut faults = match &hook {
        Some((hook, signer)) => of_hook(hook, *signer, wanted),
        None => vec![HookFault {
            kind: HookFaultKind::Missing,
            hook: None,
            message: format!("no webhook sends to {}", wanted.address()),
        }],
    };
    faults.extend(others.iter().map(|(hook, kind)| of_other(hook, *kind, wanted)));
    Judged { hook, others, faults }
}

fn of_hook(hook: &Hook, signer: Signer, wanted: &Wanted) -> Vec<HookFault> {
    let fault = |kind, message| HookFault { kind, hook: Some(hook.id), message };
    let signs = match signer {
        Signer::Current => None,
        Signer::Previous => Some((HookFaultKind::PreviousSecret, signs_with(signer, wanted))),
        Signer::Unknown => Some((HookFaultKind::UnknownSecret, signs_with(signer, wanted))),
    };
    let events = (hook.events != HOOK_EVENTS).then(|| {
        let sent = if hook.events.is_empty() { "nothing".to_owned() } else { hook.events.join(", ") };
        (HookFaultKind::Events, format!("it sends {sent}, and should send {}", HOOK_EVENTS.join(", ")))
    });
    let kind = hook.content_type.as_deref().filter(|kind| *kind != "json");
    let faults = [
        events,
        (!hook.active).then(|| (HookFaultKind::Inactive, "it is switched off".to_owned())),
        kind.map(|kind| {
            (HookFaultKind::ContentType, format!("its content type is {kind}, and should be json"))
        }),
        (hook.verifies_tls == Some(false))
            .then(|| (HookFaultKind::Tls, "it does not verify the daemon's certificate".to_owned())),
        hook.branch_filter.as_ref().map(|pattern| {
            (HookFaultKind::BranchFilter, format!("it sends pushes to branches like {pattern} only"))
        }),
        signs,
        failing(&hook.last).map(|message| (HookFaultKind::Failing, message)),
    ];
    faults.into_iter().flatten().map(|(kind, message)| fault(kind, message)).collect()
}

fn of_other(hook: &Hook, kind: HookFaultKind, wanted: &Wanted) -> HookFault {
    let message = match kind {
        HookFaultKind::Doubled => {
            let signs = signs_with(wanted.signer(&hook.url), wanted);
            format!("another webhook sends there too; {signs}")
        }
        HookFaultKind::Stale
        | HookFaultKind::Missing
        | HookFaultKind::Events
        | HookFaultKind::Inactive
        | HookFaultKind::ContentType
        | HookFaultKind::Tls
        | HookFaultKind::BranchFilter
        | HookFaultKind::UnknownSecret
        | HookFaultKind::PreviousSecret
        | HookFaultKind::Failing => format!("another webhook sends to {}", hook.address()),
    };
    HookFault { kind, hook: Some(hook.id), message }
}

fn signs_with(signer: Signer, wanted: &Wanted) -> String {
    let variable = &wanted.live(signer).variable;
    match signer {
        Signer::Current => format!("it signs with `{variable}`"),
        Signer::Previous => format!("it signs with `{variable}`, the secret before"),
        Signer::Unknown => "its URL has no key that tells which secret it signs with".to_owned(),
    }
}

fn failing(last: &LastDelivery) -> Option<String> {
    let LastDelivery::Failed { status, why } = last else { return None };
    let answered = match status {
        Some(status) => format!("its last delivery was answered with {status}"),
        None => "its last delivery was not answered".to_owned(),
    };
    Some(if why.is_empty() { answered } else { format!("{answered}: {why}") })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::{live, wanted};
    use super::*;
    use HookFaultKind::{
        BranchFilter, ContentType, Doubled, Events, Failing, Inactive, Missing, PreviousSecret, Stale, Tls,
        UnknownSecret,
    };

    /// A webhook that is as it should be and signs with the secret of this variable.
    pub(crate) fn hook(id: u64, variable: &str) -> Hook {
        Hook {
            id,
            url: wanted().settings(&live(variable)).url,
            events: vec!["push".into()],
            active: true,
            content_type: Some("json".into()),
            verifies_tls: Some(true),
            branch_filter: None,
            last: LastDelivery::Taken,
        }
    }

    fn kinds(hooks: Vec<Hook>) -> Vec<HookFaultKind> {
        judge(hooks, &wanted()).faults.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn each_fault_is_told_and_none_where_there_is_none() {
        assert_eq!(kinds(vec![hook(1, "NEW")]), []);
        let failed = |status| LastDelivery::Failed { status, why: "timed out".into() };
        for (wrong, kind) in [
            (Hook { events: vec!["issues".into(), "push".into()], ..hook(1, "NEW") }, Events),
            (Hook { events: Vec::new(), ..hook(1, "NEW") }, Events),
            (Hook { active: false, ..hook(1, "NEW") }, Inactive),
            (Hook { content_type: Some("form".into()), ..hook(1, "NEW") }, ContentType),
            (Hook { verifies_tls: Some(false), ..hook(1, "NEW") }, Tls),
            (Hook { branch_filter: Some("release/*".into()), ..hook(1, "NEW") }, BranchFilter),
            (hook(1, "OLD"), PreviousSecret),
            (hook(1, "LONG AGO"), UnknownSecret),
            (Hook { last: failed(Some(502)), ..hook(1, "NEW") }, Failing),
            (Hook { last: failed(None), ..hook(1, "NEW") }, Failing),
        ] {
            assert_eq!(kinds(vec![wrong]), [kind]);
        }
    }

    #[test]
    fn what_a_forge_does_not_say_is_no_fault() {
        let silent =
            Hook { content_type: None, verifies_tls: None, last: LastDelivery::Unknown, ..hook(1, "NEW") };
        assert_eq!(kinds(vec![silent]), []);
    }

    #[test]
    fn webhooks_of_others_are_none_of_ours() {
        let other = Hook { url: "https://ci.test/hooks/github".into(), ..hook(1, "NEW") };
        assert_eq!(kinds(vec![other]), [Missing]);
    }

    #[test]
    fn of_several_the_one_with_the_newest_secret_is_kept() {
        let stale = Hook { url: "https://serve.test/base/hooks/gitea".into(), ..hook(4, "NEW") };
        let judged = judge(vec![hook(1, "OLD"), stale, hook(3, "NEW"), hook(2, "NEW")], &wanted());
        assert_eq!(judged.hook.map(|(hook, signer)| (hook.id, signer)), Some((2, Signer::Current)));
        let told: Vec<_> = judged.faults.iter().map(|fault| (fault.kind, fault.hook)).collect();
        assert_eq!(told, [(Doubled, Some(3)), (Doubled, Some(1)), (Stale, Some(4))]);
    }
}
