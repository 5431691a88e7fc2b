//! Tools for a copy of the repository that is made of one commit: what is installed and not committed, such as
//! `.venv` and `node_modules`, is linked to from the copy, so that it is found where it would be in the original.
//!
//! Nobody writes through such a link: in a cage what it leads to can only be read, and a set-up step, which runs
//! outside the cage, takes the links away first and installs into the copy.

use super::environment::plain;
use super::mirror::is_packages;
use super::{Tool, ToolError};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What a copy of the repository borrows from the original.
#[derive(Clone, Debug, Default)]
pub struct Borrowed {
    original: PathBuf,
    copy: PathBuf,
    links: Vec<PathBuf>,
}

impl Borrowed {
    /// Nothing yet. Both folders are tops of a repository.
    pub fn new(original: &Path, copy: &Path) -> Self {
        Self { original: original.to_owned(), copy: copy.to_owned(), links: Vec::new() }
    }

    /// Link what the original has for a tool and the copy lacks: installed packages in the client's root and above
    /// it, the declared folders with programs, and programs that are named by a path. `root` is the client's root,
    /// relative to the repository's top.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn lend(&mut self, root: &Path, tool: &Tool) -> Result<(), ToolError> {
        for folder in root.ancestors() {
            self.lend_packages(folder)?;
        }
        let steps = [&tool.command].into_iter().chain(&tool.then).chain(&tool.probes);
        let programs = steps.filter_map(|step| step.first()).filter(|program| program.contains('/'));
        let named = programs.map(Path::new).chain(tool.path.iter().map(PathBuf::as_path));
        let inside: Vec<PathBuf> = named
            .filter(|path| path.is_relative())
            .filter_map(|path| {
                plain(&self.copy.join(root).join(path)).strip_prefix(&self.copy).map(Path::to_owned).ok()
            })
            .collect();
        inside.iter().try_for_each(|path| self.link(path))
    }

    fn lend_packages(&mut self, folder: &Path) -> Result<(), ToolError> {
        for entry in fs::read_dir(self.original.join(folder)).into_iter().flatten().flatten() {
            if is_packages(&entry.path()) {
                self.link(&folder.join(entry.file_name()))?;
            }
        }
        Ok(())
    }

    fn link(&mut self, relative: &Path) -> Result<(), ToolError> {
        let (from, to) = (self.original.join(relative), self.copy.join(relative));
        // What the commit holds is what counts, and what only one of the two has is nothing to link.
        if to.symlink_metadata().is_ok() || !from.exists() || !self.is_inside(&to) {
            return Ok(());
        }
        let parent = to.parent().unwrap_or(&self.copy);
        fs::create_dir_all(parent).map_err(ToolError::io("create", parent))?;
        symlink(&from, &to).map_err(ToolError::io("create", &to))?;
        self.links.push(to);
        Ok(())
    }

    /// Whether a place lies in the copy itself, and not behind a link that leads out of it.
    fn is_inside(&self, place: &Path) -> bool {
        let nearest = place.ancestors().skip(1).find(|folder| folder.exists());
        nearest
            .and_then(|folder| folder.canonicalize().ok())
            .is_some_and(|real| self.copy.canonicalize().is_ok_and(|copy| real.starts_with(copy)))
    }

    /// Take all links away.
    pub(super) fn give_back(&self) -> Result<(), ToolError> {
        for link in self.links.iter().filter(|link| link.is_symlink()) {
            fs::remove_file(link).map_err(ToolError::io("remove", link))?;
        }
        Ok(())
    }

    /// The folder of the original that a folder of the copy stands for.
    pub(super) fn original_of(&self, folder: &Path) -> PathBuf {
        let copy = self.copy.canonicalize().unwrap_or_else(|_| self.copy.clone());
        folder.strip_prefix(&copy).map_or_else(|_| folder.to_owned(), |relative| self.original.join(relative))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (tempfile::TempDir, Borrowed) {
        let folder = tempfile::tempdir().unwrap();
        let (original, copy) = (folder.path().join("original"), folder.path().join("copy"));
        for path in ["clients/typed/node_modules/.bin", ".venv/bin", "tools/bin", "clients/typed/src"] {
            fs::create_dir_all(original.join(path)).unwrap();
        }
        fs::write(original.join(".venv/pyvenv.cfg"), "").unwrap();
        fs::create_dir_all(copy.join("clients/typed")).unwrap();
        let borrowed = Borrowed::new(&original, &copy);
        (folder, borrowed)
    }

    #[test]
    fn what_is_installed_and_not_committed_is_linked_and_a_setup_step_finds_no_link() {
        let (folder, mut borrowed) = folders();
        let tool = Tool { path: vec!["../../tools/bin".into(), "../../../..".into()], ..Tool::default() };
        borrowed.lend(Path::new("clients/typed"), &tool).unwrap();
        let copy = folder.path().join("copy");
        for link in [".venv", "clients/typed/node_modules", "tools/bin"] {
            assert!(copy.join(link).is_symlink(), "{link}");
        }
        assert!(!copy.join("clients/typed/src").exists(), "what is no tool is not borrowed");
        assert_eq!(borrowed.links.len(), 3);
        borrowed.give_back().unwrap();
        assert!(!copy.join(".venv").exists() && !copy.join("tools/bin").exists());
        assert!(folder.path().join("original/.venv/pyvenv.cfg").is_file(), "the original stays as it is");
    }

    #[test]
    fn what_the_commit_holds_is_not_replaced() {
        let (folder, mut borrowed) = folders();
        let own = folder.path().join("copy/.venv");
        fs::create_dir(&own).unwrap();
        borrowed.lend(Path::new("clients/typed"), &Tool::default()).unwrap();
        assert!(!own.is_symlink());
    }
}
