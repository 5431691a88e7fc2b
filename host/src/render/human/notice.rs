//! The notices of a run, one line each, and why one was not sent.

use super::problem::problem;
use super::short;
use crate::render::style::{Style, Tone};
use crate::render::{notice, safe};
use countersign_model::{NoticeState, SentNotice};
use std::io::{self, Write};

/// Write the notices; false where there was nothing to say.
pub(in crate::render) fn notices(
    list: &[SentNotice],
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let wanted = |notice: &&SentNotice| match notice.state {
        NoticeState::Failed | NoticeState::Unknown | NoticeState::Abandoned => true,
        NoticeState::Delivered | NoticeState::Planned | NoticeState::Claimed => !style.quiet,
    };
    let told: Vec<_> = list.iter().filter(wanted).collect();
    if told.is_empty() {
        return Ok(false);
    }
    writeln!(out, "{}", style.paint(Tone::Label, "notices"))?;
    for one in told {
        let (tone, word) = notice::fate(one.state);
        writeln!(out, "  {} ({})", safe(&notice::clause(one)), style.paint(tone, word))?;
        if style.verbose > 0 {
            writeln!(out, "    of commit {}, key {}", safe(&short(&one.commit)), safe(&one.key))?;
        }
        match (&one.problem, one.state) {
            (None, _) => {}
            (Some(why), NoticeState::Failed) => problem(why, 4, style, out)?,
            (
                Some(why),
                NoticeState::Delivered
                | NoticeState::Planned
                | NoticeState::Claimed
                | NoticeState::Abandoned
                | NoticeState::Unknown,
            ) => {
                let label = style.paint(Tone::Doubt, "warning:");
                writeln!(out, "    {label} {}", safe(&why.message))?;
            }
        }
    }
    Ok(true)
}
