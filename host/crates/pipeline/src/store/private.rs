//! `.countersign/`: the lock, the list of intended stages and the journal. It lies outside every folder that
//! is ever exchanged, since a lock inside one would be lost with it.

use super::StoreError;
use super::folder::Folder;
use super::journal::Journal;
use super::place::{PRIVATE, Place, StageName};
use rustix::fs::{self, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::Path;

const LOCK: &str = "lock";
const JOURNAL: &str = "journal.json";
const JOURNAL_DRAFT: &str = "journal.json.new";
const INTENTS: &str = "staging.jsonl";

/// What a transaction is about to create outside `.countersign/`. It is on the disk before the thing itself,
/// so a process that dies leaves nothing that the next one cannot find.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Intent {
    /// A stage, named beside its target.
    Stage { beside: Place, name: StageName },
    /// A folder that holds a target and did not exist.
    Folder(Place),
}

/// A flock (2), which the kernel frees also after `kill -9`.
#[derive(Debug)]
struct Lock(OwnedFd);

impl Lock {
    /// None where another process holds it.
    fn take(folder: &Folder, flags: OFlags, how: FlockOperation) -> Result<Option<Self>, StoreError> {
        let path = folder.path_of(LOCK);
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let lock = fs::openat(folder.fd(), LOCK, flags, Mode::from_raw_mode(0o644));
        let lock = lock.map_err(|error| StoreError::io("open", &path, error))?;
        match fs::flock(&lock, how) {
            Ok(()) => Ok(Some(Self(lock))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(StoreError::io("lock", &path, error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child that another thread forks holds a copy until it executes its program.
        let _ = fs::flock(&self.0, FlockOperation::Unlock);
    }
}

/// The private folder, locked.
#[derive(Debug)]
pub(super) struct Private {
    folder: Folder,
    _lock: Lock,
    intents: Vec<Intent>,
    list: Option<File>,
}

impl Private {
    /// The private folder of `root`, made if it is missing, and locked against other processes.
    pub(super) fn lock(root: &Folder, root_path: &Path) -> Result<Self, StoreError> {
        let folder = open_or_make(root)?;
        match Lock::take(&folder, OFlags::RDWR | OFlags::CREATE, FlockOperation::NonBlockingLockExclusive)? {
            Some(lock) => Ok(Self { folder, _lock: lock, intents: Vec::new(), list: None }),
            None => Err(StoreError::Busy { root: root_path.to_owned() }),
        }
    }

    /// Announce something that is about to be created.
    pub(super) fn intend(&mut self, intent: Intent) -> Result<(), StoreError> {
        let path = self.folder.path_of(INTENTS);
        let mut line = serde_json::to_vec(&intent).expect("an intent has only text keys");
        line.push(b'\n');
        let new = self.list.is_none();
        if new {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = fs::openat(self.folder.fd(), INTENTS, flags, Mode::from_raw_mode(0o644));
            self.list = Some(File::from(fd.map_err(|error| StoreError::io("write", &path, error))?));
        }
        if let Some(list) = &mut self.list {
            let written = list.write_all(&line).and_then(|()| list.sync_data());
            written.map_err(|error| StoreError::io("write", &path, error))?;
        }
        self.intents.push(intent);
        if new { self.folder.sync() } else { Ok(()) }
    }

    /// Read what a process that died had announced, so that [`Self::sweep`] removes it.
    pub(super) fn remember(&mut self) -> Result<(), StoreError> {
        let list = self.folder.read(INTENTS)?.unwrap_or_default();
        // A torn line announced something that was never created.
        let known = list.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        self.intents.extend(known);
        Ok(())
    }

    /// Remove every stage that was announced, and the folders that are still empty. What cannot be removed
    /// stays announced for the next time.
    pub(super) fn sweep(&mut self, root: &Folder) {
        let mut clean = true;
        for intent in self.intents.drain(..).rev() {
            clean &= match intent {
                Intent::Stage { beside, name } => remove_stage(root, &beside, &name).is_ok(),
                Intent::Folder(place) => remove_folder(root, &place).is_ok(),
            };
        }
        self.list = None;
        if clean {
            // The list of things that are gone does no harm.
            let _ = self.folder.unlink(INTENTS);
        }
    }

    pub(super) fn journal(&self) -> Result<Option<Journal>, StoreError> {
        read_journal(&self.folder)
    }

    pub(super) fn write_journal(&self, journal: &Journal) -> Result<(), StoreError> {
        self.folder.unlink(JOURNAL_DRAFT)?;
        self.folder.create(JOURNAL_DRAFT, &journal.print(), false)?;
        let renamed = self.folder.rename(JOURNAL_DRAFT, JOURNAL, RenameFlags::empty());
        renamed.map_err(|error| StoreError::io("write", &self.folder.path_of(JOURNAL), error))?;
        self.folder.sync()
    }

    pub(super) fn clear_journal(&self) -> Result<(), StoreError> {
        self.folder.unlink(JOURNAL_DRAFT)?;
        self.folder.unlink(JOURNAL)?;
        self.folder.sync()
    }

    pub(super) fn has_journal(&self) -> Result<bool, StoreError> {
        Ok(self.folder.entry(JOURNAL)?.is_some())
    }
}

fn remove_stage(root: &Folder, beside: &Place, name: &StageName) -> Result<(), StoreError> {
    let Some(parent) = root.descend(beside.parent())? else { return Ok(()) };
    parent.remove(name.as_str())?;
    parent.remove(name.aside())
}

fn remove_folder(root: &Folder, place: &Place) -> Result<(), StoreError> {
    if let Some(parent) = root.descend(place.parent())? {
        parent.remove_empty(place.name());
    }
    Ok(())
}

/// The private folder with its own `.gitignore`, so that it needs none of the user's.
pub(super) fn open_or_make(root: &Folder) -> Result<Folder, StoreError> {
    let folder = match root.child(PRIVATE)? {
        Some(folder) => folder,
        None => {
            let folder = root.make(PRIVATE)?;
            root.sync()?;
            folder
        }
    };
    if folder.entry(".gitignore")?.is_none_or(|entry| entry.size == 0) {
        folder.unlink(".gitignore")?;
        folder.create(".gitignore", b"*\n", false)?;
    }
    Ok(folder)
}

/// The journal of an accept that is not running any more.
pub(super) fn interrupted(root: &Folder, root_path: &Path) -> Result<Option<Journal>, StoreError> {
    let Some(folder) = root.child(PRIVATE)? else { return Ok(None) };
    if folder.entry(JOURNAL)?.is_none() {
        return Ok(None);
    }
    if folder.entry(LOCK)?.is_none() {
        return read_journal(&folder);
    }
    let shared = Lock::take(&folder, OFlags::RDONLY, FlockOperation::NonBlockingLockShared)?;
    let Some(_shared) = shared else { return Err(StoreError::Busy { root: root_path.to_owned() }) };
    // Read after the lock: the accept may have finished in between.
    read_journal(&folder)
}

fn read_journal(folder: &Folder) -> Result<Option<Journal>, StoreError> {
    let Some(bytes) = folder.read(JOURNAL)? else { return Ok(None) };
    match Journal::parse(&bytes) {
        Ok(journal) => Ok(Some(journal)),
        Err(reason) => Err(StoreError::Journal { path: folder.path_of(JOURNAL), reason }),
    }
}
