//! Version control.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "baseline-unreadable",
        "The baseline is named, by `pipeline.toml` or by the event, and this clone cannot read it. What the \
         change breaks cannot be said then.",
        "Fetch the history: `fetch-depth: 0` in CI, or `git fetch --unshallow`.",
    ),
    code(
        "committed-private-folder",
        "`.countersign/` is committed. What lies there is believed to come from this machine; committed, it \
         would come from whoever proposes a change.",
        "`git rm -r --cached .countersign`, and ignore the folder.",
    ),
    code(
        "git-failed",
        "A call of git failed in a way that Countersign does not know.",
        "The message holds what git said. Run `git status` and `git fsck` here.",
    ),
    code(
        "git-missing-object",
        "A partial clone lacks the content of a file that is needed.",
        "In CI check out without `filter`; elsewhere `git fetch --refetch --no-filter`.",
    ),
    code(
        "git-not-installed",
        "The folder is under version control, and `git` was not found on the path.",
        "Install git.",
    ),
    code(
        "git-shallow",
        "This is a shallow clone, and the history that is needed was not fetched.",
        "Fetch it: `fetch-depth: 0` in CI, or `git fetch --unshallow`.",
    ),
    code(
        "git-unfit-argument",
        "A name cannot be passed to git, because it holds a line end or the like.",
        "Name it in another way.",
    ),
    code(
        "git-untrusted",
        "Git refuses a repository that belongs to another user.",
        "The hint has the command: `git config --global --add safe.directory FOLDER`.",
    ),
];
