use super::StoreError;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::path::{Component, Path};

/// The private folder of this program below the root. Git ignores it.
pub(super) const PRIVATE: &str = ".countersign";

const STAGE: &str = ".countersign-stage-";
const ASIDE: &str = ".countersign-aside-";

/// A path below the root: relative, UTF-8, not empty, without `..`, and neither in `.git` nor in
/// `.countersign`. A journal comes from the disk, where somebody's pull request may have put it, so it can
/// name nothing else either.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Place(String);

impl Place {
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        let refuse = |reason| StoreError::Path { path: path.to_owned(), reason };
        let mut segments = Vec::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::Normal(name) => segments.push(segment(name).map_err(refuse)?),
                Component::ParentDir => return Err(refuse("it holds `..`")),
                Component::RootDir | Component::Prefix(_) => return Err(refuse("it is absolute")),
            }
        }
        match segments.is_empty() {
            true => Err(refuse("it is empty")),
            false => Ok(Self(segments.join("/"))),
        }
    }

    pub(super) fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// The folder that holds it; empty for the root.
    pub(super) fn parent(&self) -> &Path {
        Path::new(self.0.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    pub(super) fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Whether one of the two is the other or lies in it.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.as_path().starts_with(other.as_path()) || other.as_path().starts_with(self.as_path())
    }
}

fn segment(name: &OsStr) -> Result<&str, &'static str> {
    let name = name.to_str().ok_or("its name is not UTF-8")?;
    match name.to_ascii_lowercase().as_str() {
        ".git" => Err("it lies in version control"),
        PRIVATE => Err("it lies in the folder that countersign keeps for itself"),
        lower if lower.contains(['\0', '\n']) => Err("its name holds a line end or a NUL"),
        _ => Ok(name),
    }
}

impl TryFrom<String> for Place {
    type Error = StoreError;

    fn try_from(text: String) -> Result<Self, StoreError> {
        Self::new(Path::new(&text))
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.0
    }
}

/// The name of a stage: new content before the exchange, old content after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct StageName(String);

impl StageName {
    /// The `number`th stage of the transaction that `seed` tells from all others.
    pub(super) fn new(seed: u64, number: usize) -> Self {
        Self(format!("{STAGE}{seed:016x}-{number}"))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the old content waits on a file system that cannot exchange.
    pub(super) fn aside(&self) -> String {
        self.0.replacen(STAGE, ASIDE, 1)
    }
}

impl TryFrom<String> for StageName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.starts_with(STAGE) && is_stage(&text) {
            Ok(Self(text))
        } else {
            Err("not the name of a stage")
        }
    }
}

impl From<StageName> for String {
    fn from(name: StageName) -> Self {
        name.0
    }
}

/// Whether a file or folder of this name is ours and temporary.
pub(super) fn is_stage(name: &str) -> bool {
    let rest = name.strip_prefix(STAGE).or_else(|| name.strip_prefix(ASIDE));
    rest.and_then(|rest| rest.split_once('-')).is_some_and(|(seed, number)| {
        seed.len() == 16
            && seed.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_below_the_root_and_outside_version_control() {
        assert_eq!(Place::new(Path::new("./a//b")).unwrap().as_path(), Path::new("a/b"));
        for text in ["", ".", "/a", "../a", "a/../b", ".git/hooks/x", "a/.GIT/config", ".countersign/lock"] {
            assert!(matches!(Place::new(Path::new(text)), Err(StoreError::Path { .. })), "{text}");
        }
    }

    #[test]
    fn only_our_own_names_are_stages() {
        let stage = StageName::new(7, 12);
        assert!(is_stage(stage.as_str()) && is_stage(&stage.aside()));
        for name in [".countersign-stage-", ".countersign-stage-0-1", "stage", ".countersign-stage-notes.md"]
        {
            assert!(!is_stage(name), "{name}");
            assert!(StageName::try_from(name.to_owned()).is_err(), "{name}");
        }
    }
}
