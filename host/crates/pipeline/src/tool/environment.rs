//! What a tool sees of the machine: a fixed environment and a short list of folders with programs.

use super::admit::{self, first_line};
use super::scratch::Scratch;
use super::setup::Site;
use super::{Caller, Tool, ToolError, runner};
use rustix::fs::{Access, access};
use std::collections::{BTreeMap, BTreeSet};
use std::env::{join_paths, split_paths};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

const SYSTEM: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// The base of every tool's environment. Each entry is here because a generator or a formatter was seen, or
/// is documented, to give other bytes without it. 315532800 is 1980-01-01, the oldest time that a zip
/// archive can hold.
const FIXED: [(&str, &str); 12] = [
    ("LANG", "C.UTF-8"),
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("PYTHONHASHSEED", "0"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("SOURCE_DATE_EPOCH", "315532800"),
    ("NO_COLOR", "1"),
    ("TERM", "dumb"),
    ("DO_NOT_TRACK", "1"),
    ("NO_UPDATE_NOTIFIER", "1"),
    ("npm_config_update_notifier", "false"),
    ("UV_NO_SYNC", "1"),
];

/// What runners ask before they reach for the network; without it they wait for an answer that cannot come, or, on
/// the bare rung, install another toolchain, or another version of themselves, into the home.
const OFFLINE: [(&str, &str); 6] = [
    ("CARGO_NET_OFFLINE", "true"),
    ("COREPACK_ENABLE_NETWORK", "0"),
    ("RUSTUP_AUTO_INSTALL", "0"),
    ("UV_OFFLINE", "1"),
    ("npm_config_manage_package_manager_versions", "false"),
    ("npm_config_offline", "true"),
];

/// Where a project keeps its own programs.
const LOCAL: [&str; 2] = [".venv/bin", "node_modules/.bin"];

/// A configuration of the user's home changes what formatters do, so a tool gets empty folders instead.
const FOLDERS: [(&str, &str); 5] = [
    ("HOME", "home"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_DATA_HOME", "data"),
    ("TMPDIR", "tmp"),
];

/// Where a tool's programs are looked for.
#[derive(Debug)]
pub(super) struct Programs {
    folders: Vec<PathBuf>,
    environment: Option<PathBuf>,
}

impl Programs {
    /// The declared folders, relative to the root. Where none is declared, the folders that hold the tool's
    /// programs: the project's own ones, in the root and every folder above it up to the repository, then those of
    /// the caller's path. Last the system's. The caller's path also gives the interpreters of scripts.
    pub(super) fn of(tool: &Tool, site: Site<'_>, caller: &Caller) -> Self {
        let steps = || [&tool.command].into_iter().chain(&tool.then).chain(&tool.probes);
        let firsts = || steps().filter_map(|step| step.first());
        let names = || firsts().filter(|program| !program.contains('/'));
        let mut folders: Vec<PathBuf> =
            tool.path.iter().map(|folder| plain(&site.root.join(folder))).collect();
        if folders.is_empty() {
            let local = site.above().flat_map(|folder| LOCAL.map(|local| folder.join(local)));
            folders.extend(local.filter(|folder| names().any(|name| is_program(&folder.join(name)))));
            let absent = names().filter(|name| !folders.iter().any(|folder| is_program(&folder.join(name))));
            let found: Vec<_> = absent.filter_map(|name| holder(name, &caller.path)).collect();
            folders.extend(found);
        }
        folders.extend(SYSTEM.map(PathBuf::from));
        let environment = firsts().find_map(|program| runner::poetry_environment(program, site, caller));
        let mut programs = Self { folders, environment };
        let scripts = names().filter_map(|name| programs.on_path(name)).collect::<Vec<_>>();
        for script in scripts {
            programs.add_interpreter(&script, caller);
        }
        let mut seen = BTreeSet::new();
        programs.folders.retain(|folder| seen.insert(folder.clone()));
        programs
    }

    /// The environment in the home that a runner starts its programs from.
    pub(super) fn environment(&self) -> Option<&Path> {
        self.environment.as_deref()
    }

    /// A program by its name.
    pub(super) fn on_path(&self, name: &str) -> Option<PathBuf> {
        self.folders.iter().map(|folder| folder.join(name)).find(|path| is_program(path))
    }

    /// The folder of the interpreter that a script names by `env`, such as `node`.
    fn add_interpreter(&mut self, script: &Path, caller: &Caller) {
        let Some(line) = first_line(script) else { return };
        let mut words = line.split_whitespace();
        let by_name = words.next().is_some_and(|word| word.ends_with("/env"));
        let name = words.find(|word| !word.starts_with('-') && !word.contains('='));
        if let Some(name) = name.filter(|name| by_name && self.on_path(name).is_none()) {
            self.folders.extend(holder(name, &caller.path));
        }
    }

    /// The program of a step. A path is taken from `folder` where the file itself was copied there, so that a
    /// script that goes by its own path stays inside the mirror, and otherwise from `root`.
    pub(super) fn find(
        &self,
        tool: &Tool,
        program: &str,
        root: &Path,
        folder: &Path,
    ) -> Result<PathBuf, ToolError> {
        if !program.contains('/') {
            return self.on_path(program).ok_or_else(|| not_found(tool, program, &self.folders));
        }
        let copied = folder.join(program);
        let is_inside = copied.canonicalize().is_ok_and(|path| path.starts_with(folder));
        let path = if is_inside { copied } else { plain(&root.join(program)) };
        if path.is_file() && !is_program(&path) {
            return Err(ToolError::io("execute", &root.join(program))(ErrorKind::PermissionDenied.into()));
        }
        let searched = [root.to_owned()];
        let searched = if Path::new(program).is_absolute() { &[][..] } else { &searched };
        Some(path).filter(|path| is_program(path)).ok_or_else(|| not_found(tool, program, searched))
    }

    fn path(&self) -> Result<OsString, ToolError> {
        join_paths(&self.folders).map_err(|_| {
            let unfit = self.folders.iter().find(|folder| folder.to_string_lossy().contains(':'));
            ToolError::Outside { path: unfit.map(|path| path.display().to_string()).unwrap_or_default() }
        })
    }
}

/// The environment of a tool: fixed, with empty folders inside `scratch`, and what the tool declares.
pub(super) fn of_tool(
    tool: &Tool,
    programs: &Programs,
    scratch: &Scratch,
    home: Option<&Path>,
    declared: &BTreeMap<String, String>,
) -> Result<BTreeMap<OsString, OsString>, ToolError> {
    let offline = OFFLINE.iter().filter(|_| !tool.network);
    let mut variables: BTreeMap<OsString, OsString> =
        FIXED.iter().chain(offline).map(|(name, value)| (name.into(), value.into())).collect();
    for (name, folder) in FOLDERS {
        variables.insert(name.into(), scratch.folder(folder)?.into());
    }
    variables.extend(admit::variables(home).into_iter().map(|(name, folder)| (name.into(), folder.into())));
    // Programs that pip installed for the user find their packages by the home folder, which is another one here.
    if let Some(local) = home.map(|home| home.join(".local"))
        && programs.folders.contains(&local.join("bin"))
    {
        variables.insert("PYTHONUSERBASE".into(), local.into());
    }
    let downloads = admit::cargo_downloads(home);
    if !downloads.is_empty() {
        // Cargo writes beside its downloads, so they are links in a folder of its own.
        let cargo = scratch.folder(FOLDERS[2].1)?.join("cargo");
        fs::create_dir_all(&cargo).map_err(ToolError::io("create", &cargo))?;
        for (name, folder) in downloads {
            let link = cargo.join(name);
            symlink(folder, &link).map_err(ToolError::io("create", &link))?;
        }
        variables.insert("CARGO_HOME".into(), cargo.into());
    }
    variables.insert("PATH".into(), programs.path()?);
    variables.extend(programs.environment().map(|environment| ("VIRTUAL_ENV".into(), environment.into())));
    variables.extend(declared.iter().map(|(name, value)| (name.into(), value.into())));
    Ok(variables)
}

/// The folders that a tool may always write.
pub(super) fn writable(scratch: &Scratch) -> Result<Vec<PathBuf>, ToolError> {
    FOLDERS.iter().map(|(_, folder)| scratch.folder(folder)).collect()
}

/// The environment of a set-up step, which installs: the user's own folders and programs, and no more.
pub(super) fn of_setup(caller: &Caller) -> BTreeMap<OsString, OsString> {
    let home = caller.home.as_ref().map(|home| ("HOME".into(), home.into()));
    let fixed = ["LANG", "LC_ALL"].map(|name| (name.into(), "C.UTF-8".into()));
    fixed.into_iter().chain(home).chain([("PATH".into(), caller.path.clone())]).collect()
}

/// The program of a set-up step, from the caller's own path or, as a path, from `root`.
pub(super) fn find_for_setup(
    tool: &Tool,
    program: &str,
    root: &Path,
    caller: &Caller,
) -> Result<PathBuf, ToolError> {
    let is_path = program.contains('/');
    let found = if is_path { Some(root.join(program)) } else { find_on_path(program, &caller.path) };
    let searched = || if is_path { vec![root.to_owned()] } else { split_paths(&caller.path).collect() };
    found.filter(|path| is_program(path)).ok_or_else(|| not_found(tool, program, &searched()))
}

fn not_found(tool: &Tool, program: &str, searched: &[PathBuf]) -> ToolError {
    ToolError::NotFound {
        tool: tool.name.clone(),
        program: program.to_owned(),
        searched: searched.to_vec(),
        install: tool.install.clone(),
    }
}

/// A program on a search path. Relative entries are passed over: they mean whatever folder one stands in.
pub(crate) fn find_on_path(program: &str, path: &OsStr) -> Option<PathBuf> {
    holder(program, path).map(|folder| folder.join(program))
}

fn holder(program: &str, path: &OsStr) -> Option<PathBuf> {
    split_paths(path).filter(|folder| folder.is_absolute()).find(|folder| is_program(&folder.join(program)))
}

/// A path without `.` and `..`, by its text: declared paths name places of the repository, not of what its
/// links lead to.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => plain.push(part),
        }
    }
    plain
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}
