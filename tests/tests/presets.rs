//! Every preset with its real generator on the example service's document: the client is accepted and agrees, the
//! same bytes come out in another place, with other surroundings and for another user, and the result is a program.

use countersign_tests::{CLIENT_OUTPUT, Sandbox, api, binary, generators, pretty, project, service_document};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The generated files of the client.
fn generated(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let inside = |(path, bytes): (String, Vec<u8>)| {
        let relative = path.strip_prefix(CLIENT_OUTPUT)?.strip_prefix('/')?.to_owned();
        Some((relative, bytes))
    };
    sandbox.files().into_iter().filter_map(inside).collect()
}

/// Accepts the client in three places, with other surroundings and as another user, and expects the same. The first
/// time it is generated twice, since it is new.
#[track_caller]
fn verified(generate: &str, file: &str) -> Option<Sandbox> {
    let sandbox = project(service_document()?, generate, "")?;
    let (mut other, mut foreign) = (sandbox.copy(), sandbox.copy());
    let report = sandbox.json(&["accept"], 0);
    assert_eq!(report["contracts"][0]["clients"][0]["state"], "agreed", "{report:#}");
    sandbox.commit("Accept the contract");
    let report = sandbox.json(&["check"], 0);
    assert_eq!(report["contracts"][0]["clients"][0]["state"], "agreed", "{report:#}");
    assert!(generated(&sandbox).contains_key(file), "{:?}", generated(&sandbox).keys());

    let home = tempfile::tempdir().expect("a temporary folder can be made");
    other.set("HOME", home.path().display().to_string());
    for sandbox in [&mut other, &mut foreign] {
        surround(sandbox);
    }
    drop(other.run(&["-C", "client", "accept"]).exits(0));
    same(&sandbox, &other, "its surroundings");
    if let Some(program) = given_to_nobody(&foreign) {
        drop(foreign.run_by(&program, &["-C", "client", "accept"]).exits(0));
        same(&sandbox, &foreign, "the user");
    }
    Some(sandbox)
}

/// The surroundings of somebody else.
fn surround(sandbox: &mut Sandbox) {
    let surroundings = [
        ("LANG", "de_DE.UTF-8"),
        ("LC_ALL", "C"),
        ("TZ", "Asia/Tokyo"),
        ("PYTHONHASHSEED", "12345"),
        ("USER", "ben"),
        ("LOGNAME", "ben"),
        ("JAVA_TOOL_OPTIONS", "-Dfile.encoding=ISO-8859-1"),
        ("NODE_OPTIONS", "--no-deprecation"),
        ("COLUMNS", "40"),
        ("FORCE_COLOR", "1"),
    ];
    for (name, value) in surroundings {
        sandbox.set(name, value);
    }
}

#[track_caller]
fn same(one: &Sandbox, other: &Sandbox, what: &str) {
    let (one, other) = (one.files(), other.files());
    for (path, bytes) in &one {
        assert!(other.get(path) == Some(bytes), "{path} depends on {what}");
    }
    assert_eq!(one.len(), other.len());
}

/// Makes another user the owner of a repository, and gives the program that starts others as that user; none, with a
/// line that says why, where that cannot be.
fn given_to_nobody(sandbox: &Sandbox) -> Option<[&'static str; 4]> {
    // 65534 owns nothing, on every Linux.
    const PROGRAM: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let skipped = |why: &str| {
        eprintln!("skipped: as another user, since {why}");
        None
    };
    let done = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let folder = sandbox.root().parent().expect("it lies in a folder").display().to_string();
    // A link is given away itself, and not what it leads to.
    if !done("chown", &["--recursive", "--no-dereference", "65534:65534", &folder]) {
        return skipped("only the superuser gives files away");
    }
    let python = generators().expect("the client is generated").python().join("bin/python");
    let needed = [binary().to_owned(), python];
    match needed.iter().find(|program| {
        !done(PROGRAM[0], &[&PROGRAM[1..], &["test", "-x", &program.display().to_string()]].concat())
    }) {
        Some(program) => skipped(&format!("that user may not run `{}`", program.display())),
        None => Some(PROGRAM),
    }
}

/// The TypeScript compiler accepts the client.
#[track_caller]
fn type_checks(sandbox: &Sandbox) {
    let generators = generators().expect("the client was generated");
    let options = json!({
        "compilerOptions": {
            "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "strict": true,
            "lib": ["es2022", "dom", "dom.iterable"], "types": [], "noEmit": true,
        },
        "include": ["src"],
    });
    sandbox.write("client/tsconfig.json", options.to_string());
    succeeds(generators.command("tsc").arg("--project").arg(sandbox.path("client")));
}

/// Python compiles the client.
#[track_caller]
fn compiles(sandbox: &Sandbox) {
    let generators = generators().expect("the client was generated");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut python = generators.command("python");
    python.args(["-m", "compileall", "-q"]).arg(sandbox.path(CLIENT_OUTPUT));
    succeeds(python.env("PYTHONPYCACHEPREFIX", folder.path()));
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&text));
}

