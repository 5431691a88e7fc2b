//! `propose` against an emulator of GitHub: one branch and one pull request for each state of a contract, and
//! nothing of the user's touched.

use countersign_tests::{
    Behaviour, Emulator, FaultServer, Output, Rule, Sandbox, api, digest, edited, pretty,
};
use serde_json::{Value, json};

const PROVIDER: &str = "acme/api";
const HOME: &str = "acme/archiver";
const PATH: &str = "contracts/watcher/openapi.json";
const GENERATED: &str = "clients/python/src/generated/client.txt";

/// A consumer whose repository is on the emulator, and a provider that it depends on.
struct World {
    emulator: Emulator,
    /// Stands before the emulator; the consumer speaks to this.
    front: FaultServer,
    sandbox: Sandbox,
}

/// A third state of the API, different from both others.
fn third() -> Value {
    let mut third = edited();
    third["info"]["version"] = "3.0.0".into();
    third
}

fn world() -> Option<World> {
    let emulator = Emulator::start()?;
    let front = FaultServer::before(&emulator.url(""));
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "pipeline.toml",
        format!(
            r#"
[pipeline]
repository = "github:{HOME}"

[forges.github]
kind  = "github"
api   = "{}"
token = "env:BOT_TOKEN"

[contracts.watcher]
provider = {{ repository = "github:{PROVIDER}", path = "{PATH}" }}

[clients.python]
contract = "watcher"
root     = "clients/python"
output   = "src/generated"
generate = "gen"

[tools.gen]
command = ["gen", "{{spec}}", "{{out}}"]
path    = [".venv/bin"]
"#,
            front.url("")
        ),
    );
    // The tool is installed, and ignored: a work tree of a commit has not got it.
    sandbox.write(".gitignore", ".venv/\n.countersign/\n");
    sandbox.write("clients/python/.venv/pyvenv.cfg", "home = /usr/bin\n");
    sandbox.script("clients/python/.venv/bin/gen", "mkdir -p \"$2\" && cksum < \"$1\" > \"$2/client.txt\"");
    sandbox.write("clients/python/README.md", "A client.\n");
    sandbox.set("BOT_TOKEN", Emulator::TOKEN);
    let world = World { emulator, front, sandbox };
    world.provide(&api());
    world.sandbox.write("../document.json", pretty(&api()));
    drop(world.sandbox.run(&["accept", "watcher", "--from", "../document.json"]).exits(0));
    world.sandbox.commit("Accept the API");
    world.push_main();
    Some(world)
}

impl World {
    /// The provider records a document; the event that it sends.
    #[track_caller]
    fn provide(&self, document: &Value) -> Value {
        self.sandbox.write("../provided.json", pretty(document));
        let canonical = self.sandbox.run(&["canonicalize", "../provided.json"]).exits(0).stdout;
        let commit = self.emulator.commit(PROVIDER, "main", PATH, canonical.as_bytes());
        json!({ "client_payload": { "contract": {
            "key": "0", "name": "watcher", "repository": "github:acme/api", "path": PATH, "commit": commit,
            "to": digest(canonical.as_bytes()), "verdict": "breaking", "counts": {}, "links": {},
        } } })
    }

    /// Bring the commits of the consumer's main to the emulator, object by object, under the names that git gave them.
    #[track_caller]
    fn push_main(&self) {
        let all = self.sandbox.git(&["rev-list", "--reverse", "HEAD"]);
        for commit in all.lines() {
            if self.emulator.ask("GET", &format!("/repos/{HOME}/git/commits/{commit}"), None).status != 200 {
                self.push_commit(commit);
            }
        }
        let head = self.sandbox.git(&["rev-parse", "HEAD"]);
        let body = json!({ "sha": head, "force": true });
        drop(self.emulator.ask("PATCH", &format!("/repos/{HOME}/git/refs/heads/main"), Some(&body)).is(200));
    }

