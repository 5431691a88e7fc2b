//! Jobs for GitLab CI, as a file that `.gitlab-ci.yml` includes.

use super::facts::Facts;
use std::fmt::Write as _;

const SOURCE: &str = env!("CARGO_PKG_REPOSITORY");

const TELLING: &str = "\
# Checks what was merged, then tells the clients' channels. Receipts are pushed to `origin`, which the job's token
# must be allowed to do. Secrets come from the project's settings: protect them, so that no merge request sees them.
";

/// The jobs.
pub(super) fn jobs(facts: &Facts) -> String {
    let mut text = String::from("# Made by `countersign init --ci gitlab`, and yours from now on.\n");
    text.push_str(&shared(facts));
    let program = facts.program();
    let branch = serde_json::Value::String(facts.branch.clone());
    let (push, telling) = match facts.tells {
        true => ("contracts-run", TELLING),
        false => ("contracts-main", ""),
    };
    let _ = write!(
        text,
        "\ncontracts-check:\n  extends: .countersign\n  interruptible: true\n  rules:\n    \
         - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n  script:\n    - {program} run\n\n\
         {telling}{push}:\n  extends: .countersign\n  resource_group: {push}\n  rules:\n    \
         - if: $CI_PIPELINE_SOURCE == \"push\" && $CI_COMMIT_BRANCH == {branch}\n  script:\n    - {program} run\n"
    );
    let live: Vec<_> = facts.consumed.iter().filter(|contract| contract.is_live).collect();
    if !live.is_empty() {
        let names: Vec<_> = live.iter().map(|contract| contract.name.as_str()).collect();
        text.push_str(&scheduled(&program, &names));
    }
    text
}

/// The installation lies in the work tree, since GitLab caches nothing else.
fn shared(facts: &Facts) -> String {
    let (variables, cache, revision) = match &facts.revision {
        Some(revision) => (
            format!("    COUNTERSIGN_REVISION: {revision}\n"),
            "  cache:\n    key: countersign-$COUNTERSIGN_REVISION\n    paths:\n      - .countersign-ci/\n",
            " --rev \"$COUNTERSIGN_REVISION\"",
        ),
        None => (String::new(), "", ""),
    };
    format!(
        ".countersign:\n  image: rust:1.95\n  variables:\n    GIT_DEPTH: \"0\" # breaks are counted from the merge base\n    \
         CARGO_INSTALL_ROOT: $CI_PROJECT_DIR/.countersign-ci\n{variables}{cache}  before_script:\n    \
         - export PATH=\"$CARGO_INSTALL_ROOT/bin:$PATH\"\n    - rustup target add wasm32-unknown-unknown\n    \
         - command -v countersign || cargo install --locked --git {SOURCE}{revision} countersign\n    \
         # Here: what the dump and the generators need, such as `uv sync --frozen` or `npm ci`.\n"
    )
}

fn scheduled(program: &str, names: &[&str]) -> String {
    let names = names.join(" ");
    format!(
        "\n# A pipeline schedule asks the running service. Exit status 3: it could not be reached, so ask again later.\n\
         contracts-live:\n  extends: .countersign\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"schedule\"\n  \
         allow_failure:\n    exit_codes: 3\n  script:\n    - {program} check --live {names}\n"
    )
}
