use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a request was not answered (RFC 9457). The media type is `application/problem+json`. There is no `type`: `title`
/// and `code` tell all that one would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemDetails {
    /// The phrase of the status, such as `Not Found`.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem it is, in kebab case, where the status does not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// What happened, as a sentence.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// The id of the request, by which the log can be searched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
}

impl ProblemDetails {
    /// A problem. `title` is the phrase that goes with the status.
    pub fn new(status: u16, title: &str, code: &str, detail: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            status,
            code: Some(code.into()),
            detail: detail.into(),
            hint: None,
            request_id: None,
        }
    }

    /// The same problem with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
