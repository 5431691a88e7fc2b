use crate::server::{Asked, Does, Server, empty, json};
use crate::{TOKEN, api, github, settings};
use countersign_forge::{AppAccess, Forge, ForgeError, Identity, Slug, StateOfStatus, Status};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The value of a parameter in the query.
fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

#[test]
fn a_repository_needs_no_more_than_its_name() {
    let server = Server::new(|_| {
        json(200, &json!({ "full_name": "acme/api", "new": { "field": 1 }, "archived": null }))
    });
    let info = github(&server).repository(&api()).expect("a repository");
    assert_eq!((info.full_name.as_str(), info.default_branch.as_str()), ("acme/api", "main"));
    assert_eq!((info.id, info.may_push, info.archived), (None, None, false));
}

#[test]
fn a_read_follows_a_rename_with_its_token_and_gives_up_on_a_circle() {
    let server = Server::new(|asked| match asked.target.as_str() {
        "/repos/acme/api" => empty(301).with("location", "/repositories/7"),
        "/repositories/7" => json(200, &json!({ "id": 7, "full_name": "acme/renamed" })),
        _ => empty(302).with("location", "/circle"),
    });
    let forge = github(&server);
    assert_eq!(forge.repository(&api()).expect("a repository").full_name, "acme/renamed");
    assert!(server.asked().iter().all(|asked| asked.headers["authorization"].ends_with(TOKEN)));
    let circle = forge.repository(&Slug::new("acme", "circle"));
    assert!(matches!(circle, Err(ForgeError::Moved { .. })), "{circle:?}");
    assert_eq!(server.asked().len(), 2 + 4, "three redirects are followed");
}

#[test]
fn a_read_is_sent_again_where_the_forge_is_unwell() {
    for does in [empty(502), Does::Hangs, Does::Breaks(200)] {
        let count = AtomicUsize::new(0);
        let server = Server::new(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => does.clone(),
            _ => json(200, &json!({ "full_name": "acme/api" })),
        });
        assert!(github(&server).repository(&api()).is_ok());
        assert_eq!(server.asked().len(), 2);
    }
}

#[test]
fn an_answer_that_is_no_json_is_told_without_what_it_says() {
    let server = Server::new(|_| Does::Answers(200, Vec::new(), "\"confidential\"".to_owned()));
    let error = github(&server).repository(&api()).expect_err("malformed");
    assert!(
        matches!(error, ForgeError::Malformed { .. }) && !error.to_string().contains("confidential"),
        "{error}"
    );
}

#[test]
fn a_file_is_its_bytes_and_a_missing_one_is_told_from_a_hidden_repository() {
    let server = Server::new(|asked| match asked.line().as_str() {
        "GET /repos/acme/api/contents/a%20b%2Fopenapi.json" => {
            Does::Answers(200, Vec::new(), "{\"raw\": 1}".to_owned())
                .with("content-type", "application/vnd.github.raw+json; charset=utf-8")
        }
        "GET /repos/acme/api" => json(200, &json!({ "full_name": "acme/api" })),
        _ => empty(404),
    });
    let forge = github(&server);
    let bytes = forge.file(&api(), "a b/openapi.json", "feature/x").expect("a file");
    assert_eq!(bytes.as_deref(), Some(&b"{\"raw\": 1}"[..]));
    let asked = &server.asked()[0];
    assert_eq!(asked.headers["accept"], "application/vnd.github.raw+json");
    assert_eq!(parameter(asked, "ref").as_deref(), Some("feature%2Fx"));
    assert_eq!(forge.file(&api(), "gone.json", "main"), Ok(None));
    let hidden = forge.file(&Slug::new("acme", "hidden"), "gone.json", "main");
    assert!(matches!(hidden, Err(ForgeError::NotFound { .. })), "{hidden:?}");
}

