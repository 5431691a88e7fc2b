//! `explain`: what a rule or a code means, from the text that stands beside the rule, and what a preset runs.

use super::repository;
use crate::args::ExplainArgs;
use crate::codes::CODES;
use crate::context::Context;
use crate::view::{Explanation, Outcome};
use countersign_engine::Rule;
use countersign_model::{Impact, Problem};
use countersign_pipeline::preset::{self, Preset};
use std::collections::BTreeMap;

/// A rule of a diff plugin, with its own documentation in Markdown.
#[derive(Clone, Debug)]
pub(crate) struct RuleEntry {
    /// The rule's stable id.
    pub(crate) id: String,
    /// What a change that it finds means.
    pub(crate) impact: Impact,
    /// What it finds, and why that matters.
    pub(crate) explanation: String,
    /// What to do about it.
    pub(crate) advice: String,
    /// The plugin that has it.
    pub(crate) plugin: String,
}

/// Explain the rule, the code or the preset that was asked for.
pub(crate) fn run(args: &ExplainArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    explain(&args.subject, &rules(context)?).map(Outcome::Explanation).map_err(|problem| vec![*problem])
}

/// What every rule means, and what to do about it, by its id.
pub(super) fn explanations(context: &Context) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let text = |rule: RuleEntry| (rule.id, format!("{}\n\n{}", rule.explanation, rule.advice));
    Ok(rules(context)?.into_iter().map(text).collect())
}

/// The rules of every diff plugin, built in or declared here. A code is explained where `pipeline.toml` or a plugin
/// of it is what is wrong, too.
fn rules(context: &Context) -> Result<Vec<RuleEntry>, Vec<Problem>> {
    let declared = repository::open_or_bare(context).and_then(|project| project.rules());
    let rules = declared.or_else(|_| repository::bare(context)?.rules())?;
    let entry = |(plugin, rule): (String, Rule)| RuleEntry {
        id: rule.id,
        impact: match rule.impact {
            countersign_engine::Impact::Breaking => Impact::Breaking,
            countersign_engine::Impact::Risky => Impact::Risky,
            countersign_engine::Impact::Compatible => Impact::Compatible,
        },
        explanation: rule.explanation,
        advice: rule.advice,
        plugin,
    };
    Ok(rules.into_iter().map(entry).collect())
}

fn explain(subject: &str, rules: &[RuleEntry]) -> Result<Explanation, Box<Problem>> {
    if let Some(rule) = rules.iter().find(|rule| rule.id == subject) {
        return Ok(Explanation {
            id: rule.id.clone(),
            kind: "rule",
            impact: Some(rule.impact),
            plugin: Some(rule.plugin.clone()),
            explanation: rule.explanation.clone(),
            advice: rule.advice.clone(),
        });
    }
    if let Some(code) = CODES.iter().find(|code| code.id == subject) {
        return Ok(Explanation {
            id: code.id.into(),
            kind: "code",
            impact: None,
            plugin: None,
            explanation: code.explanation.into(),
            advice: code.advice.into(),
        });
    }
    if let Some(preset) = preset::find(subject) {
        return Ok(of_preset(preset));
    }
    let known = rules.iter().map(|rule| rule.id.as_str()).chain(CODES.iter().map(|code| code.id));
    let known = known.chain(preset::names());
    Err(Box::new(unknown(subject, known)))
}

/// What a preset makes, how it is installed, and the tool that it stands for.
fn of_preset(preset: &Preset) -> Explanation {
    let Preset { name, summary, install, .. } = preset;
    let call = match &preset.needs {
        Some(needs) => format!("generate = {{ preset = \"{name}\", {needs} }}"),
        None => format!("generate = \"{name}\""),
    };
    let table = preset.declaration();
    Explanation {
        id: (*name).into(),
        kind: "preset",
        impact: None,
        plugin: None,
        explanation: format!(
            "{summary}. It is not installed for you:\n\n```sh\n{install}\n```\n\nIt stands for this tool:\n\n\
             ```toml\n{table}\n```"
        ),
        advice: format!(
            "Name it where a client says how it is generated:\n\n```toml\n{call}\n```\n\n\
             A table of your own, with `preset = \"{name}\"` and the keys that it changes, adapts it."
        ),
    }
}

