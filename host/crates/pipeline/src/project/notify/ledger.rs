//! Who was told, in two places: on this disk at once, and in the notes, which every clone shares, a batch at a time.
//!
//! Before an effect goes out, the notes say that this run has it; before it goes out, this disk says that it is about
//! to. So a process that dies leaves at most one attempt whose end nobody knows, and a clone that is lost at most a batch.

use super::receipts::{Line, Receipt, Receipts, Stage, Standing};
use crate::git::{Commit, Git, GitError, Identity};
use crate::store::{Outbox, StoreError, run_name};
use countersign_model::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Where receipts are kept.
const NOTES: &str = "refs/notes/countersign";

/// A line on this disk: which commit's note it belongs to.
#[derive(Serialize, Deserialize)]
struct Entry {
    commit: String,
    #[serde(flatten)]
    receipt: Receipt,
}

/// Who was told.
pub(super) struct Ledger<'a> {
    git: &'a Git,
    outbox: Mutex<Outbox>,
    /// Whether notes were written here that no other clone has.
    unshared: AtomicBool,
    run: String,
    /// When it was opened: in seconds since 1970, and as this machine counts on from there.
    now: u64,
    opened: Instant,
}

/// What the notes say, to a run that only looks.
pub(super) fn receipts(git: &Git, commit: &Commit) -> Result<Receipts, Problem> {
    let note = git.note_get(NOTES, commit).map_err(|error| error.problem())?.unwrap_or_default();
    Ok(Receipts::parse(&note))
}

/// Bring the receipts of other runs here.
pub(super) fn fetch(git: &Git) -> Result<(), Problem> {
    git.fetch_notes(NOTES, &identity())
        .map_err(|error| error.problem().hint("notices are sent when the receipts can be read; run again"))
}

fn identity() -> Identity {
    Identity { name: "countersign".into(), email: "countersign@localhost".into() }
}

impl<'a> Ledger<'a> {
    /// Open it for this run, and take in what a run of this clone left that was ended before it could share it.
    pub(super) fn open(git: &'a Git, root: &Path, now: u64) -> Result<Self, Problem> {
        let outbox = Outbox::open(root).map_err(|error| busy(&error))?;
        let run = run_name().map_err(|error| error.problem())?;
        let (outbox, unshared) = (Mutex::new(outbox), AtomicBool::new(false));
        let ledger = Self { git, outbox, unshared, run, now, opened: Instant::now() };
        ledger.take_in()?;
        Ok(ledger)
    }

    /// The name of this run.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// The seconds since 1970. A claim is dated by itself: a run may take longer than a claim is good for.
    fn moment(&self) -> u64 {
        self.now + self.opened.elapsed().as_secs()
    }

    /// What a run that died left here. What it had claimed and not begun to send was not sent: it is released.
    fn take_in(&self) -> Result<(), Problem> {
        let left = self.outbox().lines().map_err(|error| error.problem())?;
        let entries: Vec<Entry> = left.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let mut last: BTreeMap<(String, String, String), (Stage, u64)> = BTreeMap::new();
        for Entry { commit, receipt } in entries {
            let known = last.entry((commit, receipt.key, receipt.run)).or_insert((receipt.state, receipt.at));
            known.0 = known.0.max(receipt.state);
        }
        let lines = last.into_iter().map(|((commit, key, run), (state, at))| {
            // It died there: nobody is sending it any more, so that nobody has to wait for the claim to run out.
            let state = match state {
                Stage::Claimed => Stage::Failed,
                Stage::Sending => Stage::Unknown,
                Stage::Unknown | Stage::Failed | Stage::Abandoned | Stage::Delivered => state,
            };
            (commit, Line::Receipt(Receipt { key, state, run, at }))
        });
        self.write(lines)?;
        self.outbox().clear().map_err(|error| error.problem())
    }

