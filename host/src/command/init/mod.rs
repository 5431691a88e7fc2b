//! `init`: a commented `pipeline.toml` for this repository, from flags, or from a few questions. It never
//! overwrites a `pipeline.toml` by itself, and ends with the next command to type.

mod answers;
mod ask;
mod detect;
mod packages;
mod plan;

use super::write::write_file;
use crate::args::InitArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use answers::Answers;
use countersign_model::Problem;
use detect::Detected;
use std::path::Path;

/// Write the files, and say what to type next.
pub(crate) fn run(args: &InitArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let config = context.config.clone().unwrap_or_else(|| context.directory.join("pipeline.toml"));
    if config.exists() && !args.force {
        return Err(vec![exists(&config)]);
    }
    let root = config.parent().unwrap_or(&context.directory).to_path_buf();
    let detected = Detected::in_folder(&root);
    let answers = match context.interactive && !args.yes {
        true => ask::ask(args, &detected, &mut std::io::stdin().lock(), &mut std::io::stderr()),
        false => Answers::from_flags(args, &detected),
    };
    let answers = answers.map_err(|problem| vec![*problem])?;
    let mut done = Vec::new();
    for (path, content) in plan::plan_init(&answers, &detected) {
        let path = if path == Path::new("pipeline.toml") { config.clone() } else { root.join(path) };
        write_file(&path, content.as_bytes()).map_err(|error| vec![not_written(&path, &error)])?;
        done.push(format!("wrote {}", path.display()));
    }
    done.extend(plan::advice(&answers, &detected));
    Ok(Outcome::Done(Done { done, next: Some(plan::next_command(&answers, &detected)) }))
}

fn exists(config: &Path) -> Problem {
    Problem::new("config-exists", format!("`{}` exists already", config.display()))
        .hint("edit it, or replace it with `countersign init --force`")
}

fn not_written(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new("not-written", format!("`{}` could not be written", path.display())).cause(error.to_string())
}
