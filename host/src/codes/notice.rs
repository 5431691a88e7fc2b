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
        "no-version-control",
        "Notices are about commits that changed a record, and this folder is under no version control.",
        "Run the command in a clone of the repository.",
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
        "unreadable-event",
        "The payload of the CI event cannot be read.",
        "Name the file with `--event-path FILE`.",
    ),
];
