//! The ladder as a table: what a series of looks at a target comes to.

use countersign_model::target::{
    Access, ById, ByName, Control, History, Identity, Listed, Look, Moment, Reason, Service, SignedDeletion,
    Transient, Write,
};
use countersign_model::{Assessment, Cure, Target, TargetKind, TargetReport, TargetState, assess};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const NOON: u64 = 1_790_000_000;

fn pointer() -> Target {
    Target {
        kind: TargetKind::Repository,
        service: Service::GitHub,
        name: "octo/watcher".into(),
        id: Some("17".into()),
        writes: true,
    }
}

fn look(after: u64, name: ByName) -> Look {
    Look::new(Moment { at: NOON + after, service: Some(NOON + after) }, name)
}

fn found(name: &str, id: &str) -> ByName {
    ByName::Found { full_name: name.into(), id: id.into(), archived: false, may_push: Some(true) }
}

fn alive(after: u64) -> Look {
    look(after, found("octo/watcher", "17"))
}

/// Not found by name and id, with the control good and the listing of an app on all repositories without it.
fn candidate(after: u64) -> Look {
    Look {
        id: ById::NotFound,
        control: Control::Readable { at: NOON + after },
        access: Access::All(Listed::No),
        ..look(after, ByName::NotFound)
    }
}

fn with_access(access: Access, looks: [Look; 4]) -> Vec<Look> {
    looks.into_iter().map(|look| Look { access, ..look }).collect()
}

fn four_candidates() -> [Look; 4] {
    [0, 12, 24, 48].map(|hours| candidate(hours * HOUR))
}

fn told(id: &str, look: Look) -> Look {
    Look { deletion: Some(SignedDeletion { id: id.into() }), ..look }
}

fn after(target: &Target, looks: &[Look]) -> Assessment {
    let mut history = History::default();
    let mut last = None;
    for look in looks {
        let assessment = assess(target, look, &history);
        history = assessment.history.clone();
        last = Some(assessment);
    }
    last.expect("a case has at least one look")
}

