//! The host's side of every import: grants and limits are checked here and in `forge`, and nowhere else.

use crate::bindings::dump::countersign::plugin::{config, http, inputs, log, tool, types};
use crate::limits::StoreLimiter;
use crate::{Capabilities, Document, Exceeded, Grants, HttpRequest, Limits, OpenedInput};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use wasmtime::component::{Resource, ResourceTable};

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Shown with `-vv`.
    Debug,
    /// Shown with `-v`.
    Info,
    /// Shown unless `-q`.
    Warn,
    /// Always shown.
    Error,
}

/// A message of a stage. Its text is the plugin's own and must be escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The text.
    pub message: String,
}

/// A document that the guest holds a handle of.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenDocument {
    document: Document,
    /// Where it lies, relative to the folder of the document that the stage was called with; None for that one.
    place: Option<String>,
}

impl OpenDocument {
    pub(crate) fn new(document: Document) -> Self {
        Self { document, place: None }
    }
}

/// What was refused, and what would grant it.
#[derive(Clone, Debug)]
pub(crate) struct Denial {
    pub(crate) what: String,
    pub(crate) grant: Option<String>,
}

/// Everything that belongs to one call.
pub(crate) struct State {
    pub(crate) table: ResourceTable,
    pub(crate) limiter: StoreLimiter,
    limits: Limits,
    pub(crate) grants: Grants,
    config: String,
    pub(crate) capabilities: Box<dyn Capabilities>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) denials: Vec<Denial>,
    inputs: BTreeMap<String, OpenedInput>,
    siblings: BTreeMap<String, OpenedInput>,
    logged: usize,
    host_calls: u32,
    started: Instant,
    outside: Duration,
}

impl State {
    pub(crate) fn new(
        limits: Limits,
        grants: Grants,
        config: String,
        capabilities: Box<dyn Capabilities>,
    ) -> Self {
        Self {
            table: ResourceTable::new(),
            limiter: StoreLimiter::new(limits.memory),
            limits,
            grants,
            config,
            capabilities,
            log: Vec::new(),
            denials: Vec::new(),
            inputs: BTreeMap::new(),
            siblings: BTreeMap::new(),
            logged: 0,
            host_calls: 0,
            started: Instant::now(),
            outside: Duration::ZERO,
        }
    }

    /// What is left of the guest's own time.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.limits.wall.checked_sub(self.started.elapsed().saturating_sub(self.outside))
    }

    pub(crate) fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            return Err(wasmtime::Error::from(Exceeded::HostCalls(self.limits.host_calls)));
        }
        Ok(())
    }

    /// Run something that takes time of its own: the guest is not charged for it.
    pub(crate) fn outside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = Instant::now();
        let result = work(self);
        self.outside += before.elapsed();
        result
    }

    pub(crate) fn deny(&mut self, what: &str, grant: Option<String>) -> String {
        self.denials.push(Denial { what: what.into(), grant });
        what.into()
    }
}

impl types::Host for State {}

impl types::HostDocument for State {
    fn info(&mut self, document: Resource<OpenDocument>) -> wasmtime::Result<types::DocumentInfo> {
        self.count()?;
        let document = &self.table.get(&document)?.document;
        Ok(types::DocumentInfo {
            name: document.name.clone(),
            media_type: document.media_type.clone(),
            digest: document.digest.clone(),
            size: document.content.len() as u64,
            ext: Vec::new(),
        })
    }

