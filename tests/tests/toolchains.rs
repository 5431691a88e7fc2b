//! Tools as teams start them: by uv, poetry, npx, pnpm and cargo, and by what a version manager put on the path.
//!
//! Every one runs on every rung and gives the same bytes, without a sync, without the network, and without a trace
//! in the home. What sets it up runs before, outside.

use countersign_tests::{Chains, Sandbox, api, chains, pretty};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice::from_ref;

const RUNGS: [&str; 3] = ["namespaces", "mirror", "bare"];

/// A generator: the names of all paths, and what else it was to find out.
const PYTHON: &str = "import json, os, pathlib, sys\n\
    document, out = sys.argv[1:]\n\
    paths = json.loads(pathlib.Path(document).read_text())['paths']\n\
    pathlib.Path(out).mkdir()\n\
    pathlib.Path(out, 'paths.txt').write_text('\\n'.join(paths) + '\\n')\n\
    pathlib.Path(out, 'runtime.txt').write_text(os.path.realpath(sys.prefix) + '\\n')\n\
    try:\n    import names\n    pathlib.Path(out, 'package.txt').write_text(names.NAME)\nexcept ImportError:\n    pass\n";

/// The same in JavaScript, as an installed package has it.
const JAVASCRIPT: &str = "#!/usr/bin/env node\n\
    const fs = require('node:fs');\n\
    const [document, out] = process.argv.slice(2);\n\
    const paths = Object.keys(JSON.parse(fs.readFileSync(document, 'utf8')).paths);\n\
    fs.mkdirSync(out);\n\
    fs.writeFileSync(`${out}/paths.txt`, paths.join('\\n') + '\\n');\n\
    fs.writeFileSync(`${out}/runtime.txt`, process.execPath + '\\n');\n";

/// The same in Rust, without a dependency.
const RUST: &str = "fn main() -> std::io::Result<()> {\n\
    let arguments: Vec<String> = std::env::args().collect();\n\
    let document = std::fs::read_to_string(&arguments[1])?;\n\
    let paths = document.lines().filter_map(|line| line.strip_prefix(\"    \\\"\")?.split_once('\"')).map(|(path, _)| path);\n\
    let paths: String = paths.filter(|path| path.starts_with('/')).map(|path| format!(\"{path}\\n\")).collect();\n\
    std::fs::create_dir(&arguments[2])?;\n\
    std::fs::write(format!(\"{}/paths.txt\", arguments[2]), paths)\n}\n";

/// A client at `client`, which the tool is to generate.
fn project(command: &[&str], more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write("client/tools/gen.py", PYTHON);
    sandbox.write(".gitignore", ".venv\nnode_modules\ntarget\n.countersign/\nsetups\n");
    declare(&sandbox, command, more);
    sandbox
}

fn declare(sandbox: &Sandbox, command: &[&str], more: &str) {
    let command = serde_json::to_string(&[command, &["{spec}", "{out}"]].concat()).expect("texts are JSON");
    let pipeline = format!(
        "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
         [clients.typed]\ncontract = \"watcher\"\nroot = \"client\"\noutput = \"generated\"\ngenerate = \"generator\"\n\n\
         [tools.generator]\ncommand = {command}\n{more}"
    );
    sandbox.write("pipeline.toml", pipeline);
}

/// Puts folders in front of the search path of every run.
fn put_on_path(sandbox: &mut Sandbox, folders: &[PathBuf]) {
    let system = [PathBuf::from("/usr/local/bin"), "/usr/bin".into(), "/bin".into()];
    let path = std::env::join_paths(folders.iter().chain(&system)).expect("no folder holds a colon");
    sandbox.set("PATH", path.to_str().expect("paths are text"));
}

/// Runs a program in a folder of the sandbox as its user would.
#[track_caller]
fn by_hand(sandbox: &Sandbox, folder: &str, program: &Path, arguments: &[&str], path: &[PathBuf]) {
    let system = [PathBuf::from("/usr/local/bin"), "/usr/bin".into(), "/bin".into()];
    let path = std::env::join_paths(path.iter().chain(&system)).expect("no folder holds a colon");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(sandbox.path(folder)).env_clear();
    let output = command.env("PATH", path).env("HOME", sandbox.home()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&text));
}

