//! The files that a tool declares to depend on, by digest.

use super::output::{glob, is_cache};
use super::{ToolError, mirror};
use countersign_model::Digest;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The digest of every file under `folder` that matches a declared input, by path relative to it.
///
/// An input is a path of a file, a path of a folder, which means every file in it, or a glob, in which `*`
/// stops at `/`. Files that version control ignores are not part of a folder or a glob; a plain path may
/// name one.
///
/// `optional` says whether a plain path may be missing: a preset names every file that its tool looks for.
///
/// # Errors
/// [`ToolError::InputMissing`] for a plain path that does not exist and has to, [`ToolError::Outside`] for one that is
/// absolute or holds `..`, [`ToolError::BadGlob`] for what is no glob.
pub fn input_digests(
    folder: &Path,
    globs: &[String],
    optional: bool,
) -> Result<BTreeMap<String, Digest>, ToolError> {
    let mut digests = BTreeMap::new();
    for declared in globs {
        let relative = inside(declared)?;
        let place = folder.join(&relative);
        // A file that is there wins over the glob that its name may be, such as `app/[id]/page.tsx`.
        if place.is_file() {
            add(&place, slashed(&relative), &mut digests)?;
        } else if place.is_dir() {
            add_folder(folder, &relative, |_| true, &mut digests)?;
        } else if declared.contains(['*', '?', '[', '{']) {
            let matcher = glob(&slashed(&relative))?.compile_matcher();
            add_folder(folder, &literal_part(&relative), |path| matcher.is_match(path), &mut digests)?;
        } else if !optional {
            return Err(ToolError::InputMissing { path: declared.clone() });
        }
    }
    Ok(digests)
}

/// Whether a file, by its path relative to the folder that inputs are relative to, is one of the declared inputs.
pub(crate) fn is_input(inputs: &[String], path: &str) -> bool {
    inputs.iter().any(|declared| {
        let Ok(relative) = inside(declared) else { return false };
        let (relative, path) = (slashed(&relative), path);
        let is_below =
            path.strip_prefix(&relative).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        is_below || glob(&relative).is_ok_and(|glob| glob.compile_matcher().is_match(path))
    })
}

/// A configured path without `.`, or an error where it leaves its folder.
pub(super) fn inside(path: &str) -> Result<PathBuf, ToolError> {
    let mut clean = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(ToolError::Outside { path: path.to_owned() });
            }
        }
    }
    Ok(clean)
}

pub(super) fn slashed(relative: &Path) -> String {
    relative.to_string_lossy().into_owned()
}

/// The folders before a glob's first wildcard, so that the rest of the repository is not walked.
fn literal_part(glob: &Path) -> PathBuf {
    let is_literal =
        |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    glob.components().take_while(is_literal).collect()
}

fn add_folder(
    folder: &Path,
    from: &Path,
    matches: impl Fn(&str) -> bool,
    digests: &mut BTreeMap<String, Digest>,
) -> Result<(), ToolError> {
    let start = folder.join(from);
    if !start.exists() {
        return Ok(());
    }
    let hidden = |name: &str| name == ".git" || name == ".countersign" || is_cache(name);
    let walk = mirror::walk(&start, None, move |entry| !hidden(&entry.file_name().to_string_lossy()));
    for entry in walk {
        let entry = entry.map_err(|error| mirror::walk_error(&start, error))?;
        let relative = slashed(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        if matches(&relative) && entry.path().is_file() {
            add(entry.path(), relative, digests)?;
        }
    }
    Ok(())
}

fn add(place: &Path, relative: String, digests: &mut BTreeMap<String, Digest>) -> Result<(), ToolError> {
    let content = fs::read(place).map_err(ToolError::io("read", place))?;
    digests.insert(relative, Digest::of(&content));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digested(globs: &[&str]) -> Result<Vec<String>, ToolError> {
        let folder = tempfile::tempdir().unwrap();
        for path in ["uv.lock", "src/api/main.py", "src/api/deep/er.py", "src/no.txt", "src/.venv/x.py"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::write(folder.path().join(".gitignore"), ".venv/\n").unwrap();
        let globs: Vec<_> = globs.iter().map(|glob| (*glob).to_owned()).collect();
        input_digests(folder.path(), &globs, false).map(|digests| digests.into_keys().collect())
    }

    #[test]
    fn paths_folders_and_globs_are_inputs_and_ignored_files_are_not() {
        assert_eq!(digested(&["uv.lock"]).unwrap(), ["uv.lock"]);
        assert_eq!(digested(&["./src/**/*.py"]).unwrap(), ["src/api/deep/er.py", "src/api/main.py"]);
        assert_eq!(digested(&["src/api/*.py"]).unwrap(), ["src/api/main.py"]);
        assert_eq!(
            digested(&["src", "absent/*.py"]).unwrap(),
            ["src/api/deep/er.py", "src/api/main.py", "src/no.txt"]
        );
        assert_eq!(digested(&["src/.venv/x.py"]).unwrap(), ["src/.venv/x.py"]);
    }

    #[test]
    fn a_missing_path_and_one_outside_are_named() {
        assert!(
            matches!(digested(&["poetry.lock"]), Err(ToolError::InputMissing { path }) if path == "poetry.lock")
        );
        assert!(matches!(digested(&["../x"]), Err(ToolError::Outside { .. })));
        assert!(matches!(digested(&["/etc/*"]), Err(ToolError::Outside { .. })));
        assert!(matches!(digested(&["src/{a"]), Err(ToolError::BadGlob { .. })));
    }
}
