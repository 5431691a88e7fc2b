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
    pub content: Arc<Vec<u8>>,
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

/// How a commit status stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusState {
    /// All is well.
    Success,
    /// It is not.
    Failure,
    /// It could not be decided.
    Error,
    /// It is not known yet.
    Pending,
}

/// A commit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitStatus {
    /// What speaks.
    pub context: String,
    /// How it stands.
    pub state: StatusState,
    /// One line.
    pub description: String,
    /// Where to read more.
    pub url: Option<String>,
}

/// Why nothing came of a call on the forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgeError {
    /// No repository is known for it, or no credential.
    Denied {
        /// What was refused.
        what: String,
        /// The TOML that would help, where any would.
        grant: Option<String>,
    },
    /// There is no such thing, or the credential may not see it; nothing took effect.
    NotFound(String),
    /// The forge refused it, or it breaks a limit; nothing took effect.
    Refused(String),
    /// A rate limit ends after this time; nothing took effect.
    Limited(Duration),
    /// The forge cannot answer now; nothing took effect.
    Unavailable(String),
    /// It may have taken effect.
    Unknown(String),
    /// A dry run sends nothing.
    DryRun,
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

    /// Open a declared file beside the document that the stage was called with, by its path relative to the
    /// document's folder. The path has no `.` segments and `..` segments only at its start.
    ///
    /// # Errors
    /// [`InputError`] where there is no such file, or it is not declared.
    fn sibling(&mut self, path: &str) -> Result<OpenedInput, InputError>;

    /// Send a `repository_dispatch` to the client's repository. The payload is JSON text.
    ///
    /// # Errors
    /// [`ForgeError`], which says whether anything took effect.
    fn dispatch(&mut self, event_type: &str, payload: &str) -> Result<(), ForgeError>;

    /// Ask for a run of a workflow of the client's repository.
    ///
    /// # Errors
    /// [`ForgeError`], which says whether anything took effect.
    fn dispatch_workflow(
        &mut self,
        workflow: &str,
        reference: Option<&str>,
        inputs: &[(String, String)],
    ) -> Result<(), ForgeError>;

    /// Keep one comment of this name on the pull requests that bring the notice's commit; the URL of the newest.
    ///
    /// # Errors
    /// [`ForgeError`], which says whether anything took effect.
    fn comment(&mut self, name: &str, body: &str) -> Result<Option<String>, ForgeError>;

    /// Set a status on the notice's commit.
    ///
    /// # Errors
    /// [`ForgeError`], which says whether anything took effect.
    fn set_status(&mut self, status: &CommitStatus) -> Result<(), ForgeError>;
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

    fn sibling(&mut self, _: &str) -> Result<OpenedInput, InputError> {
        Err(InputError::Denied("no file is declared beside this document".into()))
    }

    fn dispatch(&mut self, _: &str, _: &str) -> Result<(), ForgeError> {
        Err(no_forge())
    }

    fn dispatch_workflow(
        &mut self,
        _: &str,
        _: Option<&str>,
        _: &[(String, String)],
    ) -> Result<(), ForgeError> {
        Err(no_forge())
    }

    fn comment(&mut self, _: &str, _: &str) -> Result<Option<String>, ForgeError> {
        Err(no_forge())
    }

    fn set_status(&mut self, _: &CommitStatus) -> Result<(), ForgeError> {
        Err(no_forge())
    }
}

fn no_forge() -> ForgeError {
    ForgeError::Denied { what: "a forge".into(), grant: None }
}
