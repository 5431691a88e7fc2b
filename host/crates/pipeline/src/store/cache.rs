use super::StoreError;
use super::folder::Folder;
use super::place::PRIVATE;
use super::private::open_or_make;
use countersign_model::{Digest, Name};
use rustix::fs::RenameFlags;
use std::path::{Path, PathBuf};

/// How many documents of one name are kept: for dumps, enough to change between some branches.
const KEPT: usize = 8;

/// Documents of this machine: what a dump gave, under the digest of everything that went into it, or what a tool
/// was set up from.
///
/// It saves work and decides nothing: what is damaged or cannot be written counts as missing.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    root: &'a Path,
    what: &'static str,
}

impl<'a> Kept<'a> {
    /// The dumps that are kept below `root`.
    pub fn dumps(root: &'a Path) -> Self {
        Self { root, what: "dumps" }
    }

    /// What tools were set up from.
    pub fn setups(root: &'a Path) -> Self {
        Self { root, what: "setups" }
    }

    fn folder_of(&self, name: &Name) -> PathBuf {
        Path::new(PRIVATE).join("cache").join(self.what).join(name.as_str())
    }

    /// The document kept under `key`; none where it is missing. A damaged one is removed.
    pub fn load(&self, contract: &Name, key: &Digest) -> Option<Vec<u8>> {
        let folder = Folder::root(self.root).ok()?.descend(&self.folder_of(contract)).ok()??;
        let entry = folder.read(key.hexadecimal()).ok()??;
        let document = verified(&entry);
        if document.is_none() {
            // One that cannot be removed stays damaged, and so missing.
            let _ = folder.unlink(key.hexadecimal());
        }
        document
    }

    /// Keep a document. A failure is ignored: the next run dumps again.
    pub fn save(&self, contract: &Name, key: &Digest, document: &[u8]) {
        let _ = self.try_save(contract, key, document);
    }

    fn try_save(&self, contract: &Name, key: &Digest, document: &[u8]) -> Result<(), StoreError> {
        let root = Folder::root(self.root)?;
        open_or_make(&root)?;
        let folder = make_all(root, &self.folder_of(contract))?;
        let name = key.hexadecimal();
        // Two processes may save at once; each has a draft of its own, and the last rename wins.
        let draft = format!("{name}.{}", std::process::id());
        let mut entry = format!("{}\n", Digest::of(document)).into_bytes();
        entry.extend_from_slice(document);
        folder.unlink(&draft)?;
        let written = folder.create(&draft, &entry, false).and_then(|()| {
            let renamed = folder.rename(&draft, &name, RenameFlags::empty());
            renamed.map_err(|error| StoreError::io("write", &folder.path_of(&name), error))
        });
        if written.is_err() {
            folder.unlink(&draft)?;
        }
        written.and_then(|()| forget_oldest(&folder, &name))
    }
}

/// The document in an entry, whose first line is its digest.
fn verified(entry: &[u8]) -> Option<Vec<u8>> {
    let at = entry.iter().position(|byte| *byte == b'\n')?;
    let digest: Digest = std::str::from_utf8(&entry[..at]).ok()?.parse().ok()?;
    let document = &entry[at + 1..];
    (Digest::of(document) == digest).then(|| document.to_vec())
}

fn make_all(root: Folder, path: &Path) -> Result<Folder, StoreError> {
    path.iter().try_fold(root, |folder, name| match folder.child(name)? {
        Some(child) => Ok(child),
        None => folder.make(&name.to_string_lossy()),
    })
}

/// Remove the oldest entries, but not the one that was just `saved`: clocks are coarse.
fn forget_oldest(folder: &Folder, saved: &str) -> Result<(), StoreError> {
    let mut entries = Vec::new();
    for name in folder.names()? {
        if let Some(entry) = folder.entry(&name)? {
            entries.push((name == saved, entry.modified, name));
        }
    }
    entries.sort();
    let surplus = entries.len().saturating_sub(KEPT);
    entries.into_iter().take(surplus).try_for_each(|(_, _, name)| folder.unlink(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_loaded_as_it_was_saved_and_a_damaged_one_is_not() {
        let root = tempfile::tempdir().unwrap();
        let (dumps, name, key) = (Kept::dumps(root.path()), "a".parse().unwrap(), Digest::of(b"key"));
        assert_eq!(dumps.load(&name, &key), None);
        dumps.save(&name, &key, b"{}\n");
        assert_eq!(dumps.load(&name, &key).unwrap(), b"{}\n");
        let file = root.path().join(dumps.folder_of(&name)).join(key.hexadecimal());
        let mut bytes = std::fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(dumps.load(&name, &key), None);
        assert!(!file.exists());
        assert_eq!(std::fs::read(root.path().join(".countersign/.gitignore")).unwrap(), b"*\n");
    }

    #[test]
    fn only_the_newest_are_kept() {
        let root = tempfile::tempdir().unwrap();
        let (dumps, name) = (Kept::dumps(root.path()), "a".parse().unwrap());
        (0..20_u8).for_each(|number| dumps.save(&name, &Digest::of(&[number]), b"x"));
        let kept = std::fs::read_dir(root.path().join(dumps.folder_of(&name))).unwrap().count();
        assert_eq!(kept, KEPT);
        assert!(dumps.load(&name, &Digest::of(&[19])).is_some());
    }

    #[test]
    fn a_root_that_cannot_be_written_keeps_nothing_and_fails_nothing() {
        let root = tempfile::tempdir().unwrap();
        let gone = root.path().join("missing");
        Kept::dumps(&gone).save(&"a".parse().unwrap(), &Digest::of(b""), b"x");
        assert!(!gone.exists());
    }
}
