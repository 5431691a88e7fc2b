//! Proposals, and the events that ask for them.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "base-not-here",
        "A dry run needs the head of the branch that pull requests go into, and this clone has not got it. A run that \
         is no dry run fetches it.",
        "`git fetch origin BRANCH`.",
    ),
    code(
        "event-mismatch",
        "The event says that the record has one digest, and the file at the event's commit has another. Nothing is \
         proposed: either the event is not what it says, or the snapshot was committed without `countersign accept`.",
        "Compare the two digests. To propose what the provider has: `countersign propose CONTRACT --revision COMMIT`.",
    ),
    code(
        "foreign-event",
        "The event is about a contract whose provider no contract here names. An event only picks among what \
         `pipeline.toml` declares.",
        "Declare it: `provider = { repository = \"github:OWNER/NAME\", path = \"contracts/NAME/openapi.json\" }`.",
    ),
    code("interrupted", "The run was interrupted.", "Run it again: it goes on from what is there."),
    code(
        "no-version-control",
        "Proposals and notices are about commits, and this folder is under no version control.",
        "Run it in a clone of the repository.",
    ),
    code(
        "not-at-base",
        "The branch that pull requests go into does not declare the contract.",
        "Merge the declaration first, or name another branch with `--base BRANCH`.",
    ),
    code(
        "proposal-current",
        "The branch that pull requests go into holds what upstream says, and its clients are what it generates.",
        "",
    ),
    code(
        "proposal-declined",
        "A pull request for this state of the contract was closed without a merge. That is an answer, and it is not \
         opened again.",
        "Reopen the pull request where it was a mistake. The next state of the contract is proposed again.",
    ),
    code(
        "proposal-failed",
        "The proposal of a contract could not be decided (exit status 2).",
        "Read the problem beside it.",
    ),
    code("proposal-left", "There is an open pull request for this state of the contract already.", ""),
    code(
        "proposal-merged",
        "A pull request for this state of the contract was merged, and the branch still holds it.",
        "",
    ),
    code("proposal-note", "Something about proposals that is good to know.", ""),
    code(
        "proposal-occupied",
        "The branch of this proposal holds commits that are not ours, and has no pull request. It stays as it is.",
        "Open a pull request for it, or remove the branch.",
    ),
    code("proposal-opened", "A pull request was opened.", ""),
    code(
        "proposal-overtaken",
        "The event is about a state of the contract that the provider has left already, and the newer one is merged \
         or proposed.",
        "",
    ),
    code("proposal-planned", "A dry run: a pull request would be opened, and nothing was sent.", ""),
    code(
        "proposal-trivial",
        "Only locks, the record's own file or white space would change, which nobody has to look at.",
        "",
    ),
    code(
        "proposal-unsettled",
        "Other runs change the branches and pull requests of the contract as fast as this one looks.",
        "Run it again: it goes on from what is there.",
    ),
    code(
        "provider-file-missing",
        "The provider's repository has no file at the path that `provider` names.",
        "Correct `path` of `provider`.",
    ),
    code(
        "unfit-event",
        "The event carries a `contract` that cannot be read: it is an object with `name`, `repository`, `path`, \
         `commit` and `to`.",
        "Send it with the stage `notify-github`, or look at no event: `--live`, `--from` or `--revision`.",
    ),
    code(
        "unknown-base",
        "There is no branch of this name to propose changes to.",
        "Name one with `--base BRANCH`.",
    ),
    code(
        "unknown-home",
        "Nothing says on which forge this repository lives: neither `pipeline.toml`, CI nor the remote `origin`.",
        "`[pipeline] repository = \"github:OWNER/NAME\"`.",
    ),
];