#[test]
fn a_file_is_unwrapped_where_the_server_does_not_know_the_raw_media_type() {
    let entry =
        json!({ "type": "file", "path": "x", "sha": "1", "encoding": "base64", "content": "aGVs\nbG8=\n" });
    let folder = json!([{ "type": "file", "path": "x/y", "sha": "1" }]);
    let plain = json!({ "type": "object", "properties": {} });
    let server = Server::new(move |asked| {
        let body = match asked.line().rsplit('/').next() {
            Some("wrapped") => &entry,
            Some("folder") => &folder,
            _ => &plain,
        };
        json(200, body).with("content-type", "application/json; charset=utf-8")
    });
    let forge = github(&server);
    assert_eq!(forge.file(&api(), "wrapped", "main"), Ok(Some(b"hello".to_vec())));
    assert!(matches!(forge.file(&api(), "folder", "main"), Err(ForgeError::Refused { .. })));
    let plain = forge.file(&api(), "schema.json", "main").expect("a file").expect("there");
    assert_eq!(
        plain, br#"{"type":"object","properties":{}}"#,
        "a document that looks like a listing is none"
    );
}

#[test]
fn a_list_is_read_to_its_last_page_and_never_from_another_host() {
    let server = Server::new(|asked| {
        let page: u64 = parameter(asked, "page").map_or(1, |page| page.parse().expect("a number"));
        let reference =
            json!({ "ref": format!("refs/heads/x/{}", 4 - page), "object": { "sha": page.to_string() } });
        let answer = json(200, &json!([reference]));
        let next =
            format!("<http://elsewhere.test/repositories/7?per_page=100&page={}>; rel=\"next\"", page + 1);
        if page < 3 {
            answer.with("link", &format!("{next}, <http://elsewhere.test/?page=3>; rel=\"last\""))
        } else {
            answer
        }
    });
    let branches = github(&server).branches(&api(), "x/").expect("branches");
    let expected = [("x/1", "3"), ("x/2", "2"), ("x/3", "1")];
    assert_eq!(branches, expected.map(|(name, sha)| (name.to_owned(), sha.to_owned())));
    assert!(server.lines().iter().all(|line| line == "GET /repos/acme/api/git/matching-refs/heads%2Fx%2F"));
}

#[test]
fn a_list_without_an_end_is_an_error_and_no_loop() {
    let count = AtomicUsize::new(0);
    let server = Server::new(move |_| {
        let page = count.fetch_add(1, Ordering::SeqCst) + 2;
        json(200, &json!([])).with("link", &format!("</?page={page}>; rel=\"next\""))
    });
    let endless = github(&server).hooks(&api());
    assert!(matches!(endless, Err(ForgeError::Malformed { .. })), "{endless:?}");
    assert_eq!(server.asked().len(), 100);
}

#[test]
fn a_commit_is_read_as_github_and_as_gitea_write_it() {
    let inner =
        json!({ "tree": { "sha": "t" }, "message": "m", "author": { "email": "a@x.test", "date": 1 } });
    let mut outer = inner.clone();
    outer["sha"] = json!("c");
    outer["parents"] = json!([{ "sha": "p", "url": "u" }]);
    let nested =
        json!({ "sha": "c", "parents": [{ "sha": "p" }], "commit": inner, "author": { "login": "a" } });
    for body in [outer, nested] {
        let server = Server::new(move |_| json(200, &body));
        let commit = github(&server).commit(&api(), "c").expect("a commit").expect("there");
        assert_eq!((commit.sha.as_str(), commit.tree.as_str(), commit.message.as_str()), ("c", "t", "m"));
        assert_eq!(
            (commit.parents, commit.author_email),
            (vec!["p".to_owned()], Some("a@x.test".to_owned()))
        );
    }
    let server = Server::new(|_| empty(404));
    assert_eq!(github(&server).commit(&api(), "c"), Ok(None));
}

fn status(context: &str, state: StateOfStatus) -> Status {
    Status { context: context.to_owned(), state, description: "one".to_owned(), target_url: None }
}

#[test]
fn the_latest_status_of_each_context_counts_and_the_same_is_not_set_twice() {
    let server = Server::new(|asked| match asked.method.as_str() {
        "GET" => json(
            200,
            &json!([
                { "context": "a", "state": "success", "description": "one", "target_url": "" },
                { "context": "b", "status": "pending", "description": null },
                { "context": "a", "state": "failure", "description": "one" },
            ]),
        ),
        _ => json(201, &json!({})),
    });
    let forge = github(&server);
    let contexts: Vec<_> = forge.statuses(&api(), "c").expect("statuses");
    assert_eq!(
        contexts.iter().map(|status| status.state).collect::<Vec<_>>(),
        [StateOfStatus::Success, StateOfStatus::Pending]
    );
    forge.set_status(&api(), "c", &status("a", StateOfStatus::Success)).expect("set");
    assert_eq!(server.writes().len(), 0);
    forge.set_status(&api(), "c", &status("a", StateOfStatus::Failure)).expect("set");
    let [asked] = &server.writes()[..] else { panic!("one write") };
    assert_eq!(asked.line(), "POST /repos/acme/api/statuses/c");
    assert_eq!(asked.body["state"], "failure");
}

