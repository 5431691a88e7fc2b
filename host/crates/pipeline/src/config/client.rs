use super::{Repository, StageConfig};
use countersign_model::Name;

/// `[clients.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientConfig {
    /// Its name.
    pub name: Name,
    /// The contract that it depends on.
    pub contract: Name,
    /// Where it lives.
    pub place: ClientPlace,
    /// The channels that hear of a change of the contract.
    pub notify: Vec<Name>,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

/// Where a client lives.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientPlace {
    /// In this repository, which generates it.
    Local(Box<LocalClient>),
    /// In another repository, which cannot move in the same commit.
    External(Repository),
}

/// A client that this repository generates.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalClient {
    /// Its folder, normalized; empty for the folder of `pipeline.toml` itself.
    pub root: String,
    /// The folder that is generated, normalized, relative to `root`; empty for the whole of it.
    pub output: String,
    /// How it is generated.
    pub generate: GenerateConfig,
    /// Globs of files in the output that are not generated and stay.
    pub keep: Vec<String>,
    /// Globs of files in the output that are not looked at.
    pub ignore: Vec<String>,
    /// The name of the generated package, for generators that ask for one.
    pub package: Option<String>,
}

impl LocalClient {
    /// The output folder, relative to `pipeline.toml`.
    pub fn output_path(&self) -> String {
        [self.root.as_str(), self.output.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// How a client is generated.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateConfig {
    /// The stage; its inline `command`, if any, is `stage.tool`.
    pub stage: StageConfig,
    /// The tool of `[tools]` that generates it.
    pub tool: Option<Name>,
}
