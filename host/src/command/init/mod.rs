//! `init`: a commented `pipeline.toml` for this repository, from flags, or from a few questions. It never
//! overwrites a `pipeline.toml` by itself, and ends with the next command to type. With `--ci` the workflows
//! too, which is all where there is a `pipeline.toml` already.

mod answers;
mod ask;
mod ci;
mod detect;
mod packages;
mod plan;

use super::write::write_file;
use crate::args::InitArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use answers::Answers;
use ci::Workflows;
use countersign_model::Problem;
use countersign_pipeline::config::Config;
use detect::Detected;
use std::path::{Path, PathBuf};

/// Write the files, and say what to type next.
pub(crate) fn run(args: &InitArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    ci::check_revision(args.rev.as_deref()).map_err(|problem| vec![problem])?;
    let path = context.config.clone().unwrap_or_else(|| context.directory.join("pipeline.toml"));
    let root = path.parent().unwrap_or(&context.directory).to_path_buf();
    match args.ci {
        Some(ci) if path.exists() && !args.force && !args.answers() => {
            let config = Config::load(&path)?;
            let remote = Detected::remote(&root);
            let workflows = ci::plan(ci, args, &config, remote.as_deref(), &context.environment)?;
            let done = workflows.write().map_err(|problem| vec![problem])?;
            Ok(Outcome::Done(Done { done, next: None }))
        }
        Some(_) | None if path.exists() && !args.force => Err(vec![exists(&path)]),
        Some(_) | None => project(args, context, &path, &root),
    }
}

/// A project that has no `pipeline.toml` yet.
fn project(args: &InitArgs, context: &Context, config: &Path, root: &Path) -> Result<Outcome, Vec<Problem>> {
    let detected = Detected::in_folder(root);
    let answers = match context.interactive && !args.yes {
        true => ask::ask(args, &detected, &mut std::io::stdin().lock(), &mut std::io::stderr()),
        false => Answers::from_flags(args, &detected),
    };
    let answers = answers.map_err(|problem| vec![*problem])?;
    let files = plan::plan_init(&answers, &detected);
    let workflows = planned_workflows(args, context, root, &detected, &files)?;
    let mut done = Vec::new();
    for (path, content) in files {
        let path = if path == Path::new("pipeline.toml") { config.to_path_buf() } else { root.join(path) };
        write_file(&path, content.as_bytes()).map_err(|error| vec![not_written(&path, &error)])?;
        done.push(format!("wrote {}", path.display()));
    }
    if let Some(workflows) = workflows {
        done.extend(workflows.write().map_err(|problem| vec![problem])?);
    }
    done.extend(plan::advice(&answers, &detected));
    Ok(Outcome::Done(Done { done, next: Some(plan::next_command(&answers, &detected)) }))
}

/// The workflows for the `pipeline.toml` that is about to be written: a file in their way stops both.
fn planned_workflows(
    args: &InitArgs,
    context: &Context,
    root: &Path,
    detected: &Detected,
    files: &[(PathBuf, String)],
) -> Result<Option<Workflows>, Vec<Problem>> {
    let text = files.iter().find(|(path, _)| path == Path::new("pipeline.toml")).map(|(_, text)| text);
    let (Some(ci), Some(text)) = (args.ci, text) else { return Ok(None) };
    let config = Config::parse(text, "pipeline.toml", root.to_path_buf())?;
    ci::plan(ci, args, &config, detected.baseline.as_deref(), &context.environment).map(Some)
}

fn exists(config: &Path) -> Problem {
    Problem::new("config-exists", format!("`{}` exists already", config.display()))
        .hint("edit it, or replace it with `countersign init --force`")
}

fn not_written(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new("not-written", format!("`{}` could not be written", path.display())).cause(error.to_string())
}
