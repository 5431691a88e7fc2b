use crate::{Output, Sandbox, contract, pretty};
use serde_json::{Value, json};

/// A repository with the contract `watcher`, and the remote that it is pushed to, as CI has them.
pub struct Provider {
    /// The clone.
    pub sandbox: Sandbox,
    remote: Sandbox,
}

impl Provider {
    /// The contract and its channels; `more` follows the table `[contracts.watcher]`.
    #[track_caller]
    pub fn new(more: &str) -> Self {
        let mut sandbox = contract(more);
        let remote = Sandbox::without_git();
        remote.git(&["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        sandbox.git(&["remote", "add", "origin", &remote.root().display().to_string()]);
        sandbox.git(&["push", "--quiet", "origin", "main"]);
        sandbox.set("CI", "true");
        Self { sandbox, remote }
    }

    /// Where it is pushed to.
    pub fn remote(&self) -> String {
        self.remote.root().display().to_string()
    }

    /// Accept a document on main and push it; where main was before.
    #[track_caller]
    pub fn record(&self, document: &Value) -> String {
        let before = self.sandbox.git(&["rev-parse", "HEAD"]);
        self.sandbox.write("openapi.json", pretty(document));
        drop(self.sandbox.run(&["accept"]).exits(0));
        self.sandbox.commit("Change the API");
        self.sandbox.git(&["push", "--quiet", "origin", "main"]);
        before
    }

    /// What `run` makes of the push that moved main from `before` to where it is.
    #[track_caller]
    pub fn push(&self, before: &str, more: &[&str], status: i32) -> Value {
        self.event("push", &json!({ "ref": "refs/heads/main", "before": before }), more, status)
    }

    /// What `run` makes of an event.
    #[track_caller]
    pub fn event(&self, name: &str, payload: &Value, more: &[&str], status: i32) -> Value {
        // Beside the repository: an event is no part of it.
        let path = self.sandbox.root().with_file_name("event.json");
        std::fs::write(&path, payload.to_string()).expect("the sandbox can be written");
        let path = path.display().to_string();
        let arguments = [&["run", "--event-name", name, "--event-path", &path], more].concat();
        self.sandbox.json(&arguments, status)
    }

    /// What `notify` makes of the newest commit.
    #[track_caller]
    pub fn notify(&self, more: &[&str], status: i32) -> Value {
        self.sandbox.json(&[&["notify", "--from", "HEAD^", "--to", "HEAD"], more].concat(), status)
    }

    /// The same, for people.
    #[track_caller]
    pub fn notify_aloud(&self, more: &[&str]) -> Output {
        self.sandbox.run(&[&["notify", "--from", "HEAD^", "--to", "HEAD"], more].concat())
    }
}

/// What became of each notice of a report, in the order of the plan.
pub fn states(report: &Value) -> Vec<&str> {
    let notices = report["notices"].as_array().map(Vec::as_slice).unwrap_or_default();
    notices.iter().filter_map(|notice| notice["state"].as_str()).collect()
}
