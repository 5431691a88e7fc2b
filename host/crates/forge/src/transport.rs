//! One request and its answer, and what is certain when there is none. Knows nothing of retries: each call sends at
//! most once. Reads share connections; a write opens its own, so that one which the forge closed in the meantime
//! never makes it ambiguous.

use crate::ForgeError;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::error::Error;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::runtime::Runtime;
use url::Url;

/// The most bytes of an answer that are read.
const LARGEST_ANSWER: usize = 64 << 20;
/// The longest that a connection may take to come about, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection for reads is kept; forges and proxies close idle ones after a minute or so.
const KEPT: Duration = Duration::from_secs(20);

/// The client. Dropping it ends its threads.
pub(crate) struct Transport {
    runtime: Option<Runtime>,
    reads: Octocrab,
    writes: Octocrab,
    timeout: Duration,
}

/// What came of a request.
pub(crate) enum Sent {
    /// An answer.
    Answer(Reply),
    /// No connection was made, so the forge never saw it.
    Never(String),
    /// It may have been seen, but there is no answer.
    Broken(String),
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body, or why it is missing: the status stands, whatever became of the body.
    pub(crate) body: Result<Vec<u8>, String>,
}

impl Reply {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

type Connector = hyper_timeout::TimeoutConnector<
    hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>,
>;

fn connector(api: &Url, timeout: Duration) -> Result<Connector, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = hyper_rustls::HttpsConnectorBuilder::new();
    let builder = if api.scheme() == "https" {
        builder.with_provider_and_native_roots(provider).map_err(|error| error.to_string())?
    } else {
        // Nothing is ever verified with it: redirects to another scheme are not followed.
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| error.to_string())?;
        builder.with_tls_config(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
    };
    let mut connector = hyper_timeout::TimeoutConnector::new(builder.https_or_http().enable_http1().build());
    connector.set_connect_timeout(Some(CONNECT.min(timeout / 2)));
    connector.set_read_timeout(Some(timeout));
    Ok(connector)
}

fn octocrab(connector: Connector, kept: usize) -> Octocrab {
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .pool_timer(hyper_util::rt::TokioTimer::new())
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(kept)
        // On by default: hyper-util would send again what a pooled connection gave back unsent.
        .retry_canceled_requests(false)
        .build(connector);
    // No base and no credential either: requests carry whole addresses, and who they are for is decided by the caller.
    let built = OctocrabBuilder::new_empty().with_service(client).with_auth(AuthState::None).build();
    built.unwrap_or_else(|never| match never {})
}

impl Transport {
    /// A client for this API. An `https` one needs the system's root certificates.
    pub(crate) fn new(api: &Url, timeout: Duration) -> Result<Self, ForgeError> {
        let unusable = |why: String| ForgeError::Unreachable { api: api.to_string(), why };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("forge")
            .enable_all()
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        let connector = connector(api, timeout).map_err(unusable)?;
        let inside = runtime.enter();
        let reads = octocrab(connector.clone(), 8);
        let writes = octocrab(connector, 0);
        drop(inside);
        Ok(Self { runtime: Some(runtime), reads, writes, timeout })
    }

    /// Send once, and wait for the answer.
    pub(crate) fn send(&self, request: Request<String>) -> Sent {
        let reads = [Method::GET, Method::HEAD].contains(request.method());
        let client = if reads { self.reads.clone() } else { self.writes.clone() };
        let timeout = self.timeout;
        let (sender, receiver) = mpsc::channel();
        // Not `block_on`, which panics where the caller happens to be a task of another runtime.
        let Some(runtime) = &self.runtime else { return Sent::Never("the client has ended".to_owned()) };
        runtime.spawn(async move {
            let answer = tokio::time::timeout(timeout, exchange(&client, request)).await;
            let late = || Sent::Broken(format!("no answer within {} seconds", timeout.as_secs_f32()));
            // Who waited may have ended; nobody is left to tell.
            let _ = sender.send(answer.unwrap_or_else(|_| late()));
        });
        receiver.recv().unwrap_or_else(|_| Sent::Broken("the request was abandoned".to_owned()))
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn exchange(client: &Octocrab, request: Request<String>) -> Sent {
    match client.send(request.map(Into::into)).await {
        Ok(response) => {
            let (parts, body) = response.into_parts();
            Sent::Answer(Reply { status: parts.status, headers: parts.headers, body: whole(body).await })
        }
        Err(error) if never_sent(&error) => Sent::Never(told(&error)),
        Err(error) => Sent::Broken(told(&error)),
    }
}

async fn whole<B>(mut body: B) -> Result<Vec<u8>, String>
where
    B: BodyExt + Unpin,
    B::Data: AsRef<[u8]>,
    B::Error: Error + 'static,
{
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| told(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.as_ref().len() > LARGEST_ANSWER {
            return Err(format!("it is larger than {} MiB", LARGEST_ANSWER >> 20));
        }
        bytes.extend_from_slice(data.as_ref());
    }
    Ok(bytes)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Whether it failed while connecting.
fn never_sent(error: &octocrab::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<hyper_util::client::legacy::Error>())
        .any(hyper_util::client::legacy::Error::is_connect)
}

/// The innermost cause, which is the one that tells something.
fn told(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
