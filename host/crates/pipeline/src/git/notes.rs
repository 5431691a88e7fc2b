//! Notes on commits, and their exchange with `origin`. Two runs that write at once lose nothing: notes are sets of
//! lines, and are merged as such.

use super::call::Call;
use super::{Commit, Git, GitError, Identity};
use std::fs::{File, OpenOptions};
use std::path::Path;

/// How often an exchange is tried again because another run was faster.
const TRIES: usize = 8;

impl Git {
    /// The note of a commit, byte for byte, or none. `notes` is a ref such as `refs/notes/countersign`.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn note_get(&self, notes: &str, commit: &Commit) -> Result<Option<Vec<u8>>, GitError> {
        let Some(note) = self.note_object(notes, commit)? else { return Ok(None) };
        Call::new(self, "cat-file").args(["blob", &note]).read().map(Some)
    }

    fn note_object(&self, notes: &str, commit: &Commit) -> Result<Option<String>, GitError> {
        let answer = self.notes(notes)?.args(["list", commit.as_str()]).run()?;
        match answer.status {
            0 => Ok(Some(answer.line())),
            1 => Ok(None),
            _ => Err(answer.into_error("notes")),
        }
    }

    /// Writes the note of a commit, whatever it was before.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn note_set(&self, notes: &str, commit: &Commit, text: &[u8], by: &Identity) -> Result<(), GitError> {
        // Through an object, since `notes add -F` trims and joins lines.
        let call = Call::new(self, "hash-object").args(["-w", "--stdin", "-t", "blob"]);
        let answer = call.run_with(text)?;
        if answer.status != 0 {
            return Err(answer.into_error("hash-object"));
        }
        let object = answer.line();
        self.notes(notes)?.args(["add", "-f", "-C", &object, commit.as_str()]).by(by).read().map(drop)
    }

    /// Adds to the end of a commit's note, or begins one. Processes of one clone and its work trees take turns.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn note_append(
        &self,
        notes: &str,
        commit: &Commit,
        text: &[u8],
        by: &Identity,
    ) -> Result<(), GitError> {
        let _turn = self.turn("notes")?;
        let mut whole = self.note_get(notes, commit)?.unwrap_or_default();
        whole.extend_from_slice(text);
        self.note_set(notes, commit, &whole, by)
    }

    /// The turn of this process to do what git itself does not keep apart; others of this clone, in whichever work
    /// tree, wait until it is dropped. `name` says what it is about.
    pub(super) fn turn(&self, name: &str) -> Result<File, GitError> {
        let common =
            Call::new(self, "rev-parse").args(["--path-format=absolute", "--git-common-dir"]).run()?.line();
        let path = Path::new(&common).join(format!("countersign-{name}.lock"));
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        opened.and_then(|file| file.lock().map(|()| file)).map_err(|error| GitError::Failed {
            command: name.into(),
            message: format!("{} cannot be locked: {error}", path.display()),
        })
    }

    fn notes(&self, notes: &str) -> Result<Call<'_>, GitError> {
        let is_fit = notes.strip_prefix("refs/notes/").is_some_and(|name| {
            !name.is_empty()
                && !name.contains("..")
                && !name.chars().any(|c| c.is_control() || " ~^:?*[\\".contains(c))
        });
        if !is_fit {
            return Err(GitError::Unfit(notes.chars().take(200).collect()));
        }
        Ok(Call::new(self, "notes").args([format!("--ref={notes}")]))
    }

    /// Bring the notes of other runs here, if there is an `origin` and it has any, beside those that are here.
    ///
    /// # Errors
    /// A [`GitError`] where `origin` cannot be asked.
    pub(crate) fn fetch_notes(&self, notes: &str, by: &Identity) -> Result<(), GitError> {
        if !self.has_origin()? {
            return Ok(());
        }
        let listed = Call::new(self, "ls-remote").over_network().args(["--refs", "origin", notes]).read()?;
        if listed.is_empty() {
            return Ok(());
        }
        let theirs = format!("{notes}-origin");
        let refspec = format!("+{notes}:{theirs}");
        Call::new(self, "fetch").over_network().args(["--quiet", "--no-tags", "origin", &refspec]).read()?;
        let _turn = self.turn("notes")?;
        // Git takes no other ref than those below `refs/notes/` for a merge, which `-origin` is.
        self.notes(notes)?
            .args(["merge", "--quiet", "--strategy=cat_sort_uniq", &theirs])
            .by(by)
            .read()
            .map(drop)
    }

    /// Give the notes of this run to `origin`, if there is one, merged with those of other runs.
    ///
    /// # Errors
    /// A [`GitError`] where `origin` does not take them.
    pub(crate) fn push_notes(&self, notes: &str, by: &Identity) -> Result<(), GitError> {
        if !self.has_origin()? {
            return Ok(());
        }
        let refspec = format!("{notes}:{notes}");
        for _ in 0..TRIES {
            let answer =
                Call::new(self, "push").over_network().args(["--quiet", "origin", &refspec]).run()?;
            if answer.status == 0 {
                return Ok(());
            }
            // In these words git says that somebody else was faster; any other refusal stays one.
            let was_slower =
                ["[rejected]", "fetch first", "non-fast-forward", "cannot lock ref", "incorrect old value"];
            if !was_slower.iter().any(|words| answer.stderr.contains(words)) {
                return Err(answer.into_error("push"));
            }
            self.fetch_notes(notes, by)?;
        }
        let message = format!("other runs were faster {TRIES} times in a row");
        Err(GitError::Failed { command: "push".into(), message })
    }
}
