//! Runs stages, and is the only crate that names wasmtime.
//!
//! A stage is a WebAssembly component for one of the worlds in `plugins/sdk/wit`. This crate says what a
//! component is and could do before it runs, links nothing but what its world imports, checks every grant,
//! counts every limit, and turns each way in which a stage can fail into a typed error. It has no file, no
//! socket and no process of its own: whoever calls a stage brings them as [`Capabilities`].

mod bindings;
mod call;
mod capability;
mod component;
mod error;
mod forge;
mod grant;
mod host;
mod limits;
mod runtime;
mod store;
mod value;

pub use call::{Answer, Call, Stage};
pub use capability::{
    Capabilities, CommitStatus, ForgeError, HttpError, HttpRequest, HttpResponse, InputError, NoCapabilities,
    OpenedInput, StatusState, ToolCompleted, ToolError, ToolFile,
};
pub use component::{INTERFACE_VERSION, Kind, Plugin};
pub use error::{Exceeded, StageCause, StageError};
pub use grant::{FORGE_VERBS, Grants, HttpGrant, InvalidGrant};
pub use host::{LogLevel, LogLine};
pub use limits::Limits;
pub use runtime::{Engine, EngineError};
pub use store::{Builtin, precompile};
pub use value::{
    Change, Description, Diagnostic, Direction, Document, Dumped, Example, Failure, Impact, Location, Notice,
    Receipt, Rule, Side, Witness,
};
