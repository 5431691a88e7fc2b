use super::{Caller, ToolError};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Once;
use tempfile::TempDir;

/// Stands in a folder of ours, and is written when the folder is locked.
const MARK: &str = ".countersign-scratch";

/// A fresh temporary folder, gone when this is dropped, whatever a tool left in it.
pub(crate) struct Scratch {
    folder: TempDir,
    path: PathBuf,
    /// The folder itself, locked (flock(2)): the kernel lets go of it however this process ends.
    _lock: File,
}

impl Scratch {
    pub(crate) fn new(caller: &Caller) -> Result<Self, ToolError> {
        static SWEEP: Once = Once::new();
        SWEEP.call_once(|| sweep(&caller.scratch));
        let failed = || ToolError::io("create a temporary folder in", &caller.scratch);
        let folder =
            tempfile::Builder::new().prefix("countersign-").tempdir_in(&caller.scratch).map_err(failed())?;
        let lock = File::open(folder.path()).map_err(failed())?;
        // Where the file system has no locks, the folder gets no mark, and nobody sweeps it.
        if lock.try_lock().is_ok() {
            fs::write(folder.path().join(MARK), "").map_err(failed())?;
        }
        // Tools resolve links and compare paths; they must see one spelling.
        let path = folder.path().canonicalize().map_err(failed())?;
        Ok(Self { folder, path, _lock: lock })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of an empty folder inside, created now.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, ToolError> {
        let folder = self.path.join(name);
        fs::create_dir_all(&folder).map_err(ToolError::io("create", &folder))?;
        Ok(folder)
    }
}

/// Whether a folder is one of ours whose run has ended without removing it.
pub(crate) fn is_abandoned(folder: &Path) -> bool {
    folder.join(MARK).is_file() && File::open(folder).is_ok_and(|folder| folder.try_lock().is_ok())
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Module caches are made of read-only folders, which nobody can empty.
        make_writable(self.folder.path());
    }
}

/// Remove what runs left that were killed: folders of this user with our mark that nobody holds.
fn sweep(scratch: &Path) {
    let own = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(scratch).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_ours = name.to_string_lossy().starts_with("countersign-")
            && entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == own)
            && path.join(MARK).is_file();
        if is_ours && File::open(&path).is_ok_and(|folder| folder.try_lock().is_ok()) {
            make_writable(&path);
            // What cannot be removed stays behind; there is no better place.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn make_writable(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // What cannot be made writable stays behind in the temporary folder; there is no better place.
            let _ = fs::set_permissions(entry.path(), Permissions::from_mode(0o700));
            make_writable(&entry.path());
        }
    }
}
