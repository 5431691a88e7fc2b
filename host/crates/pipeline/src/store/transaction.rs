use super::StoreError;
use countersign_model::GeneratedTree;
use globset::GlobSet;
use std::path::{Path, PathBuf};

/// A change of several files and folders that happens as a whole or not at all.
#[derive(Debug)]
pub struct Transaction {
    root: PathBuf,
}

/// What a transaction changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The files and folders with other content than before, relative to the root, sorted.
    pub changed: Vec<PathBuf>,
}

impl Transaction {
    /// Begin. One process at a time: the lock is held until this value is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] and [`StoreError::Interrupted`].
    pub fn begin(root: &Path) -> Result<Self, StoreError> {
        Ok(Self { root: root.to_owned() })
    }

    /// Files that count as no difference when [`Self::replace_tree`] compares, such as `**/__pycache__/**`.
    /// A tree that does differ is replaced with them.
    #[must_use]
    pub fn ignoring(self, ignore: GlobSet) -> Self {
        let _ = ignore;
        self
    }

    /// Stage a file with new content.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path; nothing has changed then.
    pub fn write_file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let _ = (&self.root, path, bytes);
        todo!()
    }

    /// Stage the removal of a file. A missing one is no change.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path.
    pub fn remove_file(&mut self, path: &Path) -> Result<(), StoreError> {
        let _ = path;
        todo!()
    }

    /// Stage a folder that will hold `tree` and nothing else.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path; nothing has changed then.
    pub fn replace_tree(&mut self, folder: &Path, tree: &GeneratedTree) -> Result<(), StoreError> {
        let _ = (folder, tree);
        todo!()
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Make all the staged changes.
    ///
    /// # Errors
    /// A [`StoreError`]: everything is as it was, except after [`StoreError::HalfWay`].
    pub fn commit(self) -> Result<Committed, StoreError> {
        todo!()
    }
}
