use crate::server::{Asked, Does, Server, empty, json};
use crate::{api, github};
use countersign_forge::{BranchCreated, Change, ForgeError, Publication, Published};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;

const REFS: &str = "POST /repos/acme/api/git/refs";
const BRANCH: &str = "countersign/petstore/0123";

pub(crate) fn publication() -> Publication {
    let write = |content: &[u8], executable| Change::Write { content: content.to_vec(), executable };
    Publication {
        branch: BRANCH.to_owned(),
        base_branch: "main".to_owned(),
        base: "base".to_owned(),
        message: "petstore: 2 changes".to_owned(),
        files: vec![
            ("a.txt".to_owned(), write(b"text", false)),
            ("run.sh".to_owned(), write(b"#!/bin/sh", true)),
            ("logo.png".to_owned(), write(&[0xff, 0xfe], false)),
        ],
    }
}

/// Git data with these branches; what happens to a new reference is decided by the function, which may put it there.
fn github_with(
    branches: &[(&str, &str)],
    reference: impl Fn(&mut BTreeMap<String, String>, &Asked) -> Does + Send + Sync + 'static,
) -> Server {
    let owned = |(name, sha): &(&str, &str)| ((*name).to_owned(), (*sha).to_owned());
    let branches: Mutex<BTreeMap<String, String>> = Mutex::new(branches.iter().map(owned).collect());
    Server::new(move |asked| {
        let mut branches = branches.lock().expect("no holder panics");
        let line = asked.line();
        let route =
            line.split_once("/repos/acme/api/git/").map_or("", |(_, route)| route).replace("%2F", "/");
        if let Some(name) = route.strip_prefix("ref/heads/") {
            return branches
                .get(name)
                .map_or(empty(404), |sha| json(200, &json!({ "object": { "sha": sha } })));
        }
        if let Some(prefix) = route.strip_prefix("matching-refs/heads/") {
            let found = branches.iter().filter(|(name, _)| name.starts_with(prefix));
            let found = found
                .map(|(name, sha)| json!({ "ref": format!("refs/heads/{name}"), "object": { "sha": sha } }));
            return json(200, &json!(found.collect::<Vec<_>>()));
        }
        match (asked.method.as_str(), route.as_str()) {
            ("GET", "commits/base") => json(200, &json!({ "sha": "base", "tree": { "sha": "tree" } })),
            ("GET", "trees/tree") => {
                json(200, &json!({ "sha": "tree", "tree": [{ "path": "old", "sha": "1" }] }))
            }
            ("POST", "blobs") => json(201, &json!({ "sha": "blob" })),
            ("POST", "trees") => json(201, &json!({ "sha": "newtree" })),
            ("POST", "commits") => json(201, &json!({ "sha": "commit" })),
            ("POST", "refs") => reference(&mut branches, asked),
            _ => empty(404),
        }
    })
}

fn put(branches: &mut BTreeMap<String, String>, asked: &Asked) {
    let name =
        asked.body["ref"].as_str().and_then(|name| name.strip_prefix("refs/heads/")).expect("a reference");
    branches.insert(name.to_owned(), asked.body["sha"].as_str().expect("a commit").to_owned());
}

#[test]
fn a_publication_is_a_tree_a_commit_without_an_author_and_a_reference() {
    let server = github_with(&[], |branches, asked| {
        put(branches, asked);
        json(201, &json!({}))
    });
    let mut publication = publication();
    publication.files.push(("old".to_owned(), Change::Delete));
    publication.files.push(("never-there".to_owned(), Change::Delete));
    let forge = github(&server);
    assert_eq!(forge.publish(&api(), &publication), Ok(Published::Created("commit".to_owned())));
    let [blob, tree, commit, reference] = &server.writes()[..] else { panic!("{:?}", server.lines()) };
    assert_eq!(blob.body, json!({ "content": "//4=", "encoding": "base64" }));
    let entries = json!([
        { "path": "a.txt", "mode": "100644", "type": "blob", "content": "text" },
        { "path": "run.sh", "mode": "100755", "type": "blob", "content": "#!/bin/sh" },
        { "path": "logo.png", "mode": "100644", "type": "blob", "sha": "blob" },
        { "path": "old", "mode": "100644", "type": "blob", "sha": null },
    ]);
    assert_eq!(tree.body, json!({ "base_tree": "tree", "tree": entries }));
    let message = &publication.message;
    assert_eq!(commit.body, json!({ "message": message, "tree": "newtree", "parents": ["base"] }));
    assert_eq!(reference.body, json!({ "ref": format!("refs/heads/{BRANCH}"), "sha": "commit" }));

    assert_eq!(forge.publish(&api(), &publication), Ok(Published::Existed("commit".to_owned())));
    assert_eq!(server.writes().len(), 4, "a branch that is there costs no write");
}

#[test]
fn who_comes_second_to_the_reference_is_told_its_head() {
    let server = github_with(&[], |branches, _| {
        branches.insert(BRANCH.to_owned(), "theirs".to_owned());
        json(422, &json!({ "message": "Reference already exists" }))
    });
    assert_eq!(github(&server).publish(&api(), &publication()), Ok(Published::Existed("theirs".to_owned())));
    assert_eq!(server.count(REFS), 1);
}

