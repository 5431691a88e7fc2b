//! How the server fares: for whoever restarts it, routes to it, or wonders why nothing arrives.

use crate::metrics;
use crate::problem::{answer, problem, respond};
use crate::shared::Shared;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The longest that the store may take to be called ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process lives.
pub(crate) async fn healthz() -> Response {
    respond(StatusCode::OK, &json!({ "status": "alive" }))
}

/// Deliveries can be taken: the store writes, and we do not drain.
pub(crate) async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    if shared.is_draining() {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "the server is shutting down");
    }
    match tokio::time::timeout(PATIENCE, shared.store.probe()).await {
        Ok(Ok(())) => respond(StatusCode::OK, &json!({ "status": "ready" })),
        Ok(Err(error)) => {
            shared.error("store", json!({ "why": error.to_string(), "doing": "probing" }));
            problem(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be written")
        }
        Err(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer in time"),
    }
}

/// The repositories that we expect deliveries of, and the last one of each.
pub(crate) async fn hooks(State(shared): State<Arc<Shared>>) -> Response {
    let known = match shared.store.nodes().await {
        Ok(known) => known,
        Err(_) => return problem(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
    };
    let state = shared.state_for_long();
    let nodes: Vec<Value> = state
        .settings
        .nodes
        .iter()
        .map(|node| {
            let known = known.iter().find(|known| known.node == node.name);
            json!({
                "node": node.name,
                "source": node.repository.source,
                "repository": node.repository.full_name(),
                "branch": node.branch,
                "head": known.and_then(|known| known.head.as_ref()),
                "last_delivery": known.and_then(|known| known.last_delivery.as_ref()),
                "last_delivery_at": known.and_then(|known| known.last_delivery_at),
            })
        })
        .collect();
    respond(StatusCode::OK, &json!({ "repositories": nodes }))
}

/// Counts, for Prometheus.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    match shared.store.counts().await {
        Ok(counts) => {
            answer(StatusCode::OK, metrics::CONTENT_TYPE, shared.metrics.text(&counts).into_bytes())
        }
        Err(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
    }
}
