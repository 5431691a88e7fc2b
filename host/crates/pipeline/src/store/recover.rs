use super::StoreError;
use std::path::{Path, PathBuf};

/// What an unfinished transaction was about to do.
#[derive(Clone, Debug)]
pub struct Journal {
    targets: Vec<PathBuf>,
}

impl Journal {
    /// The files and folders that it was changing, relative to the root.
    pub fn targets(&self) -> impl Iterator<Item = &Path> {
        self.targets.iter().map(PathBuf::as_path)
    }
}

/// What a recovery finished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The files and folders of the interrupted accept, sorted; empty where there was none.
    pub targets: Vec<PathBuf>,
}

/// The journal that an interrupted accept left, if there is one. Writes nothing.
///
/// # Errors
/// [`StoreError::Busy`] where the accept is still running; another where the journal cannot be read.
pub fn pending(root: &Path) -> Result<Option<Journal>, StoreError> {
    let _ = root;
    todo!()
}

/// Finish what an interrupted accept began. Does nothing where there is no journal.
///
/// # Errors
/// [`StoreError::Damaged`] where new content is lost; nothing is changed then.
pub fn recover(root: &Path) -> Result<Recovered, StoreError> {
    let _ = root;
    todo!()
}

/// Forget an interrupted accept without finishing it: its journal and stages go, its targets stay as they are.
/// For a tree that was put back by other means, such as `git restore`.
///
/// # Errors
/// A [`StoreError`] where the journal cannot be removed.
pub fn abandon(root: &Path) -> Result<(), StoreError> {
    let _ = root;
    todo!()
}
