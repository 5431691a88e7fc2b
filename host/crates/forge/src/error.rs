//! Why a call on a forge came to nothing, told so that a caller knows what is certain.

use std::time::Duration;

/// Why a call came to nothing. Texts that come from the forge are cut short, and are not escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// Nothing was sent: no connection was made.
    #[error("{api} cannot be reached: {why}")]
    Unreachable {
        /// The base of the API.
        api: String,
        /// What was tried.
        why: String,
    },
    /// A write was sent, and whether it took effect is not known. It must not be sent again blindly.
    #[error("{what}: {why}, so nobody knows whether it took effect")]
    Unknown {
        /// The request, such as `POST /repos/o/r/dispatches`.
        what: String,
        /// What came back instead of an answer.
        why: String,
    },
    /// The forge cannot answer now; nothing took effect.
    #[error("{what}: the forge answered with status {status}")]
    Unavailable {
        /// The request.
        what: String,
        /// The status, or 0 where an answer to a read broke off.
        status: u16,
    },
    /// A rate limit, of the forge's or of our own budget, ends later than this call can wait; nothing took effect.
    #[error("{what}: the rate limit ends in {} seconds", after.as_secs())]
    Limited {
        /// The request.
        what: String,
        /// When it ends.
        after: Duration,
    },
    /// The repository has another name now; nothing took effect.
    #[error("{what}: it has moved{}", to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Moved {
        /// The request.
        what: String,
        /// Its name now, `OWNER/NAME`, where the forge says so.
        to: Option<String>,
    },
    /// There is no such thing, or the credential may not know of it: GitHub does not tell the two apart.
    #[error("{what}: not found, or the token may not see it")]
    NotFound {
        /// The request.
        what: String,
    },
    /// The credential is not allowed to do this.
    #[error("{what}: the token may not do this{}", needs.as_ref().map(|needs| format!("; it needs {needs}")).unwrap_or_default())]
    Forbidden {
        /// The request.
        what: String,
        /// The permission that is missing, as the forge names it.
        needs: Option<String>,
    },
    /// The credential itself is not accepted.
    #[error("{what}: the token is not accepted (status 401)")]
    Unauthorized {
        /// The request.
        what: String,
    },
    /// The forge refused the request; nothing took effect.
    #[error("{what}: refused with status {status}: {message}")]
    Refused {
        /// The request.
        what: String,
        /// The status.
        status: u16,
        /// What the forge said.
        message: String,
    },
    /// A read was answered with something that is not what was asked for.
    #[error("{what}: the answer cannot be read: {why}")]
    Malformed {
        /// The request.
        what: String,
        /// Why.
        why: String,
    },
    /// A dry run: the write was not sent.
    #[error("{what}: not sent in a dry run")]
    DryRun {
        /// The request.
        what: String,
    },
    /// No credential may be used here, or none is set.
    #[error("{0}")]
    NoCredential(String),
    /// The forge has no such ability.
    #[error("{0}")]
    Unsupported(String),
    /// The request breaks a limit of the forge's and was not sent.
    #[error("{0}")]
    Invalid(String),
}

impl ForgeError {
    /// Whether a write may have taken effect.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Unknown { .. } | Self::Unavailable { .. } | Self::Limited { .. }
        )
    }
}
