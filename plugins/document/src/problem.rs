//! Why a text is not a document. Codes are an interface; messages are prose.

use countersign_plugin::{Diagnostic, Failure, Location};
use std::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, counted from 1.
    pub line: u32,
    /// Column in bytes, counted from 1.
    pub column: u32,
}

/// What is wrong with a text. Each has a stable name, [`Code::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Nothing but white space.
    EmptyDocument,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// More bytes than [`crate::MAXIMUM_BYTES`], or more values and keys than [`crate::MAXIMUM_NODES`].
    TooLarge,
    /// Nested deeper than [`crate::MAXIMUM_DEPTH`].
    TooDeep,
    /// Aliases that multiply a small text into a huge document.
    TooManyAliases,
    /// An HTML page, such as a server's error page.
    HtmlPage,
    /// A pointer file of Git LFS in place of the file.
    LfsPointer,
    /// Markers of an unresolved merge.
    ConflictMarkers,
    /// Output of the program that wrote the document stands before the document.
    LogLine,
    /// Something stands after the document.
    TrailingContent,
    /// The text ends inside the document.
    Truncated,
    /// A number, a string, a boolean or null in place of an object or array.
    NotADocument,
    /// An object has the same key twice.
    DuplicateKey,
    /// Not JSON (RFC 8259).
    InvalidJson,
    /// Not YAML (1.2).
    InvalidYaml,
    /// YAML that says what JSON cannot say.
    UnsupportedYaml,
}

impl Code {
    /// The stable name in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyDocument => "empty-document",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooManyAliases => "too-many-aliases",
            Self::HtmlPage => "html-page",
            Self::LfsPointer => "lfs-pointer",
            Self::ConflictMarkers => "conflict-markers",
            Self::LogLine => "log-line",
            Self::TrailingContent => "trailing-content",
            Self::Truncated => "truncated",
            Self::NotADocument => "not-a-document",
            Self::DuplicateKey => "duplicate-key",
            Self::InvalidJson => "invalid-json",
            Self::InvalidYaml => "invalid-yaml",
            Self::UnsupportedYaml => "unsupported-yaml",
        }
    }
}

/// Why a text is not a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// One sentence, lower case, no full stop. Text from the document is quoted and short, not escaped.
    pub message: String,
    /// The next step for the user, if one is known.
    pub help: Option<String>,
    /// A JSON Pointer (RFC 6901) to the innermost node that was being read; empty for the whole document.
    pub pointer: String,
    /// Where in the text, if anywhere.
    pub position: Option<Position>,
}

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, pointer: String::new(), position: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn within(mut self, pointer: String) -> Self {
        self.pointer = pointer;
        self
    }

    pub(crate) fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.position {
            write!(formatter, "{line}:{column}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        let at = problem.position.map(|position| Location {
            pointer: problem.pointer,
            line: Some(position.line),
            column: Some(position.column),
        });
        Self {
            code: problem.code.as_str().into(),
            message: problem.message,
            at,
            help: problem.help,
            ext: Vec::new(),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::InvalidInput(vec![problem.into()])
    }
}

/// Characters of untrusted text that a message quotes at most.
const EXCERPT: usize = 60;

/// The beginning of an untrusted text, short enough for a message. The host escapes it.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
