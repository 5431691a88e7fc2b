use super::StoreError;
use super::folder::Folder;
use super::journal::{Journal, Progress};
use super::place::PRIVATE;
use super::private::{self, Private};
use super::transaction::sync_parents;
use std::path::{Path, PathBuf};

/// What a recovery finished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The files and folders of the interrupted accept, sorted; empty where there was none.
    pub targets: Vec<PathBuf>,
}

/// The journal that an interrupted accept left, if there is one. Writes nothing.
///
/// # Errors
/// [`StoreError::Busy`] where the accept is still running; another where the journal cannot be read.
pub fn pending(root: &Path) -> Result<Option<Journal>, StoreError> {
    private::interrupted(&Folder::root(root)?, root)
}

/// Finish what an interrupted accept began, and remove what it left beside its targets. Does nothing where
/// there is no journal, and may itself be interrupted.
///
/// # Errors
/// [`StoreError::Damaged`] where new content is lost; nothing is changed then.
pub fn recover(root: &Path) -> Result<Recovered, StoreError> {
    let folder = Folder::root(root)?;
    if folder.child(PRIVATE)?.is_none() {
        return Ok(Recovered::default());
    }
    let mut private = Private::lock(&folder, root)?;
    private.remember()?;
    let recovered = match private.journal()? {
        Some(journal) => roll_forward(&folder, &private, &journal)?,
        None => Recovered::default(),
    };
    private.sweep(&folder);
    Ok(recovered)
}

fn roll_forward(root: &Folder, private: &Private, journal: &Journal) -> Result<Recovered, StoreError> {
    let mut ready = Vec::new();
    for exchange in &journal.exchanges {
        match exchange.progress(root)? {
            Progress::Done => {}
            Progress::Ready => ready.push(exchange),
            Progress::Lost => {
                return Err(StoreError::Damaged { path: exchange.target.as_path().to_owned() });
            }
        }
    }
    for exchange in ready {
        let parent = exchange.parent(root)?;
        let lost = || StoreError::Damaged { path: exchange.target.as_path().to_owned() };
        exchange.apply(&parent.ok_or_else(lost)?)?;
    }
    sync_parents(root, journal)?;
    journal.exchanges.iter().for_each(|exchange| exchange.clean(root));
    private.clear_journal()?;
    let mut targets: Vec<_> = journal.targets().map(Path::to_owned).collect();
    targets.sort();
    Ok(Recovered { targets })
}

/// Forget an interrupted accept without finishing it: its journal and stages go, its targets stay as they are.
/// For a tree that was put back by other means, such as `git restore`.
///
/// # Errors
/// A [`StoreError`] where the journal cannot be removed.
pub fn abandon(root: &Path) -> Result<(), StoreError> {
    let folder = Folder::root(root)?;
    if folder.child(PRIVATE)?.is_none() {
        return Ok(());
    }
    let mut private = Private::lock(&folder, root)?;
    // A journal that cannot be read names nothing that could be put back.
    if let Ok(Some(journal)) = private.journal() {
        for exchange in &journal.exchanges {
            exchange.step_back(&folder)?;
        }
        sync_parents(&folder, &journal)?;
    }
    private.clear_journal()?;
    private.remember()?;
    private.sweep(&folder);
    Ok(())
}
