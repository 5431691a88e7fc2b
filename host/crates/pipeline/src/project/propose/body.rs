//! The title and the text of a pull request, and what we know our own text by.
//!
//! Everything that comes from a document, a plugin or an event is escaped for Markdown. The last line is a marker,
//! an HTML comment that nobody sees: the contract, the shape and a digest of the text, so that a text that somebody
//! edited is never written over.

use countersign_model::{
    Change, ChangeSet, Digest, Name, NoticeVerdict, ProposedChange, ProposedFile, markdown,
};

/// What GitHub takes. Characters are counted there; bytes are never fewer.
const LIMIT: usize = 65_536;
/// What the findings may take of it.
const FINDINGS: usize = 36_000;
/// What the list of files may take of it.
const FILES: usize = 16_000;
/// The longest cell.
const CELL: usize = 600;

const MARKER: &str = "<!-- countersign:propose ";
const SUPERSEDED: &str = "<!-- countersign:superseded ";

/// The comment that says why a pull request was closed carries this.
pub(crate) const COMMENT_MARKER: &str = "<!-- countersign:superseded -->";

/// What a pull request is about.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// The contract.
    pub(crate) contract: Name,
    /// What it means for clients; none where only clients change.
    pub(crate) verdict: Option<NoticeVerdict>,
    /// The digest of the base's record.
    pub(crate) from: Option<Digest>,
    /// The digest of what is proposed.
    pub(crate) to: Digest,
    /// From the base's record to the document.
    pub(crate) changes: ChangeSet,
    /// The files that change.
    pub(crate) files: Vec<ProposedFile>,
    /// Where the document comes from, in Markdown of ours.
    pub(crate) source: String,
    /// The command that gives the same.
    pub(crate) reproduce: String,
}

impl News {
    /// The title, on one line.
    pub(crate) fn title(&self) -> String {
        match self.verdict {
            Some(verdict) => format!("contracts: {} changed upstream ({})", self.contract, word(verdict)),
            None => format!("contracts: the clients of {} are regenerated", self.contract),
        }
    }

    /// The text, with its marker.
    pub(crate) fn body(&self) -> String {
        let mut text = String::new();
        match self.verdict {
            Some(verdict) => text.push_str(&format!(
                "The contract {} changed upstream: **{}**.\n\n",
                markdown(self.contract.as_str()),
                word(verdict)
            )),
            None => text.push_str(&format!(
                "The record of {} is what it was; its clients are not what it generates.\n\n",
                markdown(self.contract.as_str())
            )),
        }
        text.push_str(&format!("Source: {}  \n", self.source));
        match self.from {
            Some(from) if from != self.to => {
                text.push_str(&format!("Record: `{}` → `{}`\n", from.short(), self.to));
            }
            Some(_) | None => text.push_str(&format!("Record: `{}`\n", self.to)),
        }
        text.push_str(&findings(&self.changes));
        text.push_str(&files(&self.files));
        text.push_str(&format!("\n### Do it yourself\n\n```sh\n{}\n```\n", self.reproduce));
        text.push_str(
            "\nMerge it when the code that uses the clients is ready for it; commits on this branch are kept. \
             Closed without a merge, it is not opened again for this state of the contract.\n",
        );
        marked(&text, &self.contract, &self.to)
    }
}

/// The word that people read.
pub(crate) fn word(verdict: NoticeVerdict) -> &'static str {
    match verdict {
        NoticeVerdict::Breaking => "breaking",
        NoticeVerdict::Risky => "risky",
        NoticeVerdict::Compatible => "compatible",
        NoticeVerdict::New => "new",
        NoticeVerdict::Violated => "violated",
    }
}

fn findings(changes: &ChangeSet) -> String {
    if changes.0.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<&Change> = changes.0.iter().collect();
    sorted.sort_by_key(|change| std::cmp::Reverse(change.impact));
    let head = "\n### What changed\n\n| impact | rule | what | reaches |\n|---|---|---|---|\n";
    let row = |change: &&Change| {
        format!(
            "| {} | {} | {} | {} |\n",
            change.impact.as_str(),
            cell(&change.rule),
            cell(&change.summary),
            cell(&change.operations.join(", "))
        )
    };
    table(head, &sorted, FINDINGS, row)
}

fn files(files: &[ProposedFile]) -> String {
    let head = format!("\n### What is in it: {} files\n\n| file | lines |\n|---|---|\n", files.len());
    let row = |file: &ProposedFile| {
        let note = match file.change {
            ProposedChange::Added => " \\(new\\)",
            ProposedChange::Deleted => " \\(gone\\)",
            ProposedChange::Modified => "",
        };
        format!("| {}{note} | +{} −{} |\n", cell(&file.path), file.added, file.removed)
    };
    table(&head, files, FILES, row)
}

/// A table with as many rows as fit, and how many did not.
fn table<T>(head: &str, rows: &[T], limit: usize, row: impl Fn(&T) -> String) -> String {
    let mut text = head.to_owned();
    for (index, one) in rows.iter().enumerate() {
        let row = row(one);
        if text.len() + row.len() > limit {
            text.push_str(&format!("\nand {} more\n", rows.len() - index));
            break;
        }
        text.push_str(&row);
    }
    text
}

/// Somebody else's text in a table, cut before it is escaped, so that no escape is cut in two.
fn cell(text: &str) -> String {
    let mut cut: String = text.chars().take(CELL / 2).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    markdown(&cut)
}

fn marked(text: &str, contract: &Name, digest: &Digest) -> String {
    let text = text.trim_end();
    debug_assert!(text.len() < LIMIT - 1000, "the tables are bounded");
    format!("{text}\n\n{MARKER}{contract} {digest} {} -->\n", fingerprint(text))
}

/// What a text is recognised by, whatever line ends a forge gives it.
fn fingerprint(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    Digest::of(lines.join("\n").as_bytes()).hexadecimal()[..16].to_owned()
}

/// The words of a body's marker: contract, digest and fingerprint.
fn marker(body: &str) -> Option<(&str, Vec<&str>)> {
    let at = body.rfind(MARKER)?;
    let (words, _) = body[at + MARKER.len()..].split_once("-->")?;
    Some((&body[..at], words.split_whitespace().collect()))
}

/// Whether we wrote this about a contract.
pub(crate) fn is_of(body: &str, contract: &Name) -> bool {
    marker(body).is_some_and(|(_, words)| words.first() == Some(&contract.as_str()))
}

/// Whether a body of ours is still as we wrote it, and says something else than `now`.
pub(crate) fn is_outdated(body: &str, now: &str) -> bool {
    let Some((text, words)) = marker(body) else { return false };
    let [contract, digest, fingerprinted] = words.as_slice() else { return false };
    let Some((_, current)) = marker(now) else { return false };
    let same_shape = current.first() == Some(contract) && current.get(1) == Some(digest);
    same_shape && *fingerprinted == fingerprint(text) && current.get(2) != Some(fingerprinted)
}

/// Whether we closed it because something took its place.
pub(crate) fn is_superseded(body: &str) -> bool {
    body.contains(SUPERSEDED)
}

/// A body, marked as closed by us.
pub(crate) fn superseded(body: &str, by: &Digest) -> String {
    let mark = format!("\n{SUPERSEDED}{by} -->\n");
    let mut kept: String = body.chars().take(LIMIT - mark.len()).collect();
    while kept.len() + mark.len() > LIMIT {
        kept.pop();
    }
    kept + &mark
}
