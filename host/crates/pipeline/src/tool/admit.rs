//! What a tool needs to read of this machine: the system's own folders, and whatever its programs are made of.
//!
//! Tools live in virtual environments, below `~/.pyenv` or `~/.nvm`, in `/opt` or in `/tmp`, and lead from
//! there to interpreters elsewhere. From each program this follows its links, its `#!` line, the environment
//! that it lies in (PEP 405), and admits the folders that it finds. The home folder itself, and those below it
//! that hold keys and tokens, are never admitted as a whole.

use super::environment::Programs;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Software of the system, and the few files of `/etc` that programs look up users, names and libraries in.
const SYSTEM: [&str; 35] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/fonts",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/java-11-openjdk",
    "/etc/java-17-openjdk",
    "/etc/java-21-openjdk",
    "/etc/java-25-openjdk",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
];

/// Who resolves names, which only a tool with `network` needs.
const RESOLVER: &str = "/etc/resolv.conf";

/// Folders of the home folder that hold installed software and nothing else, with the variable that leads to
/// them: a tool's own `HOME` is empty.
const INSTALLED: [(&str, &str); 7] = [
    (".pyenv", "PYENV_ROOT"),
    (".rustup", "RUSTUP_HOME"),
    (".volta", "VOLTA_HOME"),
    (".asdf", "ASDF_DATA_DIR"),
    (".local/share/mise", "MISE_DATA_DIR"),
    (".local/share/uv/python", "UV_PYTHON_INSTALL_DIR"),
    (".cache/node/corepack", "COREPACK_HOME"),
];

/// Sources that Cargo downloaded before. Its credentials lie beside them.
const CARGO: [&str; 2] = [".cargo/registry", ".cargo/git"];

/// Folders that hold a user's own things besides programs.
const PERSONAL: [&str; 6] = [".local", ".local/share", ".cargo", ".config", ".cache", ".ssh"];

/// Folders whose parent is where a program is installed.
const PROGRAMS: [&str; 6] = ["bin", "sbin", "shims", "libexec", "Scripts", ".bin"];

/// What lies beside `bin` where something was installed.
const INSTALLATION: [&str; 5] = ["lib", "lib64", "libexec", "share", "versions"];

/// How many links are followed before they are taken for a circle, as by the kernel.
const LINKS: usize = 40;

/// What was found, and what was not.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// Files, folders and links that the tool may read.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Sentences about what is not there.
    pub(super) missing: Vec<String>,
}

/// Finds what to admit for one run.
pub(super) struct Admission<'a> {
    pub(super) home: Option<&'a Path>,
    pub(super) repository: &'a Path,
    pub(super) programs: &'a Programs,
    admitted: Admitted,
    seen: BTreeSet<PathBuf>,
}

impl<'a> Admission<'a> {
    pub(super) fn new(home: Option<&'a Path>, repository: &'a Path, programs: &'a Programs) -> Self {
        let mut admission =
            Self { home, repository, programs, admitted: Admitted::default(), seen: BTreeSet::new() };
        for path in SYSTEM.map(Path::new) {
            admission.path(path);
        }
        for folder in home.into_iter().flat_map(|home| CARGO.map(|folder| home.join(folder))) {
            admission.path(&folder);
        }
        for folder in home.into_iter().flat_map(|home| INSTALLED.map(|(folder, _)| home.join(folder))) {
            admission.path(&folder);
            admission.linked_versions(&folder, 2);
        }
        if let Some(home) = home {
            admission.user_packages(&home.join(".local/lib"));
        }
        admission
    }

