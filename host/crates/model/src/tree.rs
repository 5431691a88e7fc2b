use crate::{Digest, TreePath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files of a generated client by path. Modes are not part of it: a umask must not be drift.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneratedTree(BTreeMap<TreePath, Vec<u8>>);

/// Why a list of files is not a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeProblem {
    /// A path is not a [`TreePath`].
    #[error(transparent)]
    Path(#[from] crate::InvalidTreePath),
    /// Two files have paths that some file systems take for one.
    #[error("`{first}` and `{second}` are one path on a file system that folds case")]
    Collision {
        /// The path that came first.
        first: String,
        /// The path that collides with it.
        second: String,
    },
    /// Two files have the very same path.
    #[error("both have a file `{0}`")]
    Twice(String),
    /// A path is a file and a folder at once.
    #[error("`{0}` is a file and a folder at once")]
    FileAndFolder(String),
}

impl GeneratedTree {
    /// A tree of the given files.
    ///
    /// # Errors
    /// A [`TreeProblem`] where a path leaves the tree or two paths collide.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, TreeProblem> {
        let mut tree = BTreeMap::new();
        let mut keys: BTreeMap<String, TreePath> = BTreeMap::new();
        for (path, content) in files {
            let path: TreePath = path.parse()?;
            if let Some(first) = keys.insert(path.collision_key(), path.clone()) {
                if first == path {
                    return Err(TreeProblem::Twice(path.to_string()));
                }
                return Err(TreeProblem::Collision { first: first.to_string(), second: path.to_string() });
            }
            tree.insert(path, content);
        }
        let inside = keys.values().find(|path| {
            let key = path.collision_key();
            key.match_indices('/').any(|(at, _)| keys.contains_key(&key[..at]))
        });
        match inside {
            Some(path) => Err(TreeProblem::FileAndFolder(path.to_string())),
            None => Ok(Self(tree)),
        }
    }

    /// The files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&TreePath, &[u8])> {
        self.0.iter().map(|(path, content)| (path, content.as_slice()))
    }

    /// The content of a file.
    pub fn get(&self, path: &TreePath) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The digest of every file.
    pub fn digests(&self) -> BTreeMap<TreePath, Digest> {
        self.0.iter().map(|(path, content)| (path.clone(), Digest::of(content))).collect()
    }

    /// This tree with other files laid over it.
    ///
    /// # Errors
    /// A [`TreeProblem`] where the two collide: a hand-written file must not shadow a generated one.
    pub fn merged(&self, other: &Self) -> Result<Self, TreeProblem> {
        let owned = |(path, content): (&TreePath, &[u8])| (path.to_string(), content.to_vec());
        Self::new(self.files().map(owned).chain(other.files().map(owned)))
    }
}

/// How a file differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileChangeKind {
    /// The new tree has it and the old one has not.
    Added,
    /// The old tree has it and the new one has not.
    Removed,
    /// Both have it, with other bytes.
    Changed,
}

/// One file that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Relative to the client's output folder.
    pub path: TreePath,
    /// How it differs.
    pub kind: FileChangeKind,
}

/// The files that differ between two trees, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeDiff(pub Vec<FileChange>);

impl TreeDiff {
    /// What would have to happen to `from` so that it becomes `to`.
    pub fn between(from: &BTreeMap<TreePath, Digest>, to: &BTreeMap<TreePath, Digest>) -> Self {
        let gone = (from.keys())
            .filter(|path| !to.contains_key(*path))
            .map(|path| FileChange { path: path.clone(), kind: FileChangeKind::Removed });
        let here = to.iter().filter_map(|(path, digest)| {
            let kind = match from.get(path) {
                None => FileChangeKind::Added,
                Some(old) if old != digest => FileChangeKind::Changed,
                Some(_) => return None,
            };
            Some(FileChange { path: path.clone(), kind })
        });
        let mut changes: Vec<_> = gone.chain(here).collect();
        changes.sort_by(|left, right| left.path.cmp(&right.path));
        Self(changes)
    }

    /// Whether the trees are the same.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Result<GeneratedTree, TreeProblem> {
        GeneratedTree::new(files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec())))
    }

    #[test]
    fn added_removed_and_changed_files_are_told_apart() {
        let from = tree(&[("a", "1"), ("b", "1"), ("c", "1")]).unwrap().digests();
        let to = tree(&[("b", "2"), ("c", "1"), ("d", "1")]).unwrap().digests();
        let shown: Vec<_> = TreeDiff::between(&from, &to)
            .0
            .iter()
            .map(|change| format!("{:?} {}", change.kind, change.path))
            .collect();
        assert_eq!(shown, ["Removed a", "Changed b", "Added d"]);
        assert!(TreeDiff::between(&to, &to).is_empty());
    }

    #[test]
    fn trees_that_some_file_system_cannot_hold_are_refused() {
        assert!(matches!(tree(&[("A", ""), ("a", "")]), Err(TreeProblem::Collision { .. })));
        assert!(matches!(tree(&[("a", ""), ("a/b", "")]), Err(TreeProblem::FileAndFolder(_))));
        assert!(matches!(tree(&[("../a", "")]), Err(TreeProblem::Path(_))));
    }

    #[test]
    fn a_hand_written_file_must_not_shadow_a_generated_one() {
        let generated = tree(&[("a", "1")]).unwrap();
        assert!(generated.merged(&tree(&[("py.typed", "")]).unwrap()).is_ok());
        assert!(generated.merged(&tree(&[("a", "2")]).unwrap()).is_err());
    }
}
