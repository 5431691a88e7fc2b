use super::StoreError;
use countersign_model::GeneratedTree;
use globset::GlobSet;
use std::path::Path;

/// The content of a file below `root`; none where it is missing.
///
/// # Errors
/// A [`StoreError`] for a symlink on the way, a folder in its place, and what the system refuses.
pub fn read_file(root: &Path, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let _ = (root, path);
    todo!()
}

/// The generated files in `folder` below `root`; an empty tree where it is missing. Files whose path inside
/// the folder matches `ignore` are skipped.
///
/// # Errors
/// A [`StoreError`] for a symlink, a special file, names that no tree can hold, and more than 200,000 files or
/// 2 GiB.
pub fn read_tree(root: &Path, folder: &Path, ignore: &GlobSet) -> Result<GeneratedTree, StoreError> {
    let _ = (root, folder, ignore);
    todo!()
}

/// The tree in two: what a generator made, and what `keep` says that people did.
pub fn split_keep(tree: &GeneratedTree, keep: &GlobSet) -> (GeneratedTree, GeneratedTree) {
    let part = |kept: bool| {
        let files = tree.files().filter(|(path, _)| keep.is_match(path.as_str()) == kept);
        GeneratedTree::new(files.map(|(path, content)| (path.to_string(), content.to_vec())))
            .expect("a part of a tree is a tree")
    };
    (part(false), part(true))
}
