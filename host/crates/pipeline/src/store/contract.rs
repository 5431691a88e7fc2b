use super::StoreError;
use super::folder::Kind;
use super::tree::names_of;
use countersign_model::Name;
use std::path::{Path, PathBuf};

/// Where the files of one contract lie, relative to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractFiles {
    folder: PathBuf,
    snapshot: String,
}

impl ContractFiles {
    /// The files of `contract` below `contracts`, whose snapshot is called `snapshot`, such as `openapi.json`.
    pub fn new(contracts: &Path, contract: &Name, snapshot: &str) -> Self {
        Self { folder: contracts.join(contract.as_str()), snapshot: snapshot.to_owned() }
    }

    /// The contract's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The snapshot.
    pub fn snapshot(&self) -> PathBuf {
        self.folder.join(&self.snapshot)
    }

    /// `record.toml`.
    pub fn record(&self) -> PathBuf {
        self.folder.join("record.toml")
    }

    /// `waivers.toml`.
    pub fn waivers(&self) -> PathBuf {
        self.folder.join("waivers.toml")
    }

    /// The lock of a client.
    pub fn client_lock(&self, client: &Name) -> PathBuf {
        self.folder.join("clients").join(format!("{client}.lock"))
    }

    /// The clients that have a lock, declared or not, sorted.
    ///
    /// # Errors
    /// A [`StoreError`] where the folder cannot be read.
    pub fn locked_clients(&self, root: &Path) -> Result<Vec<String>, StoreError> {
        let files = names_of(root, &self.folder.join("clients"), Kind::File)?;
        Ok(files.iter().filter_map(|file| file.strip_suffix(".lock")).map(str::to_owned).collect())
    }
}

/// The folders below `contracts` that belong to no declared contract, sorted.
///
/// # Errors
/// A [`StoreError`] where the folder cannot be read; a missing one holds nothing.
pub fn undeclared(root: &Path, contracts: &Path, declared: &[Name]) -> Result<Vec<String>, StoreError> {
    let folders = names_of(root, contracts, Kind::Folder)?;
    let is_declared = |folder: &str| declared.iter().any(|name| name.as_str() == folder);
    Ok(folders.into_iter().filter(|folder| !folder.starts_with('.') && !is_declared(folder)).collect())
}
