use crate::server::{Asked, Does, Server, empty, json};
use crate::{TOKEN, api, settings};
use countersign_forge::{
    Change, Forge, ForgeError, ForgeKind, ForgeSettings, Identity, NewPull, Publication, Published,
    PullState, WorkflowDispatch,
};
use serde_json::json;
use std::sync::Mutex;

const BRANCH: &str = "countersign/petstore/0123";

fn gitea(server: &Server) -> Forge {
    let mut settings = ForgeSettings { kind: ForgeKind::Gitea, ..settings(server) };
    settings.api.set_path("/api/v1");
    Forge::new(settings).expect("a forge")
}

fn route(asked: &Asked) -> String {
    asked.line().replace(" /api/v1/repos/acme/api", " ").replace("%2F", "/")
}

fn publication(files: Vec<(String, Change)>) -> Publication {
    Publication {
        branch: BRANCH.to_owned(),
        base_branch: "main".to_owned(),
        base: "base".to_owned(),
        message: "petstore: 2 changes".to_owned(),
        files,
    }
}

fn write(content: &str, executable: bool) -> Change {
    Change::Write { content: content.as_bytes().to_vec(), executable }
}

/// A Gitea with `main`, and with the branch once somebody has made it; the answer to a change of files is this.
fn with(does: Does, makes: bool) -> Server {
    let made = Mutex::new(false);
    Server::new(move |asked| {
        let mut made = made.lock().expect("no holder panics");
        match route(asked).as_str() {
            "GET /branches/main" => json(200, &json!({ "name": "main", "commit": { "id": "base" } })),
            "GET /branches/countersign/petstore/0123" if *made => {
                json(200, &json!({ "name": BRANCH, "commit": { "id": "head" } }))
            }
            "GET /git/commits/head" => json(
                200,
                &json!({ "sha": "head", "parents": [{ "sha": "base" }],
                "commit": { "message": "petstore: 2 changes\n", "tree": { "sha": "t" } } }),
            ),
            "GET /git/trees/base" if asked.target.contains("page=1") => json(
                200,
                &json!({ "truncated": true, "tree": [{ "path": "a", "mode": "100644", "sha": "sa" }] }),
            ),
            "GET /git/trees/base" => json(
                200,
                &json!({ "truncated": false, "tree": [{ "path": "run", "mode": "100755", "sha": "sr" }] }),
            ),
            "POST /contents" => {
                *made = makes;
                does.clone()
            }
            _ => empty(404),
        }
    })
}

#[test]
fn a_publication_is_one_change_of_files_that_names_what_it_replaces() {
    let server = with(json(201, &json!({ "commit": { "sha": "head" }, "files": [] })), true);
    let files = vec![
        ("a".to_owned(), write("new", false)),
        ("b".to_owned(), write("made", false)),
        ("run".to_owned(), write("#!", true)),
        ("gone".to_owned(), Change::Delete),
    ];
    let forge = gitea(&server);
    assert_eq!(forge.publish(&api(), &publication(files.clone())), Ok(Published::Created("head".to_owned())));
    let [asked] = &server.writes()[..] else { panic!("one write") };
    assert_eq!(asked.headers["authorization"], format!("token {TOKEN}"));
    assert_eq!((&asked.body["branch"], &asked.body["new_branch"]), (&json!("main"), &json!(BRANCH)));
    let expected = json!([
        { "operation": "update", "path": "a", "content": "bmV3", "sha": "sa" },
        { "operation": "create", "path": "b", "content": "bWFkZQ==" },
        { "operation": "update", "path": "run", "content": "IyE=", "sha": "sr" },
    ]);
    assert_eq!(asked.body["files"], expected);
    assert_eq!(forge.publish(&api(), &publication(files)), Ok(Published::Existed("head".to_owned())));
}

