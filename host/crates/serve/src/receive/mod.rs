//! `POST /hooks/…`: size, signature, and then anything else. What is acknowledged is on the disk.

mod judge;
mod payload;
mod signature;

use crate::body::{self, TooMuch};
use crate::problem::{problem, respond};
use crate::settings::{Secret, Settings};
use crate::shared::Shared;
use crate::store::{Arrival, Disposition, Received};
use crate::time::Time;
use crate::work::{Source, State as Served};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use judge::Envelope;
use payload::{Refused, Told};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
pub(crate) use signature::{header, is_one_of};
use std::sync::Arc;

/// Bodies from here on are digested and read on a thread for blocking work.
const LARGE: usize = 256 * 1024;

/// The headers that tell something of a delivery. Signatures and tokens are not among them.
const KEPT: &[&str] = &[
    "content-type",
    "idempotency-key",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "x-gitea-delivery",
    "x-gitea-event",
    "x-gitea-event-type",
    "x-github-delivery",
    "x-github-event",
    "x-github-hook-id",
    "x-github-hook-installation-target-id",
    "x-gitlab-event",
    "x-gitlab-event-uuid",
    "x-gitlab-instance",
    "x-gitlab-webhook-uuid",
];

/// How a request ended: what it is answered, and what the log says of it.
struct Answered {
    status: StatusCode,
    /// In the answer and in the log.
    why: String,
    /// In the log only.
    hint: Option<String>,
    delivery: Option<String>,
    disposition: Option<&'static str>,
    of: Option<String>,
    event: Option<String>,
    bytes: usize,
}

impl Answered {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self {
            status,
            why: why.into(),
            hint: None,
            delivery: None,
            disposition: None,
            of: None,
            event: None,
            bytes: 0,
        }
    }
}

pub(crate) async fn hook(
    State(shared): State<Arc<Shared>>,
    Path(source): Path<String>,
    request: Request<Body>,
) -> Response {
    let began = shared.now();
    let id = shared.request();
    let Some(source) = source_of(&source, request.headers()) else {
        return problem(StatusCode::NOT_FOUND, "there is no hook of this name");
    };
    let answered = take(&shared, source, began, request).await;
    let seconds = shared.now().since(began).as_secs_f64();
    let disposition = answered.disposition.unwrap_or("refused");
    shared.metrics.delivery(source.as_str(), answered.status.as_u16(), disposition, seconds);
    log(&shared, &id, source, &answered, seconds);
    answer(&id, &answered)
}

/// The source by the path. Gitea sends GitHub's headers too, so its own are looked for first wherever it sends to.
fn source_of(path: &str, headers: &HeaderMap) -> Option<Source> {
    let is_gitea = ["x-gitea-event", "x-gitea-signature", "x-forgejo-event"]
        .iter()
        .any(|name| headers.contains_key(*name));
    match path {
        "github" if is_gitea => Some(Source::Gitea),
        "github" => Some(Source::Github),
        "gitea" | "forgejo" => Some(Source::Gitea),
        "gitlab" => Some(Source::Gitlab),
        "generic" => Some(Source::Generic),
        _ => None,
    }
}

async fn take(shared: &Arc<Shared>, source: Source, began: Time, request: Request<Body>) -> Answered {
    let state = shared.state_for_long();
    if secrets(&state.settings, source).is_empty() {
        let mut answered =
            Answered::new(StatusCode::SERVICE_UNAVAILABLE, "no secret is configured for this source");
        answered.hint = Some(format!(
            "set `{} = [\"env:NAME\"]` under `[serve.hooks]` in pipeline.toml",
            source.as_str()
        ));
        return answered;
    }
    let (parts, body) = request.into_parts();
    let limits = &state.settings.limits;
    let held = match body::read(body, &parts.headers, limits.body, limits.arrival, &shared.memory).await {
        Ok(held) => held,
        Err(too_much) => return refused_body(&too_much),
    };
    let bytes = held.bytes.len();
    let parcel = Parcel { source, headers: parts.headers, body: held.bytes, received: began };
    let mut answered = match examine(state, parcel).await {
        Ok(Examined::Ping(delivery)) => {
            Answered { delivery: Some(delivery), ..Answered::new(StatusCode::OK, "the connection works") }
        }
        Ok(Examined::Arrival(arrival)) => keep(shared, *arrival).await,
        Err(answered) => *answered,
    };
    answered.bytes = bytes;
    answered
}

