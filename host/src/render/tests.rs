use super::samples::{
    accepted, accepted_break, agreed, broken, canary, incident, recorded, shown, shown_as, told, troubled,
    uncounted,
};
use super::{Style, canary_summary, step_summary};
use crate::render::Shape;
use crate::view::{DiffView, DoctorCheck, DoctorReport, DoctorState, Outcome, PluginView};
use countersign_model::{EndpointState, NoticeState, Problem, RecordState, Report, Verdict};

fn outcome(outcome: &Outcome, format: Shape) -> String {
    let mut out = Vec::new();
    let style =
        Style { color: false, quiet: false, verbose: 0, prefix: "", stop_token: "TOKEN", source: &|_| None };
    super::shaped(outcome, format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_founding_incident_for_people() {
    insta::assert_snapshot!(shown(&incident(), Shape::Human), @r#"
    contract watcher: stale — the code no longer says what contracts/watcher/openapi.json says
      breaking  response-required-property-removed  (response)
        removed the required property `last_checked_at` from the response
        at contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
      2 compatible changes (shown with -v)
      client watcher-python (clients/watcher-python/src/watcher_client/generated): agreed — it is what the record generates (proved by its lock)
        accept would change 3 files: api/list_watches.py, models/watch.py, types.py
      cure: countersign accept watcher — takes the new document as the record and regenerates watcher-python

    1 contract, 1 client: 1 stale, 1 breaking change. Next: countersign accept watcher
    "#);
}

#[test]
fn agreement_is_one_line_for_each_contract_and_nothing_at_all_with_q() {
    insta::assert_snapshot!(shown(&agreed(), Shape::Human), @r#"
    contract archiver: agreed — contracts/archiver/openapi.json and 1 client say the same
    contract watcher: agreed — the code, contracts/watcher/openapi.json and 1 client say the same

    2 contracts, 2 clients: agreed.
    "#);
    assert_eq!(shown_as(&agreed(), Shape::Human, 0, true), "");
}

#[test]
fn an_accept_says_what_it_brought_in() {
    insta::assert_snapshot!(shown(&accepted(), Shape::Human), @r#"
    contract watcher: accepted — the code, contracts/watcher/openapi.json and 1 client say the same; 1 client was regenerated
      breaking  response-required-property-removed  (response)
        removed the required property `last_checked_at` from the response
        was at /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
      2 compatible changes (shown with -v)
      client watcher-python (clients/watcher-python/src/watcher_client/generated): agreed — it is what the record generates (proved by its lock)
        changed 3 files: api/list_watches.py, models/watch.py, types.py

    1 contract, 1 client: agreed, 1 breaking change. Next: countersign check
    "#);
}

#[test]
fn a_break_that_was_just_accepted_is_told_once() {
    let shown = shown(&accepted_break(), Shape::Human);
    insta::assert_snapshot!(shown, @r#"
    contract watcher: accepted — the code, contracts/watcher/openapi.json and 1 client say the same; 1 client was regenerated
      2 compatible changes (shown with -v)
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        does not block: no client lives in another repository
        fingerprint 0000000000000004
      client watcher-python (clients/watcher-python/src/watcher_client/generated): agreed — it is what the record generates (proved by its lock)
        changed 3 files: api/list_watches.py, models/watch.py, types.py

    1 contract, 1 client: agreed, 1 breaking change. Next: countersign check
    "#);
    for format in [Shape::Human, Shape::Concise] {
        let text = shown_as(&accepted_break(), format, 2, false);
        assert_eq!(text.matches("response-required-property-removed").count(), 1, "{text}");
        assert_eq!(text.matches("response-property-added").count(), 2, "{text}");
    }
}

#[test]
fn the_first_accept_says_that_there_is_a_record_now() {
    insta::assert_snapshot!(shown(&recorded(), Shape::Human), @r#"
    contract watcher: recorded — contracts/watcher/openapi.json is the record now; 1 client was regenerated
      client watcher-python (clients/watcher-python/src/watcher_client/generated): agreed — it is what the record generates (proved by its lock)
        changed 3 files: api/list_watches.py, models/watch.py, types.py
    note: no baseline: there is no commit yet

    1 contract, 1 client: agreed. Next: countersign check
    "#);
}

#[test]
fn notices_say_who_was_told_and_what_was_not() {
    let all = [NoticeState::Delivered, NoticeState::Planned, NoticeState::Unknown, NoticeState::Failed];
    insta::assert_snapshot!(shown(&told(&all), Shape::Human), @r#"
    contract watcher: agreed — the code, contracts/watcher/openapi.json and 1 client say the same
    notices
      told archiver on room: watcher is breaking (delivered)
      would tell archiver on room: watcher is breaking (planned)
      nobody knows whether archiver heard on room: watcher is breaking (unknown; the next run looks before it sends again)
        warning: no answer within 30 s
      could not tell archiver on room: watcher is breaking (failed; the next run tries again)
        error: `archiver`: notify-webhook was denied `POST`
          caused by: plugin notify-webhook
          hint: grant it

    1 contract, 1 client: 1 notice failed, 1 notice unknown. Next: run again: what was not delivered is sent by the next run
    "#);
    insta::assert_snapshot!(shown(&told(&all), Shape::Concise), @r#"
    -: error notice-failed could not tell archiver on room: watcher is breaking (failed; the next run tries again); `archiver`: notify-webhook was denied `POST`; caused by: plugin notify-webhook; hint: grant it
    -: warning notice-unknown nobody knows whether archiver heard on room: watcher is breaking (unknown; the next run looks before it sends again); no answer within 30 s
    -: note notice-delivered told archiver on room: watcher is breaking (delivered)
    -: note notice-planned would tell archiver on room: watcher is breaking (planned)
    "#);
    insta::assert_snapshot!(shown_as(&told(&all), Shape::Github, 0, true), @r#"
    ::error title=notice-failed::could not tell archiver on room: watcher is breaking (failed; the next run tries again); `archiver`: notify-webhook was denied `POST`; caused by: plugin notify-webhook; hint: grant it
    ::stop-commands::TOKEN
    notices
      nobody knows whether archiver heard on room: watcher is breaking (unknown; the next run looks before it sends again)
        warning: no answer within 30 s
      could not tell archiver on room: watcher is breaking (failed; the next run tries again)
        error: `archiver`: notify-webhook was denied `POST`
          caused by: plugin notify-webhook
          hint: grant it

    1 contract, 1 client: 1 notice failed, 1 notice unknown. Next: run again: what was not delivered is sent by the next run
    ::TOKEN::
    "#);
    insta::assert_snapshot!(step_summary(&told(&all)), @r#"
    ### Countersign: undecided

    | Contract | Verdict | Why |
    |---|---|---|
    | watcher | agreed | the code, contracts/watcher/openapi\.json and 1 client say the same |

    - told archiver on room:<!----> watcher is breaking \(delivered\)
    - would tell archiver on room:<!----> watcher is breaking \(planned\)

    - error `notice-failed`: could not tell archiver on room:<!----> watcher is breaking \(failed; the next run tries again\); \`archiver\`:<!----> notify\-webhook was denied \`POST\`; caused by:<!----> plugin notify\-webhook; hint:<!----> grant it
    - warning `notice-unknown`: nobody knows whether archiver heard on room:<!----> watcher is breaking \(unknown; the next run looks before it sends again\); no answer within 30 s

    1 contract, 1 client:<!----> 1 notice failed, 1 notice unknown. Next: run again:<!----> what was not delivered is sent by the next run
    "#);
    let unknown = shown(&told(&[NoticeState::Unknown]), Shape::Human);
    assert!(
        unknown.ends_with(": 1 notice unknown. Next: run again: the next run looks whether it arrived\n"),
        "{unknown}"
    );
    insta::assert_snapshot!(shown(&told(&[NoticeState::Delivered]), Shape::Human), @r#"
    contract watcher: agreed — the code, contracts/watcher/openapi.json and 1 client say the same
    notices
      told archiver on room: watcher is breaking (delivered)

    1 contract, 1 client: agreed.
    "#);
}

#[test]
fn a_notice_that_was_not_sent_does_not_hide_a_command_that_cures_a_contract() {
    let mut report = told(&[NoticeState::Failed]);
    report.contracts = incident().contracts;
    let shown = shown(&report, Shape::Human);
    assert!(shown.ends_with("1 notice failed. Next: countersign accept watcher\n"), "{shown}");
}

#[test]
fn nothing_is_agreed_where_breaks_could_not_be_counted() {
    insta::assert_snapshot!(shown(&uncounted(), Shape::Human), @r#"
    contract archiver: undecided — its breaks could not be counted, since the baseline cannot be read
    contract watcher: undecided — its breaks could not be counted, since the baseline cannot be read

    error: the baseline `origin/main` cannot be read
    note: the baseline cannot be read, so nobody can say what this change breaks

    2 contracts, 2 clients: 1 error. Next: countersign doctor
    "#);
}

#[test]
fn a_source_that_is_away_is_told_once_and_by_the_code_of_its_problem() {
    let mut report = troubled();
    let problem = Problem::new("source-unreachable", "`zebra`: nobody answers");
    let away = report.contracts.iter_mut().find(|it| it.record == RecordState::Unreachable).unwrap();
    away.problems.push(problem);
    let text = shown(&report, Shape::Concise);
    assert_eq!(text.matches("source-unreachable").count(), 1, "{text}");
}

#[test]
fn breaks_say_why_they_block_and_what_to_type() {
    insta::assert_snapshot!(shown(&broken(), Shape::Human), @r#"
    contract watcher: blocked — 2 changes since the baseline would break somebody
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: archiver (github:CannObserv/archiver) lives in another repository, which cannot move in the same commit
        to accept it: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        waived by ana until 2027-01-31: archiver no longer reads it
        fingerprint 0000000000000002
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: the waiver of ana ended on 2027-01-31
        to accept it: countersign waive 0000000000000003 --owner NAME --reason TEXT --until YYYY-MM-DD
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        does not block: `block = "never"`
        fingerprint 0000000000000004
      note: the waiver 0000000000000006 of ana matches no break of this change; take it out of waivers.toml if it is not needed
      client archiver (github:CannObserv/archiver): elsewhere — its own repository checks it

    1 contract, 0 clients: 4 breaking changes, 2 blocking. Next: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
    "#);
}

#[test]
fn quiet_prints_only_what_is_wrong() {
    insta::assert_snapshot!(shown_as(&broken(), Shape::Human, 0, true), @r#"
    contract watcher: blocked — 2 changes since the baseline would break somebody
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: archiver (github:CannObserv/archiver) lives in another repository, which cannot move in the same commit
        to accept it: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: the waiver of ana ended on 2027-01-31
        to accept it: countersign waive 0000000000000003 --owner NAME --reason TEXT --until YYYY-MM-DD

    1 contract, 0 clients: 4 breaking changes, 2 blocking. Next: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
    "#);
}

#[test]
fn clients_and_problems_for_people() {
    insta::assert_snapshot!(shown(&troubled(), Shape::Human), @r#"
    contract watcher: stale — 1 client is not what the record generates
      client by-hand (clients/watcher-python/src/watcher_client/generated): stale — it was edited by hand (proved by generating it)
        generating it would change 13 files:
          change  models/m01.py
          change  models/m02.py
          change  models/m03.py
          change  models/m04.py
          change  models/m05.py
          change  models/m06.py
          change  models/m07.py
          change  models/m08.py
          change  models/m09.py
          change  models/m10.py
          and 3 more
      client no-tool (clients/watcher-python/src/watcher_client/generated): undecided — it could not be compared
        error: tool `openapi-python-client` ended with status 1
          caused by: Traceback (most recent call last):
            |   File "x.py", line 1
            | KeyError: 'paths'
          hint: add under `[clients.no-tool]`:
            keep = ["py.typed"]
      client unseen (clients/watcher-python/src/watcher_client/generated): unverified — no tool ran, and no lock of the baseline proves it
    contract zebra: unreachable — the live source could not be asked, and nothing else is wrong

    error: unknown key `formt` in `[contracts.watcher]`
      --> pipeline.toml:2:1
        |
      2 | formt = "openapi"
        | ^
      hint: did you mean `format`?
    note: no baseline: this folder is not under version control, so breaks have no memory

    2 contracts, 3 clients: 1 stale client, 2 errors, 1 unverified, 1 undecided, 1 unreachable. Next: countersign doctor
    "#);
}

#[test]
fn concise_is_a_line_for_each_thing() {
    insta::assert_snapshot!(shown(&incident(), Shape::Concise), @r#"
    contracts/watcher/openapi.json: error stale-record contract watcher: the code no longer says what contracts/watcher/openapi.json says; cure: countersign accept watcher
    contracts/watcher/openapi.json:812:9: error response-required-property-removed removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    contracts/watcher/openapi.json:812:9: note response-property-added one (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    contracts/watcher/openapi.json:812:9: note response-property-added two (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    "#);
    insta::assert_snapshot!(shown(&troubled(), Shape::Concise), @r#"
    pipeline.toml:2:1: error unknown-key unknown key `formt` in `[contracts.watcher]`; hint: did you mean `format`?
    clients/watcher-python/src/watcher_client/generated/models/m01.py: error stale-client client by-hand of watcher: it was edited by hand (proved by generating it); 13 files would change
    -: error tool-failed tool `openapi-python-client` ended with status 1; caused by: Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: 'paths'; hint: add under `[clients.no-tool]`:\nkeep = ["py.typed"]
    clients/watcher-python/src/watcher_client/generated: error undecided-client client no-tool of watcher: it could not be compared
    clients/watcher-python/src/watcher_client/generated: error unverified-client client unseen of watcher: no tool ran, and no lock of the baseline proves it
    contracts/zebra/openapi.json: warning source-unreachable contract zebra: the live source could not be asked
    -: note no-baseline this folder is not under version control, so breaks have no memory
    "#);
}

#[test]
fn github_annotates_and_guards_its_free_text() {
    insta::assert_snapshot!(shown(&broken(), Shape::Github), @r#"
    ::error file=contracts/watcher/openapi.json,title=response-required-property-removed::removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches); since the baseline, 0000000000000001; blocks: archiver (github:CannObserv/archiver) lives in another repository, which cannot move in the same commit
    ::error file=contracts/watcher/openapi.json,title=response-required-property-removed::removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches); since the baseline, 0000000000000003; blocks: the waiver of ana ended on 2027-01-31
    ::warning file=contracts/watcher/openapi.json,title=response-required-property-removed::removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches); since the baseline, 0000000000000004; does not block: `block = "never"`
    ::notice file=contracts/watcher/openapi.json,title=response-required-property-removed::removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches); since the baseline, 0000000000000002; waived by ana until 2027-01-31: archiver no longer reads it
    ::notice file=contracts/watcher/waivers.toml,title=spent-waiver::the waiver 0000000000000005 of ana has done its work; the next accept prunes it
    ::notice file=contracts/watcher/waivers.toml,title=unmatched-waiver::the waiver 0000000000000006 of ana matches no break of this change
    ::stop-commands::TOKEN
    contract watcher: blocked — 2 changes since the baseline would break somebody
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: archiver (github:CannObserv/archiver) lives in another repository, which cannot move in the same commit
        to accept it: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        waived by ana until 2027-01-31: archiver no longer reads it
        fingerprint 0000000000000002
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        blocks: the waiver of ana ended on 2027-01-31
        to accept it: countersign waive 0000000000000003 --owner NAME --reason TEXT --until YYYY-MM-DD
      breaking  response-required-property-removed  (response)  since origin/main
        removed the required property `last_checked_at` from the response
        was at 3f8dbdd0c0ff:contracts/watcher/openapi.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
        does not block: `block = "never"`
        fingerprint 0000000000000004
      note: the waiver 0000000000000006 of ana matches no break of this change; take it out of waivers.toml if it is not needed
      client archiver (github:CannObserv/archiver): elsewhere — its own repository checks it

    1 contract, 0 clients: 4 breaking changes, 2 blocking. Next: countersign waive 0000000000000001 --owner NAME --reason TEXT --until YYYY-MM-DD
    ::TOKEN::
    "#);
}

#[test]
fn a_step_summary_is_short() {
    insta::assert_snapshot!(step_summary(&incident()), @r#"
    ### Countersign: drift

    | Contract | Verdict | Why |
    |---|---|---|
    | watcher | stale | the code no longer says what contracts/watcher/openapi\.json says |

    - error `stale-record`: contract watcher:<!----> the code no longer says what contracts/watcher/openapi\.json says; cure:<!----> countersign accept watcher
    - error `response-required-property-removed`: removed the required property \`last\_checked\_at\` from the response \(reaches GET /watches, GET /watches/\{watch\_id\}, POST /watches\)

    1 contract, 1 client:<!----> 1 stale, 1 breaking change. Next: `countersign accept watcher`
    "#);
}

#[test]
fn json_is_the_report_itself() {
    for report in [incident(), agreed(), broken(), troubled()] {
        let text = shown(&report, Shape::Json);
        assert!(text.ends_with("}\n"));
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}

#[test]
fn problems_without_an_outcome_are_a_report_in_json() {
    let style =
        Style { color: false, quiet: false, verbose: 0, prefix: "", stop_token: "TOKEN", source: &|_| None };
    let mut out = Vec::new();
    let problems = [Problem::new("source-unreachable", "nobody answers")];
    super::troubles("accept", &problems, Shape::Json, &style, &mut out).unwrap();
    let report: Report = serde_json::from_slice(&out).unwrap();
    assert_eq!((report.verdict, report.exit_code), (Verdict::Unreachable, 3));
    assert_eq!(report.command, "accept");
}

#[test]
fn colour_adds_nothing_but_colour() {
    for report in [incident(), agreed(), broken(), troubled()] {
        let source = |_: &str| None;
        let plain =
            Style { color: false, quiet: false, verbose: 1, prefix: "", stop_token: "T", source: &source };
        let colored = Style { color: true, ..plain };
        let plain = Style { color: false, ..colored };
        let (mut left, mut right) = (Vec::new(), Vec::new());
        super::render(&report, Shape::Human, &plain, &mut left).unwrap();
        super::render(&report, Shape::Human, &colored, &mut right).unwrap();
        let right = String::from_utf8(right).unwrap();
        assert!(right.contains('\u{1b}'));
        assert_eq!(String::from_utf8(left).unwrap(), anstream::adapter::strip_str(&right).to_string());
    }
}

#[test]
fn status_is_a_table() {
    insta::assert_snapshot!(outcome(&Outcome::Status(Box::new(troubled())), Shape::Human), @r#"
    watcher    not asked      3d96a458120e  contracts/watcher/openapi.json
      by-hand  stale          clients/watcher-python/src/watcher_client/generated
      no-tool  undecided      clients/watcher-python/src/watcher_client/generated
      unseen   unverified     clients/watcher-python/src/watcher_client/generated
    zebra      unreachable    3d96a458120e  contracts/zebra/openapi.json

    error: unknown key `formt` in `[contracts.watcher]`
      --> pipeline.toml:2:1
      hint: did you mean `format`?

    2 contracts, 3 clients: 1 stale client, 2 errors, 1 unverified, 1 undecided, 1 unreachable. Next: countersign doctor
    "#);
}

#[test]
fn a_comparison_for_people_and_for_programs() {
    let changes = incident().contracts[0].drift.clone();
    let view = Outcome::Diff(DiffView::of_changes("old.json", "main:new.json", "openapi", changes));
    insta::assert_snapshot!(outcome(&view, Shape::Human), @r#"
      breaking  response-required-property-removed  (response)
        removed the required property `last_checked_at` from the response
        was at old.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
      compatible  response-property-added  (response)
        one
        was at old.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
      compatible  response-property-added  (response)
        two
        was at old.json:812:9  /components/schemas/Watch/properties/last_checked_at
        reaches GET /watches, GET /watches/{watch_id}, POST /watches
    3 changes: 1 breaking, 0 risky, from old.json to main:new.json. Suggested version: major.
    "#);
    insta::assert_snapshot!(outcome(&view, Shape::Concise), @r#"
    old.json:812:9: error response-required-property-removed removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    old.json:812:9: note response-property-added one (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    old.json:812:9: note response-property-added two (reaches GET /watches, GET /watches/{watch_id}, POST /watches)
    "#);
}

#[test]
fn a_doctor_for_people() {
    let check = |name: &str, state, hint: Option<&str>| DoctorCheck {
        name: name.into(),
        state,
        detail: "what was found".into(),
        hint: hint.map(str::to_owned),
    };
    let checks = vec![
        check("git", DoctorState::Ok, None),
        check("cage", DoctorState::Warn, Some("sysctl kernel.unprivileged_userns_clone=1")),
        check("tool ruff", DoctorState::Fail, Some("uv sync --frozen")),
        check("live watcher", DoctorState::Skipped, None),
    ];
    insta::assert_snapshot!(outcome(&Outcome::Doctor(DoctorReport { checks }), Shape::Human), @r#"
    ok       git: what was found
    warn     cage: what was found
             hint: sysctl kernel.unprivileged_userns_clone=1
    fail     tool ruff: what was found
             hint: uv sync --frozen
    skipped  live watcher: what was found

    4 checks: 1 failure, 1 warning.
    "#);
}

#[test]
fn plugins_for_people() {
    let plugin = PluginView {
        name: "notify-pager".into(),
        kind: "notify".into(),
        version: "1.2.0".into(),
        digest: "sha256:00".into(),
        world: "countersign:plugin/notify@0.1.0".into(),
        imports: vec!["countersign:plugin/http".into()],
        summary: "Page somebody".into(),
        source: "oci://registry.example.com/acme/notify-pager:1.2.0".into(),
        granted: Vec::new(),
    };
    insta::assert_snapshot!(outcome(&Outcome::Plugins(vec![plugin.clone()]), Shape::Human), @r#"
    notify-pager  notify  1.2.0  oci://registry.example.com/acme/notify-pager:1.2.0  Page somebody

    1 plugin. Next: countersign plugin inspect NAME
    "#);
    insta::assert_snapshot!(outcome(&Outcome::Plugin(Box::new(plugin)), Shape::Human), @r#"
    notify-pager: Page somebody
      kind     notify
      version  1.2.0
      world    countersign:plugin/notify@0.1.0
      digest   sha256:00
      source   oci://registry.example.com/acme/notify-pager:1.2.0
      could use:
        countersign:plugin/http
      granted: nothing
    "#);
}

#[test]
fn a_canary_for_people_and_for_programs() {
    use EndpointState::{Agreed, Unreachable, Violating};
    let report = canary(&[Violating, Unreachable, Agreed]);
    let shown = |format| outcome(&Outcome::Canary(Box::new(report.clone())), format);
    insta::assert_snapshot!(shown(Shape::Human), @r#"
    contract watcher: violated — 1 of 3 endpoints of https://api.example.com/ answered otherwise than contracts/watcher/openapi.json says
      GET /watches/{id}: 200 violates the record
        missing-header  in the answer's head
          expected the header `X-Total`
          seen     an answer without it
          declared at contracts/watcher/openapi.json /components/headers/Total
        body-mismatch  at /items/0, and in 4 places more
          expected the property `last_checked_at`
          seen     an object of 3 properties without it
          declared at contracts/watcher/openapi.json /components/schemas/Watch/required
        and 3 violations more
      GET /watches/{id}: unreachable
        error: the service could not be asked
          --> pipeline.toml:2:1
          caused by: refused
          hint: is it up?
      GET /watches/{id}: 404 agreed
        note: the record declares 404, so this agrees; what a success looks like was not seen

    3 endpoints: 1 agreed, 1 violating (5 violations), 1 unreachable, 0 undecided. Next: mend the service, or deploy what the record describes
    "#);
    insta::assert_snapshot!(shown(Shape::Concise), @r#"
    contracts/watcher/openapi.json: error missing-header GET /watches/{id}: in the answer's head: expected the header `X-Total`, seen an answer without it; status 200; declared at /components/headers/Total
    contracts/watcher/openapi.json: error body-mismatch GET /watches/{id}: at /items/0, and in 4 places more: expected the property `last_checked_at`, seen an object of 3 properties without it; status 200; declared at /components/schemas/Watch/required
    pipeline.toml:2:1: warning service-unreachable GET /watches/{id}: the service could not be asked; caused by: refused; hint: is it up?
    -: note declared-failure GET /watches/{id}: the record declares 404, so this agrees; what a success looks like was not seen
    "#);
    let value: serde_json::Value = serde_json::from_str(&shown(Shape::Json)).unwrap();
    assert_eq!(value, serde_json::to_value(&report).unwrap());
    assert!(
        shown(Shape::Github)
            .starts_with("::error file=contracts/watcher/openapi.json,title=missing-header::")
    );
    assert!(canary_summary(&report).starts_with("### Countersign canary: violated\n"));
}

#[test]
fn a_canary_that_only_plans_shows_its_requests() {
    let report = canary(&[EndpointState::Planned]);
    insta::assert_snapshot!(outcome(&Outcome::Canary(Box::new(report)), Shape::Human), @r#"
    contract watcher: planned — 1 endpoint of https://api.example.com/ would be held against contracts/watcher/openapi.json
      GET /watches/{id}: would be asked
        GET https://api.example.com/watches/42

    1 endpoint would be asked, 0 undecided. Next: countersign canary
    "#);
}