#[test]
fn openapi_python_client() {
    let Some(sandbox) = verified("\"openapi-python-client\"", "client.py") else { return };
    compiles(&sandbox);
    let lock = sandbox.read("contracts/watcher/clients/client.lock");
    assert!(lock.contains("0.29.0") && lock.contains("ruff 0.15.16"), "both versions are locked: {lock}");
}

#[test]
fn datamodel_code_generator() {
    let Some(sandbox) = verified("\"datamodel-code-generator\"", "models.py") else { return };
    compiles(&sandbox);
}

#[test]
fn openapi_typescript() {
    let Some(sandbox) = verified("\"openapi-typescript\"", "schema.d.ts") else { return };
    type_checks(&sandbox);
}

#[test]
fn hey_api() {
    let Some(sandbox) = verified("\"hey-api\"", "sdk.gen.ts") else { return };
    type_checks(&sandbox);
}

#[test]
fn orval() {
    let generate = r#"{ preset = "orval", arguments = ["--client", "fetch"] }"#;
    if verified(generate, "api.ts").is_none() {
        return;
    }
    // What it writes for the service's upload of files with a list of texts does not compile.
    let Some(sandbox) = project(&api(), generate, "") else { return };
    drop(sandbox.run(&["accept"]).exits(0));
    type_checks(&sandbox);
}

#[test]
fn orval_with_a_configuration_that_is_named() {
    let generate = r#"{ preset = "orval", arguments = ["--config", "orval.config.ts"] }"#;
    let Some(document) = service_document() else { return };
    let Some(sandbox) = project(document, generate, "") else { return };
    let configuration = "import { defineConfig } from 'orval';\nexport default defineConfig({ watcher: { input: \
                         'elsewhere.json', output: { target: 'elsewhere.ts', client: 'fetch', mode: 'tags-split' } \
                         } });\n";
    sandbox.write("client/orval.config.ts", configuration);
    drop(sandbox.run(&["accept"]).exits(0));
    let files = generated(&sandbox);
    assert!(
        files.contains_key("watches/watches.ts"),
        "the mode is that of the configuration: {:?}",
        files.keys()
    );
    assert!(!sandbox.holds("client/elsewhere.ts"), "the output is not");
}

#[test]
fn openapi_generator_for_typescript() {
    let generate =
        r#"{ preset = "openapi-generator", arguments = ["--generator-name", "typescript-fetch"] }"#;
    let Some(sandbox) = verified(generate, "runtime.ts") else { return };
    type_checks(&sandbox);
}

#[test]
fn openapi_generator_for_python() {
    let generate = r#"{ preset = "openapi-generator", arguments = ["--generator-name", "python"] }"#;
    let Some(sandbox) = verified(generate, "openapi_client/api_client.py") else { return };
    compiles(&sandbox);
}

#[test]
fn a_preset_that_needs_arguments_says_so() {
    for preset in ["openapi-generator", "progenitor"] {
        let sandbox = Sandbox::new();
        sandbox.write("openapi.json", pretty(&api()));
        let pipeline = format!(
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
             [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\ngenerate = \"{preset}\"\n"
        );
        sandbox.write("pipeline.toml", pipeline);
        let output = sandbox.run(&["accept"]).exits(2);
        assert!(output.stderr.contains("arguments = ["), "{preset}: {}", output.stderr);
        assert!(!sandbox.holds("typed"));
    }
}

#[test]
fn a_preset_whose_tool_is_absent_says_how_to_install_it() {
    let mut sandbox = Sandbox::new();
    sandbox.set("PATH", "/usr/bin:/bin");
    sandbox.write("openapi.json", pretty(&api()));
    let pipeline = "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
                    [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\ngenerate = \"openapi-typescript\"\n";
    sandbox.write("pipeline.toml", pipeline);
    let report = sandbox.json(&["accept"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-not-found", "{report:#}");
    let hint = report["problems"][0]["hint"].as_str().expect("it has a hint");
    assert!(hint.contains("npm install --save-dev --save-exact openapi-typescript"), "{hint}");
}

#[test]
fn every_preset_has_a_guide_with_its_installation_line() {
    let workspace =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace");
    let index =
        fs::read_to_string(workspace.join("docs/guides/presets/README.md")).expect("the table exists");
    for entry in fs::read_dir(workspace.join("host/crates/pipeline/presets")).expect("the presets exist") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_stem().expect("a preset has a name").to_string_lossy().into_owned();
        let preset = fs::read_to_string(&path).expect("it can be read");
        let install =
            preset.lines().find_map(|line| line.strip_prefix("install  = ")).expect("it has the line");
        let install = install.trim_matches('"');
        let guide = workspace.join(format!("docs/guides/presets/{name}.md"));
        let guide = fs::read_to_string(&guide).unwrap_or_else(|error| panic!("{}: {error}", guide.display()));
        assert!(guide.contains(install), "{name}: the guide installs something else");
        assert!(index.contains(&format!("({name}.md)")), "{name} is not in the table");
    }
}