    fn read(
        &mut self,
        document: Resource<OpenDocument>,
        offset: u64,
        length: u32,
    ) -> wasmtime::Result<Vec<u8>> {
        self.count()?;
        let content = &self.table.get(&document)?.document.content;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.len());
        let end = start.saturating_add(length as usize).min(content.len());
        Ok(content[start..end].to_vec())
    }

    fn sibling(
        &mut self,
        document: Resource<OpenDocument>,
        path: String,
    ) -> wasmtime::Result<Result<Resource<OpenDocument>, types::SiblingError>> {
        self.count()?;
        let from = self.table.get(&document)?.place.clone();
        let Some(place) = beside(from.as_deref().unwrap_or_default(), &path) else {
            let shown: String = path.chars().take(200).collect();
            return Ok(Err(types::SiblingError::Denied(format!("`{shown}` is not a relative path"))));
        };
        // A file is read once a call, as an input is.
        let opened = match self.siblings.get(&place) {
            Some(opened) => Ok(opened.clone()),
            None => self.outside(|state| state.capabilities.sibling(&place)),
        };
        Ok(match opened {
            Ok(opened) => {
                self.siblings.insert(place.clone(), opened.clone());
                let digest = digest(&opened.content);
                let document = Document {
                    name: place.clone(),
                    media_type: opened.media_type,
                    digest,
                    content: opened.content,
                };
                Ok(self.table.push(OpenDocument { document, place: Some(place) })?)
            }
            Err(crate::InputError::NotFound(_)) => Err(types::SiblingError::NotFound),
            Err(crate::InputError::Denied(what)) => Err(types::SiblingError::Denied(what)),
            Err(crate::InputError::Other(text)) => Err(types::SiblingError::Other(text)),
        })
    }

    fn drop(&mut self, document: Resource<OpenDocument>) -> wasmtime::Result<()> {
        self.table.delete(document)?;
        Ok(())
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.count()?;
        self.logged += message.len();
        if self.logged > self.limits.log {
            return Err(wasmtime::Error::from(Exceeded::Log(self.limits.log)));
        }
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        self.log.push(LogLine { level, message });
        Ok(())
    }
}

impl config::Host for State {
    fn get(&mut self) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.config.clone())
    }
}

/// Headers that only the host may set (RFC 9110; `proxy-*` and the hop-by-hop ones of section 7.6.1).
const RESERVED_HEADERS: &[&str] = &[
    "authorization",
    "cookie",
    "host",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
];

impl http::Host for State {
    fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        self.count()?;
        let request = match self.granted(request) {
            Ok(request) => request,
            Err(what) => return Ok(Err(http::HttpError::Denied(what))),
        };
        let limit = self.limits.output as u64;
        let answer = self.outside(|state| state.capabilities.http(request));
        Ok(match answer {
            Ok(response) if response.body.len() as u64 > limit => Err(http::HttpError::TooLarge(limit)),
            Ok(response) => {
                Ok(http::Response { status: response.status, headers: response.headers, body: response.body })
            }
            Err(crate::HttpError::Denied { what, grant }) => {
                Err(http::HttpError::Denied(self.deny(&what, grant)))
            }
            Err(crate::HttpError::Unreachable(text)) => Err(http::HttpError::Unreachable(text)),
            Err(crate::HttpError::Timeout) => Err(http::HttpError::Timeout),
            Err(crate::HttpError::TooLarge(limit)) => Err(http::HttpError::TooLarge(limit)),
            Err(crate::HttpError::DryRun) => Err(http::HttpError::DryRun),
            Err(crate::HttpError::Other(text)) => Err(http::HttpError::Other(text)),
        })
    }
}

impl State {
    /// The request, if it is granted; else the text of the denial.
    fn granted(&mut self, request: http::Request) -> Result<HttpRequest, String> {
        let shown: String = format!("{} {}", request.method, request.url).chars().take(300).collect();
        let Ok(url) = url::Url::parse(&request.url) else {
            return Err(self.deny(&format!("`{shown}`, which is not a URL"), None));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(self.deny("a URL with user information", None));
        }
        if !self.grants.allow_http(&request.method, &url) {
            let grant = format!("grants = {{ http = [\"{} {}\"] }}", request.method.escape_default(), url);
            return Err(self.deny(&format!("`{shown}`"), Some(grant)));
        }
        for (name, value) in &request.headers {
            let name = name.to_ascii_lowercase();
            if RESERVED_HEADERS.contains(&name.as_str()) || name.starts_with("proxy-") {
                return Err(self.deny(&format!("the header `{name}`"), None));
            }
            if name.is_empty()
                || value.contains(['\r', '\n', '\0'])
                || name.contains(|c: char| c.is_whitespace() || c == ':')
            {
                return Err(self.deny("a header that would not stay one header", None));
            }
        }
        Ok(HttpRequest {
            method: request.method,
            url,
            headers: request.headers,
            body: request.body,
            credential: request.credential,
            timeout: request.timeout_ms.map(|milliseconds| Duration::from_millis(milliseconds.into())),
        })
    }
}

