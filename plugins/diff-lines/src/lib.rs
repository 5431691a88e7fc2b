//! Compare two documents line by line.
//!
//! The differ for formats that nothing here understands: it says where text changed, and what a change
//! means is the configuration's word.

mod align;
mod hunk;

use countersign_plugin::{
    Change, Description, Diff, Document, Failure, Impact, Location, Rule, config, diagnostic, read,
};
use serde::Deserialize;

/// The stage: text compared line by line.
pub struct Lines;

const SCHEMA: &str = r#"{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "impact": {
      "enum": ["compatible", "risky", "breaking"],
      "default": "compatible",
      "description": "What a changed line means for those who use the document"
    }
  }
}"#;

/// The stage's keys in `pipeline.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    impact: Verdict,
}

/// What a changed line means.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    #[default]
    Compatible,
    Risky,
    Breaking,
}

impl From<Verdict> for Impact {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Compatible => Self::Compatible,
            Verdict::Risky => Self::Risky,
            Verdict::Breaking => Self::Breaking,
        }
    }
}

impl Diff for Lines {
    fn describe() -> Description {
        Description::new("diff-lines", env!("CARGO_PKG_VERSION"), "Compare two text documents line by line")
            .config_schema(SCHEMA)
            .example("equal documents have no change", "{}", "text/plain", &["a\nb\n", "a\nb\n"], "")
            .example(
                "a changed line is one change",
                "{}",
                "text/plain",
                &["a\nb\n", "a\nc\n"],
                "lines-changed\n",
            )
            .example(
                "each changed place is a change of its own",
                r#"{"impact":"breaking"}"#,
                "text/plain",
                &["a\nb\nc\n", "x\nb\ny\n"],
                "lines-changed\nlines-changed\n",
            )
    }

    fn rules() -> Vec<Rule> {
        vec![Rule {
            id: hunk::RULE.into(),
            impact: Impact::Compatible,
            explanation: "Lines of the document were added, removed or replaced. The comparison knows nothing of \
                the document's meaning, so that the impact is the one that `impact` names; by default a changed \
                line is `compatible`."
                .into(),
            advice: "Where a changed line can break those who use the document, say so:\n\n\
                ```toml\ndiff = { use = \"diff-lines\", impact = \"breaking\" }\n```"
                .into(),
        }]
    }

    fn diff(base: &Document, head: &Document) -> Result<Vec<Change>, Failure> {
        let settings: Settings = config::get()?;
        let (base, head) = (read(base), read(head));
        changes(&base, &head, settings.impact.into())
    }
}

countersign_plugin::export_diff!(Lines);

/// One change for each place where `head` differs from `base`, from the first line to the last.
fn changes(base: &[u8], head: &[u8], impact: Impact) -> Result<Vec<Change>, Failure> {
    let (base, head) = (text(base, "old")?, text(head, "new")?);
    if base == head {
        return Ok(Vec::new());
    }
    Ok(hunk::changes(base, head, impact))
}

fn text<'a>(bytes: &'a [u8], which: &str) -> Result<&'a str, Failure> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        let mut problem =
            diagnostic("invalid-utf8", format!("line {line} of the {which} document is not valid UTF-8"));
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        problem.at = Some(Location { pointer: String::new(), line: Some(line), column: None });
        Failure::InvalidInput(vec![problem])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(base: &str, head: &str) -> Vec<Change> {
        changes(base.as_bytes(), head.as_bytes(), Impact::Risky).unwrap()
    }

    #[test]
    fn equal_documents_have_no_change() {
        assert!(diff("a\nb\n", "a\nb\n").is_empty());
        assert!(diff("", "").is_empty());
        assert!(hunk::changes("a\nb\n", "a\nb\n", Impact::Risky).is_empty());
    }

    #[test]
    fn a_change_names_lines_and_text_of_both_documents() {
        let found = diff("a\nb\nc\nd\n", "a\nx\nd\n");
        assert_eq!(found.len(), 1);
        let change = &found[0];
        assert_eq!(change.summary, "2 lines removed, 1 added at line 2");
        assert_eq!(change.subject, "after `a`");
        assert_eq!(change.before.as_deref(), Some("b\nc\n"));
        assert_eq!(change.after.as_deref(), Some("x\n"));
        assert_eq!(change.base.as_ref().and_then(|place| place.line), Some(2));
        assert_eq!(change.head.as_ref().and_then(|place| place.line), Some(2));
        assert_eq!(change.impact, Impact::Risky);
    }

    #[test]
    fn a_subject_does_not_move_with_lines_above_it() {
        let before = diff("a\nb\nc\n", "a\nb\nd\n");
        let after = diff("0\n1\na\nb\nc\n", "0\n1\na\nb\nd\n");
        assert_eq!(before[0].subject, after[0].subject);
    }

    #[test]
    fn subjects_are_told_apart_where_their_lines_repeat() {
        let found = diff("a\nb\na\nc\n", "a\nx\na\ny\n");
        let subjects: Vec<_> = found.iter().map(|change| change.subject.as_str()).collect();
        assert_eq!(subjects, ["after `a`", "after `a` (2)"]);
    }

    #[test]
    fn a_pure_addition_has_no_place_in_the_old_document() {
        let found = diff("a\n", "0\na\n");
        assert_eq!(found[0].summary, "1 line added at line 1");
        assert_eq!(found[0].subject, "start of the document");
        assert!(found[0].base.is_none() && found[0].before.is_none());
    }

    #[test]
    fn a_missing_final_newline_is_a_change() {
        assert_eq!(diff("a\n", "a").len(), 1);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_line() {
        let refused = changes(b"a\n", b"a\n\xff", Impact::Risky);
        assert!(
            matches!(refused, Err(Failure::InvalidInput(found)) if found[0].message.starts_with("line 2 of the new"))
        );
    }

    #[test]
    fn unknown_configuration_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"impact":"breaking"}"#).is_ok());
        assert!(serde_json::from_str::<Settings>(r#"{"impacts":"breaking"}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"impact":"fatal"}"#).is_err());
    }

    #[test]
    fn the_examples_do_what_they_say() {
        for example in Lines::describe().examples {
            let settings: Settings = serde_json::from_str(&example.config).unwrap();
            let (base, head) = (&example.inputs[0], &example.inputs[1]);
            let found = changes(base.as_bytes(), head.as_bytes(), settings.impact.into()).unwrap();
            let rules: String = found.iter().map(|change| format!("{}\n", change.rule)).collect();
            assert_eq!(rules, example.expect, "{}", example.name);
        }
    }
}
