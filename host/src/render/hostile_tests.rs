//! Nothing that somebody else wrote moves a cursor, reorders a line or commands a runner, in any format.

use super::samples::{accepted_break, agreed, broken, canary, incident, shown_as, told, troubled, uncounted};
use super::{Style, canary_summary, is_deceptive, step_summary};
use crate::args::Format;
use crate::render::Shape;
use crate::view::{DiffView, DoctorCheck, DoctorReport, DoctorState, Done, Explanation, Outcome, PluginView};
use countersign_model::{
    Change, ChangeSet, Digest, EndpointState, HookDeed, HookFault, HookFaultKind, HookState, HookWrite,
    HooksReport, Impact, Location, NoticeState, Problem, Proposal, ProposalBase, ProposalState, Proposals,
    ProposedChange, ProposedFile, ProposedPull, RepositoryHooks, Side, Witness, WitnessProof,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// In the order in which they are tried: some types refuse control characters and take the rest.
const HOSTILE: [&str; 2] = [
    "::error::x\r\n::set-output name=a::b\n  ::add-mask::c\n##[command]d\u{1b}[2J\u{1b}]8;;e\u{7}\u{9b}31m\u{202e}f\
     \u{2066}\u{200b}\u{e0041} | `g` <img> @h",
    "\u{202e}::a\u{200b}##[b",
];

/// Replace every string that its type lets be anything; the number of those that were.
fn poison<R: Serialize + DeserializeOwned>(report: &R) -> (R, usize) {
    let mut value = serde_json::to_value(report).unwrap();
    let mut paths = Vec::new();
    leaves(&value, String::new(), &mut paths);
    let mut poisoned = 0;
    for path in paths {
        let before = value.pointer(&path).unwrap().clone();
        let taken = HOSTILE.into_iter().any(|text| {
            *value.pointer_mut(&path).unwrap() = text.into();
            serde_json::from_value::<R>(value.clone()).is_ok()
        });
        if taken {
            poisoned += 1;
        } else {
            *value.pointer_mut(&path).unwrap() = before;
        }
    }
    (serde_json::from_value(value).unwrap(), poisoned)
}

fn leaves(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::String(_) => paths.push(path),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, format!("{path}/{index}"), paths));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| leaves(field, format!("{path}/{key}"), paths));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn assert_harmless(text: &str, format: Shape) {
    let deceptive = text.chars().find(|character| *character != '\n' && is_deceptive(*character));
    assert_eq!(deceptive, None, "{format:?}\n{text}");
    let ours = ["::error ", "::warning ", "::notice ", "::stop-commands::TOKEN", "::TOKEN::"];
    for line in text.lines().map(str::trim_start) {
        let commands = format == Shape::Github && ours.iter().any(|command| line.starts_with(command));
        assert!(commands || !line.starts_with("::"), "{format:?}: {line}");
        assert!(commands || !line.contains("##["), "{format:?}: {line}");
    }
}

const FORMATS: [Shape; 4] = [Shape::Human, Shape::Concise, Shape::Json, Shape::Github];

#[test]
fn hostile_text_in_every_field_of_a_report_is_harmless_in_every_format() {
    let mut total = 0;
    let states = [NoticeState::Delivered, NoticeState::Planned, NoticeState::Unknown, NoticeState::Failed];
    let reports = [incident(), agreed(), accepted_break(), broken(), troubled(), told(&states), uncounted()];
    for report in reports {
        let (report, poisoned) = poison(&report);
        total += poisoned;
        for format in FORMATS {
            for (verbose, quiet) in [(0, false), (2, false), (0, true)] {
                assert_harmless(&shown_as(&report, format, verbose, quiet), format);
            }
        }
        let summary = step_summary(&report);
        assert_harmless(&summary, Shape::Human);
        let live = ["<img>", "@h"].iter().find(|live| summary.replace("\\@", "").contains(**live));
        assert_eq!(live, None, "{summary}");
    }
    assert!(total > 80, "only {total} fields were replaced");
}

#[test]
fn hostile_text_in_every_field_of_a_view_is_harmless_in_every_format() {
    let text = || HOSTILE[0].to_owned();
    let plugin = || PluginView {
        name: text(),
        kind: text(),
        version: text(),
        digest: text(),
        world: text(),
        imports: vec![text()],
        summary: text(),
        source: text(),
        granted: vec![text()],
    };
    let check = |state| DoctorCheck { name: text(), state, detail: text(), hint: Some(text()) };
    let states = [DoctorState::Ok, DoctorState::Warn, DoctorState::Fail, DoctorState::Skipped];
    let (report, _) = poison(&incident());
    let changes = ChangeSet(report.contracts[0].drift.0.clone());
    let explanation = Explanation {
        id: text(),
        kind: "rule",
        impact: None,
        plugin: Some(text()),
        explanation: format!("{0}\n\n```\n{0}\n```", text()),
        advice: text(),
    };
    let outcomes = [
        Outcome::Status(Box::new(report)),
        Outcome::Diff(DiffView::of_changes(&text(), &text(), "json", changes)),
        Outcome::Doctor(DoctorReport { checks: states.map(check).into() }),
        Outcome::Plugins(vec![plugin(), plugin()]),
        Outcome::Plugin(Box::new(plugin())),
        Outcome::Explanation(explanation),
        Outcome::Done(Done { done: vec![text()], next: Some(text()) }),
    ];
    for outcome in &outcomes {
        for format in FORMATS {
            let mut out = Vec::new();
            super::shaped(outcome, format, &style(), &mut out).unwrap();
            assert_harmless(&String::from_utf8(out).unwrap(), format);
        }
    }
}

