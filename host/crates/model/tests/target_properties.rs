//! What holds of the ladder for any looks in any order.

use countersign_model::target::{
    Access, ById, ByName, Control, History, Identity, Listed, Look, Moment, Service, SignedDeletion,
    Transient, Write,
};
use countersign_model::{Assessment, Cure, Target, TargetKind, TargetState, assess};
use proptest::option;
use proptest::prelude::*;

const DAY: u64 = 86_400;

fn pointer() -> Target {
    Target {
        kind: TargetKind::Repository,
        service: Service::GitHub,
        name: "octo/watcher".into(),
        id: Some("17".into()),
        writes: true,
    }
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![Just("17".to_owned()), Just("99".to_owned())]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("octo/watcher".to_owned()),
        Just("octo/guard".to_owned()),
        Just("not a name".to_owned()),
        ".{0,600}",
    ]
}

fn transient() -> impl Strategy<Value = Transient> {
    prop_oneof![
        Just(Transient::ServiceFailed),
        Just(Transient::TimedOut),
        Just(Transient::RateLimited),
        Just(Transient::Malformed),
    ]
}

fn by_name() -> impl Strategy<Value = ByName> {
    let found = (name(), id(), any::<bool>(), any::<Option<bool>>())
        .prop_map(|(full_name, id, archived, may_push)| ByName::Found { full_name, id, archived, may_push });
    prop_oneof![
        1 => found,
        1 => (name(), option::of(id())).prop_map(|(to, id)| ByName::Moved { to, id }),
        1 => option::of(".{0,600}").prop_map(|missing| ByName::Forbidden { missing }),
        1 => Just(ByName::Legal),
        30 => Just(ByName::NotFound),
        1 => transient().prop_map(ByName::Transient),
    ]
}

fn by_id() -> impl Strategy<Value = ById> {
    prop_oneof![
        1 => Just(ById::NotAsked),
        1 => name().prop_map(|name| ById::Found { name }),
        1 => Just(ById::Forbidden),
        1 => Just(ById::Legal),
        30 => Just(ById::NotFound),
        1 => transient().prop_map(ById::Transient),
    ]
}

fn access() -> impl Strategy<Value = Access> {
    let listed = || prop_oneof![8 => Just(Listed::No), 1 => Just(Listed::Yes), 1 => Just(Listed::Unanswered)];
    prop_oneof![
        12 => listed().prop_map(Access::All),
        1 => listed().prop_map(Access::Selected),
        2 => listed().prop_map(Access::Owner),
        1 => Just(Access::Absent),
        1 => Just(Access::Suspended),
        1 => Just(Access::Unlisted),
    ]
}

fn identity() -> impl Strategy<Value = Identity> {
    prop_oneof![8 => Just(Identity::Valid), 1 => Just(Identity::Refused), 1 => Just(Identity::Unanswered)]
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        Just(Write::NotTried),
        Just(Write::Accepted),
        Just(Write::NotFound),
        option::of(".{0,600}").prop_map(|missing| Write::Forbidden { missing }),
    ]
}

fn time() -> impl Strategy<Value = u64> {
    prop_oneof![20 => 0..40 * DAY, 1 => any::<u64>()]
}

fn look() -> impl Strategy<Value = Look> {
    let moment = (time(), option::of(time())).prop_map(|(at, service)| Moment { at, service });
    let deletion = option::weighted(0.05, id()).prop_map(|id| id.map(|id| SignedDeletion { id }));
    let controlled = prop::bool::weighted(0.9);
    (moment, identity(), by_name(), by_id(), controlled, access(), write(), deletion).prop_map(
        |(moment, identity, name, id, controlled, access, write, deletion)| {
            let control = if controlled { Control::Readable { at: moment.at } } else { Control::Unreadable };
            Look { moment, identity, name, id, control, access, write, deletion }
        },
    )
}

/// Looks whose times mostly go forward, as they do; some jump.
fn looks() -> impl Strategy<Value = Vec<Look>> {
    (prop::collection::vec(look(), 1..40), prop::bool::weighted(0.7)).prop_map(|(mut looks, sorted)| {
        if sorted {
            looks.sort_by_key(|look| look.moment.at);
            looks.iter_mut().for_each(|look| look.moment.service = None);
        }
        looks
    })
}

fn assessed(looks: &[Look]) -> Vec<Assessment> {
    let mut history = History::default();
    let each = |look| {
        let assessment = assess(&pointer(), look, &history);
        history = assessment.history.clone();
        assessment
    };
    looks.iter().map(each).collect()
}

