//! The arguments of `init`: each answers one of its questions.

use clap::{ArgGroup, Args, ValueEnum};
use countersign_model::Name;
use std::path::PathBuf;

/// `countersign init`.
#[derive(Debug, Default, Args)]
#[command(group = ArgGroup::new("side").args(["ours", "theirs"]))]
#[command(group = ArgGroup::new("dump").args(["dump_command", "dump_url", "dump_file"]))]
#[command(after_help = "\
Examples:
  countersign init                             asks, on a terminal
  countersign init --ours --contract watcher \\
      --dump-command 'uv run python scripts/dump_openapi.py {out}'
  countersign init --theirs --contract watcher --live http://localhost:8000/openapi.json \\
      --client-root clients/watcher-python --client-output src/watcher_client/generated \\
      --generate openapi-python-client
  countersign init --ci github                 the workflows of a project that has a pipeline.toml

Nothing is overwritten: where there is a pipeline.toml already, --force is needed. A workflow
that says something else than --ci would write is an error.")]
pub(crate) struct InitArgs {
    /// The API is served by code in this repository
    #[arg(long, conflicts_with_all = ["live", "provider"])]
    pub(crate) ours: bool,
    /// The API is somebody else's; this repository only has clients of it
    #[arg(long, conflicts_with = "dump")]
    pub(crate) theirs: bool,
    /// The contract's name [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) contract: Option<Name>,
    /// The command that writes the API's document to {out}, or prints it
    #[arg(long, value_name = "COMMAND")]
    pub(crate) dump_command: Option<String>,
    /// The URL that the API's document is at
    #[arg(long, value_name = "URL")]
    pub(crate) dump_url: Option<String>,
    /// The file that the API's document is in
    #[arg(long, value_name = "FILE")]
    pub(crate) dump_file: Option<String>,
    /// Where the running service gives its document
    #[arg(long, value_name = "URL")]
    pub(crate) live: Option<String>,
    /// The repository that owns the contract, such as github:acme/watcher
    #[arg(long, value_name = "REPOSITORY")]
    pub(crate) provider: Option<String>,
    /// The client's name [default: the folder name of --client-root]
    #[arg(long, value_name = "NAME", requires = "client_root")]
    pub(crate) client: Option<Name>,
    /// The folder of a client in this repository
    #[arg(long, value_name = "DIR")]
    pub(crate) client_root: Option<PathBuf>,
    /// The generated files, relative to --client-root
    #[arg(long, value_name = "DIR", requires = "client_root")]
    pub(crate) client_output: Option<PathBuf>,
    /// The generator, such as openapi-python-client, or the name of your own tool
    #[arg(long, value_name = "GENERATOR", requires = "client_root")]
    pub(crate) generate: Option<Name>,
    /// Write the workflows for this CI, too: github, gitea (and Forgejo) or gitlab
    #[arg(long, value_name = "CI", value_enum, hide_possible_values = true)]
    pub(crate) ci: Option<Ci>,
    /// What the provider's repository_dispatch is called; may be repeated
    /// [default: CONTRACT-FORMAT-changed, such as watcher-openapi-changed]
    #[arg(long, value_name = "TYPE", requires = "ci")]
    pub(crate) event_type: Vec<String>,
    /// The commit of Countersign that the workflows install [default: the one that Cargo installed
    /// this program from, or else the newest]
    #[arg(long, value_name = "COMMIT", requires = "ci")]
    pub(crate) rev: Option<String>,
    /// Ask nothing; take what was detected, and defaults
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Overwrite an existing pipeline.toml
    #[arg(long)]
    pub(crate) force: bool,
}

impl InitArgs {
    /// Whether a flag answers a question about `pipeline.toml`.
    pub(crate) fn answers(&self) -> bool {
        let dumps = self.dump_command.is_some() || self.dump_url.is_some() || self.dump_file.is_some();
        let elsewhere = self.live.is_some() || self.provider.is_some();
        let names = self.contract.is_some() || self.client_root.is_some();
        self.ours || self.theirs || dumps || elsewhere || names
    }
}

/// Whose CI the workflows are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// GitHub Actions.
    Github,
    /// Gitea or Forgejo Actions.
    Gitea,
    /// GitLab CI.
    Gitlab,
}

impl Ci {
    /// The word on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitea => "gitea",
            Self::Gitlab => "gitlab",
        }
    }
}
