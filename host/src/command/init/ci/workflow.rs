//! Workflows for GitHub Actions, and for Gitea and Forgejo, which read the same language with a few
//! differences. No expression stands in a `run:` line, so no name or title ever becomes a command.

use super::facts::{Facts, Source};
use std::fmt::Write as _;

/// Whose workflows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// GitHub.
    Github,
    /// Gitea or Forgejo.
    Gitea,
}

impl Host {
    fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitea => "gitea",
        }
    }

    /// Runners of Gitea and Forgejo have come with Node 20 for long, and with Node 24 not everywhere.
    fn checkout(self) -> &'static str {
        match self {
            Self::Github => "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
            Self::Gitea => "actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0",
        }
    }

    fn cache(self) -> &'static str {
        match self {
            Self::Github => "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5",
            Self::Gitea => "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0",
        }
    }
}

const APP_TOKEN: &str = "actions/create-github-app-token@1b10c78c7865c340bc4f6099eb2f838309f1e8c3 # v3.1.1";
const SOURCE: &str = env!("CARGO_PKG_REPOSITORY");

/// The workflow that checks, and on pushes tells the clients' channels.
pub(super) fn check(host: Host, facts: &Facts) -> String {
    let branch = quoted(&facts.branch);
    let mut text = head(host, "contracts", facts);
    // Gitea and Forgejo know no merge queue.
    let queue = if host == Host::Github { "  merge_group:\n" } else { "" };
    let _ = write!(text, "on:\n  pull_request:\n{queue}  push:\n    branches: [{branch}]\n\n");
    let _ = write!(text, "permissions: {{}}\n\n{}jobs:\n", environment(facts));
    text.push_str(&check_job(host, facts));
    if facts.tells {
        text.push('\n');
        text.push_str(&run_job(host, facts));
    }
    text
}

fn head(host: Host, name: &str, facts: &Facts) -> String {
    let pin = match facts.revision {
        Some(_) => "",
        None => "# It installs the newest Countersign; add `--rev COMMIT` to `cargo install` to pin it.\n",
    };
    let word = host.word();
    format!("# Made by `countersign init --ci {word}`, and yours from now on.\n{pin}name: {name}\n\n")
}

fn environment(facts: &Facts) -> String {
    match &facts.revision {
        Some(revision) => format!("env:\n  COUNTERSIGN_REVISION: {revision}\n\n"),
        None => String::new(),
    }
}

fn check_job(host: Host, facts: &Facts) -> String {
    let on = if facts.tells { "    if: github.event_name != 'push'\n" } else { "" };
    let steps = steps(host, facts, false);
    let run = command(facts, "Check", "run");
    format!(
        "  # A pull request's code runs here, so this job has no secret.\n  check:\n{on}    runs-on: ubuntu-latest\n    \
         permissions:\n      contents: read\n    concurrency:\n      group: contracts-check-${{{{ github.ref }}}}\n      \
         cancel-in-progress: true\n    steps:\n{steps}{run}"
    )
}

fn run_job(host: Host, facts: &Facts) -> String {
    let (app, token) = match host {
        Host::Github => told_app(facts),
        Host::Gitea => (String::new(), "${{ secrets.CONTRACTS_TOKEN || github.token }}"),
    };
    let variable = token_variable(host);
    let secrets = secrets(facts.credentials.union(&facts.forges), host);
    let steps = steps(host, facts, true);
    let run = command(facts, "Check, and tell the clients", "run");
    format!(
        "  # Checks what was merged, then tells the clients' channels of each commit that changed a record.\n  run:\n    \
         if: github.event_name == 'push'\n    runs-on: ubuntu-latest\n    permissions:\n      \
         contents: write # receipts of notices are pushed to refs/notes/countersign\n    concurrency:\n      \
         group: contracts-run\n      cancel-in-progress: false\n    steps:\n{steps}{app}{run}        env:\n          \
         {variable}: {token}\n{secrets}"
    )
}

/// An App's token for the repositories whose clients are told, where one owner has them all.
fn told_app(facts: &Facts) -> (String, &'static str) {
    let mut owners = facts.told.iter();
    let (Some((owner, names)), None) = (owners.next(), owners.next()) else {
        return (String::new(), "${{ github.token }}");
    };
    let names: String = names.iter().map(|name| format!("            {name}\n")).collect();
    let more = format!("          owner: {owner}\n          repositories: |\n{names}");
    let why = "      # The workflow's own token reaches no other repository; an App's token does.\n";
    (format!("{why}{}", app_step(&more, &["contents"])), "${{ steps.app.outputs.token || github.token }}")
}

