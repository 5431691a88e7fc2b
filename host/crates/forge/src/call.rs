//! A request before it is sent: its route, with every segment percent-encoded, and what it carries.

use crate::Slug;
use http::Method;
use serde_json::Value;
use std::fmt::Write;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The repository whose installation an App acts for.
    pub(crate) repository: Slug,
    /// The path below the API's base, with the query.
    pub(crate) route: String,
    /// The media type that is asked for; the forge's usual one where none is.
    pub(crate) accept: Option<&'static str>,
    pub(crate) body: Option<Value>,
    /// Whether the App itself asks, and not one of its installations.
    pub(crate) by_app: bool,
}

/// A path segment or the value of a parameter: all but the unreserved characters of RFC 3986 are encoded, `/` too,
/// so that no name can lead to another route.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}"); // Writing to a string cannot fail.
        }
    }
    out
}

impl Call {
    /// A request for a route below the base, such as `/user`, on behalf of a repository.
    pub(crate) fn new(method: Method, repository: &Slug, route: String) -> Self {
        Self { method, repository: repository.clone(), route, accept: None, body: None, by_app: false }
    }

    /// A request below `/repos/OWNER/NAME`. The segments are encoded here.
    pub(crate) fn on(method: Method, repository: &Slug, segments: &[&str]) -> Self {
        let mut route = format!("/repos/{}/{}", encoded(&repository.owner), encoded(&repository.name));
        for segment in segments {
            route.push('/');
            route.push_str(&encoded(segment));
        }
        Self::new(method, repository, route)
    }

    pub(crate) fn get(repository: &Slug, segments: &[&str]) -> Self {
        Self::on(Method::GET, repository, segments)
    }

    pub(crate) fn post(repository: &Slug, segments: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::on(Method::POST, repository, segments) }
    }

    pub(crate) fn patch(repository: &Slug, segments: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::on(Method::PATCH, repository, segments) }
    }

    /// With one more parameter in the query.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.route.push(if self.route.contains('?') { '&' } else { '?' });
        self.route.push_str(&format!("{name}={}", encoded(value)));
        self
    }

    pub(crate) fn accepting(self, media: &'static str) -> Self {
        Self { accept: Some(media), ..self }
    }

    /// As the App itself, where there is one.
    pub(crate) fn by_app(self) -> Self {
        Self { by_app: true, ..self }
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        self.method == Method::GET
    }

    /// How errors name it: `POST /repos/o/r/dispatches`, without the query.
    pub(crate) fn what(&self) -> String {
        let path = self.route.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_to_another_route() {
        let call = Call::get(&Slug::new("o/../x", "r?a#b"), &["contents", "a b/../ü.json"]);
        assert_eq!(call.route, "/repos/o%2F..%2Fx/r%3Fa%23b/contents/a%20b%2F..%2F%C3%BC.json");
    }

    #[test]
    fn errors_name_a_call_without_its_query() {
        let call = Call::get(&Slug::new("o", "r"), &["pulls"]).with("head", "o:a&b").with("state", "all");
        assert_eq!(call.route, "/repos/o/r/pulls?head=o%3Aa%26b&state=all");
        assert_eq!(call.what(), "GET /repos/o/r/pulls");
    }
}
