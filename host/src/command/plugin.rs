//! `plugin list` and `plugin inspect`: look at plugins without running them.

use super::not_wired;
use crate::args::PluginInspectArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// List the plugins that this repository can use; the outcome is [`Outcome::Plugins`].
pub(crate) fn list(_context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("plugin list"))
}

/// Show one plugin; the outcome is [`Outcome::Plugin`].
pub(crate) fn inspect(_args: &PluginInspectArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("plugin inspect"))
}
