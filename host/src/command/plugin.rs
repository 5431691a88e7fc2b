//! `plugin list` and `plugin inspect`: what plugins are and could do.

use super::repository;
use crate::args::PluginInspectArgs;
use crate::builtin::BUILTINS;
use crate::context::Context;
use crate::view::{Outcome, PluginView};
use countersign_model::Problem;
use countersign_pipeline::project::{PluginFacts, builtin_plugins, inspect_file};

/// List the plugins that this repository can use.
pub(crate) fn list(context: &Context) -> Result<Outcome, Vec<Problem>> {
    facts(context).map(|facts| Outcome::Plugins(facts.into_iter().map(view).collect()))
}

/// Show one plugin: one of the list, or a component in a file.
pub(crate) fn inspect(args: &PluginInspectArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let known = facts(context)?;
    let found = match known.into_iter().find(|facts| facts.name == args.plugin) {
        Some(found) => found,
        None => inspect_file(&context.directory.join(&args.plugin))?,
    };
    Ok(Outcome::Plugin(Box::new(view(found))))
}

/// Those of the repository, or the built-in ones where there is none.
fn facts(context: &Context) -> Result<Vec<PluginFacts>, Vec<Problem>> {
    if repository::file_of_configuration(context).is_file() {
        repository::open(context)?.plugins()
    } else {
        builtin_plugins(BUILTINS)
    }
}

fn view(facts: PluginFacts) -> PluginView {
    PluginView {
        name: facts.name,
        kind: facts.kind,
        version: facts.version,
        digest: facts.digest,
        world: facts.interface,
        imports: facts.imports,
        summary: facts.summary,
        source: facts.origin,
        granted: facts.grants,
    }
}
