//! Dumps a document that a service publishes.

use countersign_plugin::{Description, Dump, Dumped, Failure, config, http};
use serde::Deserialize;

#[derive(Deserialize)]
struct Configuration {
    url: String,
    #[serde(default)]
    credential: Option<String>,
    #[serde(default = "default_accept")]
    accept: String,
}

fn default_accept() -> String {
    "application/json, application/yaml;q=0.9, */*;q=0.1".into()
}

struct Http;

impl Dump for Http {
    fn describe() -> Description {
        Description::new(
            "dump-http",
            env!("CARGO_PKG_VERSION"),
            "Fetch the document that a service publishes at a URL",
        )
        .config_schema(include_str!("schema.json"))
        .example("a local service", r#"{"url":"http://localhost:8000/openapi.json"}"#, "", &[], "")
    }

    fn dump(_contract: String) -> Result<Dumped, Failure> {
        let configuration: Configuration = config::get()?;
        let request = http::Request {
            method: "GET".into(),
            url: configuration.url.clone(),
            headers: vec![("accept".into(), configuration.accept)],
            body: None,
            credential: configuration.credential,
            timeout_ms: None,
        };
        document(&configuration.url, http::send(&request))
    }
}

countersign_plugin::export_dump!(Http);

/// The document in an answer. Whatever is not a document was not a statement about the API, so it is
/// `unavailable` and never drift.
fn document(url: &str, answer: Result<http::Response, http::HttpError>) -> Result<Dumped, Failure> {
    let response = answer.map_err(|error| match error {
        http::HttpError::Denied(text) => Failure::Denied(text),
        http::HttpError::Unreachable(text) => {
            Failure::Unavailable(format!("{url} could not be reached: {text}"))
        }
        http::HttpError::Timeout => Failure::Unavailable(format!("{url} did not answer in time")),
        http::HttpError::TooLarge(limit) => {
            Failure::Other(format!("{url} answered with more than {limit} bytes"))
        }
        http::HttpError::DryRun => Failure::Unavailable(format!("{url} is not asked in a dry run")),
        http::HttpError::Other(text) => Failure::Unavailable(format!("{url}: {text}")),
    })?;
    if (300..400).contains(&response.status) {
        let to = header(&response, "location").unwrap_or("somewhere else");
        return Err(Failure::Unavailable(format!(
            "{url} redirects ({}) to {to}; redirects are not followed, so name the final URL",
            response.status
        )));
    }
    if response.status != 200 {
        return Err(Failure::Unavailable(format!("{url} answered with status {}", response.status)));
    }
    let media_type = header(&response, "content-type").unwrap_or("application/octet-stream");
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media_type == "text/html" || response.body.trim_ascii_start().starts_with(b"<") {
        return Err(Failure::Unavailable(format!("{url} answered with a web page instead of a document")));
    }
    if response.body.trim_ascii().is_empty() {
        return Err(Failure::Unavailable(format!("{url} answered with nothing")));
    }
    Ok(Dumped { content: response.body, media_type, ext: Vec::new() })
}

fn header<'a>(response: &'a http::Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, media_type: &str, body: &str) -> Result<Dumped, Failure> {
        let headers = vec![("content-type".into(), media_type.into()), ("location".into(), "/login".into())];
        document("http://a.example/", Ok(http::Response { status, headers, body: body.into() }))
    }

    #[test]
    fn a_document_is_taken_as_it_is() {
        let dumped = answered(200, "application/json; charset=utf-8", "{}").unwrap();
        assert_eq!((dumped.media_type.as_str(), dumped.content.as_slice()), ("application/json", &b"{}"[..]));
    }

    #[test]
    fn whatever_is_no_document_is_unavailable_and_never_drift() {
        let refused = [
            answered(500, "application/json", "{}"),
            answered(404, "application/json", "{}"),
            answered(302, "text/plain", ""),
            answered(200, "text/html", "<!doctype html>"),
            answered(200, "application/json", "<html>"),
            answered(200, "application/json", " \n"),
            document("http://a.example/", Err(http::HttpError::Timeout)),
            document("http://a.example/", Err(http::HttpError::Unreachable("refused".into()))),
        ];
        for result in refused {
            assert!(matches!(result, Err(Failure::Unavailable(_))), "{result:?}");
        }
    }
}
