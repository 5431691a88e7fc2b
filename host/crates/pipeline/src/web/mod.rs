//! The one way to the network: no redirects, addresses checked after the name was resolved, credentials
//! attached here and blotted out of every answer.

mod address;
mod credential;

pub use credential::{Credentials, Secrets};

use address::CheckedResolver;
use countersign_engine::{HttpError, HttpRequest, HttpResponse};
use std::io::Read;
use std::time::Duration;

/// The most that one request may take, unless it asks for less.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most that a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of an answer.
const LARGEST_ANSWER: u64 = 64 << 20;

/// What may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Everything that is granted.
    Allowed,
    /// Only requests that change nothing (RFC 9110, section 9.2.1).
    DryRun,
}

/// Sends requests that a grant allows.
pub struct Web {
    agent: ureq::Agent,
    credentials: Credentials,
    sending: Sending,
}

impl Web {
    /// A web client with the credentials that this run may use.
    pub fn new(credentials: Credentials, sending: Sending) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .tls_config(
                ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build(),
            )
            .build();
        let connector = ureq::unversioned::transport::DefaultConnector::default();
        let agent = ureq::Agent::with_parts(config, connector, CheckedResolver);
        Self { agent, credentials, sending }
    }

    /// Send one request.
    ///
    /// # Errors
    /// [`HttpError`] where there is no answer; `Unreachable` only where nothing was sent.
    pub fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let changes_nothing = matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        if self.sending == Sending::DryRun && !changes_nothing {
            return Err(HttpError::DryRun);
        }
        let Some(secret) = self.credentials.attach(&mut request)? else { return self.exchange(request) };
        let mut response = self.exchange(request).map_err(|error| secret.blot_out_error(error))?;
        secret.blot_out(&mut response);
        Ok(response)
    }

    fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut builder =
            ureq::http::Request::builder().method(request.method.as_str()).uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let body = request.body.unwrap_or_default();
        let built = builder.body(body).map_err(|error| HttpError::Other(error.to_string()))?;
        let timeout = request.timeout.unwrap_or(TIMEOUT).min(TIMEOUT);
        // A limit of its own tells a connection that was never made, where nothing was sent, from silence after it.
        let connect = timeout.min(CONNECT_TIMEOUT);
        let configured = (self.agent.configure_request(built))
            .timeout_global(Some(timeout))
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .build();
        let answered = self.agent.run(configured).map_err(|error| failure(&error))?;
        read(answered)
    }
}

fn read(answered: ureq::http::Response<ureq::Body>) -> Result<HttpResponse, HttpError> {
    let (parts, mut body) = answered.into_parts();
    let headers = (parts.headers.iter())
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut content = Vec::new();
    let mut reader = body.as_reader().take(LARGEST_ANSWER + 1);
    reader.read_to_end(&mut content).map_err(|error| {
        if error.kind() == std::io::ErrorKind::TimedOut {
            return HttpError::Timeout;
        }
        HttpError::Other(format!("the answer broke off: {error}"))
    })?;
    if content.len() as u64 > LARGEST_ANSWER {
        return Err(HttpError::TooLarge(LARGEST_ANSWER));
    }
    Ok(HttpResponse { status: parts.status.as_u16(), headers, body: content })
}

/// Only what happened before a byte was sent may be called unreachable: everything else is ambiguous, and
/// an ambiguous write must not be sent again.
fn failure(error: &ureq::Error) -> HttpError {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied};
    let unreachable = |why: &str| HttpError::Unreachable(why.into());
    if matches!(error, ureq::Error::HostNotFound) {
        return unreachable("the name does not resolve");
    }
    if matches!(error, ureq::Error::ConnectionFailed) {
        return unreachable("the connection was not accepted");
    }
    if matches!(error, ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_)) {
        return HttpError::Unreachable(format!("no secure connection could be made: {error}"));
    }
    if let ureq::Error::Timeout(phase) = error {
        let before = matches!(phase, ureq::Timeout::Resolve | ureq::Timeout::Connect);
        return if before { unreachable("the connection was not made in time") } else { HttpError::Timeout };
    }
    if let ureq::Error::Io(error) = error {
        if error.kind() == PermissionDenied {
            return HttpError::Denied { what: error.to_string(), grant: None };
        }
        if [ConnectionRefused, HostUnreachable, NetworkUnreachable].contains(&error.kind()) {
            return HttpError::Unreachable(error.to_string());
        }
    }
    HttpError::Other(error.to_string())
}
