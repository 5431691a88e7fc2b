//! Notices and the event that CI runs for.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "channel-down",
        "A channel failed three times in a row, for a reason that is not the notice's: the rest of its notices \
         were not tried in this run.",
        "Run again when the other side can be reached: what was not sent is sent then.",
    ),
    code(
        "notice-abandoned",
        "Whether a notice arrived is not known and cannot be learned, since its channel has no way to ask and \
         none to tell two of the same apart, such as an incoming webhook of a chat. It is not sent again.",
        "Look at the other side. A channel that can be asked, such as a bot with a token, has no such end.",
    ),
    code(
        "notice-claimed",
        "Another run, on another machine, has this notice and is sending it. If that run died, the notice is \
         taken over by a run that begins a quarter of an hour later.",
        "",
    ),
    code("notice-delivered", "A client heard on its channel that the record changed.", ""),
    code(
        "notice-failed",
        "A notice was not sent: its channel could not be used, or the receiver refused it. The run is \
         undecided (exit status 2).",
        "Cure the problem that stands beside it, and run again: what was not delivered is sent by the next \
         run.",
    ),
    code(
        "notice-planned",
        "A dry run: the notice would be sent, and nothing was.",
        "`countersign run` without `--dry-run` sends it, on the baseline branch.",
    ),
    code(
        "notice-unknown",
        "The notice was sent, and whether it arrived is not known: the receiver gave no answer, or none \
         that says so. It is not sent again blindly, since then it could arrive twice, and the run is \
         undecided (exit status 2).",
        "Run again: the next run looks whether it arrived, or sends again what the receiver recognises as the \
         same.",
    ),
    code(
        "target-forbidden",
        "A repository elsewhere is there, and the token may not do there what it is meant to do. A forge says \
         404 where it means this, so that it is told from what was seen besides.",
        "Give the token the permission that the message names. A dispatch needs `contents: write` in the \
         repository that hears.",
    ),
    code(
        "target-gone",
        "A repository elsewhere is confirmed gone: not found by name and by number, on several days, by a token \
         that can see its owner's others. The command line never says so by itself, since it remembers nothing.",
        "Remove the client or the contract from pipeline.toml.",
    ),
    code(
        "target-moved",
        "A repository elsewhere has another name now. It is still found under the old one.",
        "Write the new name into pipeline.toml.",
    ),
    code(
        "target-suspect",
        "A repository elsewhere was not found. That is no evidence that it is gone: a missing permission looks \
         the same, and so does a forge that is unwell.",
        "Check its name, and that the token may see it.",
    ),
    code(
        "target-undecided",
        "Nothing could be learned of a repository elsewhere: there was no answer, or no token that is accepted.",
        "Look again later, or set a token.",
    ),
    code("target-withheld", "A repository elsewhere is withheld for legal reasons (status 451).", ""),
    code(
        "unknown-revision",
        "A revision that was named is no commit of this clone.",
        "Name a commit, a branch or a tag, and fetch the history: `git fetch --unshallow`.",
    ),
    code(
        "unreadable-event",
        "The payload of the CI event cannot be read.",
        "Name the file with `--event-path FILE`.",
    ),
];