#[test]
fn a_change_of_files_whose_answer_was_lost_is_known_by_its_commit() {
    for does in [empty(502), Does::Hangs, json(201, &json!({}))] {
        let server = with(does, true);
        let files = vec![("b".to_owned(), write("made", false))];
        assert_eq!(
            gitea(&server).publish(&api(), &publication(files)),
            Ok(Published::Created("head".to_owned()))
        );
        assert_eq!(server.writes().len(), 1);
    }
    let server = with(json(422, &json!({ "message": "branch already exists" })), true);
    let files = vec![("b".to_owned(), write("made", false))];
    assert_eq!(
        gitea(&server).publish(&api(), &publication(files)),
        Ok(Published::Existed("head".to_owned()))
    );
}

#[test]
fn what_giteas_api_cannot_do_is_said_before_anything_is_sent() {
    let server = with(empty(500), false);
    let forge = gitea(&server);
    let executable = forge.publish(&api(), &publication(vec![("b".to_owned(), write("#!", true))]));
    assert!(matches!(executable, Err(ForgeError::Unsupported(_))), "{executable:?}");
    assert!(matches!(forge.dispatch(&api(), "contract", &json!({})), Err(ForgeError::Unsupported(_))));
    let moved =
        Publication { base: "older".to_owned(), ..publication(vec![("b".to_owned(), Change::Delete)]) };
    assert!(matches!(forge.publish(&api(), &moved), Err(ForgeError::Invalid(_))));
    assert_eq!(server.writes().len(), 0);
}

#[test]
fn a_pull_request_is_read_by_its_label_once_its_branch_is_gone() {
    let server = Server::new(|asked| match route(asked).as_str() {
        "GET /pulls" => json(
            200,
            &json!([{ "number": 4, "state": "closed", "merged": true, "head": { "label": BRANCH,
            "ref": "refs/pull/4/head", "sha": "c", "repo": { "id": 1 } }, "base": { "ref": "main", "repo": { "id": 1 } } }]),
        ),
        "POST /pulls" => json(409, &json!({ "message": "pull request already exists" })),
        _ => empty(404),
    });
    let forge = gitea(&server);
    let pulls = forge.pulls_of_branch(&api(), BRANCH).expect("pull requests");
    assert_eq!((pulls[0].state, pulls[0].head.as_str()), (PullState::Merged, BRANCH));
    assert!(server.asked()[0].target.contains("limit=50"));
    let draft = NewPull {
        title: "t".to_owned(),
        body: String::new(),
        head: BRANCH.to_owned(),
        base: "main".to_owned(),
        draft: true,
        labels: Vec::new(),
    };
    assert!(matches!(forge.create_pull(&api(), &draft), Err(ForgeError::Refused { status: 409, .. })));
    assert_eq!(server.writes()[0].body["title"], "WIP: t");
}

#[test]
fn workflows_files_and_looks_go_where_gitea_has_them() {
    let server = Server::new(|asked| match route(asked).as_str() {
        "GET /raw/docs/openapi.json" => Does::Answers(200, Vec::new(), "{}".to_owned()),
        "POST /actions/workflows/ci.yml/dispatches" => empty(204),
        "GET /api/v1/user" => empty(403),
        "GET " => json(200, &json!({ "id": 1, "full_name": "acme/api", "default_branch": "trunk" })),
        _ => empty(404),
    });
    let forge = gitea(&server);
    assert_eq!(forge.file(&api(), "docs/openapi.json", "main"), Ok(Some(b"{}".to_vec())));
    let inputs = vec![("contract".to_owned(), "petstore".to_owned())];
    let workflow = WorkflowDispatch { workflow: "ci.yml".to_owned(), reference: None, inputs };
    forge.dispatch_workflow(&api(), &workflow).expect("started");
    assert_eq!(server.writes()[0].body, json!({ "ref": "trunk", "inputs": { "contract": "petstore" } }));
    let look = forge.look(&api(), None, None);
    assert_eq!(look.identity, Identity::Good, "Gitea accepted the token, which may not read its user");
    assert!(look.by_name.is_ok());
}