fn app_step(more: &str, permissions: &[&str]) -> String {
    let permissions: String =
        permissions.iter().map(|name| format!("          permission-{name}: write\n")).collect();
    format!(
        "      - uses: {APP_TOKEN}\n        id: app\n        if: vars.CONTRACTS_APP_CLIENT_ID != ''\n        with:\n          \
         client-id: ${{{{ vars.CONTRACTS_APP_CLIENT_ID }}}}\n          \
         private-key: ${{{{ secrets.CONTRACTS_APP_KEY }}}}\n{more}{permissions}"
    )
}

fn token_variable(host: Host) -> &'static str {
    match host {
        Host::Github => "GITHUB_TOKEN",
        Host::Gitea => "GITEA_TOKEN",
    }
}

/// The variables that can be named in a workflow and in the settings of a repository, but for the token's own.
fn secrets<'a>(names: impl Iterator<Item = &'a String>, host: Host) -> String {
    let part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_plain =
        |name: &&String| name.chars().all(part) && !name.starts_with(|first: char| first.is_ascii_digit());
    let plain = names.filter(is_plain).filter(|name| *name != token_variable(host));
    plain.map(|name| format!("          {name}: ${{{{ secrets.{name} }}}}\n")).collect()
}

/// Checkout and installation, up to the place for what the project itself needs.
fn steps(host: Host, facts: &Facts, pushes: bool) -> String {
    let persist = match pushes {
        true => "true # `git push` of the receipts",
        false => "false",
    };
    let mut text = format!(
        "      - uses: {}\n        with:\n          fetch-depth: 0 # breaks are counted from the merge base\n          \
         persist-credentials: {persist}\n",
        host.checkout()
    );
    text.push_str(&install(host, facts));
    text.push_str(
        "      # Here: what the dump and the generators need, such as `uv sync --frozen` or `npm ci`.\n",
    );
    text
}

fn install(host: Host, facts: &Facts) -> String {
    let mut text = String::new();
    let (mut unless, mut revision) = ("", "");
    if facts.revision.is_some() {
        let _ = write!(
            text,
            "      - uses: {}\n        id: cache\n        with:\n          path: ~/.cargo/bin/countersign\n          \
             key: countersign-${{{{ env.COUNTERSIGN_REVISION }}}}-${{{{ runner.os }}}}-${{{{ runner.arch }}}}\n",
            host.cache()
        );
        unless = "        if: steps.cache.outputs.cache-hit != 'true'\n";
        revision = " --rev \"$COUNTERSIGN_REVISION\"";
    }
    let rust = match host {
        Host::Github => "",
        Host::Gitea => {
            text.push_str(
                "      - name: Find what Cargo installs\n        \
                 run: echo \"$HOME/.cargo/bin\" >> \"$GITHUB_PATH\"\n",
            );
            "          if ! command -v rustup >/dev/null; then\n            \
             curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal\n          fi\n"
        }
    };
    let _ = write!(
        text,
        "      - name: Install Countersign\n{unless}        run: |\n{rust}          \
         rustup target add wasm32-unknown-unknown\n          \
         cargo install --locked --git {SOURCE}{revision} countersign\n"
    );
    text
}

fn command(facts: &Facts, name: &str, words: &str) -> String {
    let line = format!("{} {words} --output-format github", facts.program());
    format!("      - name: {name}\n        run: {}\n", plain(&line))
}

/// Whether there is anything to propose, and a way to hear of it.
pub(super) fn proposes(host: Host, facts: &Facts) -> bool {
    match host {
        Host::Github => !facts.consumed.is_empty(),
        Host::Gitea => asks(facts),
    }
}

/// The workflow that proposes what somebody else's contract has become.
pub(super) fn propose(host: Host, facts: &Facts) -> String {
    let mut text = head(host, "contracts-propose", facts);
    text.push_str("on:\n");
    text.push_str(&match host {
        Host::Github => dispatched(facts),
        Host::Gitea => DISPATCHED_BY_HAND.to_owned(),
    });
    if asks(facts) {
        text.push_str(
            "  # The backstop, for an event that was lost.\n  schedule:\n    - cron: \"17 5 * * *\"\n",
        );
    }
    let concurrency = match host {
        // One event may wait for another of its own kind only, or a third would push it out.
        Host::Github => {
            "concurrency:\n  group: contracts-propose-${{ github.event.action }}\n  cancel-in-progress: false\n\n"
        }
        // Proposals that run side by side do no harm, and one that was pushed out would be lost.
        Host::Gitea => "",
    };
    let _ = write!(
        text,
        "\npermissions: {{}}\n\n{concurrency}{}jobs:\n  propose:\n    runs-on: ubuntu-latest\n    permissions:\n      \
         contents: write # the branch\n      pull-requests: write\n    steps:\n{}",
        environment(facts),
        steps(host, facts, false)
    );
    if host == Host::Github {
        text.push_str("      # Pull requests that the workflow's own token opens start no workflows. Those of an App do.\n");
        text.push_str(&app_step("", &["contents", "pull-requests"]));
    }
    text.push_str(&proposals(host, facts));
    text
}

