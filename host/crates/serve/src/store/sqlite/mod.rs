//! The store in one SQLite file.

use super::StoreError;
use std::path::Path;

/// A store in one SQLite file.
pub struct SqliteStore {}

impl SqliteStore {
    /// Opens the file, makes it where it is missing, and brings it to the newest version.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a later version, [`StoreError::Open`] for one that cannot be used.
    pub fn open(_file: &Path) -> Result<Self, StoreError> {
        Ok(Self {})
    }
}
