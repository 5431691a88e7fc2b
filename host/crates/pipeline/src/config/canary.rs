use super::contract::Format;
use super::file::CanaryTable;
use super::resolve::Resolver;
use super::words::{list, quote};
use countersign_model::{Name, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;
use url::Url;

/// How long a request may take where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A method that changes nothing (RFC 9110, section 9.2.1). There is no other here, so a canary only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMethod {
    /// The representation.
    Get,
    /// What is said about it, without the representation itself.
    Head,
}

impl ReadMethod {
    /// The method in capitals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }
}

/// What is asked of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointConfig {
    /// The method.
    pub method: ReadMethod,
    /// The path of the operation as it stands in the record, without the base and with its parameters in braces.
    pub path: String,
    /// The whole URL.
    pub url: Url,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

/// `[contracts.NAME.canary]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanaryConfig {
    /// The base URL of the service.
    pub base: Url,
    /// The credential that the host attaches.
    pub credential: Option<Name>,
    /// What is asked; never empty.
    pub endpoints: Vec<EndpointConfig>,
    /// How long each request may take.
    pub timeout: Duration,
    /// The channels that hear of violations; those of the contract where it says nothing.
    pub notify: Option<Vec<Name>>,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

impl Resolver<'_> {
    /// `[contracts.NAME.canary]`. Whether an endpoint is an operation of the record is seen when the record is read.
    pub(super) fn canary(
        &mut self,
        table: &CanaryTable,
        format: Format,
        pointer: &str,
    ) -> Option<CanaryConfig> {
        if format != Format::Openapi {
            let message = "a canary needs a record that describes a service's answers";
            let hint = "only contracts of the format `openapi` have one: remove the table `canary`";
            self.problem(pointer, Problem::new("canary-format", message).hint(hint));
        }
        let credential = table.credential.as_deref().and_then(|typed| {
            self.reference("credentials", "credential", typed, &format!("{pointer}/credential"))
        });
        let base = self.base(&table.base, &format!("{pointer}/base"))?;
        self.parameters(table, pointer);
        let endpoints = table.endpoints.iter().enumerate().filter_map(|(index, typed)| {
            self.endpoint(&typed.0, &base, &table.parameters, format!("{pointer}/endpoints/{index}"))
        });
        Some(CanaryConfig {
            endpoints: endpoints.collect(),
            base,
            credential,
            timeout: table.timeout.map_or(TIMEOUT, |time| time.0),
            notify: table.notify.as_ref().map(|typed| self.channels(typed, pointer)),
            pointer: pointer.to_owned(),
        })
    }

    fn base(&mut self, typed: &str, pointer: &str) -> Option<Url> {
        let base = Url::parse(typed);
        base.map_err(|error| {
            let problem = Problem::new("invalid-url", format!("{} is not a base URL", quote(typed)));
            self.problem(
                pointer,
                problem.cause(error.to_string()).hint("write it like `https://api.example.com`"),
            );
        })
        .ok()
    }

    /// A value that no path takes is most likely a misspelt name.
    fn parameters(&mut self, table: &CanaryTable, pointer: &str) {
        let taken: BTreeSet<&str> =
            table.endpoints.iter().flat_map(|typed| names(path_of(&typed.0).1)).collect();
        let known: Vec<&str> = taken.iter().copied().collect();
        for (name, value) in &table.parameters {
            let at = format!("{pointer}/parameters/{}", super::document::escape(name));
            if !taken.contains(name.as_str()) {
                let message = format!("no endpoint's path has the parameter {}", quote(name));
                let problem = Problem::new("unknown-parameter", message);
                self.problem(&at, problem.hint(format!("parameters of the paths: {}", list(&known))));
            }
            if matches!(value.as_str(), "" | "." | "..") {
                let message = format!("{} cannot stand for a part of a path", quote(value));
                let hint = "give the name of something that is always there, such as `\"42\"`";
                self.problem(&at, Problem::new("invalid-value", message).hint(hint));
            }
        }
    }

    fn endpoint(
        &mut self,
        typed: &str,
        base: &Url,
        parameters: &BTreeMap<String, String>,
        pointer: String,
    ) -> Option<EndpointConfig> {
        let (method, path, query) = path_of(typed);
        let missing: Vec<&str> = names(path).filter(|name| !parameters.contains_key(*name)).collect();
        if !missing.is_empty() {
            let message = format!("{} has no value for {}", quote(typed), list(&missing));
            let values: Vec<String> = missing.iter().map(|name| format!("{name:?} = \"…\"")).collect();
            let hint = format!("add it to the canary's `parameters = {{ {} }}`", values.join(", "));
            self.problem(&pointer, Problem::new("missing-parameter", message).hint(hint));
            return None;
        }
        let Some(url) = url(base, &filled(path, parameters), query) else {
            let message = format!("{} is another URL than it seems to be", quote(typed));
            let hint = "write the path as the record has it, without `.` and `..`";
            self.problem(&pointer, Problem::new("invalid-url", message).hint(hint));
            return None;
        };
        Some(EndpointConfig { method, path: path.to_owned(), url, pointer })
    }
}

