//! What a tool sees of the machine: a fixed environment and a short list of folders with programs.

use super::scratch::Scratch;
use super::{Caller, Tool, ToolError};
use rustix::fs::{Access, access};
use std::collections::{BTreeMap, BTreeSet};
use std::env::{join_paths, split_paths};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const SYSTEM: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// The base of every tool's environment. Each entry is here because a generator or a formatter was seen, or
/// is documented, to give other bytes without it. 315532800 is 1980-01-01, the oldest time that a zip
/// archive can hold.
const FIXED: [(&str, &str); 8] = [
    ("LANG", "C.UTF-8"),
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("PYTHONHASHSEED", "0"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("SOURCE_DATE_EPOCH", "315532800"),
    ("NO_COLOR", "1"),
    ("TERM", "dumb"),
];

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
}

impl Programs {
    /// The declared folders, relative to `root`, or, where none is declared, those folders of the caller's
    /// path that hold the tool's programs; then the system's.
    pub(super) fn of(tool: &Tool, root: &Path, caller: &Caller) -> Self {
        let mut folders: Vec<PathBuf> = tool.path.iter().map(|folder| root.join(folder)).collect();
        if folders.is_empty() {
            let steps = [&tool.command].into_iter().chain(&tool.then).chain(&tool.probes);
            let bare = steps.filter_map(|step| step.first()).filter(|program| !program.contains('/'));
            folders.extend(bare.filter_map(|program| holder(program, &caller.path)));
        }
        folders.extend(SYSTEM.map(PathBuf::from));
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(folder.clone()));
        Self { folders }
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
            let found = self.folders.iter().map(|folder| folder.join(program)).find(|path| is_program(path));
            return found.ok_or_else(|| not_found(tool, program, &self.folders));
        }
        let copied = folder.join(program);
        let is_inside = copied.canonicalize().is_ok_and(|path| path.starts_with(folder));
        let path = if is_inside { copied } else { root.join(program) };
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
    programs: &Programs,
    scratch: &Scratch,
    declared: &BTreeMap<String, String>,
) -> Result<BTreeMap<OsString, OsString>, ToolError> {
    let mut variables: BTreeMap<OsString, OsString> =
        FIXED.iter().map(|(name, value)| (name.into(), value.into())).collect();
    for (name, folder) in FOLDERS {
        variables.insert(name.into(), scratch.folder(folder)?.into());
    }
    variables.insert("PATH".into(), programs.path()?);
    variables.extend(declared.iter().map(|(name, value)| (name.into(), value.into())));
    Ok(variables)
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
    ToolError::NotFound { tool: tool.name.clone(), program: program.to_owned(), searched: searched.to_vec() }
}

/// A program on a search path. Relative entries are passed over: they mean whatever folder one stands in.
pub(crate) fn find_on_path(program: &str, path: &OsStr) -> Option<PathBuf> {
    holder(program, path).map(|folder| folder.join(program))
}

fn holder(program: &str, path: &OsStr) -> Option<PathBuf> {
    split_paths(path).filter(|folder| folder.is_absolute()).find(|folder| is_program(&folder.join(program)))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}
