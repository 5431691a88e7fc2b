//! `hooks`: the webhooks of the watched repositories, as `pipeline.toml` has them.

use super::{event, repository};
use crate::args::{HooksApplyArgs, HooksRotateArgs, HooksStatusArgs};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::{HooksReport, Problem};
use countersign_pipeline::event::Event;
use countersign_pipeline::project::{HookOptions, Project};
use countersign_pipeline::web::Sending;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Look at webhooks.
pub(crate) fn status(args: &HooksStatusArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = open(context, Sending::DryRun)?;
    let _busy = context.progress.start("looking at webhooks");
    told(project.hooks_status(&repository::texts(&args.nodes), VERSION))
}

/// Bring webhooks in order.
pub(crate) fn apply(args: &HooksApplyArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = open(context, if args.dry_run { Sending::DryRun } else { Sending::Allowed })?;
    let _busy = context.progress.start("bringing webhooks in order");
    let options = HookOptions { dry_run: args.dry_run, prune: args.prune };
    told(project.apply_hooks(&repository::texts(&args.nodes), options, VERSION))
}

/// Move webhooks to the secret in use.
pub(crate) fn rotate(args: &HooksRotateArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = open(context, Sending::Allowed)?;
    let _busy = context.progress.start("moving webhooks to the new secret");
    told(project.rotate_hooks(!args.no_verify, VERSION))
}

fn open(context: &Context, sending: Sending) -> Result<Project, Vec<Problem>> {
    let withheld = event::withheld(&Event::read(&context.environment, None));
    repository::open_for(context, sending, withheld)
}

fn told(report: Result<HooksReport, Vec<Problem>>) -> Result<Outcome, Vec<Problem>> {
    report.map(|report| Outcome::Hooks(Box::new(report)))
}
