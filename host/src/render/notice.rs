//! The notices of a run: who was told what, and what became of it. The words that every format shares.

use super::item::{Item, Level};
use super::style::Tone;
use countersign_model::{Name, NoticeState, NoticeVerdict, SentNotice};

/// A notice in a clause, unescaped: `told archiver on room: watcher is breaking`.
pub(crate) fn clause(notice: &SentNotice) -> String {
    let SentNotice { contract, channel, .. } = notice;
    // The contract's own channels have all clients for an audience.
    let client = notice.client.as_ref().map_or("everybody", Name::as_str);
    let news = match notice.verdict {
        NoticeVerdict::Breaking => "breaking",
        NoticeVerdict::Risky => "risky",
        NoticeVerdict::Compatible => "compatible",
        NoticeVerdict::New => "new",
        NoticeVerdict::Violated => "violated by the running service",
    };
    let told = match notice.state {
        NoticeState::Delivered => format!("told {client} on {channel}"),
        NoticeState::Planned => format!("would tell {client} on {channel}"),
        NoticeState::Failed => format!("could not tell {client} on {channel}"),
        NoticeState::Unknown | NoticeState::Abandoned => {
            format!("nobody knows whether {client} heard on {channel}")
        }
        NoticeState::Claimed => format!("another run is telling {client} on {channel}"),
    };
    format!("{told}: {contract} is {news}")
}

/// What became of a notice: a word for the eye, and what follows from it.
pub(crate) fn fate(state: NoticeState) -> (Tone, &'static str) {
    match state {
        NoticeState::Delivered => (Tone::Good, "delivered"),
        NoticeState::Planned => (Tone::Dim, "planned"),
        NoticeState::Failed => (Tone::Bad, "failed; the next run tries again"),
        NoticeState::Unknown => (Tone::Doubt, "unknown; the next run looks before it sends again"),
        NoticeState::Abandoned => (Tone::Doubt, "unknown, and given up; ask the receiver"),
        NoticeState::Claimed => {
            (Tone::Dim, "claimed; a run that died is taken over after a quarter of an hour")
        }
    }
}

/// A notice for formats that have one line for each thing.
pub(super) fn item(notice: &SentNotice) -> Item {
    let (level, rule) = match notice.state {
        NoticeState::Delivered => (Level::Note, "notice-delivered"),
        NoticeState::Planned => (Level::Note, "notice-planned"),
        NoticeState::Failed => (Level::Error, "notice-failed"),
        NoticeState::Unknown => (Level::Warning, "notice-unknown"),
        NoticeState::Abandoned => (Level::Warning, "notice-abandoned"),
        NoticeState::Claimed => (Level::Note, "notice-claimed"),
    };
    let mut message = format!("{} ({})", clause(notice), fate(notice.state).1);
    if let Some(problem) = &notice.problem {
        message.push_str(&format!("; {}", super::item::told(problem)));
    }
    Item::new(level, rule, message)
}
