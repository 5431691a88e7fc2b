//! Somebody else's API: `check` is hermetic, `--live` asks the service, and only `accept` moves the record.

use countersign_tests::{Answer, Sandbox, Server, api, edited, pretty};

fn consumer(url: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pipeline.toml", format!("[contracts.watcher]\nlive = \"{url}\"\n"));
    sandbox
}

/// A service, and a repository that has accepted what it says.
fn agreed() -> (Server, Sandbox) {
    let server = Server::new(Answer::json(pretty(&api())));
    let sandbox = consumer(&server.url("/openapi.json"));
    drop(sandbox.run(&["accept", "--live"]).exits(0));
    sandbox.commit("Record the contract");
    (server, sandbox)
}

#[test]
fn a_check_without_live_asks_nobody() {
    let (server, sandbox) = agreed();
    let before = server.requests().len();
    let report = sandbox.json(&["check"], 0);
    assert_eq!(report["contracts"][0]["record"], "not-asked");
    assert_eq!(server.requests().len(), before);
}

#[test]
fn a_live_service_agrees_or_has_moved_on() {
    let (server, sandbox) = agreed();
    let before = sandbox.files();
    assert_eq!(sandbox.json(&["check", "--live"], 0)["contracts"][0]["record"], "agreed");
    server.answer(Answer::json(pretty(&edited())));
    let report = sandbox.json(&["check", "--live"], 1);
    assert_eq!(report["contracts"][0]["record"], "stale");
    assert_eq!(report["contracts"][0]["drift"][0]["rule"], "response-required-property-removed");
    assert_eq!(report["contracts"][0]["fixes"][0]["command"], "countersign accept watcher --live");
    assert!(sandbox.files() == before);
    drop(sandbox.run(&["accept", "--live"]).exits(0));
    drop(sandbox.run(&["check", "--live"]).exits(0));
}

#[test]
fn whatever_is_no_document_is_an_unreachable_source_and_not_drift() {
    let (server, sandbox) = agreed();
    let empty = Answer::json("");
    let cut_off = Answer::json(&pretty(&api()).as_bytes()[..200]);
    for answer in [Answer::page(200), Answer::page(500), Answer::page(404), empty, cut_off] {
        server.answer(answer.clone());
        let report = sandbox.json(&["check", "--live"], 3);
        assert_eq!(report["contracts"][0]["record"], "unreachable", "{answer:?}");
        let before = sandbox.files();
        assert_ne!(sandbox.run(&["accept", "--live"]).status, 0, "{answer:?}");
        assert!(sandbox.files() == before);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (server, sandbox) = agreed();
    server.answer(Answer { status: 302, media_type: "text/plain", body: Vec::new() });
    drop(sandbox.run(&["check", "--live"]).exits(3));
}

#[test]
fn a_port_where_nobody_listens_is_an_unreachable_source() {
    let (_, sandbox) = agreed();
    let closed = Server::closed("/openapi.json");
    sandbox.write("pipeline.toml", format!("[contracts.watcher]\nlive = \"{closed}\"\n"));
    drop(sandbox.run(&["check", "--live"]).exits(3));
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn a_record_can_be_taken_from_a_file_or_a_url() {
    let sandbox = consumer("http://localhost:9/openapi.json");
    sandbox.write("given.json", pretty(&api()));
    drop(sandbox.run(&["accept", "watcher", "--from", "given.json"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
    let server = Server::new(Answer::json(pretty(&edited())));
    drop(sandbox.run(&["accept", "watcher", "--from", &server.url("/openapi.json")]).exits(0));
    assert!(!sandbox.read("contracts/watcher/openapi.json").contains("checked_at"));
    drop(sandbox.run(&["accept", "watcher", "--from", "missing.json"]).exits(2).says("missing.json"));
}

#[test]
fn somebody_else_s_contract_is_not_accepted_from_code() {
    let (_, sandbox) = agreed();
    drop(sandbox.run(&["accept"]).exits(2).says("countersign accept watcher --live"));
}
