use super::StoreError;
use super::folder::{Entry, Folder, Kind};
use super::place::{Place, StageName};
use countersign_model::{Digest, TreePath};
use rustix::fs::RenameFlags;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const VERSION: u32 = 1;

/// What an unfinished transaction was about to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    version: u32,
    pub(super) exchanges: Vec<Exchange>,
}

/// A target, and the stage beside it that it is exchanged with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) target: Place,
    pub(super) stage: StageName,
    pub(super) content: Content,
}

/// What the target will be. Its digests tell which side of the exchange holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Content {
    /// A file.
    File { digest: Digest },
    /// A folder with these files and without those. Other files say nothing: a cache that appears in the
    /// folder between the crash and the recovery must not make it unrecognisable.
    Tree { files: BTreeMap<TreePath, Digest>, removed: Vec<String> },
    /// Nothing, where a file with this digest was.
    Remove { digest: Digest },
}

/// How an exchange was made, and so how it is undone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moved {
    /// Target and stage changed places.
    Exchanged,
    /// The stage became the target, which did not exist.
    Placed,
    /// The target stepped aside for the stage.
    Aside,
    /// The target became the stage.
    Removed,
}

/// How far an exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Done,
    Ready,
    Lost,
}

impl Journal {
    pub(super) fn new(exchanges: Vec<Exchange>) -> Self {
        Self { version: VERSION, exchanges }
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let versioned: Versioned = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if versioned.version != VERSION {
            return Err(format!("its version is {}, and this program reads {VERSION}", versioned.version));
        }
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    pub(super) fn print(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("a journal has only text keys")
    }

    /// The files and folders that it was changing, relative to the root.
    pub fn targets(&self) -> impl Iterator<Item = &Path> {
        self.exchanges.iter().map(|exchange| exchange.target.as_path())
    }
}

impl Content {
    fn is_at(&self, parent: &Folder, name: &str) -> Result<bool, StoreError> {
        match self {
            Self::File { digest } => has_digest(parent, name, digest),
            Self::Tree { files, removed } => holds(parent, name, files, removed),
            Self::Remove { .. } => Ok(parent.entry(name)?.is_none()),
        }
    }
}

fn has_digest(folder: &Folder, name: &str, digest: &Digest) -> Result<bool, StoreError> {
    if !matches!(folder.entry(name)?, Some(Entry { kind: Kind::File, .. })) {
        return Ok(false);
    }
    Ok(folder.read(name)?.is_some_and(|content| Digest::of(&content) == *digest))
}

fn holds(
    parent: &Folder,
    name: &str,
    files: &BTreeMap<TreePath, Digest>,
    removed: &[String],
) -> Result<bool, StoreError> {
    let Some(folder) = plain_folder(parent, Path::new(name))? else { return Ok(false) };
    for (path, digest) in files {
        let (inside, file) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let there = match plain_folder(&folder, Path::new(inside))? {
            Some(inner) => has_digest(&inner, file, digest)?,
            None => false,
        };
        if !there {
            return Ok(false);
        }
    }
    for path in removed {
        let (inside, file) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some(inner) = plain_folder(&folder, Path::new(inside))?
            && inner.entry(file)?.is_some()
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The folder at a path; none also where something else stands in the way.
fn plain_folder(folder: &Folder, path: &Path) -> Result<Option<Folder>, StoreError> {
    match folder.descend(path) {
        Err(StoreError::Symlink { .. } | StoreError::Kind { .. }) => Ok(None),
        found => found,
    }
}

impl Exchange {
    /// The folder that holds target and stage.
    pub(super) fn parent(&self, root: &Folder) -> Result<Option<Folder>, StoreError> {
        root.descend(self.target.parent())
    }

    /// How far this exchange has come, by what the disk holds.
    pub(super) fn progress(&self, root: &Folder) -> Result<Progress, StoreError> {
        let removes = matches!(self.content, Content::Remove { .. });
        let Some(parent) = self.parent(root)? else {
            return Ok(if removes { Progress::Done } else { Progress::Lost });
        };
        if self.content.is_at(&parent, self.target.name())? {
            return Ok(Progress::Done);
        }
        let ready = match &self.content {
            Content::Remove { digest } => has_digest(&parent, self.target.name(), digest)?,
            Content::File { .. } | Content::Tree { .. } => {
                self.content.is_at(&parent, self.stage.as_str())?
            }
        };
        Ok(if ready { Progress::Ready } else { Progress::Lost })
    }

    /// Make the exchange.
    ///
    /// # Errors
    /// [`StoreError::HalfWay`] where the target is missing now; with any other error nothing has moved.
    pub(super) fn apply(&self, parent: &Folder) -> Result<Moved, StoreError> {
        let (stage, target) = (self.stage.as_str(), self.target.name());
        if matches!(self.content, Content::Remove { .. }) {
            parent.remove(stage)?;
            return rename_new(parent, target, stage).map(|()| Moved::Removed);
        }
        if parent.entry(target)?.is_none() {
            return rename_new(parent, stage, target).map(|()| Moved::Placed);
        }
        match parent.rename(stage, target, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(Moved::Exchanged),
            Err(error) if is_unsupported(error) => self.step_aside(parent),
            Err(error) => Err(StoreError::io("replace", &parent.path_of(target), error)),
        }
    }

    /// The exchange in two steps. A crash between them leaves no target, which the journal heals.
    fn step_aside(&self, parent: &Folder) -> Result<Moved, StoreError> {
        let (stage, target, aside) = (self.stage.as_str(), self.target.name(), self.stage.aside());
        rename_new(parent, target, &aside)?;
        let Err(error) = rename_new(parent, stage, target) else { return Ok(Moved::Aside) };
        match rename_new(parent, &aside, target) {
            Ok(()) => Err(error),
            Err(_) => Err(StoreError::HalfWay { source: Box::new(error) }),
        }
    }

    /// Put everything back to where it was before [`Self::apply`].
    pub(super) fn undo(&self, parent: &Folder, moved: Moved) -> Result<(), StoreError> {
        let (stage, target) = (self.stage.as_str(), self.target.name());
        match moved {
            Moved::Exchanged => parent
                .rename(stage, target, RenameFlags::EXCHANGE)
                .map_err(|error| StoreError::io("restore", &parent.path_of(target), error)),
            Moved::Placed => rename_new(parent, target, stage),
            Moved::Removed => rename_new(parent, stage, target),
            Moved::Aside => {
                rename_new(parent, target, stage)?;
                rename_new(parent, &self.stage.aside(), target)
            }
        }
    }

    /// Put a target back that stepped aside and was never followed by its stage.
    pub(super) fn step_back(&self, root: &Folder) -> Result<(), StoreError> {
        let Some(parent) = self.parent(root)? else { return Ok(()) };
        let aside = match self.content {
            Content::Remove { .. } => self.stage.as_str().to_owned(),
            Content::File { .. } | Content::Tree { .. } => self.stage.aside(),
        };
        if parent.entry(self.target.name())?.is_none() && parent.entry(&aside)?.is_some() {
            rename_new(&parent, &aside, self.target.name())?;
        }
        Ok(())
    }

    /// Remove what is left beside the target. What cannot be removed stays announced.
    pub(super) fn clean(&self, root: &Folder) {
        if let Ok(Some(parent)) = self.parent(root) {
            let _ = parent.remove(self.stage.as_str());
            let _ = parent.remove(self.stage.aside());
        }
    }
}

/// Rename to a name that must be free.
fn rename_new(parent: &Folder, from: &str, to: &str) -> Result<(), StoreError> {
    let failed = |error: Errno| StoreError::io("rename", &parent.path_of(from), error);
    match parent.rename(from, to, RenameFlags::NOREPLACE) {
        Err(error) if is_unsupported(error) => {
            if parent.entry(to)?.is_some() {
                return Err(StoreError::io("write", &parent.path_of(to), Errno::EXIST));
            }
            parent.rename(from, to, RenameFlags::empty()).map_err(failed)
        }
        renamed => renamed.map_err(failed),
    }
}

/// What kernels and file systems answer that do not know `renameat2` or its flags.
fn is_unsupported(error: Errno) -> bool {
    [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP].contains(&error)
}
