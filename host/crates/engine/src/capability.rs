//! The outside world of a stage, brought by whoever calls it. Grants were checked before any of these is asked.

use std::sync::Arc;
use std::time::Duration;

/// A request that a grant allows.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method in capitals.
    pub method: String,
    /// The URL, parsed once and never again.
    pub url: url::Url,
    /// Headers, without those that the host alone sets.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// The name of the credential to attach.
    pub credential: Option<String>,
    /// The most that it may take.
    pub timeout: Option<Duration>,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status code (RFC 9110, section 15).
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, without any credential's value.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// Refused, with what would grant it.
    Denied {
        /// What was refused.
        what: String,
        /// The TOML that would grant it, where anything would.
        grant: Option<String>,
    },
    /// Nothing was sent.
    Unreachable(String),
    /// Time ran out; whether the other side acted is unknown.
    Timeout,
    /// The answer is larger than this many bytes.
    TooLarge(u64),
    /// A dry run sends nothing.
    DryRun,
    /// Anything else; whether the other side acted is unknown.
    Other(String),
}

/// A file that a tool wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolFile {
    /// Relative to the output folder; empty where the output is one file.
    pub path: String,
    /// The bytes.
    pub content: Vec<u8>,
}

/// What a finished tool left behind.
#[derive(Clone, Debug, Default)]
pub struct ToolCompleted {
    /// Standard output, capped.
    pub stdout: Vec<u8>,
    /// Standard error, capped.
    pub stderr: Vec<u8>,
    /// What stands at `{out}`, where the command declares one.
    pub output: Option<Vec<ToolFile>>,
}

/// Why a tool did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolError {
    /// The configuration does not let this stage run this tool.
    Denied(String),
    /// The program is not there.
    NotFound(String),
    /// It failed, or was killed.
    Failed(String),
    /// Its time ran out.
    Timeout(String),
    /// It ended well and its output says otherwise.
    Damaged(String),
    /// Anything else.
    Other(String),
}

/// A granted file.
#[derive(Clone, Debug)]
pub struct OpenedInput {
    /// The bytes.
    pub content: Arc<[u8]>,
    /// The media type by the file's name.
    pub media_type: String,
}

/// Why a granted file could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputError {
    /// There is no such file.
    NotFound(String),
    /// It lies outside what was granted.
    Denied(String),
    /// Anything else.
    Other(String),
}

/// The outside world of one call.
pub trait Capabilities: Send {
    /// Send a request that a grant allows.
    ///
    /// # Errors
    /// [`HttpError`] where there is no answer.
    fn http(&mut self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Run a tool that a grant names, with `input` as its `{spec}`.
    ///
    /// # Errors
    /// [`ToolError`] where the tool did not do its work.
    fn tool(&mut self, name: &str, input: Option<&[u8]>) -> Result<ToolCompleted, ToolError>;

    /// Open a file that a grant names, by its path relative to `pipeline.toml`.
    ///
    /// # Errors
    /// [`InputError`] where there is no such file.
    fn input(&mut self, path: &str) -> Result<OpenedInput, InputError>;
}

/// The world of a pure stage: nothing at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCapabilities;

impl Capabilities for NoCapabilities {
    fn http(&mut self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::Denied { what: format!("{} {}", request.method, request.url), grant: None })
    }

    fn tool(&mut self, name: &str, _: Option<&[u8]>) -> Result<ToolCompleted, ToolError> {
        Err(ToolError::Denied(format!("the tool `{name}`")))
    }

    fn input(&mut self, path: &str) -> Result<OpenedInput, InputError> {
        Err(InputError::Denied(format!("the file `{path}`")))
    }
}
