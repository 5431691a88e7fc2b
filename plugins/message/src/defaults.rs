//! The templates for those who write none: the verdict first, then the contract, the worst findings, who is
//! concerned, the commit, and the next step.

use crate::{Notice, Target, Verdict};

pub(crate) fn title(notice: &Notice) -> &'static str {
    match notice.verdict {
        Verdict::Breaking => {
            "Breaking change in {contract} ({breaking} breaking, {risky} risky, {compatible} compatible)"
        }
        Verdict::Risky => "Risky change in {contract} ({risky} risky, {compatible} compatible)",
        Verdict::Compatible => "Compatible change in {contract}",
        Verdict::New => "New contract {contract}",
        Verdict::Violated => "Violations of {contract} by the running service: {total}",
        Verdict::Pushed => "Pushes",
    }
}

pub(crate) fn message(notice: &Notice, target: Target) -> String {
    let who = if notice.client.is_some() { "Client: {client}" } else { "Clients: {clients}" };
    let lines = [
        "{findings}".to_owned(),
        String::new(),
        who.to_owned(),
        commit(notice, target),
        next(notice, target),
    ];
    lines.join("\n")
}

fn commit(notice: &Notice, target: Target) -> String {
    let linked = notice.main_link().is_some();
    match target {
        Target::Markdown if linked => "Commit: [<code>{commit}</code>]({link})".into(),
        Target::Slack if linked => "Commit: <{link}|{commit}>".into(),
        Target::Matrix if linked => "Commit: <a href=\"{link}\">{commit}</a>".into(),
        Target::Plain | Target::Title if linked => "Commit: {commit} {link}".into(),
        Target::Markdown | Target::Matrix => "Commit: <code>{commit}</code>".into(),
        Target::Slack | Target::Plain | Target::Title => "Commit: {commit}".into(),
    }
}

fn next(notice: &Notice, target: Target) -> String {
    if notice.link("pull-request").is_some() {
        return "Next step: review {pull-request}, which regenerates the client.".into();
    }
    let propose = match target {
        Target::Markdown | Target::Matrix => "<code>countersign propose</code>",
        Target::Slack | Target::Plain | Target::Title => "`countersign propose`",
    };
    match notice.verdict {
        Verdict::Breaking => format!(
            "Next step: run {propose} in the client's repository, and release the client before this change is deployed."
        ),
        Verdict::Risky => {
            format!(
                "Next step: look through the risky changes, then run {propose} in the client's repository."
            )
        }
        Verdict::Compatible => {
            format!("Next step: none is due; {propose} in the client's repository regenerates it.")
        }
        Verdict::New => "Next step: a client can be generated from it.".into(),
        Verdict::Violated => {
            "Next step: mend the service, or deploy what the record describes; clients cannot be regenerated to fit.".into()
        }
        Verdict::Pushed => String::new(),
    }
}
