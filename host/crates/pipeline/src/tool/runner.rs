//! Runners: programs such as `uv` and `npx` that start a tool out of an environment beside the project.
//!
//! That a runner is there says nothing about the tool; its environment does. Poetry keeps its environments in the
//! home, named for the project's folder, which is another one in a mirror: it is told where its own one lies.

use super::Caller;
use super::mirror::is_packages;
use super::setup::Site;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// A runner, the lock file beside which its environment lies, and the environment.
const RUNNERS: [(&str, &str, &str); 6] = [
    ("uv", "uv.lock", ".venv"),
    ("poetry", "poetry.lock", ".venv"),
    ("npx", "package-lock.json", "node_modules"),
    ("npm", "package-lock.json", "node_modules"),
    ("pnpm", "pnpm-lock.yaml", "node_modules"),
    ("yarn", "yarn.lock", "node_modules"),
];

/// Where poetry keeps environments that are not in their projects.
const POETRY: &str = ".cache/pypoetry/virtualenvs";

/// Whether the environment that a program runs things from is there. Cargo's is nowhere in particular, so nobody
/// knows. A program that is no runner needs none.
pub(super) fn is_ready(program: &str, site: Site<'_>, poetry: Option<&Path>) -> bool {
    let name = name(program);
    let Some((_, lock, environment)) = RUNNERS.iter().find(|(runner, ..)| *runner == name) else {
        return name != "cargo";
    };
    if name == "poetry" && poetry.is_some() {
        return true;
    }
    match site.above().find(|folder| folder.join(lock).is_file()) {
        Some(folder) => folder.join(environment).exists(),
        None => site.above().any(|folder| folder.join(environment).exists()),
    }
}

/// The environment outside the project that poetry made for it, where `program` is poetry and there is one.
pub(super) fn poetry_environment(program: &str, site: Site<'_>, caller: &Caller) -> Option<PathBuf> {
    let project = site.above().find(|folder| folder.join("pyproject.toml").is_file())?;
    if name(program) != "poetry" || project.join(".venv").is_dir() {
        return None;
    }
    // `generate_env_name` in poetry's `utils/env/env_manager.py`: NAME-HASH-pyVERSION.
    let named = caller.borrowed.as_ref().map_or_else(|| project.to_owned(), |from| from.original_of(project));
    let hash = URL_SAFE.encode(Sha256::digest(named.as_os_str().as_bytes()));
    let mark = format!("-{}-py", hash.get(..8)?);
    let folder = caller.home.as_ref()?.join(POETRY);
    let names = fs::read_dir(&folder).ok()?.flatten().map(|entry| entry.file_name());
    let names = names.filter_map(|name| name.into_string().ok());
    let found = names.filter_map(|name| {
        let (project, version) = name.rsplit_once(&mark)?;
        let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
        let is_chosen =
            chosen(&folder, &format!("{project}{}", mark.strip_suffix("-py")?)).as_deref() == Some(version);
        is_packages(&folder.join(&name)).then(|| ((is_chosen, numbers), folder.join(&name)))
    });
    found.max().map(|(_, environment)| environment)
}

/// The version that `poetry env use` remembers for a project.
fn chosen(folder: &Path, project: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join("envs.toml")).ok()?;
    let table: toml::Table = text.parse().ok()?;
    Some(table.get(project)?.get("minor")?.as_str()?.to_owned())
}

fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A project, with environments of poetry for its folder and for another one.
    fn project(versions: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("pyproject.toml"), "").unwrap();
        let hash = URL_SAFE.encode(Sha256::digest(root.as_os_str().as_bytes()));
        let names = versions.iter().map(|version| format!("project-{}-py{version}", &hash[..8]));
        for name in names.chain(["project-AAAAAAAA-py3.99".into()]) {
            let environment = folder.path().join(POETRY).join(name);
            fs::create_dir_all(&environment).unwrap();
            fs::write(environment.join("pyvenv.cfg"), "").unwrap();
        }
        (folder, root)
    }

    fn version_of(folder: &Path, root: &Path) -> Option<String> {
        let site = Site { root, repository: root };
        let caller = Caller { home: Some(folder.to_owned()), ..crate::tool::tests::caller(folder) };
        let environment = poetry_environment("poetry", site, &caller)?;
        environment.to_str()?.rsplit_once("-py").map(|(_, version)| version.to_owned())
    }

    #[test]
    fn poetrys_environment_is_the_one_of_this_folder_and_the_newest_unless_another_was_chosen() {
        let (folder, root) = project(&["3.9", "3.11"]);
        assert_eq!(version_of(folder.path(), &root).as_deref(), Some("3.11"));
        let hash = URL_SAFE.encode(Sha256::digest(root.as_os_str().as_bytes()));
        let text = format!("[project-{}]\nminor = \"3.9\"\npatch = \"3.9.18\"\n", &hash[..8]);
        fs::write(folder.path().join(POETRY).join("envs.toml"), text).unwrap();
        assert_eq!(version_of(folder.path(), &root).as_deref(), Some("3.9"));
        fs::create_dir(root.join(".venv")).unwrap();
        assert_eq!(version_of(folder.path(), &root), None);
        let (folder, root) = project(&[]);
        assert_eq!(version_of(folder.path(), &root), None);
    }

    #[test]
    fn a_runner_is_ready_where_its_environment_lies_beside_its_lock_file() {
        let folder = tempfile::tempdir().unwrap();
        let (repository, root) = (folder.path(), folder.path().join("clients/typed"));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir(repository.join(".venv")).unwrap();
        let site = Site { root: &root, repository };
        assert!(is_ready("uv", site, None) && is_ready("/opt/uv", site, None));
        fs::write(root.join("uv.lock"), "").unwrap();
        assert!(!is_ready("uv", site, None), "this environment is of another project");
        assert!(!is_ready("npx", site, None) && !is_ready("cargo", site, None));
        assert!(is_ready("openapi-generator", site, None));
    }
}
