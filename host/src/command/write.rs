//! Files that a command leaves in the work tree, outside the store's transaction: whole, or not at all.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

/// Write a file beside its place, then move it there.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".countersign-new");
    let staged = path.with_file_name(name);
    let written = stage(&staged, content).and_then(|()| std::fs::rename(&staged, path));
    if written.is_err() {
        // The first error is the one to tell; a leftover is not worth another.
        let _ = std::fs::remove_file(&staged);
    }
    written
}

fn stage(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
