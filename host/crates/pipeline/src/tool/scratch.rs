use super::{Caller, ToolError};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A fresh temporary folder, gone when this is dropped, whatever a tool left in it.
pub(super) struct Scratch {
    folder: TempDir,
    path: PathBuf,
}

impl Scratch {
    pub(super) fn new(caller: &Caller) -> Result<Self, ToolError> {
        let failed = || ToolError::io("create a temporary folder in", &caller.scratch);
        let folder =
            tempfile::Builder::new().prefix("countersign-").tempdir_in(&caller.scratch).map_err(failed())?;
        // Tools resolve links and compare paths; they must see one spelling.
        let path = folder.path().canonicalize().map_err(failed())?;
        Ok(Self { folder, path })
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of an empty folder inside, created now.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, ToolError> {
        let folder = self.path.join(name);
        fs::create_dir_all(&folder).map_err(ToolError::io("create", &folder))?;
        Ok(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Module caches are made of read-only folders, which nobody can empty.
        make_writable(self.folder.path());
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
