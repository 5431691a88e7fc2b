//! A copy of a client's root at the same relative paths, for a tool to work in.
//!
//! Formatters find their configuration, and match excludes, by path, so the mirror has what they look for:
//! the client's files, every file that stands directly in a folder above them, the snapshot at its own
//! path, and a `.git` that marks the same root. What version control ignores is left out, as it is in a
//! fresh clone, except for installed packages, which are linked to. By itself the mirror keeps nobody in: a tool
//! that knows the repository's real path, or writes through such a link, can reach it, unless Landlock says no.

use super::inputs::{inside, slashed};
use super::output::{is_cache, is_tagged};
use super::{Generation, ToolError};
use ignore::{DirEntry, WalkBuilder};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file above the client's root is configuration only while it is small.
const MAX_CONFIGURATION: u64 = 1024 * 1024;
/// The time of every file in a mirror (1980-01-01): whatever a tool writes has another.
const EPOCH: Duration = Duration::from_secs(315_532_800);

/// A copy of a client's root and of what surrounds it.
#[derive(Debug)]
pub(super) struct Mirror {
    /// The mirrored repository.
    pub(super) repository: PathBuf,
    /// The mirrored client's root.
    pub(super) root: PathBuf,
    /// The mirrored snapshot.
    pub(super) spec: PathBuf,
    /// Where the output will be. Its parent exists and it does not.
    pub(super) output: PathBuf,
    /// Installed packages that are linked to, at their real places.
    pub(super) packages: Vec<PathBuf>,
    originals: BTreeMap<PathBuf, Original>,
}

/// What a file of the mirror was made of.
#[derive(Debug)]
enum Original {
    Copy { source: PathBuf, size: u64 },
    Document(Vec<u8>),
    Link,
}

impl Mirror {
    /// Builds the mirror in `into`, an empty folder.
    ///
    /// The output itself is absent: tools that write one file cannot write over a folder, some refuse a
    /// folder that exists, and none was found that creates no folder of its own.
    ///
    /// `more` are files and folders of the repository, relative to it, that are mirrored besides.
    pub(super) fn build(
        generation: &Generation<'_>,
        more: &[PathBuf],
        into: PathBuf,
    ) -> Result<Self, ToolError> {
        let source = generation.repository;
        let source = source.canonicalize().map_err(ToolError::io("open", source))?;
        let root = inside(generation.root)?;
        let output = inside(generation.output)?;
        if output.as_os_str().is_empty() {
            return Err(ToolError::Outside { path: generation.output.to_owned() });
        }
        let (output, spec) = (root.join(output), inside(generation.spec)?);
        let (originals, packages) = (BTreeMap::new(), Vec::new());
        let mut builder = Builder { source, mirror: into, output, packages, originals };
        builder.mirror_ancestors(&root)?;
        for folder in more.iter().chain([&root]) {
            builder.mirror_below(folder)?;
        }
        builder.write_document(&spec, generation.document)?;
        builder.mark_repository()?;
        let Builder { mirror: repository, output, originals, packages, .. } = builder;
        let output = repository.join(output);
        create_parent(&output)?;
        let (root, spec) = (repository.join(root), repository.join(spec));
        Ok(Self { root, spec, output, repository, packages, originals })
    }

    /// Files outside the output that are not as they were built, relative to the repository, in order.
    /// Caches do not count.
    pub(super) fn written_elsewhere(&self) -> Result<Vec<String>, ToolError> {
        let mut found = BTreeMap::new();
        self.compare_folder(&self.repository, &mut found)?;
        let gone = self.originals.keys().filter(|path| !found.contains_key(*path) && !is_in_cache(path));
        let mut written: Vec<_> = gone.map(|path| slashed(path)).collect();
        written.extend(found.iter().filter(|(_, is_same)| !**is_same).map(|(path, _)| slashed(path)));
        written.sort();
        Ok(written)
    }

