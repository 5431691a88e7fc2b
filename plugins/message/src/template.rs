use countersign_plugin::{Diagnostic, Failure, Location};

/// What may stand in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    Contract,
    Client,
    Clients,
    Verdict,
    Breaking,
    Risky,
    Compatible,
    Total,
    From,
    To,
    Commit,
    Link,
    Compare,
    PullRequest,
    Findings,
}

const PLACEHOLDERS: &[(&str, Placeholder)] = &[
    ("contract", Placeholder::Contract),
    ("client", Placeholder::Client),
    ("clients", Placeholder::Clients),
    ("verdict", Placeholder::Verdict),
    ("breaking", Placeholder::Breaking),
    ("risky", Placeholder::Risky),
    ("compatible", Placeholder::Compatible),
    ("total", Placeholder::Total),
    ("from", Placeholder::From),
    ("to", Placeholder::To),
    ("commit", Placeholder::Commit),
    ("link", Placeholder::Link),
    ("compare", Placeholder::Compare),
    ("pull-request", Placeholder::PullRequest),
    ("findings", Placeholder::Findings),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The user's own text.
    Text(String),
    /// What the notice fills.
    Place(Placeholder),
}

/// A text with placeholders in braces; `{{` and `}}` are braces themselves. A line whose placeholders are all
/// empty is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub(crate) key: String,
    pub(crate) lines: Vec<Vec<Part>>,
}

impl Template {
    /// Read a template; `key` is the configuration's key that holds it.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] for a placeholder that does not exist and for a brace that is not closed.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let lines = text.lines().map(parse_line).collect::<Result<_, _>>();
        let invalid = |(message, help)| Failure::InvalidConfig(vec![diagnose(key, message, help)]);
        Ok(Self { key: key.to_owned(), lines: lines.map_err(invalid)? })
    }
}

pub(crate) fn diagnose(key: &str, message: String, help: Option<String>) -> Diagnostic {
    let at = Some(Location { pointer: format!("/{key}"), line: None, column: None });
    Diagnostic { code: "invalid-template".into(), message, at, help, ext: Vec::new() }
}

/// What is wrong with a template, and the next step.
type Mistake = (String, Option<String>);

fn parse_line(line: &str) -> Result<Vec<Part>, Mistake> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            text.push_str(&from[..1]);
            rest = after;
        } else if let Some(opened) = from.strip_prefix('{') {
            let (name, after) = opened.split_once('}').ok_or_else(|| not_closed(opened))?;
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Place(placeholder(name)?));
            rest = after;
        } else {
            text.push('}');
            rest = &from[1..];
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    Ok(parts)
}

fn placeholder(name: &str) -> Result<Placeholder, Mistake> {
    let known = PLACEHOLDERS.iter().find(|(known, _)| *known == name);
    known.map(|(_, placeholder)| *placeholder).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        (format!("there is no placeholder `{{{shown}}}`"), Some(advice(name)))
    })
}

fn not_closed(opened: &str) -> Mistake {
    let shown: String = opened.chars().take(20).collect();
    (format!("the brace in `{{{shown}` is not closed"), Some("a brace itself is written `{{`".into()))
}

fn advice(name: &str) -> String {
    let nearest = PLACEHOLDERS.iter().map(|(known, _)| (distance(name.trim(), known), *known)).min();
    match nearest {
        Some((distance, known)) if distance <= 2.max(known.len() / 3) => {
            format!("did you mean `{{{known}}}`?")
        }
        Some(_) | None => {
            let all: Vec<_> = PLACEHOLDERS.iter().map(|(known, _)| format!("`{{{known}}}`")).collect();
            format!("placeholders are {}; a brace itself is written `{{{{`", all.join(", "))
        }
    }
}

/// How many letters differ (Levenshtein).
fn distance(typed: &str, known: &str) -> usize {
    let known: Vec<char> = known.chars().collect();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (line, letter) in typed.chars().take(40).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, other) in known.iter().enumerate() {
            let replaced = diagonal + usize::from(letter.to_ascii_lowercase() != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[known.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> (String, String) {
        let Err(Failure::InvalidConfig(diagnostics)) = Template::parse("title", text) else {
            panic!("{text}")
        };
        assert_eq!(diagnostics[0].at.as_ref().unwrap().pointer, "/title");
        (diagnostics[0].message.clone(), diagnostics[0].help.clone().unwrap())
    }

    #[test]
    fn an_unknown_placeholder_is_told_what_was_meant() {
        let (message, help) = mistake("{Contarct} changed");
        assert_eq!(message, "there is no placeholder `{Contarct}`");
        assert_eq!(help, "did you mean `{contract}`?");
        assert_eq!(mistake("{finding}").1, "did you mean `{findings}`?");
        assert!(mistake("{severity level}").1.starts_with("placeholders are `{contract}`, `{client}`"));
    }

    #[test]
    fn a_brace_that_is_not_closed_is_no_text() {
        assert_eq!(mistake("a {contract").0, "the brace in `{contract` is not closed");
    }

    #[test]
    fn two_braces_are_one() {
        let template = Template::parse("title", "{{{contract}}} }{{x}}").unwrap();
        let expected =
            vec![Part::Text("{".into()), Part::Place(Placeholder::Contract), Part::Text("} }{x}".into())];
        assert_eq!(template.lines, [expected]);
    }
}
