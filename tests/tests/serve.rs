//! `serve` as people run it: the binary, a repository with a remote, and a receiver of messages.

use countersign_tests::{
    Answer, Daemon, Provider, RELOAD_TOKEN, Sandbox, Server, Synapse, Verifiers, edited, postgres,
};
use serde_json::{Value, json};

/// A daemon's tables: this repository is a node, and so is one that only has a room.
fn tables(server: &Server) -> String {
    format!(
        "notify = [\"room\"]\n\n[pipeline]\nrepository = \"github:acme/api\"\n\n\
         [serve]\nhooks = {{ github = [\"env:HOOK_SECRET\"] }}\nreload = [\"env:RELOAD_TOKEN\"]\n\n\
         [nodes.api]\nrepository = \"github:acme/api\"\nnotify = [\"room\"]\n\n\
         [nodes.web]\nrepository = \"github:acme/web\"\nnotify = [\"room\"]\n\n\
         [notify.room]\nuse = \"notify-webhook\"\nurl = \"{}\"\n",
        server.url("/hook")
    )
}

fn push(repository: &str, before: &str, after: &str) -> Value {
    json!({
        "ref": "refs/heads/main", "before": before, "after": after,
        "repository": { "full_name": repository, "id": 1, "html_url": format!("https://github.com/{repository}") },
        "pusher": { "name": "alice" }, "sender": { "login": "alice", "id": 2 },
        "commits": [{ "id": after, "message": "Change the API", "author": { "name": "alice" } }],
        "head_commit": { "id": after, "message": "Change the API" },
    })
}

/// What the receiver was told, as the verdict of each message.
fn told(server: &Server) -> Vec<Value> {
    let bodies = server.requests().into_iter().map(|request| request.body);
    bodies.map(|body| serde_json::from_slice(&body).expect("JSON")).collect()
}

fn verdicts(server: &Server) -> Vec<String> {
    let verdict = |message: &Value| message["verdict"].as_str().unwrap_or_default().to_owned();
    let mut verdicts: Vec<String> = told(server).iter().map(verdict).collect();
    verdicts.sort();
    verdicts
}

#[test]
fn a_push_to_our_own_repository_is_checked_beside_the_work_tree_and_told_once() {
    let server = Server::new(Answer::json("{}"));
    let mut provider = Provider::new(&tables(&server));
    let before = provider.record(&edited());
    let after = provider.sandbox.git(&["rev-parse", "HEAD"]);
    let files = provider.sandbox.files();
    let daemon = Daemon::start(&mut provider.sandbox);

    let payload = push("acme/api", &before, &after);
    for _ in 0..2 {
        assert_eq!(daemon.deliver("push", "delivery-1", &payload).status, 202);
    }
    daemon.until("the push and what it did to the record are told", || told(&server).len() >= 2);
    let run = || daemon.json("/api/runs")["items"][0].clone();
    daemon.until("the run ends", || !run()["verdict"].is_null());
    assert_eq!(run()["verdict"], "agreed", "{:#}", run());
    assert_eq!(verdicts(&server), ["breaking", "pushed"], "a duplicate has no effect");
    let pushed = told(&server).into_iter().find(|message| message["verdict"] == "pushed").unwrap();
    assert_eq!(pushed["pushes"][0]["author"], "alice");
    assert_eq!(pushed["pushes"][0]["repository"], "acme/api");
    assert!(provider.sandbox.files() == files, "the work tree is as it was");
    assert_eq!(provider.sandbox.git(&["worktree", "list"]).lines().count(), 1);

    let page = daemon.get("/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("watcher"), "{}", page.body);
    let latest = daemon.json("/api/contracts/watcher?per_page=1");
    assert_eq!(
        (&latest["contract"]["name"], &latest["contract"]["state"]),
        (&json!("watcher"), &json!("agreed"))
    );
    assert!(latest["contract"]["since"].is_string(), "the run found it so: {:#}", latest["contract"]);
    assert_eq!((&latest["history"]["total"], &latest["history"]["more"]), (&json!(2), &json!(true)));
    let first = daemon.json("/api/contracts/watcher?per_page=1&page=2")["history"].clone();
    assert_eq!(first["items"][0]["to"], latest["history"]["items"][0]["from"], "{first:#}");
    assert_eq!(first["more"], json!(false));
    assert_eq!((&run()["trigger"]["branch"], &run()["trigger"]["commit"]), (&json!("main"), &json!(after)));
    assert_eq!(daemon.end(), Some(0), "it drains");
}

#[test]
fn what_was_acknowledged_is_told_after_a_kill() {
    let server = Server::new(Answer::page(503));
    let mut provider = Provider::new(&tables(&server));
    let daemon = Daemon::start(&mut provider.sandbox);
    let payload = push("acme/web", &"1".repeat(40), &"2".repeat(40));
    assert_eq!(daemon.deliver("push", "delivery-1", &payload).status, 202);
    daemon.kill();

    server.answer(Answer::json("{}"));
    let earlier = server.requests().len();
    let daemon = Daemon::start(&mut provider.sandbox);
    daemon.until("the push is told", || server.requests().len() > earlier);
    assert_eq!(daemon.deliver("push", "delivery-1", &payload).status, 202);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let messages = told(&server);
    let keys: std::collections::BTreeSet<String> =
        messages.iter().map(|message| message["key"].to_string()).collect();
    assert_eq!(keys.len(), 1, "every attempt is the same message: {messages:#?}");
    assert_eq!(server.requests().len(), earlier + 1, "and it arrives once");
}

#[test]
fn a_reload_follows_upstream_and_keeps_what_works() {
    let server = Server::new(Answer::json("{}"));
    let mut provider = Provider::new(&tables(&server));
    let daemon = Daemon::start(&mut provider.sandbox);
    let nodes = || daemon.json("/hooks/health")["repositories"].as_array().map(Vec::len);
    assert_eq!(nodes(), Some(2));
    assert_eq!(daemon.reload(None, &json!({})).status, 401);
    assert_eq!(daemon.reload(Some("a wrong one that is long"), &json!({})).status, 401);

    let upstream = provider.sandbox.clone_with(&[]);
    let commit = |upstream: &Sandbox, more: &str| {
        upstream.git(&["pull", "--quiet", &provider.remote(), "main"]);
        upstream.write("pipeline.toml", format!("{}{more}", upstream.read("pipeline.toml")));
        upstream.commit("Another node");
        upstream.git(&["push", "--quiet", &provider.remote(), "HEAD:main"]);
        upstream.git(&["rev-parse", "HEAD"])
    };
    let moved = commit(&upstream, "\n[nodes.docs]\nrepository = \"github:acme/docs\"\n");
    let wanted = json!({ "branch": "main", "commit": moved });
    let answer = daemon.reload(Some(RELOAD_TOKEN), &wanted);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("fast-forwarded"), "{}", answer.body);
    assert_eq!(nodes(), Some(3));
    let again = daemon.reload(Some(RELOAD_TOKEN), &wanted);
    assert!(again.status == 200 && again.body.contains("no-changes"), "{}", again.body);

    // What cannot be served moves nothing.
    commit(&upstream, "\n[nodes.broken]\nrepository = 5\n");
    let refused = daemon.reload(Some(RELOAD_TOKEN), &json!({}));
    assert_eq!(refused.status, 500, "{}", refused.body);
    assert_eq!(nodes(), Some(3));
    assert_eq!(provider.sandbox.git(&["rev-parse", "HEAD"]), moved);
}