#[test]
fn a_reference_whose_answer_was_lost_is_settled_by_looking() {
    for (there, does) in [(true, empty(502)), (true, Does::Hangs), (false, empty(502))] {
        let server = github_with(&[], move |branches, asked| {
            if there {
                put(branches, asked);
            }
            does.clone()
        });
        let answer = github(&server).publish(&api(), &publication());
        if there {
            assert_eq!(answer, Ok(Published::Created("commit".to_owned())));
        } else {
            assert!(answer.is_err_and(|error| error.is_unknown()));
        }
        assert_eq!(server.count(REFS), 1);
    }
}

#[test]
fn an_object_whose_answer_was_lost_leaves_nothing_open() {
    let server = Server::new(|asked| match asked.line().as_str() {
        "GET /repos/acme/api/git/commits/base" => {
            json(200, &json!({ "sha": "base", "tree": { "sha": "tree" } }))
        }
        "POST /repos/acme/api/git/blobs" => Does::Hangs,
        _ => empty(404),
    });
    let answer = github(&server).publish(&api(), &publication());
    assert!(matches!(answer, Err(ForgeError::Unavailable { .. })), "{answer:?}");
    assert_eq!(server.writes().len(), 1);
}

#[test]
fn a_branch_that_is_in_the_way_is_named() {
    let refuse =
        |_: &mut BTreeMap<_, _>, _: &Asked| json(422, &json!({ "message": "Reference update failed" }));
    for other in ["countersign", "countersign/petstore/0123/more"] {
        let server = github_with(&[(other, "x")], refuse);
        let error = github(&server).publish(&api(), &publication()).expect_err("in the way");
        assert!(matches!(&error, ForgeError::Invalid(why) if why.contains(&format!("`{other}`"))), "{error}");
    }
}

#[test]
fn a_commit_that_githubs_replicas_do_not_know_yet_is_waited_for() {
    let first = Mutex::new(true);
    let server = github_with(&[], move |branches, asked| {
        if std::mem::take(&mut *first.lock().expect("no holder panics")) {
            return json(422, &json!({ "message": "Object does not exist" }));
        }
        put(branches, asked);
        json(201, &json!({}))
    });
    assert_eq!(github(&server).publish(&api(), &publication()), Ok(Published::Created("commit".to_owned())));
    assert_eq!(server.count(REFS), 2);
}

#[test]
fn large_publications_take_several_trees() {
    let server = github_with(&[], |_, _| json(201, &json!({})));
    let mut publication = publication();
    let write = |size: usize| Change::Write { content: vec![b'x'; size], executable: false };
    publication.files = (0..40).map(|file| (format!("f{file}"), write(200 << 10))).collect();
    publication.files.push(("large".to_owned(), write(300 << 10)));
    github(&server).publish(&api(), &publication).expect("published");
    assert_eq!(server.count("POST /repos/acme/api/git/blobs"), 1);
    let trees: Vec<Asked> =
        server.writes().into_iter().filter(|asked| asked.target.ends_with("/git/trees")).collect();
    let bases: Vec<&Value> = trees.iter().map(|tree| &tree.body["base_tree"]).collect();
    assert_eq!(bases, ["tree", "newtree"]);
    let entries: usize = trees.iter().map(|tree| tree.body["tree"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(entries, 41);
}

#[test]
fn what_no_repository_can_hold_is_not_sent() {
    let server = github_with(&[], |_, _| json(201, &json!({})));
    let refused = |change: &dyn Fn(&mut Publication)| {
        let mut publication = publication();
        change(&mut publication);
        matches!(github(&server).publish(&api(), &publication), Err(ForgeError::Invalid(_)))
    };
    assert!(refused(&|it| it.branch = "Upper".to_owned()));
    assert!(refused(&|it| it.branch = "a/../b".to_owned()));
    assert!(refused(&|it| it.branch = "a/b.lock".to_owned()));
    assert!(refused(&|it| it.files.clear()));
    assert!(refused(&|it| it.files[0].0 = "../a".to_owned()));
    assert!(refused(&|it| it.files[0].0 = ".git/config".to_owned()));
    assert!(refused(&|it| it.files[0].0 = it.files[1].0.clone()));
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_branch_is_made_once_and_removed_only_where_it_is_expected() {
    let server = github_with(&[("x", "1")], |branches, asked| {
        if branches.contains_key("y") {
            return json(422, &json!({ "message": "Reference already exists" }));
        }
        put(branches, asked);
        json(201, &json!({}))
    });
    let forge = github(&server);
    assert_eq!(forge.create_branch(&api(), "y", "2"), Ok(BranchCreated::Created));
    assert_eq!(forge.create_branch(&api(), "y", "2"), Ok(BranchCreated::Existed));
    assert!(matches!(forge.delete_branch(&api(), "x", "2"), Err(ForgeError::Refused { status: 409, .. })));
    assert_eq!(forge.delete_branch(&api(), "z", "2"), Ok(()));
    assert!(server.writes().iter().all(|asked| asked.method == "POST"));
}
