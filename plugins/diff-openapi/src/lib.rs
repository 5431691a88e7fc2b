//! Compare two OpenAPI documents by what they mean to clients.
//!
//! A comparison goes from operations to the schemas that they send and receive, and tells each change once,
//! where it is defined, with its direction and with all operations that it reaches. Swagger 2.0 is read as OpenAPI 3.
//! It refuses what is neither; a change that it does not understand is reported as undecided, never passed over.

mod equal;
mod examples;
mod finding;
mod fingerprint;
mod language;
mod number;
mod oasdiff;
mod operation;
mod reach;
mod rule;
mod schema;
mod settings;
mod spec;
mod subject;
mod swagger;
mod unchanged;
mod witness;

use countersign_document::Document as Parsed;
use countersign_plugin::{Change, Description, Diff, Document, Failure, Rule, config, diagnostic, read};
use settings::Projection;
pub use settings::{Policy, Settings};
use spec::{Node, Spec};
use std::collections::HashSet;
use swagger::Converted;
use unchanged::Unchanged;
use witness::Prover;

/// The stage.
pub struct OpenApi;

impl Diff for OpenApi {
    fn describe() -> Description {
        let summary = "Compare two OpenAPI documents and tell which changes break clients";
        let description = Description::new("diff-openapi", env!("CARGO_PKG_VERSION"), summary);
        examples::add(description.config_schema(settings::SCHEMA))
    }

    fn rules() -> Vec<Rule> {
        rules()
    }

    fn diff(base: &Document, head: &Document) -> Result<Vec<Change>, Failure> {
        let settings = config::get::<Settings>()?.validated()?;
        changes(&read(base), &read(head), &settings)
    }
}

countersign_plugin::export_diff!(OpenApi);

/// Every rule, documented, with the impact that it has by default: this stage's own, and those that only the projection
/// onto oasdiff tells.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> =
        rule::registry().into_iter().map(|rule| rule.document(Policy::default())).collect();
    let own: HashSet<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    rules.extend(oasdiff::documents().filter(|rule| !own.contains(&rule.id)));
    rules.sort_by(|left, right| left.id.cmp(&right.id));
    rules
}

/// All changes from one JSON document to another: breaking ones first, then by subject, then by rule.
///
/// # Errors
/// [`Failure::InvalidInput`] where one of them is neither an OpenAPI 3 nor a Swagger 2.0 document.
pub fn changes(base: &[u8], head: &[u8], settings: &Settings) -> Result<Vec<Change>, Failure> {
    if base == head && settings.names_paths_alike() {
        return Ok(Vec::new());
    }
    compared(base, head, settings, Unchanged::between)
}

fn compared(
    base: &[u8],
    head: &[u8],
    settings: &Settings,
    unchanged: fn(&Spec<'_>, &Spec<'_>) -> Unchanged,
) -> Result<Vec<Change>, Failure> {
    let (base, head) = (Parsed::parse_json(base)?, Parsed::parse_json(head)?);
    let (old, new) = (converted(base.root())?, converted(head.root())?);
    let (old_parsed, new_parsed) = (reparsed(old.as_ref())?, reparsed(new.as_ref())?);
    let base_spec = Spec::new(openapi(old_parsed.as_ref().unwrap_or(&base).root())?);
    let head_spec = Spec::new(openapi(new_parsed.as_ref().unwrap_or(&head).root())?);
    let mut changes = match settings.projection() {
        Projection::Oasdiff => oasdiff::changes(&base_spec, &head_spec, settings)?,
        Projection::None => {
            let unchanged = unchanged(&base_spec, &head_spec);
            let mut prover = Prover::new(&base_spec, &head_spec);
            let found = operation::compare(&base_spec, &head_spec, &unchanged, &settings.view());
            found.changes(settings, &mut prover)
        }
    };
    if old.is_some() || new.is_some() {
        // Its schemas stand in the converted document, which nobody else has.
        changes.iter_mut().for_each(|change| change.witness = None);
    }
    let mut changes = swagger::restore(changes, (base.root(), old.as_ref()), (head.root(), new.as_ref()));
    subject::settle(&mut changes, base.root(), head.root());
    Ok(changes)
}

fn reparsed(converted: Option<&Converted>) -> Result<Option<Parsed<'_>>, Failure> {
    Ok(converted.map(|converted| Parsed::parse_json(converted.text.as_bytes())).transpose()?)
}

/// A Swagger 2.0 document in the words of OpenAPI 3; nothing where it is in them already.
fn converted(root: Node<'_>) -> Result<Option<Converted>, Failure> {
    if swagger::is_swagger(root) { swagger::convert(root).map(Some) } else { Ok(None) }
}

/// The root of a document, if it is one that this stage can compare.
fn openapi(root: Node<'_>) -> Result<Node<'_>, Failure> {
    if root.get("openapi").and_then(Node::as_str).is_some_and(|version| version.starts_with("3.")) {
        return Ok(root);
    }
    let mut problem =
        diagnostic("not-openapi", "the document says neither `openapi: 3.x` nor `swagger: \"2.0\"`");
    problem.help = Some("compare documents of another kind with `diff-lines`".into());
    Err(Failure::InvalidInput(vec![problem]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_do_what_they_say() {
        for example in OpenApi::describe().examples {
            let settings = serde_json::from_str::<Settings>(&example.config).unwrap().validated().unwrap();
            let (base, head) = (&example.inputs[0], &example.inputs[1]);
            let found = changes(base.as_bytes(), head.as_bytes(), &settings).unwrap();
            let mut rules: Vec<String> =
                found.into_iter().map(|change| format!("{}\n", change.rule)).collect();
            rules.sort();
            assert_eq!(rules.concat(), example.expect, "{}", example.name);
        }
    }

    #[test]
    fn a_document_compared_with_itself_by_the_walker_has_no_change() {
        for example in OpenApi::describe().examples {
            for document in &example.inputs {
                let bytes = document.as_bytes();
                let walked = compared(bytes, bytes, &Settings::default(), |_, _| Unchanged::default());
                assert!(walked.unwrap().is_empty(), "{}", example.name);
                let pruned = compared(bytes, bytes, &Settings::default(), Unchanged::between);
                assert!(pruned.unwrap().is_empty(), "{}", example.name);
            }
        }
    }

    #[test]
    fn every_rule_that_the_projection_tells_is_documented_once() {
        let rules = rules();
        assert!(rules.windows(2).all(|pair| pair[0].id < pair[1].id));
        let of = |id: &str| rules.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("{id}"));
        assert!(oasdiff::ids().all(|id| !of(id).explanation.contains('{')));
        let only = of("api-deprecated-sunset-missing");
        assert!(only.explanation.contains("`--output-format oasdiff`"), "{}", only.explanation);
        assert!(!of("endpoint-added").explanation.contains("oasdiff"));
    }

    #[test]
    fn what_is_not_openapi_is_refused() {
        let settings = Settings::default();
        assert!(matches!(changes(b"{}", b"{\"a\":1}", &settings), Err(Failure::InvalidInput(_))));
        assert!(matches!(changes(b"{\"swagger\":\"2.0\"}", b"{}", &settings), Err(Failure::InvalidInput(_))));
        assert!(matches!(changes(b"<html>", b"{}", &settings), Err(Failure::InvalidInput(_))));
    }
}
