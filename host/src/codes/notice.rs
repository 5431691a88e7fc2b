//! Notices and the event that CI runs for.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
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
        "Ask the receiver.",
    ),
    code(
        "unreadable-event",
        "The payload of the CI event cannot be read.",
        "Name the file with `--event-path FILE`.",
    ),
];
