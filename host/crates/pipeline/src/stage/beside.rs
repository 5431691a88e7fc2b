//! The files beside a document: which of them its canonicalizer may open, and where they are read from.

use super::media_type;
use crate::git::{Commit, Git};
use crate::tool;
use countersign_engine::{InputError, OpenedInput};
use countersign_model::Beside;
use std::path::{Path, PathBuf};

/// Bytes of a file at most.
const LARGEST: u64 = 64 << 20;

/// Where the files beside a document are read from.
#[derive(Debug, Default)]
pub(crate) enum Siblings {
    /// Nowhere.
    #[default]
    None,
    /// A folder of this machine.
    Folder {
        root: PathBuf,
        /// The document's folder below it, with `/` between segments.
        below: String,
        /// The inputs that are declared, relative to `root`; without them, everything below the document's folder.
        declared: Option<Vec<String>>,
    },
    /// A revision.
    Revision { git: Box<Git>, commit: Commit, below: String },
}

impl Siblings {
    /// Where the files beside a document of this origin are.
    pub(crate) fn of(beside: &Beside, root: &Path, git: Option<&Git>) -> Self {
        match beside {
            Beside::Nowhere => Self::None,
            Beside::Folder(folder) => {
                Self::Folder { root: folder.clone(), below: String::new(), declared: None }
            }
            Beside::Declared { path, inputs } => {
                Self::Folder { root: root.to_owned(), below: folder_of(path), declared: Some(inputs.clone()) }
            }
            Beside::Revision { commit, path } => match (git, Commit::parse(commit)) {
                (Some(git), Some(commit)) => {
                    Self::Revision { git: Box::new(git.clone()), commit, below: folder_of(path) }
                }
                _ => Self::None,
            },
        }
    }

    /// Open a file by its path relative to the document's folder.
    pub(crate) fn open(&self, path: &str) -> Result<OpenedInput, InputError> {
        let kind = media_type(path);
        if !matches!(kind, "application/json" | "application/yaml") {
            return Err(InputError::Denied("only JSON and YAML files are opened beside a document".into()));
        }
        let content = match self {
            Self::None => {
                Err(InputError::Denied("the document is no file, so there is nothing beside it".into()))
            }
            Self::Folder { root, below, declared } => {
                let place = below_folder(below, path, declared.is_some())?;
                if let Some(inputs) = declared
                    && !tool::is_input(inputs, &place)
                {
                    return Err(InputError::Denied(undeclared(&place)));
                }
                read(root, &place)
            }
            Self::Revision { git, commit, below } => {
                let place = below_folder(below, path, false)?;
                let content = git.read_file(commit, &place);
                content.map_err(|error| InputError::Other(error.to_string()))
            }
        }?;
        let content = content.ok_or_else(|| InputError::NotFound(path.to_owned()))?;
        Ok(OpenedInput { content: content.into(), media_type: kind.into() })
    }
}

fn undeclared(place: &str) -> String {
    let folder = match folder_of(place) {
        folder if folder.is_empty() => String::new(),
        folder => format!("{folder}/"),
    };
    format!(
        "`{place}` is not declared; add `inputs = [\"{folder}**\"]` to the contract's `dump = {{ use = \"dump-file\", … }}`"
    )
}

fn read(root: &Path, place: &str) -> Result<Option<Vec<u8>>, InputError> {
    let size = std::fs::symlink_metadata(root.join(place)).map_or(0, |metadata| metadata.len());
    if size > LARGEST {
        return Err(InputError::Other(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    let content = crate::store::read_file(root, Path::new(place));
    content.map_err(|error| InputError::Other(error.to_string()))
}

/// The folder of a file, with `/` between segments; empty for one at the top.
fn folder_of(path: &str) -> String {
    let clean = path.split('/').filter(|segment| !segment.is_empty() && *segment != ".");
    let mut segments: Vec<&str> = clean.collect();
    segments.pop();
    segments.join("/")
}

/// A path below the top, from the document's folder; `upwards` says whether it may leave that folder.
fn below_folder(below: &str, path: &str, upwards: bool) -> Result<String, InputError> {
    let leaves = || InputError::Denied("it lies outside of the document's folder".into());
    let mut segments: Vec<&str> = below.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            ".." if upwards => {
                segments.pop().ok_or_else(leaves)?;
            }
            ".." => return Err(leaves()),
            _ => segments.push(segment),
        }
    }
    Ok(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(siblings: &Siblings, path: &str) -> String {
        match siblings.open(path) {
            Ok(opened) => String::from_utf8_lossy(&opened.content).into_owned(),
            Err(InputError::NotFound(_)) => "not found".into(),
            Err(InputError::Denied(why)) => format!("denied: {why}"),
            Err(InputError::Other(why)) => format!("other: {why}"),
        }
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["api/openapi.yaml", "api/a/b.yaml", "schemas/c.json", "api/.env", "secret.yaml"] {
            let place = folder.path().join(path);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, path).unwrap();
        }
        std::os::unix::fs::symlink("../secret.yaml", folder.path().join("api/link.yaml")).unwrap();
        folder
    }

    #[test]
    fn a_document_of_this_machine_has_what_lies_below_its_folder() {
        let folder = folder();
        let siblings = Siblings::of(&Beside::Folder(folder.path().join("api")), Path::new("/nowhere"), None);
        assert_eq!(opened(&siblings, "a/b.yaml"), "api/a/b.yaml");
        assert_eq!(opened(&siblings, "none.yaml"), "not found");
        assert!(opened(&siblings, "../schemas/c.json").starts_with("denied: it lies outside"));
        assert!(opened(&siblings, ".env").starts_with("denied: only JSON and YAML"));
        assert!(opened(&siblings, "link.yaml").starts_with("other: "), "no link is followed");
    }

    #[test]
    fn a_contract_s_document_has_what_is_declared() {
        let folder = folder();
        let inputs = vec!["api/**".to_owned(), "schemas/*.json".to_owned()];
        let beside = Beside::Declared { path: "./api/openapi.yaml".into(), inputs };
        let siblings = Siblings::of(&beside, folder.path(), None);
        assert_eq!(opened(&siblings, "a/b.yaml"), "api/a/b.yaml");
        assert_eq!(opened(&siblings, "../schemas/c.json"), "schemas/c.json");
        assert_eq!(
            opened(&siblings, "../secret.yaml"),
            "denied: `secret.yaml` is not declared; add `inputs = [\"**\"]` to the contract's \
             `dump = { use = \"dump-file\", … }`"
        );
        assert!(opened(&siblings, "../../secret.yaml").starts_with("denied: it lies outside"));
    }
}