    #[track_caller]
    fn push_commit(&self, commit: &str) {
        let listed = self.sandbox.git(&["ls-tree", "-r", commit]);
        let entries: Vec<Value> = listed
            .lines()
            .map(|line| {
                let (facts, path) = line.split_once('\t').expect("git lists facts and a path");
                let facts: Vec<&str> = facts.split(' ').collect();
                // Trailing line ends count, and `Sandbox::git` takes the last one.
                let content = self.sandbox.git(&["cat-file", "blob", facts[2]]);
                json!({ "path": path, "mode": facts[0], "type": "blob", "content": format!("{content}\n") })
            })
            .collect();
        let tree =
            self.emulator.ask("POST", &format!("/repos/{HOME}/git/trees"), Some(&json!({ "tree": entries })));
        let fact =
            |format: &str| self.sandbox.git(&["show", "--no-patch", &format!("--format={format}"), commit]);
        let parents: Vec<String> = fact("%P").split_whitespace().map(str::to_owned).collect();
        let by = |role: &str| {
            json!({ "name": fact(&format!("%{role}n")), "email": fact(&format!("%{role}e")),
            "date": fact(&format!("%{role}I")) })
        };
        let body = json!({ "message": fact("%B"), "tree": tree.is(201).value()["sha"], "parents": parents,
            "author": by("a"), "committer": by("c") });
        let made =
            self.emulator.ask("POST", &format!("/repos/{HOME}/git/commits"), Some(&body)).is(201).value();
        assert_eq!(made["sha"], commit, "git's own name for it");
    }

    fn propose(&self, more: &[&str]) -> Output {
        self.sandbox.run(&[&["propose", "--output-format", "json"], more].concat())
    }

    /// The proposal of a run that ends well.
    #[track_caller]
    fn proposed(&self, more: &[&str]) -> Value {
        self.propose(more).exits(0).json()["proposals"][0].clone()
    }

    #[track_caller]
    fn on_event(&self, event: &Value, status: i32) -> Value {
        self.sandbox.write("../event.json", event.to_string());
        let arguments = ["--event-name", "repository_dispatch", "--event-path", "../event.json"];
        self.propose(&arguments).exits(status).json()
    }

    /// The branches of proposals.
    fn branches(&self) -> Vec<String> {
        let all = self.emulator.branches(HOME);
        all.into_keys().filter(|branch| branch.starts_with("countersign/")).collect()
    }

    /// Number, branch and state of every pull request, the oldest first.
    fn pulls(&self) -> Vec<(u64, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut pulls: Vec<_> = self
            .emulator
            .pulls(HOME)
            .iter()
            .map(|pull| {
                (
                    pull["number"].as_u64().unwrap_or_default(),
                    text(&pull["head"]["ref"]),
                    text(&pull["state"]),
                )
            })
            .collect();
        pulls.sort();
        pulls
    }

    /// The requests that were no reads.
    fn writes(&self) -> usize {
        let reads = |target: &str| target.starts_with("GET ") || target.starts_with("HEAD ");
        self.front.exchanges().iter().filter(|exchange| !reads(&exchange.request.target)).count()
    }

    /// Everything of the user's repository that a proposal must not touch.
    fn untouched(&self) -> (std::collections::BTreeMap<String, Vec<u8>>, String, Vec<u8>) {
        let refs = self.sandbox.git(&["for-each-ref"]) + &self.sandbox.git(&["rev-parse", "HEAD"]);
        let trees = self.sandbox.git(&["worktree", "list"]);
        let index = std::fs::read(self.sandbox.path(".git/index")).expect("there is an index");
        (self.sandbox.files(), format!("{refs}\n{trees}"), index)
    }
}

fn short(document: &World, canonical_of: &Value) -> String {
    document.sandbox.write("../short.json", pretty(canonical_of));
    let canonical = document.sandbox.run(&["canonicalize", "../short.json"]).exits(0).stdout;
    digest(canonical.as_bytes())["sha256:".len()..][..12].to_owned()
}

