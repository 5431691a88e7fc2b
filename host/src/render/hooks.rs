//! How webhooks stand and what was written, in every format. Words of the forge's are somebody else's: none is written
//! unescaped.

use super::github::{self, guarded};
use super::item::{self, Item, Level};
use super::style::{Style, Tone};
use super::{concise, human, json, safe, words};
use crate::render::Shape;
use countersign_model::{
    HookDeed, HookFault, HookFaultKind, HookState, HookWrite, HooksReport, RepositoryHooks,
};
use std::io::{self, Write};

/// Write how webhooks stand.
pub(super) fn hooks(
    report: &HooksReport,
    format: Shape,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Shape::Human => for_people(report, style, out),
        Shape::Concise => concise::items(&items(report), style, out),
        Shape::Json => json::write(report, out),
        Shape::Github => {
            github::annotate(&items(report), style, out)?;
            guarded(style, out, |out| for_people(report, style, out))
        }
    }
}

fn for_people(report: &HooksReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.repositories {
        if !style.quiet || !matches!(one.state, HookState::InOrder | HookState::Unsupported) {
            repository(one, report.dry_run, style, out)?;
        }
    }
    if style.quiet {
        return Ok(());
    }
    for note in &report.notes {
        writeln!(out, "{} {}", style.paint(Tone::Label, "note:"), safe(note))?;
    }
    match next(report) {
        Some(next) => writeln!(out, "\n{}. Next: {}", tally(report), style.paint(Tone::Strong, next)),
        None => writeln!(out, "\n{}.", tally(report)),
    }
}

fn repository(
    one: &RepositoryHooks,
    dry_run: bool,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (tone, word) = word(one.state);
    let name = style.paint(Tone::Strong, safe(&nodes(one)));
    writeln!(out, "{name}: {} — {}", style.paint(tone, word), safe(&one.repository))?;
    for fault in &one.faults {
        writeln!(out, "  {}", safe(&clause(fault)))?;
    }
    for write in &one.writes {
        let (tone, deed) = if dry_run { (Tone::Dim, planned(write)) } else { (Tone::Good, done(write)) };
        writeln!(out, "  {}", style.paint(tone, safe(&deed)))?;
    }
    if let Some(by_hand) = &one.by_hand {
        writeln!(out, "  {} {}", style.paint(Tone::Label, "by hand:"), safe(by_hand))?;
    }
    one.problems.iter().try_for_each(|problem| human::problem(problem, 2, style, out))
}

