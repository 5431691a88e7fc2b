//! Folders that are held open. A name is looked up in one folder at a time and never through a symlink, so a
//! path that was checked cannot be swapped for another before it is used.

use super::StoreError;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// A folder, and its path relative to the root for messages.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Symlink,
    Special,
}

/// A name in a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) size: u64,
    pub(super) executable: bool,
    /// Seconds and nanoseconds since the epoch.
    pub(super) modified: (i64, u64),
}

const READ: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

impl Folder {
    /// The root itself, to which the way may lead through symlinks.
    pub(super) fn root(path: &Path) -> Result<Self, StoreError> {
        let fd = fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY, Mode::empty());
        let fd = fd.map_err(|error| StoreError::io("open", path, error))?;
        Ok(Self { fd, path: PathBuf::new() })
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// The path of `name`, for messages.
    pub(super) fn path_of(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.path.join(name.as_ref())
    }

    fn failed(&self, action: &'static str, name: impl AsRef<OsStr>) -> impl FnOnce(Errno) -> StoreError {
        let path = self.path_of(name);
        move |error| StoreError::io(action, &path, error)
    }

    /// The folder `name` in this one; none where nothing has that name.
    pub(super) fn child(&self, name: impl AsRef<OsStr>) -> Result<Option<Self>, StoreError> {
        let name = name.as_ref();
        let path = self.path_of(name);
        match fs::openat(&self.fd, name, READ | OFlags::DIRECTORY, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => Err(self.not_a("folder", name)?),
            Err(error) => Err(StoreError::io("open", &path, error)),
        }
    }

    fn not_a(&self, expected: &'static str, name: &OsStr) -> Result<StoreError, StoreError> {
        let path = self.path_of(name);
        Ok(match self.entry(name)? {
            Some(Entry { kind: Kind::Symlink, .. }) => StoreError::Symlink { path },
            Some(_) | None => StoreError::Kind { path, expected },
        })
    }

    /// The folder at a path that [`super::place::Place`] has checked, or that is empty; none where a part of it
    /// is missing.
    pub(super) fn descend(&self, path: &Path) -> Result<Option<Self>, StoreError> {
        let mut folder = self.again()?;
        for component in path.components() {
            let Component::Normal(name) = component else { continue };
            match folder.child(name)? {
                Some(child) => folder = child,
                None => return Ok(None),
            }
        }
        Ok(Some(folder))
    }

    /// The same folder, held open once more.
    pub(super) fn again(&self) -> Result<Self, StoreError> {
        let fd = self.fd.try_clone().map_err(|error| StoreError::io("open", &self.path, error))?;
        Ok(Self { fd, path: self.path.clone() })
    }

    /// What `name` stands for, without following it.
    pub(super) fn entry(&self, name: impl AsRef<OsStr>) -> Result<Option<Entry>, StoreError> {
        let stat = match fs::statat(&self.fd, name.as_ref(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.failed("look at", name)(error)),
        };
        let file_type = FileType::from_raw_mode(stat.st_mode);
        let kind = if file_type.is_file() {
            Kind::File
        } else if file_type.is_dir() {
            Kind::Folder
        } else if file_type.is_symlink() {
            Kind::Symlink
        } else {
            Kind::Special
        };
        let executable = Mode::from_raw_mode(stat.st_mode).intersects(EXECUTABLE);
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let modified = (stat.st_mtime, stat.st_mtime_nsec);
        Ok(Some(Entry { kind, size, executable, modified }))
    }

    /// The content of the file `name`; none where nothing has that name.
    pub(super) fn read(&self, name: impl AsRef<OsStr>) -> Result<Option<Vec<u8>>, StoreError> {
        let name = name.as_ref();
        match self.entry(name)? {
            None => return Ok(None),
            Some(Entry { kind: Kind::File, .. }) => {}
            Some(_) => return Err(self.not_a("file", name)?),
        }
        let fd = fs::openat(&self.fd, name, READ | OFlags::NONBLOCK, Mode::empty());
        let mut content = Vec::new();
        let read = File::from(fd.map_err(self.failed("read", name))?).read_to_end(&mut content);
        read.map_err(|error| StoreError::io("read", &self.path_of(name), error))?;
        Ok(Some(content))
    }

    /// The names in this folder, sorted by their bytes.
    pub(super) fn names(&self) -> Result<Vec<OsString>, StoreError> {
        let failed = |error: Errno| StoreError::io("list", &self.path, error);
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&self.fd).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Make the folder `name`, which must not exist.
    pub(super) fn make(&self, name: &str) -> Result<Self, StoreError> {
        fs::mkdirat(&self.fd, name, Mode::from_raw_mode(0o755)).map_err(self.failed("make", name))?;
        let missing = || StoreError::io("open", &self.path_of(name), Errno::NOENT);
        self.child(name)?.ok_or_else(missing)
    }

    /// Write the file `name`, which must not exist, and wait until it is on the disk.
    pub(super) fn create(&self, name: &str, content: &[u8], executable: bool) -> Result<(), StoreError> {
        let flushed = self.start(name, content, executable)?.sync_all();
        flushed.map_err(|error| StoreError::io("write", &self.path_of(name), error))
    }

    /// Write the file `name`, which must not exist, without waiting for the disk.
    pub(super) fn start(&self, name: &str, content: &[u8], executable: bool) -> Result<File, StoreError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = if executable { 0o755 } else { 0o644 };
        let fd = fs::openat(&self.fd, name, flags, Mode::from_raw_mode(mode));
        let mut file = File::from(fd.map_err(self.failed("write", name))?);
        let written = file.write_all(content);
        written.map_err(|error| StoreError::io("write", &self.path_of(name), error))?;
        Ok(file)
    }

    /// Wait until the whole file system of this folder is on the disk.
    pub(super) fn sync_file_system(&self) -> Result<(), StoreError> {
        fs::syncfs(&self.fd).map_err(|error| StoreError::io("flush", &self.path, error))
    }

    /// Wait until the names in this folder are on the disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        fs::fsync(&self.fd).map_err(|error| StoreError::io("flush", &self.path, error))
    }

    /// Rename within this folder.
    pub(super) fn rename(&self, from: &str, to: &str, flags: RenameFlags) -> Result<(), Errno> {
        if flags.is_empty() {
            fs::renameat(&self.fd, from, &self.fd, to)
        } else {
            fs::renameat_with(&self.fd, from, &self.fd, to, flags)
        }
    }

    /// Remove the file `name`, if it is there.
    pub(super) fn unlink(&self, name: impl AsRef<OsStr>) -> Result<(), StoreError> {
        match fs::unlinkat(&self.fd, name.as_ref(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.failed("remove", name)(error)),
        }
    }

    /// Remove the folder `name` if it is there and empty; otherwise leave it.
    pub(super) fn remove_empty(&self, name: &str) {
        // Any reason to refuse is a reason to leave it.
        let _ = fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR);
    }

    /// Remove `name` and everything in it, if it is there. Symlinks go; what they point to stays.
    pub(super) fn remove(&self, name: impl AsRef<OsStr>) -> Result<(), StoreError> {
        let name = name.as_ref();
        match self.entry(name)? {
            None => return Ok(()),
            Some(Entry { kind: Kind::Folder, .. }) => {}
            Some(_) => return self.unlink(name),
        }
        if let Some(folder) = self.child(name)? {
            for inner in folder.names()? {
                folder.remove(inner)?;
            }
        }
        fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR).map_err(self.failed("remove", name))
    }
}

const EXECUTABLE: Mode = Mode::XUSR.union(Mode::XGRP).union(Mode::XOTH);