struct Case(&'static str, Vec<Look>, TargetState, Cure, bool);

fn heal(name: &str) -> Cure {
    Cure::Heal { name: name.into() }
}

fn restore(name: &str) -> Cure {
    Cure::Restore { name: name.into() }
}

fn gone() -> Vec<Look> {
    vec![alive(0), candidate(DAY), candidate(DAY + 12 * HOUR), candidate(2 * DAY)]
}

fn gone_then(look: Look) -> Vec<Look> {
    let mut looks = gone();
    looks.push(look);
    looks
}

fn check(cases: &[Case]) {
    for Case(name, looks, state, cure, may_clear) in cases {
        let got = after(&pointer(), looks);
        let expected = (*state, cure.clone(), *may_clear);
        assert_eq!((got.state, got.cure.clone(), got.may_clear), expected, "{name}: {:?}", got.reason);
    }
}

#[test]
fn every_answer_that_is_alive_moved_forbidden_or_legal_has_its_state() {
    use TargetState::{Alive, Forbidden, Legal, Moved};
    let archived = ByName::Found {
        full_name: "octo/watcher".into(),
        id: "17".into(),
        archived: true,
        may_push: Some(true),
    };
    let read_only = ByName::Found {
        full_name: "octo/watcher".into(),
        id: "17".into(),
        archived: false,
        may_push: Some(false),
    };
    let redirect = |id: Option<&str>| ByName::Moved { to: "octo/guard".into(), id: id.map(str::to_owned) };
    let by_id = Look { id: ById::Found { name: "octo/guard".into() }, ..look(0, ByName::NotFound) };
    let replaced =
        Look { id: ById::Found { name: "octo/guard".into() }, ..look(0, found("octo/watcher", "99")) };
    let forbidden = ByName::Forbidden { missing: Some("metadata: read".into()) };
    let no_dispatch = Look { write: Write::NotFound, ..alive(0) };
    check(&[
        Case("it answers", vec![alive(0)], Alive, Cure::Keep, false),
        Case(
            "its name in another case",
            vec![look(0, found("Octo/Watcher", "17"))],
            Alive,
            Cure::Keep,
            false,
        ),
        Case("it is archived", vec![look(0, archived)], Alive, Cure::Keep, false),
        Case(
            "it tells a new name",
            vec![look(0, found("octo/guard", "17"))],
            Moved,
            heal("octo/guard"),
            false,
        ),
        Case("a redirect with its id", vec![look(0, redirect(Some("17")))], Moved, heal("octo/guard"), false),
        Case("a redirect without an id", vec![look(0, redirect(None))], Moved, heal("octo/guard"), false),
        Case("404 by name, a new name by id", vec![by_id], Moved, heal("octo/guard"), false),
        Case("renamed, and another took its name", vec![replaced], Moved, heal("octo/guard"), false),
        Case("403", vec![look(0, forbidden)], Forbidden, Cure::Keep, false),
        Case("it can be read, not written", vec![look(0, read_only)], Forbidden, Cure::Keep, false),
        Case("dispatch 404 where GET is 200", vec![no_dispatch], Forbidden, Cure::Keep, false),
        Case("451", vec![look(0, ByName::Legal)], Legal, Cure::Keep, false),
    ]);
}

#[test]
fn no_failure_of_ours_or_of_the_service_changes_a_state() {
    use TargetState::{Alive, Gone, Suspect, Undecided};
    let refused = |after| Look { identity: Identity::Refused, ..candidate(after) };
    let unchecked = |after| Look { identity: Identity::Unanswered, ..candidate(after) };
    let transient = |after, kind| look(after, ByName::Transient(kind));
    let by_id_fails = |after| Look { id: ById::Transient(Transient::TimedOut), ..candidate(after) };
    check(&[
        Case("401 at first", vec![refused(0)], Undecided, Cure::Keep, false),
        Case("401 later", vec![alive(0), refused(DAY)], Alive, Cure::Keep, false),
        Case("the credential is not checked", vec![alive(0), unchecked(DAY)], Alive, Cure::Keep, false),
        Case(
            "401 for weeks",
            (0..40).map(|day| if day == 0 { alive(0) } else { refused(day * DAY) }).collect(),
            Alive,
            Cure::Keep,
            false,
        ),
        Case("502", vec![alive(0), transient(1, Transient::ServiceFailed)], Alive, Cure::Keep, false),
        Case("no answer", vec![alive(0), transient(1, Transient::TimedOut)], Alive, Cure::Keep, false),
        Case("429", vec![alive(0), transient(1, Transient::RateLimited)], Alive, Cure::Keep, false),
        Case("not JSON", vec![alive(0), transient(1, Transient::Malformed)], Alive, Cure::Keep, false),
        Case("404, and 504 by id", vec![alive(0), by_id_fails(DAY)], Alive, Cure::Keep, false),
        Case(
            "502 between candidates",
            vec![candidate(0), transient(HOUR, Transient::ServiceFailed), candidate(2 * HOUR)],
            Suspect,
            Cure::Keep,
            false,
        ),
        Case(
            "429 on a tombstone",
            gone_then(transient(9 * DAY, Transient::RateLimited)),
            Gone,
            Cure::Keep,
            false,
        ),
        Case("401 on a tombstone", gone_then(refused(9 * DAY)), Gone, Cure::Keep, false),
    ]);
}

#[test]
fn not_found_alone_never_clears() {
    use TargetState::{Forbidden, Suspect};
    let uncontrolled = four_candidates().map(|look| Look { control: Control::Unreadable, ..look });
    let late_control =
        four_candidates().map(|look| Look { control: Control::Readable { at: NOON - 61 }, ..look });
    let without_id = four_candidates().map(|look| Look { id: ById::NotAsked, ..look });
    let suspect = |name, looks| Case(name, looks, Suspect, Cure::Keep, false);
    let four = |access| with_access(access, four_candidates());
    check(&[
        suspect("one candidate", vec![candidate(0)]),
        suspect("two candidates over two days", vec![candidate(0), candidate(2 * DAY)]),
        suspect("many candidates in a day", (0..24).map(|hour| candidate(hour * HOUR)).collect()),
        suspect("a candidate and its retries", vec![candidate(0), candidate(DAY), candidate(DAY + 1)]),
        suspect("the control is not found either", uncontrolled.to_vec()),
        suspect("the control is of another minute", late_control.to_vec()),
        suspect("it was not looked for by id", without_id.to_vec()),
        suspect("a token without a listing", four(Access::Unlisted)),
        suspect("an app on selected repositories", four(Access::Selected(Listed::No))),
        suspect("the listing breaks off", four(Access::All(Listed::Unanswered))),
        suspect("the listing has it", four(Access::All(Listed::Yes))),
        Case("the app was uninstalled", four(Access::Absent), Forbidden, Cure::Keep, false),
        Case("the app is suspended", four(Access::Suspended), Forbidden, Cure::Keep, false),
    ]);
}

#[test]
fn gone_needs_three_candidates_over_a_day_or_a_signed_event() {
    use TargetState::{Alive, Forbidden, Gone, Suspect};
    let unlisted = |after| Look { access: Access::Unlisted, ..candidate(after) };
    let recreated = |after| Look { name: found("octo/watcher", "99"), ..candidate(after) };
    let refused = |after| Look { identity: Identity::Refused, ..candidate(after) };
    let broken_by = |middle: Look| vec![candidate(0), candidate(12 * HOUR), middle, candidate(36 * HOUR)];
    let owner = with_access(Access::Owner(Listed::No), four_candidates());
    let forbidden = look(18 * HOUR, ByName::Forbidden { missing: None });
    check(&[
        Case("three candidates over a day", gone(), Gone, Cure::Tombstone, true),
        Case("the owner's own token", owner, Gone, Cure::Tombstone, true),
        Case("a sign of life between", broken_by(alive(18 * HOUR)), Suspect, Cure::Keep, false),
        Case("forbidden between", broken_by(forbidden), Suspect, Cure::Keep, false),
        Case(
            "candidates of last year",
            vec![candidate(0), candidate(HOUR), candidate(300 * DAY)],
            Suspect,
            Cure::Keep,
            false,
        ),
        Case("the signed event", vec![alive(0), told("17", unlisted(HOUR))], Gone, Cure::Tombstone, true),
        Case(
            "an event of another id",
            vec![alive(0), told("18", unlisted(HOUR))],
            Suspect,
            Cure::Keep,
            false,
        ),
        Case("an event, and it answers", vec![told("17", alive(0))], Alive, Cure::Keep, false),
        Case(
            "an event, and no permission to look",
            vec![told("17", look(0, ByName::Forbidden { missing: None }))],
            Forbidden,
            Cure::Keep,
            false,
        ),
        Case("an event during 401", vec![alive(0), told("17", refused(HOUR))], Alive, Cure::Keep, false),
        Case(
            "an event during 401, confirmed after",
            vec![alive(0), told("17", refused(HOUR)), unlisted(2 * HOUR)],
            Gone,
            Cure::Tombstone,
            true,
        ),
        Case(
            "an event that nobody confirmed in time",
            vec![alive(0), told("17", refused(HOUR)), unlisted(2 * DAY)],
            Suspect,
            Cure::Keep,
            false,
        ),
        Case(
            "an event repeated after it came back",
            vec![told("17", unlisted(0)), alive(DAY), told("17", unlisted(2 * DAY))],
            Suspect,
            Cure::Keep,
            false,
        ),
        Case("recreated with another id", vec![alive(0), recreated(DAY)], Suspect, Cure::Keep, false),
        Case("recreated, and told", vec![alive(0), told("17", recreated(DAY))], Gone, Cure::Tombstone, true),
        Case(
            "recreated, over a day",
            [0, 12, 24].map(|hours| recreated(hours * HOUR)).to_vec(),
            Gone,
            Cure::Tombstone,
            true,
        ),
    ]);
}

#[test]
fn a_tombstone_stays_until_the_same_id_answers() {
    use TargetState::{Alive, Gone, Moved};
    let week = 9 * DAY;
    let recreated = Look { name: found("octo/watcher", "99"), ..candidate(week) };
    let renamed = Look { id: ById::Found { name: "octo/guard".into() }, ..candidate(week) };
    let forbidden = look(week, ByName::Forbidden { missing: None });
    check(&[
        Case("still gone", gone_then(candidate(week)), Gone, Cure::Tombstone, true),
        Case("restored", gone_then(alive(week)), Alive, restore("octo/watcher"), false),
        Case("restored with a new name", gone_then(renamed), Moved, restore("octo/guard"), false),
        Case("another has its name", gone_then(recreated), Gone, Cure::Tombstone, true),
        Case("forbidden is no life", gone_then(forbidden), Gone, Cure::Keep, false),
    ]);
    let history = after(&pointer(), &gone()).history;
    assert_eq!(history.id.as_deref(), Some("17"));
    assert_eq!(history.next_look(), NOON + 2 * DAY + 7 * DAY);
    assert!(!history.is_due(NOON + 8 * DAY) && history.is_due(NOON + 9 * DAY));
}

#[test]
fn time_that_a_jumping_clock_invents_does_not_count() {
    let at = |ours: u64, theirs: Option<u64>| Look {
        moment: Moment { at: NOON + ours, service: theirs.map(|theirs| NOON + theirs) },
        control: Control::Readable { at: NOON + ours },
        ..candidate(0)
    };
    let back = [at(2 * DAY, None), at(2 * DAY + 12 * HOUR, None), at(0, None), at(DAY, None)];
    let forward = [at(0, Some(0)), at(5 * DAY, Some(HOUR)), at(6 * DAY, Some(2 * HOUR))];
    let again = [at(DAY + HOUR, None), at(DAY + 12 * HOUR, None), at(2 * DAY + HOUR, None)];
    let both: Vec<_> = back.iter().chain(&again).cloned().collect();
    let cases = [
        ("our clock goes back", back.to_vec(), TargetState::Suspect),
        ("our clock goes forward, the service's does not", forward.to_vec(), TargetState::Suspect),
        ("it goes on from the new time", both, TargetState::Gone),
    ];
    for (name, looks, state) in cases {
        assert_eq!(after(&pointer(), &looks).state, state, "{name}");
    }
    let history = after(&pointer(), &[alive(5 * DAY)]).history;
    assert!(history.is_due(NOON), "a clock that jumped back waits for nothing");
}

#[test]
fn on_gitea_a_404_is_never_gone_without_the_owners_listing_or_an_event() {
    let gitea = Target { service: Service::Gitea, ..pointer() };
    let private = with_access(Access::Unlisted, four_candidates());
    let got = after(&gitea, &private);
    assert_eq!((got.state, got.reason.clone()), (TargetState::Suspect, Reason::NoListing));
    assert!(!got.reason.hint(&gitea).expect("a hint").contains("app"), "Gitea has no apps");
}

#[test]
fn a_recreated_repository_is_told_and_never_healed_to() {
    let recreated = Look { name: found("octo/watcher", "99"), ..candidate(DAY) };
    let got = after(&pointer(), &[alive(0), recreated]);
    let report = got.report(&pointer());
    assert_eq!(report.reason, "the name `octo/watcher` belongs to another one now, with the id `99`");
    assert_eq!((report.state, report.moved_to), (TargetState::Suspect, None));
    assert_eq!(got.history.id.as_deref(), Some("17"));
}

#[test]
fn a_redirect_to_something_else_heals_nothing() {
    let to = |name: &str, id: Option<&str>| ByName::Moved { to: name.into(), id: id.map(str::to_owned) };
    let other = Look { id: ById::NotFound, ..look(0, to("octo/guard", Some("99"))) };
    let unknown = Look { id: ById::NotFound, ..look(0, to("octo/guard", None)) };
    let cases = [
        ("another id", other, TargetState::Suspect),
        ("its id is not found", unknown, TargetState::Suspect),
        ("to itself", look(0, to("octo/watcher", None)), TargetState::Undecided),
        ("out of the host", look(0, to("../../etc/passwd", Some("17"))), TargetState::Undecided),
        ("not a name", look(0, to("octo/\u{1b}[2J", Some("17"))), TargetState::Undecided),
        ("an address", look(0, to("https://evil.example/octo/watcher", None)), TargetState::Undecided),
    ];
    for (name, look, state) in cases {
        let got = after(&pointer(), &[look]);
        assert_eq!((got.state, got.cure), (state, Cure::Keep), "{name}");
    }
}

#[test]
fn a_pointer_without_an_id_learns_it_and_is_never_gone_before() {
    let nameless = Target { id: None, ..pointer() };
    let got = after(&nameless, &four_candidates());
    assert_eq!((got.state, got.reason), (TargetState::Suspect, Reason::NoId));
    let learned = after(&nameless, &[alive(0)]).history;
    assert_eq!(learned.id.as_deref(), Some("17"));
    let other = assess(&nameless, &look(DAY, found("octo/watcher", "99")), &learned);
    assert_eq!(other.state, TargetState::Suspect, "{:?}", other.reason);
    let edited = Target { name: "octo/other".into(), ..nameless };
    let anew = assess(&edited, &look(DAY, found("octo/other", "99")), &learned);
    assert_eq!((anew.state, anew.history.id.as_deref()), (TargetState::Alive, Some("99")));
}

#[test]
fn a_pointer_registered_anew_starts_without_the_old_history() {
    let history = after(&pointer(), &gone()).history;
    let anew = Target { id: Some("99".into()), ..pointer() };
    let got = assess(&anew, &look(9 * DAY, found("octo/watcher", "99")), &history);
    assert_eq!((got.state, got.cure), (TargetState::Alive, Cure::Keep));
}

#[test]
fn a_history_of_another_version_is_refused() {
    let history = serde_json::to_string(&after(&pointer(), &gone()).history).unwrap();
    assert_eq!(serde_json::from_str::<History>(&history).unwrap().state, TargetState::Gone);
    let newer = history.replace("\"version\":1", "\"version\":2");
    let refused = serde_json::from_str::<History>(&newer).unwrap_err().to_string();
    assert!(refused.starts_with("a history of version 2; known is 1"), "{refused}");
}

#[test]
fn a_report_tells_state_reason_advice_and_since_when() {
    let no_push = Look { write: Write::NotFound, ..alive(HOUR) };
    let report = after(&pointer(), &[alive(0), no_push]).report(&pointer());
    let expected = TargetReport {
        target: "octo/watcher".into(),
        kind: TargetKind::Repository,
        state: TargetState::Forbidden,
        reason: "`octo/watcher` can be read, but the credential may not write to it".into(),
        hint: Some("grant the credential `contents: write`".into()),
        moved_to: None,
        since: Some(NOON + HOUR),
    };
    assert_eq!(report, expected);
}
