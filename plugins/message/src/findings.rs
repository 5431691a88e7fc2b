use crate::clean::{clean, shorten};
use crate::escape::{escape, escape_cleaned};
use crate::{Finding, Notice, Target};

/// How much of the values a message holds, so that it fits where it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// The most findings.
    pub(crate) findings: usize,
    /// The most characters of one value.
    pub(crate) length: usize,
    /// The most names of a list.
    pub(crate) names: usize,
}

/// The worst findings as a list, and how many there are more; empty where there are none.
pub(crate) fn list(notice: &Notice, target: Target, fit: Fit) -> String {
    let shown = notice.findings.iter().take(fit.findings);
    let mut items: Vec<String> = shown.map(|finding| item(finding, target, fit)).collect();
    let more = notice.total.saturating_sub(items.len());
    match (more, items.is_empty()) {
        (0, _) => {}
        (1, true) => items.push("1 change".into()),
        (_, true) => items.push(format!("{more} changes")),
        (_, false) => items.push(format!("… and {more} more")),
    }
    if items.is_empty() {
        return String::new();
    }
    match target {
        Target::Markdown | Target::Plain => format!("- {}", items.join("\n- ")),
        Target::Slack => format!("• {}", items.join("\n• ")),
        Target::Matrix => format!("<ul><li>{}</li></ul>", items.join("</li><li>")),
        Target::Title => items.join("; "),
    }
}

fn item(finding: &Finding, target: Target, fit: Fit) -> String {
    let impact = strong(finding.impact.as_str(), target);
    let summary = sentence(&finding.summary, target, fit.length);
    let (Some(operation), false) = (finding.operations.first(), names_operation(finding)) else {
        return format!("{impact}: {summary}");
    };
    let operation = code(&shorten(&clean(operation), fit.length), target);
    match finding.operations.len() - 1 {
        0 => format!("{impact}: {operation}: {summary}"),
        more => format!("{impact}: {operation} and {more} more: {summary}"),
    }
}

fn names_operation(finding: &Finding) -> bool {
    finding.operations.first().is_some_and(|operation| finding.summary.contains(operation.as_str()))
}

/// A sentence in which parts in backticks are code. That is the one markup that a plugin may ask for: in code
/// nothing is live, and what is in it is escaped all the same.
fn sentence(text: &str, target: Target, length: usize) -> String {
    let mut text = shorten(&clean(text), length);
    if !text.matches('`').count().is_multiple_of(2)
        && let Some(last) = text.rfind('`')
    {
        text.remove(last);
    }
    if matches!(target, Target::Plain | Target::Title) {
        return escape(&text, target);
    }
    let parts = text.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => escape_cleaned(part, target),
        _ if part.trim().is_empty() => String::new(),
        _ => code(part, target),
    });
    parts.collect()
}

fn code(text: &str, target: Target) -> String {
    let escaped = escape(text, target);
    match target {
        // In elements, and not in backticks: those could be the end of the template's own.
        Target::Markdown | Target::Matrix => format!("<code>{escaped}</code>"),
        Target::Slack => format!("`{escaped}`"),
        Target::Title | Target::Plain => escaped,
    }
}

fn strong(word: &str, target: Target) -> String {
    match target {
        Target::Markdown => format!("**{word}**"),
        Target::Slack => format!("*{word}*"),
        Target::Matrix => format!("<strong>{word}</strong>"),
        Target::Title | Target::Plain => word.to_owned(),
    }
}

/// Names in a row, and how many there are more.
pub(crate) fn names(names: &[String], target: Target, fit: Fit) -> String {
    let shown = names.iter().take(fit.names).map(|name| escape(&shorten(name, fit.length), target));
    let mut shown: Vec<String> = shown.filter(|name| !name.is_empty()).collect();
    if names.len() > fit.names {
        shown.push(format!("… and {} more", names.len() - fit.names));
    }
    shown.join(", ")
}
