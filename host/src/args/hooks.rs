//! The arguments of `hooks`.

use clap::{Args, Subcommand};
use countersign_model::Name;

/// `countersign hooks`.
#[derive(Debug, Subcommand)]
pub(crate) enum HooksCommand {
    /// Show how the webhooks stand; write nothing
    Status(HooksStatusArgs),
    /// Create what is missing and mend what drifted
    Apply(HooksApplyArgs),
    /// Move the webhooks from the secret before to the one in use, with no delivery refused
    Rotate(HooksRotateArgs),
}

/// `countersign hooks status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign hooks status                          the webhooks of every node's repository
  countersign hooks status api                      of one
  countersign hooks status --output-format json     for programs: `countersign schema hooks`

Exit status:
  0    all are in order
  1    one is missing, drifted, dead, doubled or stale
  2    one could not be seen")]
pub(crate) struct HooksStatusArgs {
    /// Nodes whose repositories are looked at [default: all]
    #[arg(value_name = "NODE")]
    pub(crate) nodes: Vec<Name>,
}

/// `countersign hooks apply`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign hooks apply --dry-run     what would be written
  countersign hooks apply               a second run writes nothing
  countersign hooks apply --prune       and remove those of ours that are too many

On GitHub a classic token needs the scope `admin:repo_hook`, a fine-grained one or an App
`Webhooks: read and write`; on Gitea and Forgejo it is the scope `write:repository`.

Exit status:
  0    all are in order now
  1    one is not: it is dead, signs with the secret before, or needs --prune
  2    one could not be seen or written")]
pub(crate) struct HooksApplyArgs {
    /// Nodes whose repositories are written to [default: all]
    #[arg(value_name = "NODE")]
    pub(crate) nodes: Vec<Name>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove webhooks that send to the daemon and are too many; those of others stay
    #[arg(long)]
    pub(crate) prune: bool,
}

/// `countersign hooks rotate`.
#[derive(Debug, Args)]
#[command(after_help = "\
How to move to another secret:
  1. make one with `openssl rand -hex 32`, in a variable of its own: NEW_SECRET
  2. under [serve]: hooks = { github = [\"env:NEW_SECRET\", \"env:OLD_SECRET\"] }
  3. restart the daemon with both variables; it accepts either secret
  4. countersign hooks rotate; where it is cut off, run it again
  5. take OLD_SECRET away when its last line says so

Before the first webhook changes, the daemon at `public-url` is sent a ping that is signed with
the new secret, and where it is refused nothing changes.")]
pub(crate) struct HooksRotateArgs {
    /// Do not ask the daemon first, where this machine cannot reach it
    #[arg(long)]
    pub(crate) no_verify: bool,
}