/// Whether this machine has the rung; a machine of CI must.
fn has(sandbox: &Sandbox, rung: &str) -> bool {
    let report = sandbox.run(&["doctor", "--cage", rung]);
    let has = report.stdout.lines().any(|line| line.contains("cage:") && line.contains(&format!("`{rung}`")));
    if !has {
        eprintln!("skipped: this machine does not have the rung `{rung}`");
    }
    has
}

/// Accepts on every rung and expects the same client, nothing written beside it and nothing in the home.
#[track_caller]
fn generates(sandbox: &Sandbox) -> BTreeMap<String, String> {
    generates_on(sandbox, &RUNGS)
}

#[track_caller]
fn generates_on(sandbox: &Sandbox, rungs: &[&str]) -> BTreeMap<String, String> {
    sandbox.commit("A client");
    let before = sandbox.files();
    let home = listing(&sandbox.home());
    let mut clients = Vec::new();
    for rung in rungs.iter().filter(|rung| has(sandbox, rung)) {
        let output = sandbox.run(&["accept", "--cage", rung, "--output-format", "json"]).exits(0);
        assert_eq!(output.json()["contracts"][0]["clients"][0]["cage"], *rung, "{}", output.stderr);
        assert!(!output.stdout.contains("beside its output"), "{rung}: {}", output.stdout);
        assert!(!output.stderr.contains("beside its output"), "{rung}: {}", output.stderr);
        let client = client(sandbox);
        assert!(client["paths.txt"].contains("/watches"), "{rung}: {client:?}");
        clients.push(client);
        assert_eq!(listing(&sandbox.home()), home, "{rung}: something was left in the home");
        sandbox.git(&["clean", "--quiet", "--force", "-d"]);
        assert!(sandbox.files() == before, "{rung}: something was left in the repository");
    }
    assert!(clients.windows(2).all(|pair| pair[0] == pair[1]), "the rungs differ: {clients:#?}");
    clients.pop().expect("there is a rung")
}

fn client(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let inside = |(path, bytes): (String, Vec<u8>)| {
        let name = path.strip_prefix("client/generated/")?.to_owned();
        Some((name, String::from_utf8(bytes).expect("it is text")))
    };
    sandbox.files().into_iter().filter_map(inside).collect()
}

/// Every path below a folder; links are not followed.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(listing(&entry.path()));
        }
    }
    found.sort();
    found
}

/// A link in the home, with the folders that it needs.
#[track_caller]
fn link_at_home(sandbox: &Sandbox, to: &Path, at: &str) -> PathBuf {
    let at = sandbox.home().join(at);
    fs::create_dir_all(at.parent().expect("it lies in a folder")).expect("the home can be written");
    symlink(to, &at).expect("the home can be written");
    at.parent().expect("it lies in a folder").to_owned()
}

/// A program of this machine; none, with a line that says so, where it is not there.
fn machine(program: &str) -> Option<PathBuf> {
    let output = Command::new("/bin/sh").args(["-c", &format!("command -v {program}")]).output();
    let text = output.ok().filter(|output| output.status.success())?.stdout;
    Some(PathBuf::from(String::from_utf8_lossy(&text).trim()))
}

