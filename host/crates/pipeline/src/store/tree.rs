use super::StoreError;
use super::folder::{Entry, Folder, Kind};
use super::place::{Place, is_stage};
use countersign_model::GeneratedTree;
use globset::GlobSet;
use std::collections::BTreeMap;
use std::path::Path;

const MAX_FILES: usize = 200_000;
const MAX_BYTES: u64 = 2 << 30;

/// The content of a file below `root`; none where it is missing.
///
/// # Errors
/// A [`StoreError`] for a symlink on the way, a folder in its place, and what the system refuses.
pub fn read_file(root: &Path, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let place = Place::new(path)?;
    match Folder::root(root)?.descend(place.parent())? {
        Some(parent) => parent.read(place.name()),
        None => Ok(None),
    }
}

/// The generated files in `folder` below `root`; an empty tree where it is missing. Files whose path inside
/// the folder matches `ignore` are skipped, and so is what an interrupted accept left.
///
/// # Errors
/// A [`StoreError`] for a symlink, a special file, names that no tree can hold, and more than 200,000 files or
/// 2 GiB.
pub fn read_tree(root: &Path, folder: &Path, ignore: &GlobSet) -> Result<GeneratedTree, StoreError> {
    let Some(open) = open_below(root, folder)? else { return Ok(GeneratedTree::default()) };
    let mut files = Vec::new();
    let mut bytes = 0;
    walk(&open, "", &mut |parent, name, path, entry| {
        if ignore.is_match(&path) {
            return Ok(());
        }
        match entry.kind {
            Kind::File | Kind::Folder => {}
            Kind::Symlink => return Err(StoreError::Symlink { path: parent.path_of(name) }),
            Kind::Special => return Err(StoreError::Kind { path: parent.path_of(name), expected: "file" }),
        }
        bytes += entry.size;
        check_size(folder, files.len() + 1, bytes)?;
        files.push((path, parent.read(name)?.unwrap_or_default()));
        Ok(())
    })?;
    GeneratedTree::new(files).map_err(|source| StoreError::Tree { folder: folder.to_owned(), source })
}

fn check_size(folder: &Path, files: usize, bytes: u64) -> Result<(), StoreError> {
    let too_large = |limit| Err(StoreError::TooLarge { folder: folder.to_owned(), limit });
    if files > MAX_FILES {
        return too_large("200,000 files");
    }
    if bytes > MAX_BYTES { too_large("2 GiB") } else { Ok(()) }
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

/// The names of the folders, or of the files, in `folder` below `root`; none where it is missing.
pub(super) fn names_of(root: &Path, folder: &Path, kind: Kind) -> Result<Vec<String>, StoreError> {
    let Some(open) = open_below(root, folder)? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for name in open.names()? {
        if open.entry(&name)?.is_some_and(|entry| entry.kind == kind) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn open_below(root: &Path, folder: &Path) -> Result<Option<Folder>, StoreError> {
    Folder::root(root)?.descend(Place::new(folder)?.as_path())
}

/// Something in a folder that is not a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub(super) kind: Kind,
    pub(super) executable: bool,
}

/// Everything in a folder but the folders in it, by path.
pub(super) fn list(folder: &Folder) -> Result<BTreeMap<String, Listed>, StoreError> {
    let mut listed = BTreeMap::new();
    walk(folder, "", &mut |_, _, path, entry| {
        listed.insert(path, Listed { kind: entry.kind, executable: entry.executable });
        Ok(())
    })?;
    Ok(listed)
}

/// The content of a file whose path [`list`] gave.
pub(super) fn read_inside(folder: &Folder, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let (inside, name) = path.rsplit_once('/').unwrap_or(("", path));
    match folder.descend(Path::new(inside))? {
        Some(inner) => inner.read(name),
        None => Ok(None),
    }
}

type Visit<'a> = dyn FnMut(&Folder, &str, String, Entry) -> Result<(), StoreError> + 'a;

fn walk(folder: &Folder, inside: &str, visit: &mut Visit<'_>) -> Result<(), StoreError> {
    for name in folder.names()? {
        let Some(name) = name.to_str() else {
            return Err(StoreError::Path { path: folder.path_of(&name), reason: "its name is not UTF-8" });
        };
        let Some(entry) = folder.entry(name)?.filter(|_| !is_stage(name)) else { continue };
        let path = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        match entry.kind {
            Kind::Folder => {
                if let Some(child) = folder.child(name)? {
                    walk(&child, &path, visit)?;
                }
            }
            Kind::File | Kind::Symlink | Kind::Special => visit(folder, name, path, entry)?,
        }
    }
    Ok(())
}
