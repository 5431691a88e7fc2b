//! `diff`: what changed between two documents, and what that means.

use super::{explain, repository};
use crate::args::{DiffArgs, Format, OpenApiArgs};
use crate::context::Context;
use crate::view::{DiffView, Outcome};
use countersign_model::Problem;
use countersign_pipeline::project::CompareOptions;
use serde_json::{Map, Value};

/// Compare the two documents.
pub(crate) fn run(args: &DiffArgs, shown_as: Format, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open_or_bare(context)?;
    let (old, new) = (repository::file(context, &args.old), repository::file(context, &args.new));
    let options = CompareOptions {
        format: args.format.as_deref().map(repository::format),
        keys: keys(&args.openapi, shown_as, context),
    };
    let comparison = project.compare(&old, &new, &options)?;
    let page = shown_as == Format::Html;
    let mut view = DiffView::new(&args.old, &args.new, comparison, args.fail_on, page);
    if page {
        // Only the page has room for them; asking every plugin takes longer than most comparisons.
        view.explanations = explain::explanations(context)?;
    }
    Ok(Outcome::Diff(view))
}

/// What the stage is told beside the configuration.
fn keys(args: &OpenApiArgs, shown_as: Format, context: &Context) -> Map<String, Value> {
    let oasdiff = shown_as == Format::Oasdiff;
    let today = || context.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let as_of = args.as_of.or_else(|| oasdiff.then(today));
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let keys: [(&str, Option<Value>); 15] = [
        ("projection", oasdiff.then(|| "oasdiff".into())),
        ("policy", text(&args.policy)),
        ("as-of", as_of.map(|date| date.to_string().into())),
        ("deprecation-days-beta", args.deprecation_days_beta.map(Value::from)),
        ("deprecation-days-stable", args.deprecation_days_stable.map(Value::from)),
        ("stability-level", text(&args.stability_level)),
        ("strip-prefix-base", text(&args.strip_prefix_base)),
        ("strip-prefix-revision", text(&args.strip_prefix_revision)),
        ("prefix-base", text(&args.prefix_base)),
        ("prefix-revision", text(&args.prefix_revision)),
        ("match-path", text(&args.match_path)),
        ("unmatch-path", text(&args.unmatch_path)),
        ("include-path-params", args.include_path_params.then_some(Value::Bool(true))),
        ("flatten-params", args.flatten_params.then_some(Value::Bool(true))),
        ("match-inline-refs", args.match_inline_refs.map(Value::from)),
    ];
    keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
