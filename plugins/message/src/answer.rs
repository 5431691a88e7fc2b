use crate::clean::{clean, shorten};
use countersign_plugin::{Failure, Receipt, http};

/// The value of a header, by its name in lower case.
pub fn header<'a>(response: &'a http::Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

/// The seconds after which the other side wants to be asked again (RFC 9110, section 10.2.3). A date is not
/// read: a stage has no clock to compare it with.
pub fn retry_after(response: &http::Response) -> Option<u64> {
    header(response, "retry-after")?.trim().parse().ok()
}

/// A failure that is tried again later. The sender reads `retry-after: SECONDS` at the end.
pub fn unavailable(what: &str, seconds: Option<u64>) -> Failure {
    let what = shorten(&clean(what), 500);
    Failure::Unavailable(match seconds {
        Some(seconds) => format!("{what}; retry-after: {seconds}"),
        None => what,
    })
}

/// What is known where a write has no answer. Silence after a request was sent is not certain.
///
/// # Errors
/// A [`Failure`] where it is certain that nothing was sent.
pub fn refusal(error: http::HttpError, who: &str) -> Result<Receipt, Failure> {
    match error {
        http::HttpError::DryRun => Ok(Receipt::DryRun),
        http::HttpError::Denied(text) => Err(Failure::Denied(text)),
        http::HttpError::Unreachable(text) => {
            Err(unavailable(&format!("{who} could not be reached: {text}"), None))
        }
        http::HttpError::Timeout => Ok(Receipt::Unknown(format!("{who} did not answer in time"))),
        http::HttpError::TooLarge(limit) => {
            Ok(Receipt::Unknown(format!("{who} answered with more than {limit} bytes")))
        }
        http::HttpError::Other(text) => Ok(Receipt::Unknown(shorten(&clean(&text), 500))),
    }
}
