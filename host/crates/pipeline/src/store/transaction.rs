use super::StoreError;
use super::folder::{Folder, Kind};
use super::journal::{Content, Exchange, Journal, Moved};
use super::place::{Place, StageName, is_stage};
use super::private::{Intent, Private};
use super::tree::{self, Listed};
use countersign_model::{Digest, GeneratedTree, TreePath};
use globset::GlobSet;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Up to how many files of a tree are flushed each by itself. A flush costs milliseconds however small the file
/// is; from here on one flush of the whole file system is cheaper, other programs' writes included.
const FLUSHED_ONE_BY_ONE: usize = 32;

/// A change of several files and folders that happens as a whole or not at all.
///
/// Everything is written beside its target first. Dropping a transaction that was not committed removes that
/// again and leaves every byte as it was.
#[derive(Debug)]
pub struct Transaction {
    root: Folder,
    private: Private,
    seed: u64,
    ignore: GlobSet,
    claimed: Vec<Place>,
    exchanges: Vec<Exchange>,
    /// A journal that could not be removed needs its stages.
    keep_stages: bool,
}

/// What a transaction changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The files and folders with other content than before, relative to the root, sorted.
    pub changed: Vec<PathBuf>,
}

impl Transaction {
    /// Begin. One process at a time: the lock is held until this value is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process writes, [`StoreError::Interrupted`] where a journal waits for
    /// [`super::recover`].
    pub fn begin(root: &Path) -> Result<Self, StoreError> {
        let folder = Folder::root(root)?;
        let mut private = Private::lock(&folder, root)?;
        if private.has_journal()? {
            return Err(StoreError::Interrupted { root: root.to_owned() });
        }
        private.remember()?;
        private.sweep(&folder);
        Ok(Self {
            root: folder,
            private,
            seed: random()?,
            ignore: GlobSet::empty(),
            claimed: Vec::new(),
            exchanges: Vec::new(),
            keep_stages: false,
        })
    }

    /// Files that count as no difference when [`Self::replace_tree`] compares, such as `**/__pycache__/**`.
    /// A tree that does differ is replaced with them.
    #[must_use]
    pub fn ignoring(mut self, ignore: GlobSet) -> Self {
        self.ignore = ignore;
        self
    }

