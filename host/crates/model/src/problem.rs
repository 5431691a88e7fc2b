use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a file, for people: line and column are counted from 1, the column in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// The file's path as the user would type it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Something that kept us from deciding. A finding is a value; a problem is its absence.
///
/// It names the thing, says why, and gives the next step. Its texts may hold words of a plugin, a tool or
/// a specification: no renderer may print them unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A stable identifier in kebab case, such as `unknown-key`.
    pub code: String,
    /// One sentence, lower case, no full stop, literals in backticks.
    pub message: String,
    /// Where, if the problem lies in a file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Position>,
    /// What led to it, from the nearest cause to the farthest.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub causes: Vec<String>,
    /// The next step, made to be pasted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without place, cause and hint.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), at: None, causes: Vec::new(), hint: None }
    }

    /// With the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With one more cause, farther than those before.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// With a place.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.at = Some(position);
        self
    }
}
