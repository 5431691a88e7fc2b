//! How the server says that it fares.

use crate::http::get;
use crate::server::Server;

#[test]
fn probes_answer_and_count() {
    let server = Server::start();
    assert_eq!(get(server.address, "/healthz").status, 200);
    assert_eq!(get(server.address, "/readyz").status, 200);
    server.push("1", "a", "b");
    server.post("/hooks/github", &vec![], b"{}");
    server.until("a run", || server.runs() == 1);
    let hooks = get(server.address, "/hooks/health").json();
    let api = &hooks["repositories"][0];
    assert_eq!(
        (api["repository"].as_str(), api["last_delivery"].as_str()),
        (Some("acme/api"), Some("github:1"))
    );
    assert!(hooks["repositories"][1]["last_delivery"].is_null());
    let metrics = get(server.address, "/metrics");
    assert!(metrics.head.contains("openmetrics-text"));
    for line in [
        "countersign_deliveries_total{source=\"github\",status=\"202\",disposition=\"queued\"} 1",
        "countersign_deliveries_total{source=\"github\",status=\"401\",disposition=\"refused\"} 1",
        "# EOF",
    ] {
        assert!(metrics.body.contains(line), "{line} in {}", metrics.body);
    }
    assert_eq!(get(server.address, "/nothing").status, 404);
    assert_eq!(get(server.address, "/api/reload").status, 405);
}

#[test]
fn a_store_that_cannot_write_is_not_ready_takes_nothing_and_recovers() {
    let server = Server::start();
    assert_eq!(get(server.address, "/readyz").status, 200);
    // Another writer that does not let go stands for a disk that does not write.
    let other = rusqlite::Connection::open(server.folder().join("serve.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(get(server.address, "/readyz").status, 503);
    assert_eq!(get(server.address, "/healthz").status, 200);
    let answer = server.push("1", "a", "b");
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.head.contains("retry-after"));
    other.execute_batch("ROLLBACK").unwrap();
    server.until("it is ready", || get(server.address, "/readyz").status == 200);
    assert_eq!(
        server.push("1", "a", "b").json()["disposition"],
        "queued",
        "what was not acknowledged was not kept"
    );
}
