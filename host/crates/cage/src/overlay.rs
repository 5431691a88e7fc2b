//! A folder that is seen with changes laid over it (Linux kernel documentation, `filesystems/overlayfs`).

use rustix::fs::{CWD, FileType, Mode, XattrFlags, makedev, mknodat, setxattr};
use serde::{Deserialize, Serialize};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The mark of a folder that is seen without what lies below it, for those who mount as ordinary users.
const OPAQUE: &str = "user.overlay.opaque";

/// A folder with changes laid over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// The real folder. Nothing is ever written to it.
    pub lower: PathBuf,
    /// What is laid over it, and takes what is written.
    pub upper: PathBuf,
    /// An empty folder beside `upper`, which the kernel needs.
    pub work: PathBuf,
}

impl Overlay {
    /// Changes that lie in `folder`, which is empty.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn new(lower: PathBuf, folder: &Path) -> io::Result<Self> {
        let overlay = Self { lower, upper: folder.join("upper"), work: folder.join("work") };
        for part in [&overlay.upper, &overlay.work, &folder.join("lower")] {
            fs::create_dir_all(part)?;
        }
        copy_mode(&overlay.lower, &overlay.upper)?;
        Ok(overlay)
    }

    /// Makes a file or folder be seen as absent. `relative` is a path below the folder.
    ///
    /// # Errors
    /// Where the file system has no place for such a mark.
    pub fn hide(&self, relative: &Path) -> io::Result<()> {
        let mark = self.place(relative)?;
        mknodat(CWD, &mark, FileType::CharacterDevice, Mode::empty(), makedev(0, 0))?;
        Ok(())
    }

    /// Where to write what is to be seen at `relative`; the folders above it are there.
    ///
    /// # Errors
    /// Where they cannot be made.
    pub fn place(&self, relative: &Path) -> io::Result<PathBuf> {
        let mut at = PathBuf::new();
        for part in relative.parent().into_iter().flat_map(Path::components) {
            at.push(part);
            let folder = self.upper.join(&at);
            if !folder.is_dir() {
                fs::create_dir(&folder)?;
                copy_mode(&self.lower.join(&at), &folder)?;
            }
        }
        Ok(self.upper.join(relative))
    }

    /// A folder at `relative` that is seen without what the real one holds.
    ///
    /// # Errors
    /// Where the file system has no place for such a mark.
    pub fn fresh_folder(&self, relative: &Path) -> io::Result<PathBuf> {
        let folder = self.place(relative)?;
        fs::create_dir(&folder)?;
        setxattr(&folder, OPAQUE, b"y", XattrFlags::empty())?;
        Ok(folder)
    }

    /// Whether this entry of the changes says that something is absent.
    pub fn is_absence(metadata: &fs::Metadata) -> bool {
        metadata.file_type().is_char_device() && metadata.rdev() == 0
    }
}

/// The changed folder's mode is the one that is seen. A folder that is not below has the usual one. The owner may
/// always write: changes have to be put into it.
fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    match fs::metadata(from) {
        Ok(metadata) => fs::set_permissions(to, Permissions::from_mode(metadata.mode() | 0o700)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
