//! The repository at its real place, with what a tool writes laid over it.
//!
//! The tool sees what a fresh clone would hold, the document as the snapshot, and installed packages. It sees
//! neither its own output nor what version control ignores, such as a `.env`, nor the repository's `.git`, which
//! may hold a token: a marker stands there instead. What it writes goes to a scratch folder.

use super::inputs::{inside, slashed};
use super::mirror::{is_mirrored, is_packages, walk, walk_error, write_marker};
use super::output::{is_cache, is_tagged};
use super::scratch::Scratch;
use super::{Generation, ToolError};
use countersign_cage::Overlay;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A repository with changes laid over it.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) overlay: Overlay,
    /// The output, relative to the repository.
    output: PathBuf,
    spec: PathBuf,
    root: PathBuf,
    hidden: BTreeSet<PathBuf>,
    document: Vec<u8>,
}

impl Layer {
    /// Prepares the changes for a generation. `repository` is the repository's real path. The files `shown` are
    /// seen even where they are ignored.
    pub(super) fn build(
        generation: &Generation<'_>,
        repository: &Path,
        shown: &[PathBuf],
        scratch: &Scratch,
    ) -> Result<Self, ToolError> {
        let root = inside(generation.root)?;
        let output = root.join(inside(generation.output)?);
        if output == root {
            return Err(ToolError::Outside { path: generation.output.to_owned() });
        }
        let spec = inside(generation.spec)?;
        let folder = scratch.folder("overlay")?;
        let overlay =
            Overlay::new(repository.to_owned(), &folder).map_err(ToolError::io("prepare", &folder))?;
        let mut layer = Self {
            overlay,
            output,
            spec,
            root,
            hidden: BTreeSet::new(),
            document: generation.document.to_vec(),
        };
        layer.hide(repository, shown)?;
        layer.write_document()?;
        layer.mark_repository(repository)?;
        layer.place(&layer.output)?;
        Ok(layer)
    }

    /// Where the output lies when the tool has written it.
    pub(super) fn output_on_disk(&self) -> PathBuf {
        self.overlay.upper.join(&self.output)
    }

    /// Makes the output an empty folder.
    pub(super) fn make_output(&self) -> Result<(), ToolError> {
        let place = self.output_on_disk();
        let failed = ToolError::io("create", &place);
        if self.hidden.contains(&self.output) {
            fs::remove_file(&place).map_err(ToolError::io("create", &place))?;
        }
        self.overlay.fresh_folder(&self.output).map(drop).map_err(failed)
    }

    /// Files outside the output that are not as they were, relative to the repository, in order. Caches do not
    /// count.
    pub(super) fn written_elsewhere(&self) -> Result<Vec<String>, ToolError> {
        let mut found = Vec::new();
        self.look(Path::new(""), &mut found)?;
        found.sort();
        Ok(found)
    }

    fn look(&self, folder: &Path, found: &mut Vec<String>) -> Result<(), ToolError> {
        let place = self.overlay.upper.join(folder);
        for entry in fs::read_dir(&place).map_err(ToolError::io("read", &place))? {
            let entry = entry.map_err(ToolError::io("read", &place))?;
            let relative = folder.join(entry.file_name());
            let is_ours =
                relative == self.output || relative == Path::new(".git") || self.hidden.contains(&relative);
            if is_ours || is_cache(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let metadata = entry.metadata().map_err(ToolError::io("read", &entry.path()))?;
            if metadata.is_dir() {
                if !is_tagged(&entry.path()) && !is_tagged(&self.overlay.lower.join(&relative)) {
                    self.look(&relative, found)?;
                }
            } else if !self.is_same(&entry.path(), &relative, &metadata) {
                found.push(slashed(&relative));
            }
        }
        Ok(())
    }

    /// Whether an entry of the changes shows what the repository holds there.
    fn is_same(&self, changed: &Path, relative: &Path, metadata: &fs::Metadata) -> bool {
        let real = self.overlay.lower.join(relative);
        if metadata.is_symlink() {
            return fs::read_link(changed).ok() == fs::read_link(&real).ok();
        }
        if !metadata.is_file() {
            return false;
        }
        let size = match (relative == self.spec, fs::metadata(&real)) {
            (true, _) => self.document.len() as u64,
            (false, Ok(real)) => real.len(),
            (false, Err(_)) => return false,
        };
        if metadata.len() != size {
            return false;
        }
        let Ok(content) = fs::read(changed) else { return false };
        if relative == self.spec {
            content == self.document
        } else {
            fs::read(&real).is_ok_and(|real| real == content)
        }
    }

    /// Hides what a fresh clone would not hold, and the output.
    fn hide(&mut self, repository: &Path, shown: &[PathBuf]) -> Result<(), ToolError> {
        let mut folders = vec![PathBuf::new()];
        let mut kept = BTreeSet::new();
        let output = repository.join(&self.output);
        let keep = move |entry: &ignore::DirEntry| entry.path() != output && is_mirrored(entry);
        for entry in walk(repository, None, keep) {
            let entry = match entry {
                Ok(entry) => entry,
                // What we cannot read the tool could not either; it is hidden.
                Err(error) if is_denied(&error) => continue,
                Err(error) => return Err(walk_error(repository, error)),
            };
            let relative = entry.path().strip_prefix(repository).unwrap_or(entry.path()).to_owned();
            if entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir()) {
                folders.push(relative.clone());
            }
            kept.insert(relative);
        }
        for folder in folders {
            let place = repository.join(&folder);
            let entries = match fs::read_dir(&place) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
                entries => entries.map_err(ToolError::io("read", &place))?,
            };
            for entry in entries {
                let entry = entry.map_err(ToolError::io("read", &place))?;
                let relative = folder.join(entry.file_name());
                let is_shown = kept.contains(&relative)
                    || relative == Path::new(".git")
                    || relative == self.spec
                    || is_installed(&entry.path())
                    || shown.iter().any(|path| path.starts_with(entry.path()));
                if is_shown {
                    continue;
                }
                let hidden = match self.holds_ours(&relative) {
                    // It is ignored as a whole, but something of ours lies in it.
                    true => self.overlay.fresh_folder(&relative).map(drop),
                    false => self.overlay.hide(&relative),
                };
                hidden.map_err(ToolError::io("hide", &entry.path()))?;
                self.hidden.insert(relative);
            }
        }
        Ok(())
    }

    /// Whether the output, the document or the client's root lies below a folder.
    fn holds_ours(&self, folder: &Path) -> bool {
        [&self.output, &self.spec, &self.root].iter().any(|path| path.starts_with(folder) && *path != folder)
    }

    fn write_document(&self) -> Result<(), ToolError> {
        let place = self.place(&self.spec)?;
        fs::write(&place, &self.document).map_err(ToolError::io("write", &place))
    }

    fn mark_repository(&self, repository: &Path) -> Result<(), ToolError> {
        if !repository.join(".git").exists() {
            return Ok(());
        }
        let git = Path::new(".git");
        let folder = self.overlay.fresh_folder(git).map_err(ToolError::io("replace", git))?;
        write_marker(&folder, "")
    }

    fn place(&self, relative: &Path) -> Result<PathBuf, ToolError> {
        self.overlay.place(relative).map_err(ToolError::io("make a place for", relative))
    }
}

fn is_denied(error: &ignore::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

/// Folders that version control ignores and that tools need: packages, and what was built.
fn is_installed(path: &Path) -> bool {
    is_packages(path) || is_tagged(path)
}