fn nodes(one: &RepositoryHooks) -> String {
    one.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// How a repository's webhook stands: a word for the eye.
fn word(state: HookState) -> (Tone, &'static str) {
    match state {
        HookState::InOrder => (Tone::Good, "in order"),
        HookState::Unsupported => (Tone::Dim, "not supported"),
        HookState::Stale => (Tone::Doubt, "stale"),
        HookState::Doubled => (Tone::Doubt, "doubled"),
        HookState::Dead => (Tone::Bad, "dead"),
        HookState::Drifted => (Tone::Bad, "drifted"),
        HookState::Missing => (Tone::Bad, "missing"),
        HookState::Failed => (Tone::Bad, "undecided"),
    }
}

/// A fault, unescaped.
fn clause(fault: &HookFault) -> String {
    match fault.hook {
        Some(hook) => format!("webhook {hook}: {}", fault.message),
        None => fault.message.clone(),
    }
}

/// A write that was done, unescaped.
fn done(write: &HookWrite) -> String {
    sentence(write, ["created", "updated", "removed", "asked for a try of"])
}

/// A write that would be done, unescaped.
fn planned(write: &HookWrite) -> String {
    sentence(write, ["would create", "would update", "would remove", "would ask for a try of"])
}

fn sentence(write: &HookWrite, [created, updated, removed, pinged]: [&str; 4]) -> String {
    let verb = match write.deed {
        HookDeed::Created => created,
        HookDeed::Updated => updated,
        HookDeed::Removed => removed,
        HookDeed::Pinged => pinged,
    };
    let which = write.hook.map_or_else(|| "a webhook".to_owned(), |hook| format!("webhook {hook}"));
    let secret = write.secret.as_ref().map(|variable| format!(", which signs with `{variable}`"));
    format!("{verb} {which}{}", secret.unwrap_or_default())
}

fn tally(report: &HooksReport) -> String {
    let all = words::count(report.repositories.len(), "webhook");
    let count = |state| report.repositories.iter().filter(|one| one.state == state).count();
    let writes: usize = report.repositories.iter().map(|one| one.writes.len()).sum();
    let (in_order, by_hand, failed) =
        (count(HookState::InOrder), count(HookState::Unsupported), count(HookState::Failed));
    let wrong = report.repositories.len() - in_order - by_hand - failed;
    let planned = if report.dry_run { " planned" } else { "" };
    let by_hand = if by_hand > 0 { format!(", {by_hand} by hand") } else { String::new() };
    format!(
        "{all}: {in_order} in order, {wrong} not in order, {failed} undecided{by_hand}; {}{planned}",
        words::count(writes, "write")
    )
}

/// The next command to type. What neither command cures has none.
fn next(report: &HooksReport) -> Option<&'static str> {
    let writes = report.repositories.iter().any(|one| !one.writes.is_empty());
    if report.dry_run {
        return writes.then_some("countersign hooks apply");
    }
    let has = |kinds: &[HookFaultKind]| {
        let mut faults = report.repositories.iter().flat_map(|one| &one.faults);
        faults.any(|fault| kinds.contains(&fault.kind))
    };
    use HookFaultKind::{
        BranchFilter, ContentType, Doubled, Events, Inactive, Missing, PreviousSecret, Stale, Tls,
        UnknownSecret,
    };
    if has(&[Missing, Events, Inactive, ContentType, Tls, BranchFilter, UnknownSecret]) {
        Some("countersign hooks apply")
    } else if has(&[PreviousSecret]) {
        Some("countersign hooks rotate")
    } else if has(&[Doubled, Stale]) {
        Some("countersign hooks apply --prune")
    } else {
        None
    }
}

/// One line for each fault, each write and each problem; one for what is in order.
pub(super) fn items(report: &HooksReport) -> Vec<Item> {
    let mut items = Vec::new();
    for one in &report.repositories {
        let named = |text: String| format!("{}: {text}", one.repository);
        items.extend(one.problems.iter().map(|problem| {
            let item = item::of_problem(problem);
            Item { message: named(item.message), ..item }
        }));
        items.extend(
            one.faults.iter().map(|fault| Item::new(Level::Error, rule(fault.kind), named(clause(fault)))),
        );
        items.extend(one.writes.iter().map(|write| {
            let text = if report.dry_run { planned(write) } else { done(write) };
            Item::new(Level::Note, "hook-written", named(text))
        }));
        if let Some(by_hand) = &one.by_hand {
            items.push(Item::new(Level::Note, "hook-by-hand", named(by_hand.clone())));
        } else if one.state == HookState::InOrder {
            items.push(Item::new(Level::Note, "hook-in-order", named("its webhook is in order".into())));
        }
    }
    items.extend(report.notes.iter().map(|note| Item::new(Level::Note, "hook-note", note)));
    items
}