fn dispatched(facts: &Facts) -> String {
    let types: Vec<_> = facts.event_types.iter().map(|word| quoted(word)).collect();
    let types = types.join(", ");
    let by_hand = if asks(facts) { "  workflow_dispatch:\n" } else { "" };
    format!(
        "  # What the provider calls it: `event-type` of its channel.\n  repository_dispatch:\n    types: [{types}]\n{by_hand}"
    )
}

/// Gitea and Forgejo have no `repository_dispatch`.
const DISPATCHED_BY_HAND: &str = "  # The provider's `notify-gitea` starts this workflow, and says what changed.\n  \
     workflow_dispatch:\n    inputs:\n      contract:\n        type: string\n        \
     description: What the provider says; empty to ask for all\n        required: false\n        default: \"\"\n";

/// Whether there is anything to ask without an event.
fn asks(facts: &Facts) -> bool {
    facts.consumed.iter().any(|contract| contract.source != Source::Event)
}

/// What brings an event, and what asks without one.
fn proposals(host: Host, facts: &Facts) -> String {
    let (repositories, live) = (facts.asked_at(Source::Repository), facts.asked_at(Source::Live));
    let propose = format!("{} propose", facts.program());
    let mut text = String::new();
    if live.is_empty() || !repositories.is_empty() {
        let run = plain(&format!("{propose} --output-format github"));
        text.push_str(&step(host, facts, "Propose what the event brought", event(host, true), &run));
    }
    if !repositories.is_empty() {
        let run = asking(&format!("{propose} --output-format github"));
        text.push_str(&step(host, facts, "Ask the provider's repository", event(host, false), &run));
    }
    if !live.is_empty() {
        // Whatever became of the other source. Where there is none, an event is a reason to ask, too.
        let condition = match repositories.is_empty() {
            true => String::new(),
            false => format!("${{{{ !cancelled() && {} }}}}", event(host, false)),
        };
        // Without names it is all of them, with those to come.
        let all = live.len() == facts.consumed.len();
        let names = if all { String::new() } else { format!(" {}", live.join(" ")) };
        let run = asking(&format!("{propose} --live --output-format github{names}"));
        text.push_str(&step(host, facts, "Ask the running service", &condition, &run));
    }
    text
}

fn step(host: Host, facts: &Facts, name: &str, condition: &str, run: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!("        if: {condition}\n") };
    let (token, secrets) = (token(host), secrets(facts.forges.iter(), host));
    format!("      - name: {name}\n{condition}        env:\n{token}{secrets}        run: {run}\n")
}

/// Whether an event brought something, or nothing.
fn event(host: Host, brought: bool) -> &'static str {
    match (host, brought) {
        (Host::Github, true) => "github.event_name == 'repository_dispatch'",
        (Host::Github, false) => "github.event_name != 'repository_dispatch'",
        (Host::Gitea, true) => "inputs.contract != ''",
        (Host::Gitea, false) => "inputs.contract == ''",
    }
}

fn token(host: Host) -> &'static str {
    match host {
        Host::Github => "          GITHUB_TOKEN: ${{ steps.app.outputs.token || github.token }}\n",
        Host::Gitea => "          GITEA_TOKEN: ${{ secrets.CONTRACTS_TOKEN || github.token }}\n",
    }
}

/// A source that cannot be reached is asked again by the next run.
fn asking(line: &str) -> String {
    format!(
        "|\n          status=0\n          {line} || status=$?\n          if [ \"$status\" -eq 3 ]; then\n            \
         echo \"::warning::the source could not be reached; the next run asks again\"\n            exit 0\n          fi\n          \
         exit \"$status\""
    )
}

/// A string in double quotes, as YAML and JSON both have it.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A line as a plain scalar where it is one.
fn plain(line: &str) -> String {
    if line.contains(['\'', '"', ':', '#']) { quoted(line) } else { line.to_owned() }
}