    fn compare_folder(&self, folder: &Path, found: &mut BTreeMap<PathBuf, bool>) -> Result<(), ToolError> {
        for entry in fs::read_dir(folder).map_err(ToolError::io("read", folder))? {
            let entry = entry.map_err(ToolError::io("read", folder))?;
            let (path, name) = (entry.path(), entry.file_name());
            let is_marker = folder == self.repository && name == ".git";
            if path == self.output || is_marker || is_cache(&name.to_string_lossy()) {
                continue;
            }
            let relative = path.strip_prefix(&self.repository).unwrap_or(&path).to_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let is_copied = || self.originals.keys().any(|original| original.starts_with(&relative));
                if !is_tagged(&path) || is_copied() {
                    self.compare_folder(&path, found)?;
                }
            } else {
                let is_same = self.is_original(&path, &relative).map_err(ToolError::io("read", &path))?;
                found.insert(relative, is_same);
            }
        }
        Ok(())
    }

    fn is_original(&self, path: &Path, relative: &Path) -> io::Result<bool> {
        let metadata = fs::symlink_metadata(path)?;
        let is_untouched =
            |size| metadata.len() == size && metadata.modified().is_ok_and(|time| time == epoch());
        Ok(match self.originals.get(relative) {
            None => false,
            Some(Original::Link) => metadata.is_symlink(),
            Some(_) if !metadata.is_file() => false,
            Some(Original::Copy { source, size }) => {
                is_untouched(*size) || (metadata.len() == *size && fs::read(path)? == fs::read(source)?)
            }
            Some(Original::Document(document)) => {
                is_untouched(document.len() as u64) || fs::read(path)? == *document
            }
        })
    }
}

fn epoch() -> SystemTime {
    SystemTime::UNIX_EPOCH + EPOCH
}

fn is_in_cache(path: &Path) -> bool {
    path.components().any(|part| is_cache(&part.as_os_str().to_string_lossy()))
}

/// A walk in which hidden files count and only version control's own rules ignore.
pub(super) fn walk(
    start: &Path,
    depth: Option<usize>,
    keep: impl Fn(&DirEntry) -> bool + Send + Sync + 'static,
) -> ignore::Walk {
    let mut builder = WalkBuilder::new(start);
    builder.hidden(false).ignore(false).git_global(false).require_git(false).max_depth(depth);
    builder.filter_entry(keep).build()
}

pub(super) fn walk_error(start: &Path, error: ignore::Error) -> ToolError {
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the walk failed"));
    ToolError::Io { doing: "walk", path: start.to_owned(), source }
}

struct Builder {
    source: PathBuf,
    mirror: PathBuf,
    output: PathBuf,
    packages: Vec<PathBuf>,
    originals: BTreeMap<PathBuf, Original>,
}

impl Builder {
    fn mirror_ancestors(&mut self, root: &Path) -> Result<(), ToolError> {
        for folder in root.ancestors().skip(1) {
            let start = self.source.join(folder);
            self.link_packages(folder)?;
            for entry in walk(&start, Some(1), is_mirrored) {
                let entry = entry.map_err(|error| walk_error(&start, error))?;
                let size = fs::metadata(entry.path()).map_or(0, |metadata| metadata.len());
                let is_folder = entry.file_type().is_none_or(|kind| kind.is_dir()) || entry.path().is_dir();
                if !is_folder && size <= MAX_CONFIGURATION {
                    self.mirror_entry(&entry)?;
                }
            }
        }
        Ok(())
    }