fn rule(kind: HookFaultKind) -> &'static str {
    match kind {
        HookFaultKind::Missing => "hook-missing",
        HookFaultKind::Events
        | HookFaultKind::Inactive
        | HookFaultKind::ContentType
        | HookFaultKind::Tls
        | HookFaultKind::BranchFilter => "hook-drifted",
        HookFaultKind::UnknownSecret | HookFaultKind::PreviousSecret => "hook-secret",
        HookFaultKind::Failing => "hook-dead",
        HookFaultKind::Doubled => "hook-doubled",
        HookFaultKind::Stale => "hook-stale",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_model::Problem;

    fn fault(kind: HookFaultKind, message: &str) -> HookFault {
        HookFault { kind, hook: Some(12), message: message.into() }
    }

    fn repository(node: &str, faults: Vec<HookFault>) -> RepositoryHooks {
        RepositoryHooks {
            repository: format!("github:acme/{node}"),
            nodes: vec![node.parse().unwrap()],
            state: HookState::InOrder,
            address: "https://serve.test/hooks/github".into(),
            hook: Some(12),
            faults,
            writes: Vec::new(),
            by_hand: None,
            problems: Vec::new(),
        }
    }

    fn shown(report: &HooksReport, format: Shape, quiet: bool) -> String {
        let style =
            Style { color: false, quiet, verbose: 0, prefix: "", stop_token: "TOKEN", source: &|_| None };
        let mut out = Vec::new();
        hooks(report, format, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn report(dry_run: bool, all: Vec<RepositoryHooks>) -> HooksReport {
        let all = all.into_iter().map(RepositoryHooks::settled).collect();
        HooksReport::new("0.1.0", "hooks apply", dry_run, all)
    }

    fn several() -> HooksReport {
        let drifted = fault(HookFaultKind::Events, "it sends issues, and should send push");
        let lab = RepositoryHooks { by_hand: Some("add it".into()), ..repository("lab", Vec::new()) };
        let problem = Problem::new("forge-forbidden", "the token may not do this").hint("give it more");
        let web = RepositoryHooks { problems: vec![problem], ..repository("web", Vec::new()) };
        report(false, vec![repository("api", Vec::new()), repository("app", vec![drifted]), lab, web])
    }

    #[test]
    fn each_repository_has_its_line_and_the_last_one_the_next_command() {
        insta::assert_snapshot!(shown(&several(), Shape::Human, false), @r"
        api: in order — github:acme/api
        app: drifted — github:acme/app
          webhook 12: it sends issues, and should send push
        lab: not supported — github:acme/lab
          by hand: add it
        web: undecided — github:acme/web
          error: the token may not do this
            hint: give it more

        4 webhooks: 1 in order, 1 not in order, 1 undecided, 1 by hand; 0 writes. Next: countersign hooks apply
        ");
        insta::assert_snapshot!(shown(&several(), Shape::Concise, false), @r"
        -: note hook-in-order github:acme/api: its webhook is in order
        -: error hook-drifted github:acme/app: webhook 12: it sends issues, and should send push
        -: note hook-by-hand github:acme/lab: add it
        -: error forge-forbidden github:acme/web: the token may not do this; hint: give it more
        ");
    }

    #[test]
    fn quiet_tells_what_is_wrong_and_nothing_else() {
        let told = shown(&several(), Shape::Human, true);
        assert!(told.contains("app: drifted") && told.contains("web: undecided"), "{told}");
        assert!(!told.contains("api") && !told.contains("lab") && !told.contains("Next"), "{told}");
    }

    #[test]
    fn a_plan_is_told_as_one() {
        let write =
            |deed, secret: Option<&str>| HookWrite { deed, hook: None, secret: secret.map(Into::into) };
        let writes = vec![write(HookDeed::Created, Some("NEW"))];
        let missing =
            vec![HookFault { hook: None, ..fault(HookFaultKind::Missing, "no webhook sends there") }];
        let one = RepositoryHooks { writes, hook: None, ..repository("api", missing) };
        insta::assert_snapshot!(shown(&report(true, vec![one]), Shape::Human, false), @r"
        api: missing — github:acme/api
          no webhook sends there
          would create a webhook, which signs with `NEW`

        1 webhook: 0 in order, 1 not in order, 0 undecided; 1 write planned. Next: countersign hooks apply
        ");
    }

    #[test]
    fn the_next_command_cures_the_worst_first() {
        let next_of = |kinds: &[HookFaultKind]| {
            next(&report(
                false,
                vec![repository("api", kinds.iter().map(|kind| fault(*kind, "x")).collect())],
            ))
        };
        use HookFaultKind::{Doubled, Failing, Missing, PreviousSecret};
        assert_eq!(next_of(&[Doubled, PreviousSecret, Missing]), Some("countersign hooks apply"));
        assert_eq!(next_of(&[Doubled, PreviousSecret]), Some("countersign hooks rotate"));
        assert_eq!(next_of(&[Doubled]), Some("countersign hooks apply --prune"));
        assert_eq!(next_of(&[Failing]), None);
        assert_eq!(next_of(&[]), None);
    }
}
