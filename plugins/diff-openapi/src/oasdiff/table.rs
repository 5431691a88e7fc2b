//! The 509 rules of oasdiff 1.28: id, level, kind and message, in `rules.tsv`.

use countersign_plugin::{Direction, Impact, Rule};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A line of the table.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) impact: Impact,
    pub(super) kind: Kind,
    /// The message, with `{}` for each argument.
    message: &'static str,
}

/// The aspect of the contract that a rule is about: a recognized transition explains rules by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Existence,
    Requiredness,
    Type,
    Constraints,
    Values,
    Structure,
    Other,
}

/// Every rule, by its id.
pub(super) fn rules() -> &'static BTreeMap<&'static str, Entry> {
    static RULES: OnceLock<BTreeMap<&'static str, Entry>> = OnceLock::new();
    RULES.get_or_init(|| include_str!("rules.tsv").lines().filter_map(entry).collect())
}

/// The ids of all rules.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    rules().keys().copied()
}

/// What all rules say, as far as the projection tells it.
pub(crate) fn documents() -> impl Iterator<Item = Rule> {
    rules().iter().map(|(id, entry)| Rule {
        id: (*id).into(),
        impact: entry.impact,
        explanation: format!(
            "A rule of oasdiff 1.28 that is told with `--output-format oasdiff` only, at its level `{}`: {}.",
            entry.level(),
            entry.message.replace("{}", "…").trim_end_matches('.')
        ),
        advice:
            "Leave the option out to see what our own comparison says of the change, under its own rules."
                .into(),
    })
}

fn entry(line: &'static str) -> Option<(&'static str, Entry)> {
    let mut columns = line.split('\t');
    let id = columns.next()?;
    let impact = match columns.next()? {
        "error" => Impact::Breaking,
        "warning" => Impact::Risky,
        _ => Impact::Compatible,
    };
    let kind = match columns.next()? {
        "existence" => Kind::Existence,
        "requiredness" => Kind::Requiredness,
        "type" => Kind::Type,
        "constraints" => Kind::Constraints,
        "values" => Kind::Values,
        "structure" => Kind::Structure,
        _ => Kind::Other,
    };
    Some((id, Entry { impact, kind, message: columns.next()? }))
}

impl Entry {
    /// The level in oasdiff's words.
    fn level(&self) -> &'static str {
        match self.impact {
            Impact::Breaking => "error",
            Impact::Risky => "warning",
            Impact::Compatible => "info",
        }
    }

    /// The message with its arguments.
    pub(super) fn text(&self, arguments: &[String]) -> String {
        let mut parts = self.message.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (at, part) in parts.enumerate() {
            let argument = arguments.get(at).map(String::as_str).unwrap_or_default();
            text.push_str(&format!("`{argument}`{part}"));
        }
        text
    }
}

/// Which way the data flows that a rule is about.
pub(super) fn direction(id: &str) -> Direction {
    if id.starts_with("request-") || id.starts_with("new-") {
        return Direction::Request;
    }
    if id.starts_with("response-") || id.ends_with("-response-header-removed") {
        return Direction::Response;
    }
    Direction::Neither
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_every_rule_once_and_in_order() {
        let lines: Vec<&str> = include_str!("rules.tsv").lines().collect();
        assert_eq!((lines.len(), rules().len()), (509, 509));
        assert!(lines.is_sorted());
    }

    #[test]
    fn a_message_takes_its_arguments_in_backticks() {
        let text = rules()["response-header-added"].text(&["x-a".into(), "200".into()]);
        assert_eq!(text, "the response header `x-a` was added for the status `200`");
    }
}