    /// Stage a file with new content. A file that has it already is no change; an executable one stays so.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path; nothing has changed then.
    pub fn write_file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let target = self.claim(path)?;
        let old = self.old_file(&target)?;
        if old.as_ref().is_some_and(|(content, _)| content == bytes) {
            return Ok(());
        }
        let parent = self.make_parents(&target)?;
        let stage = self.announce(&target)?;
        parent.create(stage.as_str(), bytes, old.is_some_and(|(_, executable)| executable))?;
        parent.sync()?;
        self.exchanges.push(Exchange { target, stage, content: Content::File { digest: Digest::of(bytes) } });
        Ok(())
    }

    /// Stage the removal of a file. A missing one is no change.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path; nothing has changed then.
    pub fn remove_file(&mut self, path: &Path) -> Result<(), StoreError> {
        let target = self.claim(path)?;
        if let Some((content, _)) = self.old_file(&target)? {
            let stage = self.announce(&target)?;
            let content = Content::Remove { digest: Digest::of(&content) };
            self.exchanges.push(Exchange { target, stage, content });
        }
        Ok(())
    }

    /// Stage a folder that will hold `tree` and nothing else. One that does already is no change; a file that
    /// was executable stays so.
    ///
    /// # Errors
    /// A [`StoreError`] that names the path; nothing has changed then.
    pub fn replace_tree(&mut self, folder: &Path, tree: &GeneratedTree) -> Result<(), StoreError> {
        let target = self.claim(folder)?;
        let old_folder = self.root.descend(target.as_path())?;
        let old = old_folder.as_ref().map(tree::list).transpose()?.unwrap_or_default();
        if match &old_folder {
            Some(old_folder) => self.is_same(old_folder, &old, tree)?,
            None => tree.is_empty(),
        } {
            return Ok(());
        }
        let parent = self.make_parents(&target)?;
        let stage = self.announce(&target)?;
        write_tree(&parent.make(stage.as_str())?, tree, &old)?;
        parent.sync()?;
        let stays = |path: &str| path.parse::<TreePath>().is_ok_and(|path| tree.get(&path).is_some());
        let removed = old.keys().filter(|path| !stays(path)).cloned().collect();
        let content = Content::Tree { files: tree.digests(), removed };
        self.exchanges.push(Exchange { target, stage, content });
        Ok(())
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// Make all the staged changes.
    ///
    /// # Errors
    /// A [`StoreError`]: everything is as it was, except after [`StoreError::HalfWay`], which leaves a journal
    /// for [`super::recover`].
    pub fn commit(mut self) -> Result<Committed, StoreError> {
        if self.exchanges.is_empty() {
            return Ok(Committed::default());
        }
        let journal = Journal::new(std::mem::take(&mut self.exchanges));
        let mut moved = Vec::new();
        if let Err(error) = self.exchange(&journal, &mut moved) {
            return Err(self.roll_back(&journal, &moved, error));
        }
        journal.exchanges.iter().for_each(|exchange| exchange.clean(&self.root));
        if let Err(error) = self.private.clear_journal() {
            self.keep_stages = true;
            return Err(StoreError::HalfWay { source: Box::new(error) });
        }
        let mut changed: Vec<_> = journal.targets().map(Path::to_owned).collect();
        changed.sort();
        Ok(Committed { changed })
    }

    fn exchange(&self, journal: &Journal, moved: &mut Vec<Moved>) -> Result<(), StoreError> {
        self.private.write_journal(journal)?;
        for exchange in &journal.exchanges {
            moved.push(exchange.apply(&self.open_parent(exchange)?)?);
        }
        sync_parents(&self.root, journal)
    }

    /// Undo what was exchanged, and give the error to report.
    fn roll_back(&mut self, journal: &Journal, moved: &[Moved], error: StoreError) -> StoreError {
        if matches!(error, StoreError::HalfWay { .. }) {
            self.keep_stages = true;
            return error;
        }
        match self.undo(journal, moved) {
            Ok(()) => error,
            Err(_) => {
                self.keep_stages = true;
                StoreError::HalfWay { source: Box::new(error) }
            }
        }
    }

    fn undo(&self, journal: &Journal, moved: &[Moved]) -> Result<(), StoreError> {
        for (exchange, moved) in journal.exchanges.iter().zip(moved).rev() {
            exchange.undo(&self.open_parent(exchange)?, *moved)?;
        }
        if !moved.is_empty() {
            sync_parents(&self.root, journal)?;
        }
        self.private.clear_journal()
    }

    fn open_parent(&self, exchange: &Exchange) -> Result<Folder, StoreError> {
        let gone = || StoreError::io("open", exchange.target.parent(), rustix::io::Errno::NOENT);
        exchange.parent(&self.root)?.ok_or_else(gone)
    }

    fn claim(&mut self, path: &Path) -> Result<Place, StoreError> {
        let place = Place::new(path)?;
        if is_stage(place.name()) {
            return Err(StoreError::Path { path: path.to_owned(), reason: "its name is one of a stage" });
        }
        if let Some(first) = self.claimed.iter().find(|claimed| claimed.overlaps(&place)) {
            let first = first.as_path().to_owned();
            return Err(StoreError::Overlap { first, second: path.to_owned() });
        }
        self.claimed.push(place.clone());
        Ok(place)
    }

    /// The content of a target that must be a file or nothing, and whether it is executable.
    fn old_file(&self, target: &Place) -> Result<Option<(Vec<u8>, bool)>, StoreError> {
        let Some(parent) = self.root.descend(target.parent())? else { return Ok(None) };
        let Some(entry) = parent.entry(target.name())? else { return Ok(None) };
        Ok(parent.read(target.name())?.map(|content| (content, entry.executable)))
    }

    fn make_parents(&mut self, target: &Place) -> Result<Folder, StoreError> {
        let mut folder = self.root.again()?;
        let mut path = PathBuf::new();
        for name in target.parent().iter().filter_map(|name| name.to_str()) {
            path.push(name);
            folder = match folder.child(name)? {
                Some(child) => child,
                None => {
                    self.private.intend(Intent::Folder(Place::new(&path)?))?;
                    let child = folder.make(name)?;
                    folder.sync()?;
                    child
                }
            };
        }
        Ok(folder)
    }

    fn announce(&mut self, target: &Place) -> Result<StageName, StoreError> {
        let name = StageName::new(self.seed, self.claimed.len());
        self.private.intend(Intent::Stage { beside: target.clone(), name: name.clone() })?;
        Ok(name)
    }

    fn is_same(
        &self,
        folder: &Folder,
        old: &BTreeMap<String, Listed>,
        tree: &GeneratedTree,
    ) -> Result<bool, StoreError> {
        let mut counted = old.iter().filter(|(path, _)| !self.ignore.is_match(path.as_str()));
        let mut files = tree.files();
        loop {
            match (counted.next(), files.next()) {
                (None, None) => return Ok(true),
                (Some((path, Listed { kind: Kind::File, .. })), Some((wanted, content)))
                    if path == wanted.as_str() =>
                {
                    if tree::read_inside(folder, path)?.as_deref() != Some(content) {
                        return Ok(false);
                    }
                }
                _ => return Ok(false),
            }
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.keep_stages {
            self.private.sweep(&self.root);
        }
    }
}

/// Wait until every exchange is on the disk.
pub(super) fn sync_parents(root: &Folder, journal: &Journal) -> Result<(), StoreError> {
    let parents: BTreeSet<&Path> =
        journal.exchanges.iter().map(|exchange| exchange.target.parent()).collect();
    for parent in parents {
        if let Some(folder) = root.descend(parent)? {
            folder.sync()?;
        }
    }
    Ok(())
}

/// Write a tree into an empty folder, flushed. Files that are executable in `old` become so.
fn write_tree(
    folder: &Folder,
    tree: &GeneratedTree,
    old: &BTreeMap<String, Listed>,
) -> Result<(), StoreError> {
    type File<'a> = (&'a str, &'a str, &'a [u8]);
    let mut folders = BTreeMap::from([("", Vec::<File<'_>>::new())]);
    for (path, content) in tree.files() {
        let path = path.as_str();
        for (at, _) in path.match_indices('/') {
            folders.entry(&path[..at]).or_default();
        }
        let (inside, name) = path.rsplit_once('/').unwrap_or(("", path));
        folders.entry(inside).or_default().push((name, path, content));
    }
    for inside in folders.keys().filter(|inside| !inside.is_empty()) {
        let (above, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        open_inside(folder, above)?.make(name)?;
    }
    let one_by_one = tree.len() <= FLUSHED_ONE_BY_ONE;
    for (inside, files) in folders {
        let inner = open_inside(folder, inside)?;
        for (name, path, content) in files {
            let executable = old.get(path).is_some_and(|listed| listed.executable);
            if one_by_one {
                inner.create(name, content, executable)?;
            } else {
                inner.start(name, content, executable)?;
            }
        }
        if one_by_one {
            inner.sync()?;
        }
    }
    if one_by_one { Ok(()) } else { folder.sync_file_system() }
}

fn open_inside(folder: &Folder, inside: &str) -> Result<Folder, StoreError> {
    let gone = || StoreError::io("open", &folder.path_of(inside), rustix::io::Errno::NOENT);
    folder.descend(Path::new(inside))?.ok_or_else(gone)
}

/// What tells two transactions, or two runs, apart.
pub(super) fn random() -> Result<u64, StoreError> {
    let mut bytes = [0; 8];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    filled.map_err(|error| StoreError::io("draw a name in", Path::new("."), error))?;
    Ok(u64::from_le_bytes(bytes))
}