fn secrets(settings: &Settings, source: Source) -> &[Secret] {
    match source {
        Source::Github => &settings.hooks.github,
        Source::Gitea => &settings.hooks.gitea,
        Source::Gitlab => &settings.hooks.gitlab,
        Source::Generic => &settings.hooks.generic,
        Source::Reconcile | Source::Manual => &[],
    }
}

fn refused_body(too_much: &TooMuch) -> Answered {
    match too_much {
        TooMuch::Size => Answered::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
        TooMuch::Time => Answered::new(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
        TooMuch::Memory => Answered::new(StatusCode::SERVICE_UNAVAILABLE, "too many bodies arrive at once"),
        TooMuch::Broken => Answered::new(StatusCode::BAD_REQUEST, "the body ended early"),
    }
}

/// A request as it arrived.
struct Parcel {
    source: Source,
    headers: HeaderMap,
    body: Vec<u8>,
    received: Time,
}

/// A request that is signed and has its shape.
enum Examined {
    Ping(String),
    Arrival(Box<Arrival>),
}

/// Digesting and reading a large body takes a while, in which this thread serves others.
async fn examine(state: Arc<Served>, parcel: Parcel) -> Result<Examined, Box<Answered>> {
    if parcel.body.len() < LARGE {
        return examine_now(&state.settings, parcel);
    }
    let examined = tokio::task::spawn_blocking(move || examine_now(&state.settings, parcel)).await;
    examined.unwrap_or_else(|_| {
        Err(Box::new(Answered::new(StatusCode::INTERNAL_SERVER_ERROR, "the delivery could not be read")))
    })
}

fn examine_now(settings: &Settings, parcel: Parcel) -> Result<Examined, Box<Answered>> {
    let Parcel { source, headers, body, received } = parcel;
    if !signature::holds(source, secrets(settings, source), &headers, &body, received) {
        return Err(Box::new(Answered::new(StatusCode::UNAUTHORIZED, "the signature does not hold")));
    }
    let event = event(source, &headers);
    let refuse = |status, why: String| {
        let delivery = delivery_id(source, &headers, &body).ok();
        Box::new(Answered { delivery, event: event.clone(), ..Answered::new(status, why) })
    };
    let told =
        payload::read(source, event.as_deref().unwrap_or_default(), &body).map_err(
            |refused| match refused {
                Refused::NoJson(why) => {
                    let is_form =
                        header(&headers, "content-type").is_some_and(|kind| kind.contains("form-urlencoded"));
                    let hint =
                        is_form.then(|| "set the hook's content type to `application/json`".to_owned());
                    let answered = refuse(StatusCode::BAD_REQUEST, format!("the body is no JSON: {why}"));
                    Box::new(Answered { hint, ..*answered })
                }
                Refused::WrongShape(why) => {
                    refuse(StatusCode::UNPROCESSABLE_ENTITY, format!("the payload is not as expected: {why}"))
                }
            },
        )?;
    let id =
        delivery_id(source, &headers, &body).map_err(|why| refuse(StatusCode::UNPROCESSABLE_ENTITY, why))?;
    let Some(event) = event.clone() else {
        return Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "no header names the event".into()));
    };
    if told == Told::Ping {
        return Ok(Examined::Ping(id));
    }
    let headers = kept(&headers);
    let envelope = Envelope { id, source, event, received, headers, body };
    Ok(Examined::Arrival(Box::new(judge::arrival(settings, envelope, told))))
}