/// A look at a forge that answers by this table; a route that is not in it is not found.
fn looked(routes: &'static [(&str, u16, &str)]) -> countersign_forge::Look {
    let server = Server::new(|asked| {
        let found = routes.iter().find(|(route, ..)| *route == asked.target);
        let (status, body) = found.map_or((404, ""), |(_, status, body)| (*status, *body));
        let answer = Does::Answers(status, Vec::new(), body.to_owned());
        if status == 301 { answer.with("location", "/repositories/7") } else { answer }
    });
    let look = github(&server).look(&api(), Some(7), Some(&Slug::new("acme", "other")));
    assert_eq!(server.writes().len(), 0);
    look
}

const NAMED: &str = r#"{ "id": 7, "full_name": "acme/api" }"#;
const RENAMED: &str = r#"{ "id": 7, "full_name": "acme/renamed" }"#;

#[test]
fn a_look_tells_what_is_there_what_moved_and_what_is_hidden() {
    let alive = looked(&[
        ("/rate_limit", 200, "{}"),
        ("/repos/acme/api", 200, NAMED),
        ("/repositories/7", 200, NAMED),
    ]);
    assert_eq!(
        (alive.identity, alive.control, alive.app),
        (Identity::Good, Some(false), AppAccess::NotAnApp)
    );
    assert_eq!(alive.by_name.expect("there").full_name, "acme/api");

    let moved = looked(&[
        ("/rate_limit", 200, "{}"),
        ("/repos/acme/api", 301, ""),
        ("/repositories/7", 200, RENAMED),
    ]);
    let Err(ForgeError::Moved { to, .. }) = moved.by_name else { panic!("moved") };
    assert_eq!(to.as_deref(), Some("acme/renamed"));
    assert_eq!(moved.by_id.expect("asked").expect("there").full_name, "acme/renamed");

    let gone = looked(&[("/rate_limit", 200, "{}"), ("/repos/acme/other", 200, NAMED)]);
    assert_eq!((gone.identity, gone.control, gone.legal), (Identity::Good, Some(true), false));
    assert!(matches!(gone.by_name, Err(ForgeError::NotFound { .. })));
    assert!(matches!(gone.by_id, Some(Err(ForgeError::NotFound { .. }))));

    let refused = looked(&[("/rate_limit", 401, ""), ("/repos/acme/api", 401, "")]);
    assert_eq!(refused.identity, Identity::Refused);
    assert!(matches!(looked(&[("/rate_limit", 503, "")]).identity, Identity::Unknown(_)));
    assert!(looked(&[("/rate_limit", 200, "{}"), ("/repos/acme/api", 451, "")]).legal);
}

#[test]
fn a_look_takes_the_first_answer_as_evidence() {
    let server = Server::new(|_| empty(502));
    let look = github(&server).look(&api(), None, None);
    assert!(matches!(look.by_name, Err(ForgeError::Unavailable { status: 502, .. })));
    assert_eq!((look.by_id, look.control), (None, None));
    assert_eq!(server.lines(), ["GET /rate_limit", "GET /repos/acme/api"]);
}

#[test]
fn the_base_of_an_enterprise_server_comes_before_every_route() {
    let server = Server::new(|_| json(200, &json!({ "full_name": "acme/api" })));
    let mut settings = settings(&server);
    settings.api.set_path("/api/v3/");
    Forge::new(settings).expect("a forge").repository(&api()).expect("a repository");
    assert_eq!(server.lines(), ["GET /api/v3/repos/acme/api"]);
}

#[test]
fn no_name_of_a_repository_leads_to_another_route() {
    let server = Server::new(|_| json(200, &Value::Null));
    for slug in [Slug::new("..", "api"), Slug::new("acme", "."), Slug::new("", "api")] {
        assert!(matches!(github(&server).repository(&slug), Err(ForgeError::Invalid(_))), "{slug}");
    }
    assert_eq!(server.asked().len(), 0);
}