#[test]
fn a_daemon_that_cannot_begin_says_why() {
    let sandbox = Sandbox::new();
    sandbox.write("pipeline.toml", "[serve]\nhooks = { github = [\"env:HOOK_SECRET\"] }\n");
    let mut weak = sandbox.copy();
    weak.set("HOOK_SECRET", "short");
    let answer = weak.run(&["serve", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(answer.stderr.contains("`HOOK_SECRET` has fewer than 16 characters"), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("openssl rand -hex 32") && !answer.stderr.contains("short"),
        "{}",
        answer.stderr
    );

    sandbox.write("pipeline.toml", "[serve]\nlisten = \"everywhere\"\n");
    drop(sandbox.run(&["serve"]).exits(2).says("listen = \"127.0.0.1:8733\""));
    let twice = "[nodes.a]\nrepository = \"github:acme/api\"\n[nodes.b]\nrepository = \"github:acme/API\"\n";
    sandbox.write("pipeline.toml", twice);
    drop(sandbox.run(&["serve"]).exits(2).says("nodes `a` and `b` watch the same branch"));

    sandbox.write("pipeline.toml", "");
    drop(sandbox.run(&["serve", "--migrate"]).exits(0).says("is up to date"));
    drop(sandbox.run(&["serve", "--backup", "copy.db"]).exits(0).says("copied the store"));
    drop(sandbox.run(&["serve", "--backup", "copy.db"]).exits(2).says("exists"));
}

#[test]
fn a_store_in_a_database_is_named_by_a_url_that_shows_nobody_a_password() {
    let mut sandbox = Sandbox::new();
    let exposed = "postgres://me:hunter2@127.0.0.1:1/serve";
    sandbox.write("pipeline.toml", format!("[serve]\nstore = \"{exposed}\"\n"));
    let in_file = sandbox.run(&["serve", "--migrate"]).exits(2).says("env:COUNTERSIGN_STORE");
    sandbox.write("pipeline.toml", "");
    let on_line =
        sandbox.run(&["serve", "--migrate", "--store", exposed]).exits(2).says("env:COUNTERSIGN_STORE");
    assert!(!in_file.stderr.contains("hunter2") && !on_line.stderr.contains("hunter2"));

    sandbox.write("pipeline.toml", "[serve]\nstore = \"env:COUNTERSIGN_STORE\"\n");
    drop(sandbox.run(&["serve", "--migrate"]).exits(2).says("that variable is not set"));
    sandbox.set("COUNTERSIGN_STORE", exposed);
    let away = sandbox.run(&["serve", "--migrate"]).exits(2).says("whether `psql` reaches it");
    assert!(!away.stderr.contains("hunter2"), "{}", away.stderr);
    drop(sandbox.run(&["serve", "--backup", "copy"]).exits(2).says("pg_dump --schema=countersign"));

    let Some(server) = postgres() else { return };
    let url = server.database();
    sandbox.set("COUNTERSIGN_STORE", &url);
    drop(sandbox.run(&["serve", "--migrate"]).exits(0).says("the store in PostgreSQL is up to date"));
    assert_eq!(server.query(&url, "SELECT version FROM countersign.version"), "1");
}

/// A repository whose daemon watches these repositories and tells them in a room.
fn watching(repositories: &[String], homeserver: &str, room: &str) -> Sandbox {
    let nodes: String = (repositories.iter().enumerate())
        .map(|(number, name)| {
            format!("\n[nodes.n{number}]\nrepository = \"github:{name}\"\nbranch = \"master\"\nnotify = [\"room\"]\n")
        })
        .collect();
    let sandbox = Sandbox::new();
    sandbox.write(
        "pipeline.toml",
        format!(
            "[serve]\nhooks = {{ github = [\"env:HOOK_SECRET\"] }}\n\n\
             [notify.room]\nuse = \"notify-matrix\"\nhomeserver = \"{homeserver}\"\nroom = \"{room}\"\n\
             credential = \"matrix\"\n\n\
             [credentials.matrix]\nfrom = \"env:MATRIX_TOKEN\"\nheader = \"Authorization: Bearer {{}}\"\n\
             allow = [\"GET {homeserver}/*\", \"POST {homeserver}/*\", \"PUT {homeserver}/*\"]\n{nodes}"
        ),
    );
    sandbox
}

#[test]
fn a_room_of_a_homeserver_with_its_own_limits_hears_of_thirty_five_pushes_at_once() {
    let Some(synapse) = Synapse::limited() else { return };
    let (owner, bot) = (synapse.person("owner"), synapse.person("pushes"));
    let room = synapse.room(&owner, "pushes");
    synapse.join(&bot, &room);
    let repositories: Vec<String> = (0..35).map(|number| format!("acme/repository-{number}")).collect();
    let mut sandbox = watching(&repositories, &synapse.url(""), &room.id);
    sandbox.set("MATRIX_TOKEN", &bot.token);
    let daemon = Daemon::start(&mut sandbox);
    std::thread::scope(|scope| {
        for (number, repository) in repositories.iter().enumerate() {
            let mut payload = push(repository, &"1".repeat(40), &format!("{:040x}", number + 1));
            payload["ref"] = json!("refs/heads/master");
            let daemon = &daemon;
            scope.spawn(move || {
                assert_eq!(daemon.deliver("push", &format!("delivery-{number}"), &payload).status, 202);
            });
        }
    });
    let heard = || -> Vec<String> {
        let messages = synapse.messages(&owner, &room).into_iter();
        let ours =
            messages.filter(|event| event["sender"] == bot.id.as_str() && event["type"] == "m.room.message");
        ours.map(|event| event["content"]["body"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let told = |repository: &str| {
        let name = format!("[{repository}]");
        heard().iter().map(|body| body.matches(&name).count()).sum::<usize>()
    };
    daemon.until("every repository is told", || repositories.iter().all(|repository| told(repository) > 0));
    for repository in &repositories {
        assert_eq!(told(repository), 1, "{repository} is told once");
    }
    assert!(heard().len() <= 12, "a digest for what comes at once: {} messages", heard().len());
}

#[test]
fn every_payload_that_github_documents_is_answered() {
    let Some(verifiers) = Verifiers::new() else { return };
    let mut sandbox = watching(&["Codertocat/Hello-World".to_owned()], "http://127.0.0.1:9", "!nobody");
    sandbox.set("MATRIX_TOKEN", "nobody");
    let daemon = Daemon::start(&mut sandbox);
    let documented = verifiers.github_payloads();
    let payloads =
        documented.iter().flat_map(|(event, payloads)| payloads.iter().map(move |payload| (event, payload)));
    let mut count = 0;
    for (number, (event, payload)) in payloads.enumerate() {
        let answer = daemon.deliver(event, &format!("documented-{number}"), payload);
        assert!([200, 202].contains(&answer.status), "{event}: {answer:?}");
        count += 1;
    }
    assert!(count > 300, "{count}");
    let queued = daemon.json("/api/deliveries")["items"].as_array().map(Vec::len);
    assert!(queued.is_some_and(|queued| queued > 0));
}