impl tool::Host for State {
    fn run(
        &mut self,
        name: String,
        input: Option<Resource<OpenDocument>>,
    ) -> wasmtime::Result<Result<tool::Completed, tool::ToolError>> {
        self.count()?;
        let input = match &input {
            Some(document) => Some(self.table.get(document)?.document.content.clone()),
            None => None,
        };
        if !self.grants.tools.contains(&name) {
            let shown: String = name.chars().take(80).collect();
            let grant = format!("grants = {{ tool = [\"{}\"] }}", shown.escape_default());
            return Ok(Err(tool::ToolError::Denied(self.deny(&format!("the tool `{shown}`"), Some(grant)))));
        }
        let result =
            self.outside(|state| state.capabilities.tool(&name, input.as_deref().map(Vec::as_slice)));
        Ok(match result {
            Ok(completed) => Ok(tool::Completed {
                stdout: completed.stdout,
                stderr: completed.stderr,
                output: completed.output.map(|files| {
                    files
                        .into_iter()
                        .map(|file| tool::File { path: file.path, content: file.content })
                        .collect()
                }),
            }),
            Err(crate::ToolError::Denied(what)) => Err(tool::ToolError::Denied(self.deny(&what, None))),
            Err(crate::ToolError::NotFound(text)) => Err(tool::ToolError::NotFound(text)),
            Err(crate::ToolError::Failed(text)) => Err(tool::ToolError::Failed(text)),
            Err(crate::ToolError::Timeout(text)) => Err(tool::ToolError::Timeout(text)),
            Err(crate::ToolError::Damaged(text)) => Err(tool::ToolError::Damaged(text)),
            Err(crate::ToolError::Other(text)) => Err(tool::ToolError::Other(text)),
        })
    }
}

impl inputs::Host for State {
    fn open(&mut self, path: String) -> wasmtime::Result<Result<Resource<OpenDocument>, inputs::InputError>> {
        self.count()?;
        let shown: String = path.chars().take(200).collect();
        if !self.grants.inputs.contains(&path) {
            let grant = format!("grants = {{ input = [\"{}\"] }}", shown.escape_default());
            return Ok(Err(inputs::InputError::Denied(
                self.deny(&format!("the file `{shown}`"), Some(grant)),
            )));
        }
        // A file is read once a call: a guest that opens it again and again costs the host a handle, not a copy.
        let opened = match self.inputs.get(&path) {
            Some(input) => Ok(input.clone()),
            None => self.outside(|state| state.capabilities.input(&path)),
        };
        if let Ok(input) = &opened {
            self.inputs.insert(path.clone(), input.clone());
        }
        Ok(match opened {
            Ok(input) => {
                let digest = digest(&input.content);
                let document =
                    Document { name: path, media_type: input.media_type, digest, content: input.content };
                Ok(self.table.push(OpenDocument::new(document))?)
            }
            Err(crate::InputError::NotFound(text)) => Err(inputs::InputError::NotFound(text)),
            Err(crate::InputError::Denied(what)) => Err(inputs::InputError::Denied(self.deny(&what, None))),
            Err(crate::InputError::Other(text)) => Err(inputs::InputError::Other(text)),
        })
    }
}

/// The place of a file, relative to the folder of the document that the stage was called with, from the place of the
/// document that names it; None where the path is not a relative one.
fn beside(from: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains(['\\', '\0', ':']) || path.len() > 4096 {
        return None;
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let hexadecimal: String = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hexadecimal}")
}