/// What a program prints.
#[track_caller]
fn answer(program: &Path, arguments: &[&str]) -> PathBuf {
    let output = Command::new(program).args(arguments).output().expect("it can be started");
    assert!(output.status.success(), "{program:?}: {}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}

/// A uv workspace: the client, and the package with the generator beside it.
fn uv(command: &[&str], more: &str) -> Option<(Sandbox, PathBuf)> {
    let chains = chains()?;
    let mut sandbox = project(command, more);
    let bin = link_at_home(&sandbox, &chains.python("uv"), ".local/bin/uv");
    sandbox.write(
        "pyproject.toml",
        "[project]\nname = \"all\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"names\"]\n\n\
         [tool.uv]\npackage = false\nworkspace = { members = [\"packages/*\"] }\n\
         sources = { names = { workspace = true } }\n",
    );
    sandbox.write(
        "packages/names/pyproject.toml",
        "[project]\nname = \"names\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n\
         scripts = { make-client = \"names:main\" }\n\n\
         [build-system]\nrequires = [\"uv_build>=0.13,<0.14\"]\nbuild-backend = \"uv_build\"\n",
    );
    sandbox.write(
        "packages/names/src/names/__init__.py",
        "import runpy\n\nNAME = \"names\"\n\n\ndef main():\n    runpy.run_path(\"tools/gen.py\", run_name=\"__main__\")\n",
    );
    put_on_path(&mut sandbox, &[bin]);
    by_hand(&sandbox, "", &chains.python("uv"), &["lock", "--offline", "--python", &python(chains)], &[]);
    Some((sandbox, chains.python("uv")))
}

fn python(chains: &Chains) -> String {
    chains.python("python").to_str().expect("its path is text").to_owned()
}

#[test]
fn uv_run() {
    let all = ["uv", "run", "--frozen", "--no-sync", "--offline", "python", "tools/gen.py"];
    let Some((sandbox, uv)) = uv(&all, "") else { return };
    let python = python(chains().expect("uv is there"));
    by_hand(&sandbox, "", &uv, &["sync", "--quiet", "--offline", "--python", &python], &[]);
    let generated = generates(&sandbox);
    assert_eq!(generated["package.txt"], "names");
    assert!(generated["runtime.txt"].contains("/repository/.venv"), "{generated:?}");

    // A sync would have to fetch this, and take `names` away.
    sandbox.edit("pyproject.toml", "dependencies = [\"names\"]", "dependencies = [\"no-such-package-here\"]");
    declare(&sandbox, &["uv", "run", "make-client"], "");
    assert_eq!(generates(&sandbox)["package.txt"], "names", "nothing was synced");
}

/// A poetry project, installed. Poetry itself lies where its installer puts it.
fn poetry(is_in_project: bool) -> Option<Sandbox> {
    let chains = chains()?;
    let mut sandbox = project(&["poetry", "run", "python", "tools/gen.py"], "");
    let bin = link_at_home(&sandbox, &chains.python("poetry"), ".local/bin/poetry");
    sandbox.write(
        "client/pyproject.toml",
        "[project]\nname = \"client\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n\n\
         [tool.poetry]\npackages = [{ include = \"names\", from = \"src\" }]\n\n\
         [build-system]\nrequires = [\"poetry-core>=2.0\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
    );
    sandbox.write("client/src/names/__init__.py", "NAME = \"names\"\n");
    if is_in_project {
        sandbox.write("client/poetry.toml", "[virtualenvs]\nin-project = true\n");
    }
    put_on_path(&mut sandbox, &[bin]);
    let python = [chains.python("python").parent().expect("it lies in a folder").to_owned()];
    for arguments in [&["lock", "--quiet"][..], &["install", "--quiet", "--no-interaction"]] {
        by_hand(&sandbox, "client", &chains.python("poetry"), arguments, &python);
    }
    Some(sandbox)
}

#[test]
fn poetry_run_with_the_environment_in_the_project() {
    let Some(sandbox) = poetry(true) else { return };
    let generated = generates(&sandbox);
    assert_eq!(generated["package.txt"], "names");
    assert!(generated["runtime.txt"].contains("/client/.venv"), "{generated:?}");
}

#[test]
fn poetry_run_with_the_environment_in_its_own_folder() {
    let Some(sandbox) = poetry(false) else { return };
    let generated = generates(&sandbox);
    assert_eq!(generated["package.txt"], "names", "it is the project's environment, not an empty one");
    assert!(generated["runtime.txt"].contains("/.cache/pypoetry/virtualenvs/client-"), "{generated:?}");
}

/// A client with a local package that generates it.
fn node_package(command: &[&str], more: &str) -> Sandbox {
    let sandbox = project(command, more);
    sandbox.write(
        "client/package.json",
        "{\"name\": \"client\", \"private\": true, \"scripts\": {\"generate\": \"make-client\"},\n\
         \"devDependencies\": {\"make-client\": \"file:packages/make-client\"}}\n",
    );
    sandbox.write(
        "client/packages/make-client/package.json",
        "{\"name\": \"make-client\", \"version\": \"1.0.0\", \"bin\": {\"make-client\": \"make.js\"}}\n",
    );
    sandbox.write("client/packages/make-client/make.js", JAVASCRIPT);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(sandbox.path("client/packages/make-client/make.js"), executable).expect("it is ours");
    sandbox
}

/// Node as nvm lays it out, copied from this machine's; its folder of programs.
fn nvm(sandbox: &Sandbox) -> Option<PathBuf> {
    chains()?;
    let (node, npx) = (machine("node")?, machine("npx")?);
    let node = answer(&node, &["--print", "process.execPath"]);
    let npm = npx.canonicalize().expect("npx leads somewhere");
    let npm = npm.ancestors().nth(2).expect("npx lies in npm's `bin`");
    let version = sandbox.home().join(".nvm/versions/node/v20.0.0");
    let (bin, modules) = (version.join("bin"), version.join("lib/node_modules"));
    for folder in [&bin, &modules] {
        fs::create_dir_all(folder).expect("the home can be written");
    }
    fs::copy(node, bin.join("node")).expect("node can be copied");
    by_hand(
        sandbox,
        "",
        Path::new("/bin/cp"),
        &["-a", &npm.to_string_lossy(), &modules.join("npm").to_string_lossy()],
        &[],
    );
    for program in ["npm", "npx"] {
        symlink(format!("../lib/node_modules/npm/bin/{program}-cli.js"), bin.join(program))
            .expect("the home can be written");
    }
    Some(bin)
}

#[test]
fn npx_and_npm_run_as_nvm_installed_them() {
    let mut sandbox = node_package(&["npx", "make-client"], "");
    let Some(bin) = nvm(&sandbox) else { return };
    put_on_path(&mut sandbox, from_ref(&bin));
    let install = ["install", "--silent", "--offline", "--no-audit", "--no-fund"];
    by_hand(&sandbox, "client", &bin.join("npm"), &install, from_ref(&bin));
    let generated = generates(&sandbox);
    assert!(generated["runtime.txt"].contains("/.nvm/versions/node/v20.0.0/bin/node"), "{generated:?}");
    declare(&sandbox, &["npm", "run", "--silent", "generate", "--"], "");
    assert!(generates(&sandbox) == generated);

    // What is not installed is not fetched, and nobody waits for an answer.
    declare(&sandbox, &["npx", "no-such-package-here"], "");
    for rung in RUNGS.into_iter().filter(|rung| has(&sandbox, rung)) {
        let output = sandbox.run(&["accept", "--cage", rung]).exits(2);
        assert!(output.stderr.contains("ENOTCACHED"), "{rung}: {}", output.stderr);
    }
}

#[test]
fn pnpm_exec() {
    let mut sandbox = node_package(&["pnpm", "exec", "make-client"], "");
    let (Some(chains), Some(node)) = (chains(), machine("node")) else { return };
    let folders = [chains.node(), node.parent().expect("it lies in a folder").to_owned()];
    put_on_path(&mut sandbox, &folders);
    by_hand(&sandbox, "client", &chains.node().join("pnpm"), &["install", "--silent", "--offline"], &folders);
    let generated = generates(&sandbox);
    declare(&sandbox, &["pnpm", "run", "--silent", "generate"], "");
    assert!(generates(&sandbox) == generated);

    // Another version of pnpm would have to be fetched; nothing that runs here needs it.
    sandbox.edit("client/package.json", "{\"name\"", "{\"packageManager\": \"pnpm@10.0.0\", \"name\"");
    assert!(generates(&sandbox) == generated);
}

/// A workspace of the client's crate and that of its generator, with a toolchain as rustup installs it, or links to
/// it.
fn cargo(more: &str) -> (Sandbox, PathBuf) {
    let mut sandbox = project(&["cargo", "run", "--quiet", "-p", "generator", "--"], more);
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"client\", \"generator\"]\n";
    sandbox.write("Cargo.toml", members);
    for (member, file, code) in [("client", "lib", ""), ("generator", "main", RUST)] {
        let package = format!("[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        sandbox.write(&format!("{member}/Cargo.toml"), package);
        sandbox.write(&format!("{member}/src/{file}.rs"), code);
    }
    let sysroot = answer(&machine("rustc").expect("these tests are built by it"), &["--print", "sysroot"]);
    let folder = match machine("rustup").and_then(|rustup| rustup.canonicalize().ok()) {
        Some(rustup) => {
            let name = sysroot.file_name().expect("a toolchain has a name").to_string_lossy().into_owned();
            let bin = link_at_home(&sandbox, &sysroot, &format!(".rustup/toolchains/{name}"));
            let settings = format!("version = \"12\"\ndefault_toolchain = \"{name}\"\n");
            fs::write(bin.with_file_name("settings.toml"), settings).expect("the home can be written");
            let bin = sandbox.home().join(".cargo/bin");
            fs::create_dir_all(&bin).expect("the home can be written");
            fs::copy(rustup, bin.join("rustup")).expect("rustup can be copied");
            for program in ["cargo", "rustc"] {
                symlink("rustup", bin.join(program)).expect("the home can be written");
            }
            bin
        }
        None => sysroot.join("bin"),
    };
    put_on_path(&mut sandbox, from_ref(&folder));
    by_hand(&sandbox, "", &folder.join("cargo"), &["generate-lockfile", "--offline"], from_ref(&folder));
    (sandbox, folder)
}

#[test]
fn cargo_run() {
    let (sandbox, folder) = cargo("read = [\"generator\"]\n");
    let generated = generates(&sandbox);
    by_hand(&sandbox, "", &folder.join("cargo"), &["build", "--quiet", "--offline"], from_ref(&folder));
    let built = listing(&sandbox.path("target"));
    assert!(generates(&sandbox) == generated);
    assert_eq!(listing(&sandbox.path("target")), built, "the caller's own build is left as it was");
}

#[test]
fn a_workspace_member_is_seen_on_the_lower_rungs_where_it_is_declared() {
    let (sandbox, _) = cargo("");
    generates_on(&sandbox, &["namespaces"]);
    for rung in ["mirror", "bare"].into_iter().filter(|rung| has(&sandbox, rung)) {
        let output = sandbox.run(&["accept", "--cage", rung]).exits(2);
        assert!(output.stderr.contains("failed to load manifest for workspace member"), "{}", output.stderr);
    }
}

/// `~/.pyenv` with this machine's pyenv and a version that is linked to.
#[test]
fn python_by_the_shims_of_pyenv() {
    let mut sandbox = project(&["python3", "tools/gen.py"], "");
    let Some(pyenv) = machine("pyenv").and_then(|pyenv| pyenv.canonicalize().ok()) else {
        eprintln!("skipped: this machine has no pyenv");
        return;
    };
    let Some(chains) = chains() else { return };
    let version = answer(&chains.python("python"), &["-c", "import sys; print(sys.base_prefix)"]);
    let libexec = pyenv.parent().expect("it lies in a folder").to_string_lossy().into_owned();
    let home = sandbox.home().join(".pyenv");
    for folder in ["shims", "bin"] {
        fs::create_dir_all(home.join(folder)).expect("the home can be written");
    }
    by_hand(
        &sandbox,
        "",
        Path::new("/bin/cp"),
        &["-a", &libexec, &home.join("libexec").to_string_lossy()],
        &[],
    );
    link_at_home(&sandbox, &version, ".pyenv/versions/team");
    fs::write(home.join("version"), "team\n").expect("the home can be written");
    symlink("../libexec/pyenv", home.join("bin/pyenv")).expect("the home can be written");
    let environment = [home.join("bin")];
    by_hand(&sandbox, "", &home.join("libexec/pyenv"), &["rehash"], &environment);
    put_on_path(&mut sandbox, &[home.join("shims")]);
    let generated = generates(&sandbox);
    assert_eq!(generated["runtime.txt"].trim(), version.to_string_lossy(), "it is pyenv's choice");
}

/// Set-up steps that count themselves.
fn counted(install: &str, more: &str) -> String {
    format!("setup = [[\"/bin/sh\", \"-c\", \"echo ran >> ../setups\"], {install}]\n{more}")
}

fn setups(sandbox: &Sandbox) -> usize {
    if sandbox.holds("setups") { sandbox.read("setups").lines().count() } else { 0 }
}

/// On a fresh clone `check --no-tools` installs nothing and the first accept does; then a removed environment and a
/// changed input are set up again, and nothing else is.
#[track_caller]
fn sets_up(sandbox: &Sandbox, environment: Option<&str>, input: &str) {
    sandbox.commit("A client");
    for rung in RUNGS.into_iter().filter(|rung| has(sandbox, rung)) {
        let mut clone = sandbox.copy();
        // What is installed at home stays there.
        clone.set("HOME", sandbox.home().display().to_string());
        drop(clone.run(&["check", "--no-tools"]).exits(2));
        assert_eq!(setups(&clone), 0, "{rung}: `--no-tools` installs nothing");
        let twice = ["generate", "generate"];
        drop(clone.run(&["accept", "--cage", rung]).exits(0));
        assert_eq!(setups(&clone), 1, "{rung}: it was absent");
        for command in twice {
            drop(clone.run(&[command, "--cage", rung]).exits(0));
        }
        assert_eq!(setups(&clone), 1, "{rung}: nothing changed");
        clone.write(input, format!("{}\n", clone.read(input)));
        for command in twice {
            drop(clone.run(&[command, "--cage", rung]).exits(0));
        }
        assert_eq!(setups(&clone), 2, "{rung}: its input changed");
        let Some(environment) = environment else { continue };
        fs::remove_dir_all(clone.path(environment)).expect("it was installed");
        for command in twice {
            drop(clone.run(&[command, "--cage", rung]).exits(0));
        }
        assert_eq!(setups(&clone), 3, "{rung}: its environment was gone");
        drop(clone.run(&["check", "--no-tools"]));
        assert_eq!(setups(&clone), 3);
    }
}

#[test]
fn uv_sync_sets_a_fresh_clone_up() {
    let Some(chains) = chains() else { return };
    let install =
        format!("[\"uv\", \"sync\", \"--frozen\", \"--offline\", \"--python\", \"{}\"]", python(chains));
    let more = counted(&install, "inputs = [\"tools/gen.py\"]\n");
    let Some((sandbox, _)) = uv(&["uv", "run", "make-client"], &more) else { return };
    sets_up(&sandbox, Some(".venv"), "client/tools/gen.py");
}

#[test]
fn npm_sets_a_fresh_clone_up() {
    let install = "[\"npm\", \"install\", \"--offline\", \"--no-audit\", \"--no-fund\"]";
    let more = counted(install, "inputs = [\"package.json\"]\n");
    let mut sandbox = node_package(&["npx", "make-client"], &more);
    let (Some(_), Some(npm)) = (chains(), machine("npm")) else { return };
    put_on_path(&mut sandbox, &[npm.parent().expect("it lies in a folder").to_owned()]);
    sets_up(&sandbox, Some("client/node_modules"), "client/package.json");
}

#[test]
fn cargo_fetch_runs_once_though_cargo_is_there() {
    let install = "[\"cargo\", \"fetch\", \"--locked\", \"--offline\"]";
    let (sandbox, _) = cargo(&counted(install, "inputs = [\"Cargo.toml\"]\nread = [\"generator\"]\n"));
    sets_up(&sandbox, None, "client/Cargo.toml");
}