    /// Claim a batch of effects for this run, and let every other run know. Returns how each stands then, by its key.
    /// Those that another run was faster with are given back: who shares second reads the claims of who shared first.
    pub(super) fn claim(&self, effects: &[(&Commit, &str)]) -> Result<BTreeMap<String, Standing>, Problem> {
        for (commit, key) in effects {
            self.remember(commit, key, Stage::Claimed)?;
        }
        let line = |(commit, key): &(&Commit, &str)| (commit.to_string(), self.line(key, Stage::Claimed));
        self.write(effects.iter().map(line))?;
        self.share()?;
        let mut known: BTreeMap<&Commit, Receipts> = BTreeMap::new();
        let mut stands = BTreeMap::new();
        for (commit, key) in effects {
            if !known.contains_key(commit) {
                known.insert(commit, receipts(self.git, commit)?);
            }
            let standing = known.get(commit).map(|receipts| receipts.standing(key, &self.run, self.moment()));
            if matches!(standing, Some(Standing::Held | Standing::Done)) {
                self.remember(commit, key, Stage::Failed)?;
            }
            stands.extend(standing.map(|standing| ((*key).to_owned(), standing)));
        }
        Ok(stands)
    }

    /// Note how far an effect came, on this disk.
    pub(super) fn remember(&self, commit: &Commit, key: &str, state: Stage) -> Result<(), Problem> {
        let receipt = Receipt { key: key.into(), state, run: self.run.clone(), at: self.moment() };
        let entry = Entry { commit: commit.to_string(), receipt };
        let line = serde_json::to_string(&entry).expect("a receipt has no map with keys that are no text");
        self.outbox().add(&line).map_err(|error| error.problem())
    }

    /// Move what this disk knows into the notes, and give them to every clone.
    pub(super) fn settle(&self) -> Result<(), Problem> {
        let lines = self.outbox().lines().map_err(|error| error.problem())?;
        let entries = lines.iter().filter_map(|line| serde_json::from_str::<Entry>(line).ok());
        let settled = entries.filter(|entry| entry.receipt.state > Stage::Sending);
        self.write(settled.map(|entry| (entry.commit, Line::Receipt(entry.receipt))))?;
        self.share()?;
        self.outbox().clear().map_err(|error| error.problem())
    }

    /// Note that telling of a contract began, or is complete, up to a commit.
    pub(super) fn mark(&self, commit: &Commit, line: Line) -> Result<(), Problem> {
        self.write([(commit.to_string(), line)].into_iter())
    }

    /// Give the notes to every clone.
    pub(super) fn share(&self) -> Result<(), Problem> {
        if !self.unshared.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.git.push_notes(NOTES, &identity()).map_err(|error| unshared(&error))?;
        self.unshared.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn line(&self, key: &str, state: Stage) -> Line {
        Line::Receipt(Receipt { key: key.into(), state, run: self.run.clone(), at: self.moment() })
    }

    fn write(&self, lines: impl Iterator<Item = (String, Line)>) -> Result<(), Problem> {
        let mut notes: BTreeMap<String, String> = BTreeMap::new();
        for (commit, line) in lines {
            let text = serde_json::to_string(&line).expect("a receipt has no map with keys that are no text");
            let note = notes.entry(commit).or_default();
            note.push_str(&text);
            note.push('\n');
        }
        for (commit, text) in notes {
            let Some(commit) = Commit::parse(&commit) else { continue };
            let appended = self.git.note_append(NOTES, &commit, text.as_bytes(), &identity());
            appended.map_err(|error| error.problem())?;
            self.unshared.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn outbox(&self) -> std::sync::MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn busy(error: &StoreError) -> Problem {
    if matches!(error, StoreError::Busy { .. }) {
        return Problem::new("store-busy", "another run of this clone is sending notices")
            .hint("wait until it is done; what it sends is not sent twice");
    }
    error.problem()
}

fn unshared(error: &GitError) -> Problem {
    error.problem().hint(
        "grant the job permission to push, such as `permissions: contents: write`: without receipts that every clone \
         can read, a notice would be sent again by each run",
    )
}