#[test]
fn a_change_upstream_becomes_one_pull_request_and_the_users_tree_is_not_touched() {
    let Some(world) = world() else { return };
    let event = world.provide(&edited());
    world.sandbox.write("clients/python/README.md", "Somebody is at work here.\n");
    world.sandbox.write("staged.txt", "staged\n");
    world.sandbox.git(&["add", "staged.txt"]);
    let before = world.untouched();
    let report = world.on_event(&event, 0);
    assert_eq!(world.untouched(), before);
    let proposal = &report["proposals"][0];
    let branch = format!("countersign/watcher/{}", short(&world, &edited()));
    assert_eq!(
        (proposal["state"].as_str(), proposal["branch"].as_str()),
        (Some("opened"), Some(branch.as_str()))
    );
    assert_eq!(proposal["verdict"], "breaking", "{report:#}");
    assert_eq!(world.branches(), std::slice::from_ref(&branch));
    assert_eq!(world.pulls().len(), 1);
    let pull = &world.emulator.pulls(HOME)[0];
    assert_eq!(pull["title"], "contracts: watcher changed upstream (breaking)");
    let body = pull["body"].as_str().unwrap();
    for part in [
        "### What changed",
        "client\\.txt",
        "countersign accept watcher --from",
        "<!-- countersign:propose watcher sha256:",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    let generated = world.emulator.file(HOME, &branch, GENERATED).unwrap();
    assert_ne!(Some(generated), world.emulator.file(HOME, "main", GENERATED), "the client is regenerated");
    for file in ["contracts/watcher/record.toml", "contracts/watcher/clients/python.lock"] {
        assert_ne!(
            world.emulator.file(HOME, &branch, file),
            world.emulator.file(HOME, "main", file),
            "{file}"
        );
    }
    world.front.forget();
    assert_eq!(world.on_event(&event, 0)["proposals"][0]["state"], "left");
    assert_eq!(world.proposed(&[])["state"], "left", "the backstop finds the same");
    assert_eq!(world.writes(), 0);
}

#[test]
fn what_is_merged_is_what_accept_would_have_written() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let branch = world.proposed(&["watcher"])["branch"].as_str().unwrap().to_owned();
    world.sandbox.write("../document.json", pretty(&edited()));
    drop(world.sandbox.run(&["accept", "watcher", "--from", "../document.json"]).exits(0));
    for (path, content) in world.sandbox.files() {
        if path.starts_with("contracts/") || path.starts_with("clients/python/src") {
            assert_eq!(world.emulator.file(HOME, &branch, &path), Some(content), "{path}");
        }
    }
}

#[test]
fn a_plan_sends_nothing() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    world.front.forget();
    let before = world.untouched();
    let proposal = world.proposed(&["--dry-run"]);
    assert_eq!(proposal["state"], "planned");
    assert_eq!(proposal["plan"].as_array().unwrap().len(), 2, "{proposal:#}");
    assert_eq!(world.writes(), 0);
    assert_eq!(world.untouched(), before);
    drop(
        world
            .sandbox
            .run(&["propose", "--dry-run"])
            .exits(0)
            .says("would make the branch")
            .says("Next: countersign propose"),
    );
    assert!(world.branches().is_empty());
}

#[test]
fn an_event_that_is_not_what_it_says_proposes_nothing() {
    let Some(world) = world() else { return };
    let event = world.provide(&edited());
    let with = |key: &str, value: Value| {
        let mut event = event.clone();
        event["client_payload"]["contract"][key] = value;
        event
    };
    let code = |report: &Value| {
        let own = report["problems"][0]["code"].as_str();
        own.or(report["proposals"][0]["problems"][0]["code"].as_str()).unwrap_or_default().to_owned()
    };
    let wrong = digest(b"something else");
    let report = world.on_event(&with("to", wrong.clone().into()), 2);
    assert_eq!(code(&report), "event-mismatch");
    assert!(report.to_string().contains(&wrong), "both digests are told: {report:#}");
    assert_eq!(code(&world.on_event(&with("repository", "github:evil/api".into()), 2)), "foreign-event");
    assert_eq!(code(&world.on_event(&with("commit", "main".into()), 2)), "unfit-event");
    assert!(world.pulls().is_empty() && world.branches().is_empty());
    // What the event says is so of its own commit, whatever came after it.
    world.provide(&third());
    assert_eq!(world.on_event(&event, 0)["proposals"][0]["state"], "opened");
}

