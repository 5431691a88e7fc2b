use crate::server::{Does, Server, empty, json};
use crate::{api, github};
use countersign_forge::{ForgeError, NewPull, PullState, PullUpdate};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const BRANCH: &str = "countersign/petstore/0123";

pub(crate) fn new_pull() -> NewPull {
    NewPull {
        title: "petstore: 2 changes".to_owned(),
        body: "text".to_owned(),
        head: BRANCH.to_owned(),
        base: "main".to_owned(),
        draft: false,
        labels: Vec::new(),
    }
}

fn pull(number: u64, state: &str, head: &str, owner: &str) -> Value {
    json!({
        "number": number, "state": state, "title": "t", "body": null, "html_url": format!("https://x.test/{number}"),
        "head": { "ref": head, "sha": "c", "repo": { "full_name": format!("{owner}/api") } },
        "base": { "ref": "main", "sha": "b", "repo": { "full_name": "acme/api" } },
    })
}

/// A forge with these pull requests, whose answer to a new one is this, after which that one is there or not.
fn opened(
    before: &[Value],
    after: Option<Value>,
    does: Does,
) -> (Server, Result<countersign_forge::Pull, ForgeError>) {
    let there = Mutex::new(before.to_vec());
    let server = Server::new(move |asked| match (asked.method.as_str(), asked.line().ends_with("/pulls")) {
        ("GET", true) => json(200, &json!(*there.lock().expect("no holder panics"))),
        ("POST", true) => {
            there.lock().expect("no holder panics").extend(after.clone());
            does.clone()
        }
        _ => empty(404),
    });
    let answer = github(&server).create_pull(&api(), &new_pull());
    (server, answer)
}

#[test]
fn pull_requests_of_forks_and_of_other_branches_are_not_ours() {
    let mut renamed = pull(5, "closed", BRANCH, "before");
    renamed["head"]["repo"]["id"] = json!(7);
    renamed["base"]["repo"]["id"] = json!(7);
    renamed["merged_at"] = json!("2026-01-01T00:00:00Z");
    let mut orphan = pull(6, "open", BRANCH, "acme");
    orphan["head"]["repo"] = Value::Null;
    let list = json!([
        pull(1, "open", BRANCH, "ACME"),
        pull(2, "open", BRANCH, "fork"),
        pull(3, "open", "main", "acme"),
        pull(4, "closed", BRANCH, "acme"),
        renamed,
        orphan
    ]);
    let server = Server::new(move |_| json(200, &list));
    let forge = github(&server);
    let found = forge.pulls_of_branch(&api(), BRANCH).expect("pull requests");
    let found: Vec<_> = found.iter().map(|pull| (pull.number, pull.state)).collect();
    assert_eq!(found, [(5, PullState::Merged), (4, PullState::Closed), (1, PullState::Open)]);
    assert!(server.asked()[0].target.contains("head=acme%3Acountersign%2Fpetstore%2F0123"));
    let open = forge.open_pulls(&api(), "countersign/").expect("pull requests");
    assert_eq!(open.iter().map(|pull| pull.number).collect::<Vec<_>>(), [5, 4, 1]);
}

#[test]
fn a_pull_request_is_opened_with_one_request() {
    let (server, answer) = opened(&[], None, json(201, &pull(9, "open", BRANCH, "acme")));
    assert_eq!(answer.expect("opened").number, 9);
    assert_eq!(server.lines(), ["POST /repos/acme/api/pulls"]);
    let body = json!({ "title": "petstore: 2 changes", "body": "text", "head": BRANCH, "base": "main", "draft": false });
    assert_eq!(server.writes()[0].body, body);
}

#[test]
fn an_existing_pull_request_is_returned_where_the_forge_says_that_there_is_one() {
    let exists = json!({ "message": "Validation Failed",
        "errors": [{ "message": "A pull request already exists for acme:countersign." }] });
    let there = [pull(3, "closed", BRANCH, "acme"), pull(4, "open", BRANCH, "acme")];
    let (server, answer) = opened(&there, None, json(422, &exists));
    assert_eq!(answer.expect("there").number, 4);
    assert_eq!(server.writes().len(), 1);
}

#[test]
fn an_answer_that_was_lost_or_says_nothing_is_settled_by_looking() {
    for does in [empty(502), Does::Hangs, Does::Breaks(201), json(201, &json!({ "id": 1 }))] {
        let (server, answer) = opened(&[], Some(pull(9, "open", BRANCH, "acme")), does.clone());
        assert_eq!(answer.expect("found").number, 9, "{does:?}");
        assert_eq!(server.writes().len(), 1, "{does:?}");
    }
}

#[test]
fn a_pull_request_that_no_look_finds_stays_unknown() {
    let (server, answer) = opened(&[], None, empty(502));
    assert!(answer.is_err_and(|error| error.is_unknown()));
    assert_eq!(server.writes().len(), 1);
    assert_eq!(server.count("GET /repos/acme/api/pulls"), 3);
}

#[test]
fn a_refusal_is_told_with_its_reason() {
    let body =
        json!({ "message": "Validation Failed", "errors": [{ "message": "No commits between main and x" }] });
    let (server, answer) = opened(&[], None, json(422, &body));
    assert!(answer.is_err_and(|error| error.to_string().contains("No commits between main and x")));
    assert_eq!(server.writes().len(), 1);
}

#[test]
fn labels_come_after_and_never_fail_a_pull_request() {
    let server = Server::new(|asked| match asked.line().as_str() {
        "POST /repos/acme/api/pulls" => json(201, &pull(9, "open", BRANCH, "acme")),
        _ => empty(403),
    });
    let labelled = NewPull { labels: vec!["contract".to_owned()], ..new_pull() };
    assert_eq!(github(&server).create_pull(&api(), &labelled).expect("opened").number, 9);
    assert_eq!(server.writes()[1].line(), "POST /repos/acme/api/issues/9/labels");
    assert_eq!(server.writes()[1].body, json!({ "labels": ["contract"] }));
}