/// Two documents compared, with nothing but hostile text in it.
fn hostile_view() -> DiffView {
    let text = || HOSTILE[0].to_owned();
    let proofs = [WitnessProof::Proven, WitnessProof::Unproven { why: text() }];
    let mut changes = poison(&incident()).0.contracts[0].drift.0.clone();
    changes.extend(poison(&broken()).0.contracts[0].changes.clone());
    for (at, change) in changes.iter_mut().enumerate() {
        change.impact = [Impact::Breaking, Impact::Risky, Impact::Compatible][at % 3];
        (change.before, change.after) = (Some(text()), Some(text()));
        change.base = Some(Location { pointer: text(), line: Some(1), column: Some(1) });
        change.head = Some(Location { pointer: text(), line: Some(2), column: Some(1) });
        change.operations.extend((0..7).map(|_| text()));
        let (base, head, proof) = (text(), text(), proofs[at % 2].clone());
        change.witness = Some(Witness { value: text(), base, head, allowed_by: Side::Base, proof });
    }
    let mut view = DiffView::of_changes(&text(), &text(), &text(), ChangeSet(changes));
    view.texts = [format!("{0}\n{0}", text()), format!("{0}\n{0}\t", text())];
    view.explanations = [(text(), text())].into();
    view
}

#[test]
fn hostile_text_in_a_comparison_is_harmless_in_the_formats_of_its_own() {
    let view = Outcome::Diff(hostile_view());
    for format in
        [Format::Markdown, Format::Html, Format::Sarif, Format::Junit, Format::Oasdiff, Format::Json]
    {
        let mut out = Vec::new();
        super::outcome(&view, format, &style(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_harmless(&text, Shape::Human);
        let live: &[&str] = match format {
            Format::Markdown => &["<img>", "@h", "<script", "](", "://"],
            Format::Html | Format::Junit => &["<img", "<script", "javascript:"],
            Format::Sarif
            | Format::Oasdiff
            | Format::Json
            | Format::Human
            | Format::Concise
            | Format::Github => &[],
        };
        let shown = if format == Format::Markdown { without_code(&text) } else { text };
        let found = live.iter().find(|live| shown.contains(**live));
        assert_eq!(found, None, "{format:?}: {shown}");
    }
}

/// Markdown without its code spans (CommonMark, section 6.1), in which nothing is live.
fn without_code(markdown: &str) -> String {
    let line = |line: &str| {
        let (mut rest, mut shown) = (line, String::new());
        while let Some(at) = rest.find(['\\', '`']) {
            shown.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with('\\') {
                let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
                rest = &rest[end..];
                continue;
            }
            let fence = &rest[..rest.len() - rest.trim_start_matches('`').len()];
            let inside = &rest[fence.len()..];
            let ends = inside.match_indices(fence).map(|(at, _)| at);
            let mut ends = ends
                .filter(|at| !inside[..*at].ends_with('`') && !inside[at + fence.len()..].starts_with('`'));
            match ends.next() {
                Some(end) => rest = &inside[end + fence.len()..],
                None => {
                    shown.push_str(fence);
                    rest = inside;
                }
            }
        }
        shown + rest
    };
    markdown.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_comment_stays_under_the_limit_of_a_forge_whatever_the_changes_hold() {
    let mut view = hostile_view();
    let changes = std::mem::take(&mut view.changes.0);
    let long = |change: &Change, at: usize| Change {
        summary: format!("{at} {}", HOSTILE[0].repeat(99)),
        ..change.clone()
    };
    view.changes.0 = (0..2_000).map(|at| long(&changes[at % changes.len()], at)).collect();
    let mut out = Vec::new();
    super::outcome(&Outcome::Diff(view), Format::Markdown, &style(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.len() <= 60_000, "{}", text.len());
    let told = text.matches("<summary><b>").count();
    let untold = text
        .lines()
        .filter_map(|line| line.strip_prefix("- and ")?.strip_suffix(" more")?.parse::<usize>().ok());
    assert!(untold.take(2).sum::<usize>() + told > 1_300, "{told} told");
}

#[test]
fn hostile_text_in_every_field_of_a_canary_is_harmless_in_every_format() {
    use EndpointState::{Agreed, Planned, Undecided, Unreachable, Violating};
    let mut total = 0;
    for states in [&[Violating, Unreachable, Undecided, Agreed][..], &[Planned]] {
        let (report, poisoned) = poison(&canary(states));
        total += poisoned;
        let summary = canary_summary(&report);
        assert_harmless(&summary, Shape::Human);
        assert!(!summary.contains("<img>"), "{summary}");
        for format in FORMATS {
            for (verbose, quiet) in [(0, false), (2, false), (0, true)] {
                let style = Style { verbose, quiet, ..style() };
                let mut out = Vec::new();
                super::shaped(&Outcome::Canary(Box::new(report.clone())), format, &style, &mut out).unwrap();
                assert_harmless(&String::from_utf8(out).unwrap(), format);
            }
        }
    }
    assert!(total > 25, "only {total} fields were replaced");
}

#[test]
fn hostile_text_in_every_field_of_proposals_is_harmless_in_every_format() {
    let text = || HOSTILE[0].to_owned();
    let digest = || Some(Digest::of(b"x"));
    let pull = || ProposedPull { number: 1, url: text() };
    let states = [
        ProposalState::Opened,
        ProposalState::Healed,
        ProposalState::Planned,
        ProposalState::Left,
        ProposalState::Refreshed,
        ProposalState::Merged,
        ProposalState::Declined,
        ProposalState::Occupied,
        ProposalState::Overtaken,
        ProposalState::Current,
        ProposalState::Trivial,
        ProposalState::Unreachable,
        ProposalState::Failed,
    ];
    let proposal = |(state, problems): (ProposalState, Vec<Problem>)| Proposal {
        from: digest(),
        to: digest(),
        commit: Some(text()),
        branch: Some(text()),
        pull: Some(pull()),
        files: vec![ProposedFile { path: text(), change: ProposedChange::Added, added: 1, removed: 0 }],
        superseded: vec![pull()],
        plan: if state == ProposalState::Planned { vec![text()] } else { Vec::new() },
        problems,
        ..Proposal::new("watcher".parse().unwrap(), state)
    };
    let problem = || vec![Problem::new("forge-refused", text()).cause(text()).hint(text())];
    let quiet = states.map(|state| proposal((state, Vec::new())));
    let loud = states.map(|state| proposal((state, problem())));
    let mut report = Proposals::new("0.1.0", true, quiet.into_iter().chain(loud).collect(), problem());
    report.repository = Some(text());
    report.base = Some(ProposalBase { branch: text(), commit: text() });
    report.notes = vec![text()];
    for format in FORMATS {
        let mut out = Vec::new();
        super::shaped(&Outcome::Proposals(Box::new(report.clone())), format, &style(), &mut out).unwrap();
        assert_harmless(&String::from_utf8(out).unwrap(), format);
    }
}

#[test]
fn hostile_text_in_every_field_of_a_report_on_webhooks_is_harmless_in_every_format() {
    let text = || HOSTILE[0].to_owned();
    let fault = |kind| HookFault { kind, hook: Some(1), message: text() };
    let write = |deed| HookWrite { deed, hook: Some(1), secret: Some(text()) };
    let repository = RepositoryHooks {
        repository: text(),
        nodes: vec!["api".parse().unwrap()],
        state: HookState::InOrder,
        address: text(),
        hook: Some(1),
        faults: [HookFaultKind::Events, HookFaultKind::Failing, HookFaultKind::Stale].map(fault).into(),
        writes: [HookDeed::Created, HookDeed::Updated, HookDeed::Removed, HookDeed::Pinged].map(write).into(),
        by_hand: Some(text()),
        problems: vec![Problem::new("forge-refused", text()).cause(text()).hint(text())],
    };
    for dry_run in [true, false] {
        let all = vec![repository.clone().settled()];
        let mut report = HooksReport::new("0.1.0", "hooks apply", dry_run, all);
        report.notes = vec![text()];
        for format in FORMATS {
            let mut out = Vec::new();
            super::shaped(&Outcome::Hooks(Box::new(report.clone())), format, &style(), &mut out).unwrap();
            assert_harmless(&String::from_utf8(out).unwrap(), format);
        }
    }
}

#[test]
fn hostile_problems_of_a_command_without_an_outcome_are_harmless_in_every_format() {
    let (report, _) = poison(&troubled());
    for format in FORMATS {
        let mut out = Vec::new();
        super::troubles("check", &report.problems, format, &style(), &mut out).unwrap();
        assert_harmless(&String::from_utf8(out).unwrap(), format);
    }
}

/// Whose source is hostile, too.
fn style() -> Style<'static> {
    let source = &|_: &str| Some(format!("{0}\n{0}", HOSTILE[0].replace('\n', " ")));
    Style { color: false, quiet: false, verbose: 1, prefix: "", stop_token: "TOKEN", source }
}