/// The rule in the notes' words, with no look at the code: everything that a candidate needs.
fn is_candidate(look: &Look) -> bool {
    let absent = match &look.name {
        ByName::NotFound => true,
        ByName::Found { id, .. } | ByName::Moved { id: Some(id), .. } => id != "17",
        ByName::Moved { .. } | ByName::Forbidden { .. } | ByName::Legal | ByName::Transient(_) => false,
    };
    look.identity == Identity::Valid
        && absent
        && look.id == ById::NotFound
        && look.control == Control::Readable { at: look.moment.at }
        && matches!(look.access, Access::All(Listed::No) | Access::Owner(Listed::No))
}

/// Whether looks hold three candidates over a day, with no sign of life since the first.
fn has_evidence(looks: &[Look], assessments: &[Assessment]) -> bool {
    let alive = |assessment: &Assessment| {
        matches!(assessment.state, TargetState::Alive | TargetState::Moved | TargetState::Legal)
    };
    let since = assessments.iter().rposition(alive).map_or(0, |last| last + 1);
    let times: Vec<_> =
        looks[since..].iter().filter(|look| is_candidate(look)).map(|look| look.moment.at).collect();
    let span = times.iter().max().zip(times.iter().min()).map_or(0, |(last, first)| last - first);
    times.len() >= 3 && span >= DAY
}

fn is_told(looks: &[Look]) -> bool {
    looks.iter().any(|look| look.deletion.as_ref().is_some_and(|event| event.id == "17"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_gone_without_three_candidates_over_a_day_or_an_event(looks in looks()) {
        let assessments = assessed(&looks);
        if let Some(first) = assessments.iter().position(|assessment| assessment.state == TargetState::Gone) {
            let (seen, before) = (&looks[..=first], &assessments[..first]);
            prop_assert!(is_told(seen) || has_evidence(seen, before), "{:?}", assessments[first].reason);
            prop_assert!(assessments[first].may_clear);
        }
    }

    #[test]
    fn a_look_with_a_bad_credential_or_without_an_answer_changes_no_state(
        looks in looks(), last in look(), bad in any::<bool>(), kind in transient(),
    ) {
        let earlier = assessed(&looks).pop().expect("there is a look");
        let silent = if bad {
            Look { identity: Identity::Refused, ..last }
        } else {
            Look { name: ByName::Transient(kind), ..last }
        };
        let now = assess(&pointer(), &silent, &earlier.history);
        prop_assert_eq!(now.state, earlier.state);
        prop_assert_eq!(now.cure, Cure::Keep);
        prop_assert!(!now.may_clear);
        prop_assert_eq!(now.history.since, earlier.history.since);
    }

    #[test]
    fn the_target_itself_ends_every_suspicion_and_every_tombstone(looks in looks(), last in look()) {
        let earlier = assessed(&looks).pop().expect("there is a look");
        let name = ByName::Found {
            full_name: "octo/watcher".into(), id: "17".into(), archived: false, may_push: Some(true),
        };
        let alive = Look { identity: Identity::Valid, write: Write::NotTried, name, ..last };
        let now = assess(&pointer(), &alive, &earlier.history);
        prop_assert_eq!(now.state, TargetState::Alive);
        prop_assert!(now.history.candidates.is_empty());
        let restored = earlier.state == TargetState::Gone;
        prop_assert_eq!(restored, matches!(now.cure, Cure::Restore { .. }));
    }

    #[test]
    fn a_pointer_is_healed_to_names_of_its_own_id_only(looks in looks()) {
        for (look, assessment) in looks.iter().zip(assessed(&looks)) {
            let (Cure::Heal { name } | Cure::Restore { name }) = &assessment.cure else { continue };
            let by_id = matches!(&look.id, ById::Found { name: found } if found == name);
            let by_name = match &look.name {
                ByName::Found { id, .. } => id == "17",
                ByName::Moved { id, .. } => id.as_deref().is_none_or(|id| id == "17"),
                ByName::NotFound | ByName::Forbidden { .. } | ByName::Legal | ByName::Transient(_) => false,
            };
            let by_id_alone = name == "octo/watcher" && matches!(look.id, ById::Found { .. });
            prop_assert!(by_id || by_name || by_id_alone, "{look:?}");
            prop_assert!(name.matches('/').count() == 1 && name.len() <= 400, "{name}");
        }
    }

    #[test]
    fn a_history_is_bounded_and_survives_being_written(looks in looks(), times in 1_usize..8) {
        let many: Vec<_> = (0..times).flat_map(|_| looks.clone()).collect();
        let history = assessed(&many).pop().expect("there is a look").history;
        let written = serde_json::to_string(&history).expect("a history is JSON");
        prop_assert!(history.candidates.len() <= 8 && history.transitions.len() <= 32);
        prop_assert!(written.len() < 64 * 1024, "{} bytes", written.len());
        prop_assert_eq!(serde_json::from_str::<History>(&written).expect("and back"), history);
    }
}