    /// Everything below a folder of the repository.
    fn mirror_below(&mut self, folder: &Path) -> Result<(), ToolError> {
        let start = self.source.join(folder);
        let output = self.source.join(&self.output);
        // A scratch folder inside the repository is a mistake, but the copy must not copy itself.
        let scratch = self.mirror.parent().unwrap_or(&self.mirror).to_owned();
        let keep =
            move |entry: &DirEntry| entry.path() != output && entry.path() != scratch && is_mirrored(entry);
        for entry in walk(&start, None, keep) {
            let entry = entry.map_err(|error| walk_error(&start, error))?;
            if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                let relative = self.relative(entry.path());
                let target = self.mirror.join(&relative);
                fs::create_dir_all(&target).map_err(ToolError::io("create", &target))?;
                self.link_packages(&relative)?;
            } else {
                self.mirror_entry(&entry)?;
            }
        }
        Ok(())
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.source).unwrap_or(path).to_owned()
    }

    fn mirror_entry(&mut self, entry: &DirEntry) -> Result<(), ToolError> {
        let Some(kind) = entry.file_type() else { return Ok(()) };
        if kind.is_symlink() {
            self.mirror_link(entry.path())
        } else if kind.is_file() {
            self.copy(entry.path())
        } else {
            Ok(())
        }
    }

    /// A link to a file of the repository becomes the file, since its target may not be mirrored. A link to
    /// a folder stays a link where it cannot lead out of the mirror. Others are left out.
    fn mirror_link(&mut self, path: &Path) -> Result<(), ToolError> {
        let Ok(target) = path.canonicalize() else { return Ok(()) };
        if !target.starts_with(&self.source) || target.starts_with(self.source.join(".git")) {
            return Ok(());
        }
        if target.is_file() {
            return self.copy(path);
        }
        let text = fs::read_link(path).map_err(ToolError::io("read", path))?;
        let relative = self.relative(path);
        if text.is_relative() && target.is_dir() && !self.originals.contains_key(&relative) {
            return self.link(&relative, &text);
        }
        Ok(())
    }

    fn copy(&mut self, path: &Path) -> Result<(), ToolError> {
        let relative = self.relative(path);
        if self.originals.contains_key(&relative) {
            return Ok(());
        }
        let target = self.mirror.join(&relative);
        create_parent(&target)?;
        let size = match fs::copy(path, &target) {
            Ok(size) => size,
            // A file that another process takes away meanwhile is not part of the client.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(ToolError::io("copy", path)(error)),
        };
        set_time(&target)?;
        self.originals.insert(relative, Original::Copy { source: path.to_owned(), size });
        Ok(())
    }

    fn link(&mut self, relative: &Path, to: &Path) -> Result<(), ToolError> {
        let target = self.mirror.join(relative);
        create_parent(&target)?;
        symlink(to, &target).map_err(ToolError::io("create", &target))?;
        self.originals.insert(relative.to_owned(), Original::Link);
        Ok(())
    }

    /// Links the installed packages that stand directly in a folder.
    fn link_packages(&mut self, folder: &Path) -> Result<(), ToolError> {
        let start = self.source.join(folder);
        for entry in fs::read_dir(&start).map_err(ToolError::io("read", &start))? {
            let entry = entry.map_err(ToolError::io("read", &start))?;
            let relative = folder.join(entry.file_name());
            if is_packages(&entry.path())
                && relative != self.output
                && !self.originals.contains_key(&relative)
            {
                self.link(&relative, &entry.path())?;
                self.packages.push(entry.path());
            }
        }
        Ok(())
    }

    fn write_document(&mut self, spec: &Path, document: &[u8]) -> Result<(), ToolError> {
        let target = self.mirror.join(spec);
        create_parent(&target)?;
        // The copy of the work tree's own snapshot may be read-only, or be another document.
        if self.originals.remove(spec).is_some() {
            fs::remove_file(&target).map_err(ToolError::io("replace", &target))?;
        }
        fs::write(&target, document).map_err(ToolError::io("write", &target))?;
        set_time(&target)?;
        self.originals.insert(spec.to_owned(), Original::Document(document.to_vec()));
        Ok(())
    }

    /// Makes the least that git, and those who imitate it, take for a repository, where there is one.
    fn mark_repository(&self) -> Result<(), ToolError> {
        if !self.source.join(".git").exists() {
            return Ok(());
        }
        // A rule such as `node_modules/` is for folders and does not match a link.
        let links = self.originals.iter().filter(|(_, original)| matches!(original, Original::Link));
        let exclude: String = links.map(|(path, _)| format!("/{}\n", slashed(path))).collect();
        write_marker(&self.mirror.join(".git"), &exclude)
    }
}

/// Writes an empty repository's `.git`; `exclude` are its own rules of what to ignore.
pub(super) fn write_marker(git: &Path, exclude: &str) -> Result<(), ToolError> {
    for folder in ["objects", "refs", "info"] {
        let folder = git.join(folder);
        fs::create_dir_all(&folder).map_err(ToolError::io("create", &folder))?;
    }
    let config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n";
    for (name, content) in [("HEAD", "ref: refs/heads/main\n"), ("config", config), ("info/exclude", exclude)]
    {
        let path = git.join(name);
        fs::write(&path, content).map_err(ToolError::io("write", &path))?;
    }
    Ok(())
}

pub(super) fn is_mirrored(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    entry.depth() == 0 || !(name == ".git" || name == ".countersign" || is_packages(entry.path()))
}

/// Whether a folder holds installed packages: Node's, or a Python environment (PEP 405), by any name.
pub(super) fn is_packages(path: &Path) -> bool {
    let is_named = path.file_name().is_some_and(|name| name == "node_modules");
    (is_named && path.is_dir()) || path.join("pyvenv.cfg").is_file()
}

fn create_parent(path: &Path) -> Result<(), ToolError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(ToolError::io("create", parent))
}

fn set_time(path: &Path) -> Result<(), ToolError> {
    let file = File::open(path).map_err(ToolError::io("open", path))?;
    file.set_modified(epoch()).map_err(ToolError::io("set the time of", path))
}