/// The event by its header. A generic sender names it in the body, and GitLab's system hooks are not for us.
fn event(source: Source, headers: &HeaderMap) -> Option<String> {
    let name = match source {
        Source::Github => header(headers, "x-github-event"),
        Source::Gitea => header(headers, "x-gitea-event").or_else(|| header(headers, "x-forgejo-event")),
        Source::Gitlab => header(headers, "x-gitlab-event"),
        Source::Generic | Source::Reconcile | Source::Manual => Some("message"),
    };
    name.filter(|name| !name.is_empty() && name.len() <= 100).map(str::to_owned)
}

/// What names a delivery, and its redeliveries. GitLab of old repeats one under the same event, and several events
/// may share that name, so the body has to be part of it.
fn delivery_id(source: Source, headers: &HeaderMap, body: &[u8]) -> Result<String, String> {
    let named = |names: &[&str]| names.iter().find_map(|name| header(headers, name)).map(str::to_owned);
    let id = match source {
        Source::Github => named(&["x-github-delivery"]),
        Source::Gitea => named(&["x-gitea-delivery", "x-forgejo-delivery"]),
        Source::Gitlab => named(&["webhook-id", "idempotency-key"]).or_else(|| {
            let event = named(&["x-gitlab-event-uuid"]).unwrap_or_default();
            let digest = Sha256::digest(body);
            let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            Some(format!("{event}-{short}"))
        }),
        Source::Generic | Source::Reconcile | Source::Manual => named(&["webhook-id"]),
    };
    let id = id.ok_or("no header names the delivery")?;
    let fits = (1..=200).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(format!("{}:{id}", source.as_str())) } else { Err("the delivery's name is none".into()) }
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    KEPT.iter()
        .filter_map(|name| Some(((*name).to_owned(), header(headers, name)?.chars().take(200).collect())))
        .collect()
}

async fn keep(shared: &Shared, arrival: Arrival) -> Answered {
    let (delivery, event) = (Some(arrival.id.clone()), Some(arrival.event.clone()));
    let speaks = !arrival.channels.is_empty();
    match shared.store.receive(arrival).await {
        Ok(received) => {
            let (disposition, of) = match received {
                Received::New(disposition) => (disposition, None),
                Received::Duplicate { of } => (Disposition::Duplicate, Some(of)),
            };
            if disposition == Disposition::Queued {
                shared.wake(speaks);
            }
            shared.changed();
            let disposition = Some(disposition.as_str());
            Answered { delivery, event, disposition, of, ..Answered::new(StatusCode::ACCEPTED, "it is kept") }
        }
        Err(error) => Answered {
            delivery,
            event,
            hint: Some(error.to_string()),
            ..Answered::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer; deliver it again")
        },
    }
}

fn log(shared: &Shared, id: &str, source: Source, answered: &Answered, seconds: f64) {
    let fields = json!({
        "request": id,
        "source": source.as_str(),
        "delivery": answered.delivery,
        "name": answered.event,
        "status": answered.status.as_u16(),
        "disposition": answered.disposition,
        "duplicate_of": answered.of,
        "bytes": answered.bytes,
        "milliseconds": (seconds * 1000.0).round() as u64,
        "why": (!answered.status.is_success()).then_some(&answered.why),
        "hint": answered.hint,
    });
    match answered.status.as_u16() {
        200..=299 => shared.info("delivery", fields),
        500.. => shared.error("delivery", fields),
        _ => shared.warn("delivery", fields),
    }
}

fn answer(id: &str, answered: &Answered) -> Response {
    if !answered.status.is_success() {
        return with_request(id, problem(answered.status, &answered.why));
    }
    let mut body = json!({ "delivery": answered.delivery });
    if let (Value::Object(body), Some(disposition)) = (&mut body, answered.disposition) {
        body.insert("disposition".into(), disposition.into());
    }
    with_request(id, respond(answered.status, &body))
}

fn with_request(id: &str, mut response: Response) -> Response {
    if let Ok(id) = id.parse() {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