fn unknown<'a>(subject: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    let problem =
        Problem::new("unknown-rule", format!("there is no rule, no code and no preset `{subject}`"));
    let nearest = known
        .map(|id| (strsim::jaro_winkler(subject, id), id))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match nearest {
        Some((_, id)) => problem.hint(format!("did you mean `countersign explain {id}`?")),
        None => problem,
    }
}

/// Markdown as plain text: prose loses its marks, paragraphs are wrapped, code blocks are indented and kept.
pub(crate) fn plain_markdown(markdown: &str) -> String {
    let mut plain = String::new();
    let (mut paragraph, mut in_code) = (String::new(), false);
    for line in markdown.lines() {
        let text = line.trim();
        if text.starts_with("```") {
            flush(&mut paragraph, &mut plain);
            in_code = !in_code;
        } else if in_code {
            plain.push_str(&format!("    {}\n", line.trim_end()));
        } else if text.is_empty() {
            flush(&mut paragraph, &mut plain);
            plain.push('\n');
        } else {
            let is_item = text.starts_with("- ") || text.starts_with("* ") || text.starts_with('#');
            if is_item {
                flush(&mut paragraph, &mut plain);
            }
            paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
            paragraph.push_str(text.trim_start_matches('#').trim_start());
            if text.starts_with('#') {
                flush(&mut paragraph, &mut plain);
            }
        }
    }
    flush(&mut paragraph, &mut plain);
    plain.trim_end().to_owned()
}

fn flush(paragraph: &mut String, plain: &mut String) {
    const WIDTH: usize = 90;
    let hanging = if paragraph.starts_with("- ") || paragraph.starts_with("* ") { "  " } else { "" };
    let mut column = 0;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            plain.push('\n');
            plain.push_str(hanging);
            column = hanging.len();
        } else if column > 0 {
            plain.push(' ');
            column += 1;
        }
        plain.push_str(&word.replace("**", ""));
        column += length;
    }
    if column > 0 {
        plain.push('\n');
    }
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_comes_before_a_code_and_a_typo_gets_a_suggestion() {
        let rule = RuleEntry {
            id: "response-property-removed".into(),
            impact: Impact::Breaking,
            explanation: "A client that reads it fails.".into(),
            advice: String::new(),
            plugin: "diff-openapi".into(),
        };
        let rules = [rule];
        assert_eq!(explain("response-property-removed", &rules).unwrap().kind, "rule");
        assert_eq!(explain("unknown-key", &rules).unwrap().kind, "code");
        let hint = explain("response-propety-removed", &rules).unwrap_err().hint.unwrap();
        assert!(hint.contains("explain response-property-removed"), "{hint}");
        assert_eq!(explain("xyzzy", &rules).unwrap_err().hint, None);
        let hint = explain("openapi-typscript", &[]).unwrap_err().hint.unwrap();
        assert!(hint.contains("explain openapi-typescript"), "{hint}");
    }

    #[test]
    fn a_preset_is_explained_by_the_tool_that_it_stands_for() {
        for preset in preset::all() {
            let explanation = explain(preset.name, &[]).unwrap();
            assert_eq!(explanation.kind, "preset");
            assert!(explanation.explanation.contains(&format!("[tools.{}]\n", preset.name)));
            assert!(explanation.explanation.contains(&preset.install));
            let needs = preset.needs.as_deref().unwrap_or_default();
            assert!(explanation.advice.contains(needs), "{}", explanation.advice);
        }
    }

    #[test]
    fn codes_are_sorted_and_told_apart() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn markdown_becomes_text_that_needs_no_renderer() {
        let text = "# Why\n\nA **strict** client\nfails.\n\n- one\n- two\n\n```json\n{ \"a\": 1 }\n```\n";
        insta::assert_snapshot!(plain_markdown(text), @r#"
    Why

    A strict client fails.

    - one
    - two

        { "a": 1 }
    "#);
    }
}
