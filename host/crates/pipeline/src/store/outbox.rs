//! What a run has sent, on this disk, before it is told to anybody else: one line for each attempt and each outcome.
//!
//! Only one run of a clone holds it at a time. A process that dies leaves its lines to the next one.

use super::folder::Folder;
use super::place::PRIVATE;
use super::private::open_or_make;
use super::{StoreError, transaction};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const NAME: &str = "notices.jsonl";

/// The lines of this clone's runs that no note holds yet.
#[derive(Debug)]
pub struct Outbox {
    file: File,
    path: PathBuf,
}

impl Outbox {
    /// Open it for this run alone.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another run holds it; else what the file system says.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        open_or_make(&Folder::root(root)?)?;
        let path = root.join(PRIVATE).join(NAME);
        let failed = |error| StoreError::io("open", &path, error);
        let opened = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { root: root.to_owned() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Every whole line. A line that was cut off by a power cut never took effect as a promise, and is left out.
    ///
    /// # Errors
    /// What the file system says.
    pub fn lines(&mut self) -> Result<Vec<String>, StoreError> {
        let mut text = String::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_string(&mut text));
        read.map_err(|error| StoreError::io("read", &self.path, error))?;
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        Ok(whole.lines().map(str::to_owned).collect())
    }

    /// Add a line. When this returns, it outlives a power cut.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add(&mut self, line: &str) -> Result<(), StoreError> {
        let written =
            self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| StoreError::io("write", &self.path, error))
    }

    /// Forget every line, because a note holds them now.
    ///
    /// # Errors
    /// What the file system says.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        let cleared = self.file.set_len(0).and_then(|()| self.file.sync_data());
        cleared.map_err(|error| StoreError::io("empty", &self.path, error))
    }
}

/// A name for one run that no other has.
///
/// # Errors
/// What the system's source of random numbers says.
pub fn run_name() -> Result<String, StoreError> {
    Ok(format!("{:016x}", transaction::random()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_outlives_its_run_and_only_one_run_holds_them() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Outbox::open(folder.path()).unwrap();
        first.add("one").unwrap();
        assert!(matches!(Outbox::open(folder.path()), Err(StoreError::Busy { .. })));
        drop(first);
        let mut second = Outbox::open(folder.path()).unwrap();
        assert_eq!(second.lines().unwrap(), ["one"]);
        second.add("two").unwrap();
        std::fs::OpenOptions::new()
            .append(true)
            .open(folder.path().join(".countersign/notices.jsonl"))
            .and_then(|mut file| file.write_all(b"torn"))
            .unwrap();
        assert_eq!(second.lines().unwrap(), ["one", "two"], "a torn line says nothing");
        second.clear().unwrap();
        assert_eq!(second.lines().unwrap(), [""; 0]);
    }
}