#[test]
fn nothing_is_proposed_where_the_base_is_what_upstream_says() {
    let Some(world) = world() else { return };
    assert_eq!(world.proposed(&[])["state"], "current");
    world.provide(&edited());
    drop(world.proposed(&[]));
    // Upstream takes it back: what is open is for nothing.
    world.provide(&api());
    let proposal = world.proposed(&[]);
    assert_eq!(
        (proposal["state"].as_str(), proposal["superseded"].as_array().map(Vec::len)),
        (Some("current"), Some(1))
    );
    assert_eq!(world.pulls()[0].2, "closed");
}

#[test]
fn closed_is_an_answer_and_merged_is_done_until_the_base_leaves_it() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let first = world.proposed(&[])["pull"]["number"].as_u64().unwrap();
    world.emulator.close(HOME, first);
    assert_eq!(world.proposed(&[])["state"], "declined");
    assert_eq!(world.pulls().len(), 1);
    world.provide(&third());
    let second = world.proposed(&[]);
    assert_eq!(second["state"], "opened");
    world.emulator.merge(HOME, second["pull"]["number"].as_u64().unwrap());
    // The base is moved back, and upstream has not moved.
    world.push_main();
    let again = world.proposed(&[]);
    assert_eq!(again["state"], "opened");
    assert_eq!(again["branch"], format!("countersign/watcher/{}-2", short(&world, &third())));
    assert_eq!(world.proposed(&[])["state"], "left");
}

#[test]
fn a_branch_that_a_killed_run_left_gets_its_pull_request() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    world.front.on("POST", "/repos/*/pulls", Behaviour::bad_gateway());
    drop(world.propose(&[]).exits(2));
    assert_eq!((world.branches().len(), world.pulls().len()), (1, 0));
    world.front.calm();
    assert_eq!(world.proposed(&[])["state"], "healed");
    assert_eq!((world.branches().len(), world.pulls().len()), (1, 1));
}

#[test]
fn a_branch_with_somebodys_commits_is_left_alone() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let branch = format!("countersign/watcher/{}", short(&world, &edited()));
    let head = world.sandbox.git(&["rev-parse", "HEAD"]);
    let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": head });
    drop(world.emulator.ask("POST", &format!("/repos/{HOME}/git/refs"), Some(&body)).is(201));
    assert_eq!(world.proposed(&[])["state"], "occupied");
    assert_eq!((world.emulator.branches(HOME)[&branch].clone(), world.pulls().len()), (head, 0));
}

#[test]
fn a_newer_shape_takes_the_place_of_an_older_one_and_peoples_commits_are_kept() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let first = world.proposed(&[]);
    world.provide(&third());
    let second = world.proposed(&[]);
    assert_eq!(second["superseded"][0]["number"], first["pull"]["number"]);
    assert_eq!(world.branches(), [second["branch"].as_str().unwrap()], "nobody committed to the old branch");
    let comments = world.emulator.comments(HOME, first["pull"]["number"].as_u64().unwrap());
    assert_eq!(comments.len(), 1);
    let said = comments[0]["body"].as_str().unwrap();
    assert!(said.contains(&format!("#{}", second["pull"]["number"])), "{said}");
    let branch = second["branch"].as_str().unwrap();
    let theirs = world.emulator.commit(HOME, branch, "adapted.txt", b"the callers are adapted\n");
    let mut fourth = third();
    fourth["info"]["version"] = "4.0.0".into();
    world.provide(&fourth);
    assert_eq!(world.proposed(&[])["state"], "opened");
    assert_eq!(world.emulator.branches(HOME)[branch], theirs, "somebody's commits");
    let open: Vec<_> = world.pulls().into_iter().filter(|(_, _, state)| state == "open").collect();
    assert_eq!(open.len(), 1);
}