/// Method, path and query of `GET /path?query`; the schema admits nothing else.
fn path_of(typed: &str) -> (ReadMethod, &str, Option<&str>) {
    let (method, target) = typed.split_once(' ').unwrap_or(("GET", typed));
    let method = if method == "HEAD" { ReadMethod::Head } else { ReadMethod::Get };
    match target.split_once('?') {
        Some((path, query)) => (method, path, Some(query)),
        None => (method, target, None),
    }
}

/// The names between braces.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// A path with its parameters filled in. A value is one part of the path, whatever is in it.
fn filled(path: &str, parameters: &BTreeMap<String, String>) -> String {
    let mut pieces = path.split('{');
    let mut whole = encoded(pieces.next().unwrap_or_default(), |byte| b"/%:@!$&'()*+,;=".contains(&byte));
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let value = parameters.get(name).map(String::as_str).unwrap_or_default();
        whole.push_str(&encoded(value, |_| false));
        whole.push_str(&encoded(rest, |byte| b"/%:@!$&'()*+,;=".contains(&byte)));
    }
    whole
}

/// A text with every byte percent-encoded (RFC 3986, section 2.1) but those that are unreserved or kept.
fn encoded(text: &str, keep: fn(u8) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep(byte) {
            shown.push(char::from(byte));
        } else {
            let _ = write!(shown, "%{byte:02X}");
        }
    }
    shown
}

/// The URL of an operation; none where the rules of URLs would make another path of it.
fn url(base: &Url, path: &str, query: Option<&str>) -> Option<Url> {
    let whole = format!("{}{path}", base.path().trim_end_matches('/'));
    let mut url = base.clone();
    url.set_path(&whole);
    url.set_query(query);
    (url.path() == whole).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(base: &str, path: &str, id: &str) -> Option<String> {
        let parameters = BTreeMap::from([("id".to_owned(), id.to_owned())]);
        url(&Url::parse(base).unwrap(), &filled(path, &parameters), Some("limit=5")).map(String::from)
    }

    #[test]
    fn a_parameter_is_one_part_of_the_path_whatever_is_in_it() {
        let url = |id: &str| asked("https://api.example.com", "/watches/{id}/checks", id).unwrap();
        assert_eq!(url("42"), "https://api.example.com/watches/42/checks?limit=5");
        assert_eq!(url("a/../b"), "https://api.example.com/watches/a%2F..%2Fb/checks?limit=5");
        assert_eq!(url("ä ?#{x}"), "https://api.example.com/watches/%C3%A4%20%3F%23%7Bx%7D/checks?limit=5");
    }

    #[test]
    fn a_path_in_the_base_is_kept() {
        for base in ["https://api.example.com/v1", "https://api.example.com/v1/"] {
            assert_eq!(asked(base, "/watches", "").unwrap(), "https://api.example.com/v1/watches?limit=5");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for (path, id) in [("/a/../b", ""), ("/a/{id}", ".."), ("/a/%2e%2e/b", ""), ("/{id}{id}", ".")] {
            assert_eq!(asked("https://api.example.com", path, id), None, "{path}");
        }
    }
}