#[test]
fn an_update_sends_what_changes_and_nothing_for_nothing() {
    let closed = pull(9, "closed", BRANCH, "acme");
    let server =
        Server::new(move |asked| if asked.method == "GET" { json(200, &closed) } else { empty(502) });
    let forge = github(&server);
    assert_eq!(forge.update_pull(&api(), 9, &PullUpdate::default()), Ok(()));
    assert_eq!(server.asked().len(), 0);
    let close = PullUpdate { close: true, ..PullUpdate::default() };
    assert_eq!(
        forge.update_pull(&api(), 9, &close),
        Ok(()),
        "the answer was lost, and a look found it closed"
    );
    let [asked] = &server.writes()[..] else { panic!("one write") };
    assert_eq!(
        (asked.line().as_str(), &asked.body),
        ("PATCH /repos/acme/api/pulls/9", &json!({ "state": "closed" }))
    );
}

const MARKER: &str = "<!-- countersign: petstore -->";

/// A forge that keeps comments; the write with this number is carried out and its answer lost.
fn commented(lost: usize, first: &[Value]) -> (Server, Arc<Mutex<Vec<Value>>>) {
    let comments = Arc::new(Mutex::new(first.to_vec()));
    let (kept, writes) = (Arc::clone(&comments), Mutex::new(0));
    let server = Server::new(move |asked| {
        let mut kept = kept.lock().expect("no holder panics");
        let line = asked.line();
        let answer = match asked.method.as_str() {
            "GET" if line == "GET /user" => return json(200, &json!({ "login": "bot" })),
            "GET" => return json(200, &json!(*kept)),
            "POST" => {
                let id = kept.len();
                let comment = json!({ "id": id, "user": { "login": "bot" }, "body": asked.body["body"],
                    "html_url": format!("https://x.test/{id}") });
                kept.push(comment.clone());
                json(201, &comment)
            }
            _ => {
                let id: usize = line.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
                kept[id]["body"] = asked.body["body"].clone();
                json(200, &kept[id])
            }
        };
        let mut writes = writes.lock().expect("no holder panics");
        *writes += 1;
        if *writes == lost { Does::Hangs } else { answer }
    });
    (server, comments)
}

#[test]
fn a_comment_is_made_once_and_then_updated_only_where_it_differs() {
    for lost in 0..3 {
        let (server, comments) =
            commented(lost, &[json!({ "id": 0, "user": { "login": "ana" }, "body": "hello" })]);
        let forge = github(&server);
        for text in ["one", "one", "two", "two\n"] {
            let url = forge.upsert_comment(&api(), 5, MARKER, text).expect("a comment");
            assert_eq!(url, "https://x.test/1");
        }
        let comments = comments.lock().expect("no holder panics");
        assert_eq!(comments.len(), 2, "lost {lost}");
        assert_eq!(comments[1]["body"], format!("{MARKER}\ntwo"));
        assert_eq!(server.writes().len(), 2, "lost {lost}");
        assert_eq!(server.count("GET /user"), 1);
    }
}

#[test]
fn of_two_runs_that_comment_at_once_one_comment_stays() {
    let comments = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&comments);
    let comment = |id: u64, body: &Value| json!({ "id": id, "user": { "login": "bot" }, "body": body, "html_url": format!("https://x.test/{id}") });
    let server = Server::new(move |asked| {
        let mut kept = kept.lock().expect("no holder panics");
        let line = asked.line();
        match asked.method.as_str() {
            "GET" if line == "GET /user" => json(200, &json!({ "login": "bot" })),
            "GET" => json(200, &json!(*kept)),
            "POST" => {
                // Another run was a moment faster, and lists its own first.
                let body = &asked.body["body"];
                kept.extend([comment(8, body), comment(7, body)]);
                json(201, &comment(8, body))
            }
            _ => {
                assert_eq!(line, "DELETE /repos/acme/api/issues/comments/8");
                kept.retain(|comment| comment["id"] != 8);
                json(200, &json!({}))
            }
        }
    });
    let url = github(&server).upsert_comment(&api(), 5, MARKER, "text").expect("a comment");
    assert_eq!(url, "https://x.test/7");
    let left: Vec<Value> =
        comments.lock().expect("no holder panics").iter().map(|it| it["id"].clone()).collect();
    assert_eq!(left, [7]);
}

#[test]
fn a_marker_that_somebody_else_wrote_is_left_alone() {
    let other =
        json!({ "id": 0, "user": { "login": "ana" }, "body": format!("{MARKER}\nmine"), "html_url": "a" });
    let (server, comments) = commented(0, &[other]);
    github(&server).upsert_comment(&api(), 5, MARKER, &format!("{MARKER}\ntext")).expect("a comment");
    assert_eq!(comments.lock().expect("no holder panics").len(), 2);
    assert_eq!(server.writes()[0].method, "POST");
}

#[test]
fn while_the_forge_cannot_say_who_we_are_no_second_comment_is_made() {
    let ours =
        json!({ "id": 0, "user": { "login": "bot", "type": "User" }, "body": format!("{MARKER}\none") });
    let server = Server::new(move |asked| match asked.line().as_str() {
        "GET /user" => empty(502),
        _ if asked.method == "GET" => json(200, &json!([ours])),
        _ => empty(500),
    });
    let answer = github(&server).upsert_comment(&api(), 5, MARKER, "two");
    assert!(matches!(answer, Err(ForgeError::Unavailable { status: 502, .. })), "{answer:?}");
    assert_eq!(server.writes().len(), 0);
}