#[test]
fn lost_answers_and_gateways_that_fail_make_nothing_twice() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    drop(world.proposed(&[]));
    world.provide(&third());
    world.front.rule(Rule::new("POST", "/repos/*/git/refs", Behaviour::LoseAnswer).times(1));
    world.front.rule(Rule::new("POST", "/repos/*/pulls", Behaviour::LoseAnswer).times(1));
    world.front.rule(Rule::new("PATCH", "/repos/*/pulls/*", Behaviour::LoseAnswer).times(1));
    world.front.rule(Rule::new("POST", "/repos/*/comments", Behaviour::bad_gateway()).times(1));
    drop(world.propose(&[]));
    world.front.calm();
    drop(world.proposed(&[]));
    let open: Vec<_> = world.pulls().into_iter().filter(|(_, _, state)| state == "open").collect();
    assert_eq!((open.len(), world.pulls().len(), world.branches().len()), (1, 2, 1), "{:?}", world.pulls());
    assert_eq!(world.emulator.comments(HOME, world.pulls()[0].0).len(), 1);
}

#[test]
fn a_source_that_is_away_is_told_apart_from_a_forge_that_is() {
    let Some(world) = world() else { return };
    world.front.on("GET", &format!("/repos/{PROVIDER}*"), Behaviour::bad_gateway());
    drop(world.propose(&[]).exits(3).says("source-unreachable"));
    world.front.calm();
    world.front.on("GET", &format!("/repos/{HOME}*"), Behaviour::bad_gateway());
    drop(world.propose(&[]).exits(2));
}

#[test]
fn the_report_is_of_its_schema_and_every_format_names_the_pull_request() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let report = world.propose(&[]).exits(0).json();
    let schema: Value =
        serde_json::from_str(&world.sandbox.run(&["schema", "proposals"]).exits(0).stdout).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
    let url = report["proposals"][0]["pull"]["url"].as_str().unwrap();
    for format in ["human", "concise", "github"] {
        drop(world.sandbox.run(&["propose", "--output-format", format]).exits(0).says(url));
    }
}

#[test]
fn a_tool_that_is_installed_and_not_committed_is_found_on_every_rung() {
    let Some(world) = world() else { return };
    world.provide(&edited());
    let files = |cage: &str| {
        let proposal = world.proposed(&["--dry-run", "--cage", cage]);
        assert_eq!(proposal["state"], "planned", "{cage}: {proposal:#}");
        proposal["files"].clone()
    };
    let best = files("namespaces");
    assert!(best.to_string().contains("client.txt"), "{best:#}");
    assert_eq!((files("mirror"), files("bare")), (best.clone(), best));
}

#[test]
fn several_runs_at_once_make_one_branch_and_one_pull_request() {
    let Some(world) = world() else { return };
    let event = world.provide(&edited());
    world.sandbox.write("../event.json", event.to_string());
    let arguments = ["propose", "--event-name", "repository_dispatch", "--event-path", "../event.json"];
    let mut runs: Vec<_> = (0..4).map(|_| world.sandbox.start(&arguments)).collect();
    // One of them is gone in the middle of what it does.
    std::thread::sleep(std::time::Duration::from_millis(600));
    runs[0].kill().unwrap();
    for run in &mut runs {
        run.wait().unwrap();
    }
    assert_eq!(world.on_event(&event, 0)["proposals"][0]["problems"], json!([]));
    let open: Vec<_> = world.pulls().into_iter().filter(|(_, _, state)| state == "open").collect();
    assert_eq!((world.branches().len(), open.len()), (1, 1), "{:?}", world.pulls());
    assert_eq!(world.sandbox.git(&["worktree", "list"]).lines().count(), 1, "nothing is left behind");
}

#[test]
fn what_a_killed_run_leaves_in_the_repository_is_swept_by_the_next() {
    let Some(world) = world() else { return };
    let scratch = world.sandbox.home().join("countersign-dead");
    let tree = scratch.join("countersign-propose");
    std::fs::create_dir_all(&scratch).unwrap();
    std::fs::write(scratch.join(".countersign-scratch"), "").unwrap();
    world.sandbox.git(&["worktree", "add", "--quiet", "--detach", &tree.display().to_string()]);
    drop(world.proposed(&[]));
    assert!(!tree.exists());
    assert_eq!(world.sandbox.git(&["worktree", "list"]).lines().count(), 1);
}
