use crate::Digest;
use std::path::PathBuf;
use std::sync::Arc;

/// A document as its source gave it. Not comparable with anything: it has no canonical form yet.
#[derive(Clone, Debug)]
pub struct RawDocument {
    /// The bytes, untouched.
    pub content: Vec<u8>,
    /// The media type (RFC 6838), as far as the source told.
    pub media_type: String,
    /// Where the files are that it refers to by relative paths.
    pub beside: Beside,
}

/// Where the files beside a document are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// Nowhere: it came over a network, or from a program.
    #[default]
    Nowhere,
    /// Below this folder, which is the document's own.
    Folder(PathBuf),
    /// Below the folder of `pipeline.toml`, as far as they are declared.
    Declared {
        /// The document's path, relative to `pipeline.toml`.
        path: String,
        /// Paths and globs, relative to `pipeline.toml`.
        inputs: Vec<String>,
    },
    /// In the repository at a commit, below the document's folder.
    Revision {
        /// The commit's full name.
        commit: String,
        /// The document's path, relative to the repository.
        path: String,
    },
}

/// Bytes that a canonicalizer returned. Only the engine's caller, which ran the stage, makes one.
#[derive(Clone, Debug)]
pub struct Canonical(Snapshot);

impl Canonical {
    /// Mark the output of a canonicalizer as canonical.
    pub fn from_stage(bytes: Vec<u8>) -> Self {
        Self(Snapshot::of(bytes))
    }

    /// Mark what came out of a row of canonicalizers as canonical.
    pub fn from_stages(snapshot: Snapshot) -> Self {
        Self(snapshot)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// The snapshot that a record of it is.
    pub fn into_snapshot(self) -> Snapshot {
        self.0
    }
}

/// The state of a contract at one point: bytes and their digest.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Not a slice behind the `Arc`: that could only be made by another copy, and documents are large.
    bytes: Arc<Vec<u8>>,
    digest: Digest,
}

impl Snapshot {
    /// The snapshot that `bytes` are. The digest is computed here and nowhere else.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        Self { bytes: Arc::new(bytes), digest }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, shared.
    pub fn shared(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.bytes)
    }

    /// Their digest.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// The snapshot at the merge base: what this change started from.
#[derive(Clone, Debug)]
pub struct Baseline(pub Snapshot);

/// The snapshot in the work tree: the contract of record.
#[derive(Clone, Debug)]
pub struct Recorded(pub Snapshot);

/// The snapshot that the code, or the live service, gives now.
#[derive(Clone, Debug)]
pub struct Observed(pub Snapshot);

impl Observed {
    /// The observation of a document that was just brought to its canonical form.
    pub fn new(canonical: &Canonical) -> Self {
        Self(canonical.0.clone())
    }

    /// Whether the code says what the record says.
    pub fn agrees_with(&self, recorded: &Recorded) -> bool {
        self.0.digest == recorded.0.digest
    }

    /// The observation as the record that an accept makes of it.
    pub fn into_recorded(self) -> Recorded {
        Recorded(self.0)
    }
}