    /// Packages that pip installed for the user.
    fn user_packages(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let packages = entry.path().join("site-packages");
            if entry.file_name().to_string_lossy().starts_with("python") && packages.is_dir() {
                self.path(&packages);
            }
        }
    }

    pub(super) fn finish(self) -> Admitted {
        self.admitted
    }

    /// A path as it is, if it is there, with the links that lead to it.
    pub(super) fn path(&mut self, path: &Path) {
        if let Some(real) = self.follow(path)
            && real.exists()
        {
            self.admitted.paths.insert(real);
        }
    }

    /// What a tool with `network` reads besides.
    pub(super) fn resolver(&mut self) {
        self.path(Path::new(RESOLVER));
    }

    /// A version that was installed elsewhere is linked to, as by `rustup toolchain link`.
    fn linked_versions(&mut self, folder: &Path, depth: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(1000) {
            let (path, kind) = (entry.path(), entry.file_type());
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) && depth > 0 {
                self.linked_versions(&path, depth - 1);
            } else if kind.is_ok_and(|kind| kind.is_symlink())
                && path.canonicalize().is_ok_and(|real| self.may_show(&real))
            {
                self.path(&path);
            }
        }
    }

    /// A program, with everything that starting it leads to.
    pub(super) fn program(&mut self, program: &Path) {
        if !self.seen.insert(program.to_owned()) {
            return;
        }
        // Where it lies counts, and where its links lead to: an environment's interpreter is found by the former.
        let real = self.follow(program);
        self.installation(program);
        let Some(real) = real else { return };
        if real != program {
            self.installation(&real);
        }
        self.interpreter(&real);
    }

    /// A folder with installed packages: Node's, or a Python environment.
    pub(super) fn packages(&mut self, folder: &Path) {
        self.path(folder);
        self.environment(folder);
        if folder.file_name() == Some(OsStr::new("node_modules")) {
            self.linked_packages(folder);
        }
    }

    /// A declared folder with programs.
    pub(super) fn folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(1000) {
            if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                self.program(&entry.path());
            }
        }
        self.installation(&folder.join("any"));
        self.path(folder);
    }

    /// Follows links as the kernel does, and admits each on the way. None where one leads nowhere.
    fn follow(&mut self, path: &Path) -> Option<PathBuf> {
        let (mut done, mut links) = (PathBuf::from("/"), 0);
        let mut left: Vec<PathBuf> = parts(path);
        while let Some(part) = left.pop() {
            if part == Path::new("..") {
                done.pop();
                continue;
            }
            let next = done.join(&part);
            match fs::read_link(&next) {
                Ok(text) => {
                    links += 1;
                    if links > LINKS {
                        return None;
                    }
                    self.admitted.paths.insert(next);
                    if text.is_absolute() {
                        done = PathBuf::from("/");
                    }
                    left.extend(parts(&text));
                }
                Err(_) => done = next,
            }
        }
        Some(done)
    }

    /// The folder that a program was installed to, or as much of it as may be shown.
    fn installation(&mut self, program: &Path) {
        if !program.exists() && program.file_name() != Some(OsStr::new("any")) {
            return;
        }
        let above = |path: &Path| path.parent().map(Path::to_owned);
        let Some(folder) = above(program) else { return };
        let in_programs = folder.file_name().is_some_and(|name| PROGRAMS.iter().any(|known| name == *known));
        let modules = program
            .ancestors()
            .filter(|above| above.file_name() == Some(OsStr::new("node_modules")))
            .last()
            .map(Path::to_owned);
        let is_installed = |folder: &PathBuf| {
            INSTALLATION.iter().any(|part| folder.join(part).exists()) || folder.join("pyvenv.cfg").exists()
        };
        let installed = modules.or_else(|| above(&folder).filter(|above| in_programs && is_installed(above)));
        let fit = [installed, Some(folder)].into_iter().flatten().find(|folder| self.may_show(folder));
        match fit {
            Some(folder) => {
                self.path(&folder);
                self.environment(&folder);
            }
            None => self.path(program),
        }
    }

    fn may_show(&self, folder: &Path) -> bool {
        let holds =
            |home: &Path| home.starts_with(folder) || PERSONAL.iter().any(|part| home.join(part) == folder);
        let holds_home =
            self.home.is_some_and(|home| holds(home) || home.canonicalize().is_ok_and(|home| holds(&home)));
        // Somebody else's home, or one that HOME does not name.
        let is_a_home = folder.join(".ssh").exists() || folder.parent() == Some(Path::new("/home"));
        let is_shared = ["/", "/etc", "/home", "/mnt", "/opt", "/run", "/srv", "/tmp", "/var", "/var/tmp"]
            .iter()
            .any(|shared| folder == Path::new(shared));
        !holds_home && !is_a_home && !is_shared && !self.repository.starts_with(folder)
    }

    /// A Python environment leads to the interpreter that it was made from (PEP 405), and its `.pth` files to
    /// packages elsewhere.
    fn environment(&mut self, folder: &Path) {
        let Ok(text) = fs::read_to_string(folder.join("pyvenv.cfg")) else { return };
        let home = text.lines().filter_map(|line| line.split_once('='));
        let home = home.filter(|(key, _)| key.trim() == "home").map(|(_, value)| value.trim()).next();
        let python = folder.join("bin/python");
        if fs::symlink_metadata(&python).is_ok() && !python.exists() {
            let from = home.unwrap_or("an unknown folder");
            self.admitted.missing.push(format!(
                "the environment `{}` was made from the Python in `{from}`, which is not there",
                folder.display()
            ));
            return;
        }
        self.program(&python);
        if let Some(home) = home {
            self.installation(&Path::new(home).join("any"));
        }
        for package in self.elsewhere(folder) {
            self.path(&package);
        }
    }

    fn elsewhere(&self, environment: &Path) -> Vec<PathBuf> {
        let versions = fs::read_dir(environment.join("lib")).into_iter().flatten().flatten();
        let packages = versions.filter_map(|version| fs::read_dir(version.path().join("site-packages")).ok());
        let files = packages.flatten().flatten().map(|entry| entry.path());
        let files = files.filter(|path| path.extension() == Some(OsStr::new("pth")));
        let texts = files.filter_map(|file| fs::read_to_string(file).ok());
        let paths = texts.flat_map(|text| text.lines().map(PathBuf::from).collect::<Vec<_>>());
        paths.filter(|path| path.is_absolute() && path.is_dir() && self.may_show(path)).collect()
    }

    /// Packages of the same repository are links out of `node_modules`.
    fn linked_packages(&mut self, modules: &Path) {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries(modules) {
            let is_scope = entry.file_name().to_string_lossy().starts_with('@');
            let inner: Vec<_> = if is_scope {
                entries(&entry.path()).map(|entry| entry.path()).collect()
            } else {
                Vec::new()
            };
            for path in inner.iter().chain([&entry.path()]) {
                if let Ok(real) = path.canonicalize()
                    && path.is_symlink()
                    && !real.starts_with(modules)
                    && self.may_show(&real)
                {
                    self.path(&real);
                }
            }
        }
    }

    /// What stands after `#!` in a script.
    fn interpreter(&mut self, script: &Path) {
        let Some(line) = first_line(script) else { return };
        let mut words = line.split_whitespace();
        let Some(interpreter) = words.next() else { return };
        self.program(Path::new(interpreter));
        if !Path::new(interpreter).exists() {
            self.admitted
                .missing
                .push(format!("`{}` is run by `{interpreter}`, which is not there", script.display()));
        }
        if Path::new(interpreter).file_name() == Some(OsStr::new("env"))
            && let Some(name) = words.find(|word| !word.starts_with('-') && !word.contains('='))
        {
            match self.programs.on_path(name) {
                Some(program) => self.program(&program),
                None => self
                    .admitted
                    .missing
                    .push(format!("`{}` is run by `{name}`, which was not found", script.display())),
            }
        }
    }
}

/// The variables that lead to installed software of the home folder, where it is there.
pub(super) fn variables(home: Option<&Path>) -> Vec<(&'static str, PathBuf)> {
    let Some(home) = home else { return Vec::new() };
    let found = INSTALLED.iter().map(|(folder, variable)| (*variable, home.join(folder)));
    found.filter(|(_, folder)| folder.is_dir()).collect()
}

/// Cargo's downloads, by their names in its folder.
pub(super) fn cargo_downloads(home: Option<&Path>) -> Vec<(&'static str, PathBuf)> {
    let Some(home) = home else { return Vec::new() };
    let found = [("registry", home.join(CARGO[0])), ("git", home.join(CARGO[1]))];
    found.into_iter().filter(|(_, folder)| folder.is_dir()).collect()
}

/// The interpreter's line of a script, without `#!`.
pub(super) fn first_line(script: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(script).ok()?.take(512).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    Some(String::from_utf8_lossy(line).trim().to_owned())
}

/// The parts of a path, last first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let named = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    let mut parts: Vec<_> = named.collect();
    parts.reverse();
    parts
}
