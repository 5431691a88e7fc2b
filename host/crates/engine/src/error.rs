use crate::{Failure, Kind};
use std::time::Duration;

/// A stage did not give a result. Names stage, plugin, digest, and the contract or client it worked for.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the {kind} stage `{plugin}` failed for `{subject}`: {cause}")]
pub struct StageError {
    /// What kind of stage it is.
    pub kind: Kind,
    /// The plugin's name in `pipeline.toml`.
    pub plugin: String,
    /// The digest of the component.
    pub digest: String,
    /// The contract or the client.
    pub subject: String,
    /// What happened.
    pub cause: StageCause,
}

/// How a stage can fail.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StageCause {
    /// The stage said so itself.
    #[error("{}", summary(.0))]
    Failure(Failure),
    /// It panicked; the message came through its log.
    #[error("it panicked: {0}")]
    Panic(String),
    /// It executed something that WebAssembly forbids.
    #[error("it trapped: {message}")]
    Trap {
        /// The trap.
        message: String,
        /// The functions on the stack, innermost first.
        frames: Vec<String>,
    },
    /// It hit a limit.
    #[error("{0}")]
    Exceeded(Exceeded),
    /// It asked for something that `pipeline.toml` does not grant, and gave up.
    #[error("it was not granted {what}")]
    Denied {
        /// What it asked for.
        what: String,
        /// The TOML that would grant it.
        grant: Option<String>,
    },
    /// The component is not a stage of this kind.
    #[error("it is {found}, and a {expected} stage is needed here")]
    WrongWorld {
        /// The kind that the configuration needs.
        expected: Kind,
        /// What the component is.
        found: String,
    },
    /// The component needs something that no stage of its kind gets.
    #[error("it imports `{import}`, which a {kind} stage does not get")]
    MissingImport {
        /// The interface.
        import: String,
        /// The kind of the stage.
        kind: Kind,
    },
    /// The bytes are not a component, or one that this engine refuses.
    #[error("it is not a component that this version can run: {0}")]
    Invalid(String),
    /// The host itself failed.
    #[error("the engine failed: {0}")]
    Engine(String),
}

/// Which limit was hit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// Memory, summed over the store.
    #[error("it asked for {asked} bytes of memory and is granted {granted}")]
    Memory {
        /// Bytes in all, had the request been granted.
        asked: usize,
        /// The limit.
        granted: usize,
    },
    /// Time.
    #[error("it ran for longer than {0:?}")]
    Wall(Duration),
    /// Bytes handed to the host at once.
    #[error("it returned more than {0} bytes")]
    Output(usize),
    /// Bytes of messages.
    #[error("it logged more than {0} bytes")]
    Log(usize),
    /// Calls of the host.
    #[error("it called the host more than {0} times")]
    HostCalls(u32),
    /// The stack.
    #[error("it ran out of stack")]
    Stack,
}

impl Exceeded {
    /// The key under `limits` that raises this limit, and a value that would do; none for the stack.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Memory { granted, .. } => Some(format!("memory = \"{}MiB\"", (granted >> 20) * 2)),
            Self::Wall(limit) => Some(format!("wall = \"{}s\"", (limit.as_secs() * 2).max(1))),
            Self::Output(limit) => Some(format!("output = \"{}MiB\"", ((limit >> 20) * 2).max(1))),
            Self::Log(limit) => Some(format!("log = \"{}KiB\"", ((limit >> 10) * 2).max(1))),
            Self::HostCalls(limit) => Some(format!("calls = {}", u64::from(*limit) * 2)),
            Self::Stack => None,
        }
    }
}

/// One sentence for a failure that a stage reported.
fn summary(failure: &Failure) -> String {
    match failure {
        Failure::InvalidInput(diagnostics) | Failure::InvalidConfig(diagnostics) => {
            let messages: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            messages.join("; ")
        }
        Failure::Denied(text) => format!("it was denied {text}"),
        Failure::Unavailable(text)
        | Failure::ToolFailed(text)
        | Failure::Unsupported(text)
        | Failure::Other(text) => text.clone(),
    }
}
