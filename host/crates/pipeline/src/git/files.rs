use super::call::Call;
use super::{Commit, Git, GitError};
use std::collections::BTreeSet;

impl Git {
    /// A file as it was in a commit, by its path relative to the top, or none where the commit has no such
    /// file. A symbolic link is the text of its target.
    ///
    /// # Errors
    /// [`GitError::Missing`] where the commit has the file and this clone has not its content.
    pub fn read_file(&self, commit: &Commit, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        Ok(self.read_files(commit, &[path])?.pop().flatten())
    }

    /// Files as they were in a commit, in the order of `paths`, by one process.
    ///
    /// # Errors
    /// As for [`Self::read_file`].
    pub fn read_files(&self, commit: &Commit, paths: &[&str]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut questions = String::new();
        for path in paths {
            check_path(path)?;
            questions.push_str(&format!("{commit}:{path}\n"));
        }
        let answer = Call::new(self, "cat-file").args(["--batch"]).run_with(questions.as_bytes())?;
        if answer.status != 0 {
            return Err(answer.into_error("cat-file"));
        }
        let files = parse_batch(&answer.stdout, paths.len())?;
        let absent: Vec<_> =
            paths.iter().zip(&files).filter(|(_, file)| file.is_none()).map(|(path, _)| *path).collect();
        self.check_absent(commit, &absent)?;
        Ok(files)
    }

    /// `cat-file` says "missing" of a path that is not in the commit and of an object that is not in this
    /// clone alike. The first is an answer, the second is none.
    fn check_absent(&self, commit: &Commit, paths: &[&str]) -> Result<(), GitError> {
        if paths.is_empty() {
            return Ok(());
        }
        let call = Call::new(self, "ls-tree").args(["-z", "--full-tree", commit.as_str(), "--"]);
        let listed = call.args(paths).read()?;
        let asked: BTreeSet<_> = paths.iter().copied().collect();
        match parse_tree(&listed).into_iter().find(|path| asked.contains(path.as_str())) {
            Some(path) => Err(GitError::Missing { commit: commit.to_string(), path }),
            None => Ok(()),
        }
    }

    /// The paths of all files under `folder` in a commit, relative to the top, in order. An empty `folder`
    /// is the top; one that the commit has not has no files.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn list(&self, commit: &Commit, folder: &str) -> Result<Vec<String>, GitError> {
        let folder = folder.trim_end_matches('/');
        let mut call = Call::new(self, "ls-tree").args(["-r", "-z", "--full-tree", commit.as_str()]);
        if !folder.is_empty() {
            check_path(folder)?;
            call = call.args(["--", &format!("{folder}/")]);
        }
        Ok(parse_tree(&call.read()?))
    }
}

pub(super) fn check_path(path: &str) -> Result<(), GitError> {
    let is_fit = !path.is_empty() && !path.starts_with('/') && !path.contains(['\n', '\0']);
    if is_fit { Ok(()) } else { Err(GitError::Unfit(path.chars().take(200).collect())) }
}

/// The files of an `ls-tree -z`: `MODE blob OBJECT<tab>PATH`. Folders and submodules are passed over.
fn parse_tree(listed: &[u8]) -> Vec<String> {
    let lines = listed.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let files = lines.filter_map(|line| {
        let (facts, path) = line.split_once('\t')?;
        (facts.split(' ').nth(1) == Some("blob")).then(|| path.to_owned())
    });
    files.collect()
}

/// The answers of `cat-file --batch`: `OBJECT blob SIZE`, the content and a line end; or `QUESTION missing`.
fn parse_batch(mut rest: &[u8], count: usize) -> Result<Vec<Option<Vec<u8>>>, GitError> {
    let broken = || GitError::Failed { command: "cat-file".into(), message: "its answer ends early".into() };
    let mut files = Vec::with_capacity(count);
    for _ in 0..count {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let mut words = header.rsplitn(3, ' ');
        let (last, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Ok(size) = last.parse::<usize>() else {
            files.push(None);
            continue;
        };
        if rest.len() <= size {
            return Err(broken());
        }
        // A folder is not a file.
        files.push((kind == "blob").then(|| rest[..size].to_vec()));
        rest = &rest[size + 1..];
    }
    Ok(files)
}
