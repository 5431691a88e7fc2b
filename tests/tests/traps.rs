//! The traps that generators were seen to set, with the real generators: each is sprung by hand first, so that the
//! test shows that it is real, and then a run of ours comes out of it with the right bytes or a refusal.

use countersign_tests::{
    CLIENT_OUTPUT, Generators, OUTPUT, Sandbox, api, generators, project, service, service_document,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

const SNAPSHOT: &str = "contracts/watcher/openapi.json";
/// The client's project in the example service.
const ROOT: &str = "clients/watcher-python";

type Files = BTreeMap<String, Vec<u8>>;

fn files_in(folder: &Path) -> Files {
    fn collect(root: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).expect("the output can be read") {
            let path = entry.expect("the output can be read").path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != ".ruff_cache") {
                collect(root, &path, files);
            } else if path.is_file() {
                let name = path.strip_prefix(root).expect("it lies inside").to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).expect("the output can be read"));
            }
        }
    }
    let mut files = Files::new();
    collect(folder, folder, &mut files);
    files
}

/// How many files two clients do not share.
fn differing(one: &Files, other: &Files) -> usize {
    let differs = |path: &&String| one.get(*path) != other.get(*path);
    let gone = other.keys().filter(|path| !one.contains_key(*path)).count();
    one.keys().filter(differs).count() + gone
}

/// The committed client of the example service, without the file that people wrote.
fn committed(sandbox: &Sandbox) -> Files {
    let mut files = files_in(&sandbox.path(OUTPUT));
    files.remove("py.typed");
    files
}

/// The generator as a person runs it, with the tools on the path and this home.
fn by_hand(tools: &Generators, folder: &Path, home: &Path, spec: &Path, out: &Path) -> Output {
    let mut generator = tools.command("openapi-python-client");
    generator.args(["generate", "--meta", "none", "--overwrite", "--path"]).arg(spec);
    generator.arg("--output-path").arg(out).current_dir(folder).env_clear();
    let path = format!("{}:/usr/bin:/bin", tools.python().join("bin").display());
    let output =
        generator.env("PATH", path).env("HOME", home).output().expect("the generator can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The example service with its record accepted, and the generators.
fn accepted() -> Option<(Sandbox, &'static Generators)> {
    let (sandbox, generators) = (service()?, generators()?);
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("Accept the contract");
    Some((sandbox, generators))
}

/// Whether the client is what the generator gives now; the lock is not believed.
#[track_caller]
fn agrees(sandbox: &Sandbox) {
    let before = sandbox.files();
    drop(sandbox.run(&["generate"]).exits(0));
    for (path, bytes) in sandbox.files() {
        assert!(
            path.ends_with(".lock") || before.get(&path) == Some(&bytes),
            "{path} was generated differently"
        );
    }
    assert_eq!(sandbox.files().len(), before.len());
}

/// Neither command gives anything, and no byte changes; the problem's code.
#[track_caller]
fn refused(sandbox: &Sandbox) -> String {
    let before = sandbox.files();
    let report = sandbox.json(&["accept"], 2);
    assert!(sandbox.files() == before, "a refused accept left something");
    report["problems"][0]["code"].as_str().expect("a problem has a code").to_owned()
}

fn client(report: &Value) -> &Value {
    &report["contracts"][0]["clients"][0]
}

#[test]
fn a_client_that_is_staged_outside_its_project_is_formatted_differently() {
    let Some((sandbox, tools)) = accepted() else { return };
    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    let out = elsewhere.path().join("generated");
    by_hand(tools, elsewhere.path(), &sandbox.home(), &sandbox.path(SNAPSHOT), &out);
    assert!(differing(&committed(&sandbox), &files_in(&out)) > 0, "the trap is real");
    // What it was formatted to first cannot be formatted back: a trailing comma stays.
    let mut ruff = tools.command("ruff");
    ruff.args(["format", "--quiet", "--config"]).arg(sandbox.path(ROOT).join("pyproject.toml")).arg(&out);
    assert!(ruff.status().expect("ruff can be started").success());
    assert!(differing(&committed(&sandbox), &files_in(&out)) > 0, "formatting it again does not help");
    agrees(&sandbox);
}

#[test]
fn a_staging_folder_of_another_name_misses_the_excludes_that_match_by_path() {
    let Some((sandbox, tools)) = accepted() else { return };
    let hand = sandbox.copy();
    let out = hand.path(ROOT).join(".drift-x/generated");
    fs::create_dir_all(out.parent().expect("it has one")).expect("the copy can be written");
    by_hand(tools, &hand.path(ROOT), &hand.home(), &hand.path(SNAPSHOT), &out);
    assert!(differing(&committed(&sandbox), &files_in(&out)) > 0, "the trap is real");
    agrees(&sandbox);
}

#[test]
fn the_formatters_configuration_counts_as_it_does_in_the_project() {
    let Some((sandbox, tools)) = accepted() else { return };
    let pyproject = format!("{ROOT}/pyproject.toml");
    sandbox.edit(&pyproject, "line-length = 100", "line-length = 60");
    let report = sandbox.json(&["check"], 1);
    assert_eq!(client(&report)["cause"], "configuration-changed", "{report:#}");
    drop(sandbox.run(&["generate"]).exits(0));

    let hand = sandbox.copy();
    by_hand(tools, &hand.path(ROOT), &hand.home(), &hand.path(SNAPSHOT), &hand.path(OUTPUT));
    assert_eq!(differing(&committed(&sandbox), &committed(&hand)), 0);
}

#[test]
fn a_pattern_in_gitignore_that_matches_a_staging_folder_does_not_switch_the_formatter_off() {
    let Some((sandbox, tools)) = accepted() else { return };
    let ignored = format!("{}**/.drift-*/**\n**/.countersign/**\n**/tmp*/**\n", sandbox.read(".gitignore"));
    sandbox.write(".gitignore", ignored);
    let hand = sandbox.copy();
    let out = hand.path(ROOT).join(".drift-x/generated");
    fs::create_dir_all(out.parent().expect("it has one")).expect("the copy can be written");
    let output = by_hand(tools, &hand.path(ROOT), &hand.home(), &hand.path(SNAPSHOT), &out);
    assert!(differing(&committed(&sandbox), &files_in(&out)) > 0, "the trap is real");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("Skipping"), "and nothing is said about it");
    agrees(&sandbox);
}

#[test]
fn a_formatter_that_is_not_on_the_path_is_missed_before_anything_runs() {
    let Some((mut sandbox, tools)) = accepted() else { return };
    let environment = sandbox.path(ROOT).join(".venv");
    fs::remove_file(&environment).expect("the link can be removed");
    fs::create_dir_all(environment.join("bin")).expect("the repository can be written");
    let program = tools.python().join("bin/openapi-python-client");
    symlink(program, environment.join("bin/openapi-python-client")).expect("the repository can be written");
    sandbox.set("PATH", "/usr/bin:/bin");

    let hand = sandbox.copy();
    let mut generator = Command::new(hand.path(ROOT).join(".venv/bin/openapi-python-client"));
    generator.args(["generate", "--meta", "none", "--overwrite", "--path"]).arg(hand.path(SNAPSHOT));
    generator.arg("--output-path").arg(hand.path(OUTPUT)).env_clear().env("PATH", "/usr/bin:/bin");
    let output = generator.output().expect("the generator can be started");
    assert!(
        output.status.success() && differing(&committed(&sandbox), &committed(&hand)) > 0,
        "the trap is real"
    );

    let before = sandbox.files();
    let report = sandbox.json(&["generate"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-not-found", "{report:#}");
    assert!(
        report["problems"][0]["message"].as_str().is_some_and(|text| text.contains("`ruff`")),
        "{report:#}"
    );
    assert!(sandbox.files() == before);
}

#[test]
fn the_users_own_formatter_configuration_does_not_count() {
    let Some((sandbox, tools)) = accepted() else { return };
    let folder = sandbox.home().join(".config/ruff");
    fs::create_dir_all(&folder).expect("the home can be written");
    fs::write(folder.join("ruff.toml"), "line-length = 40\n").expect("the home can be written");

    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    let (one, other) = (elsewhere.path().join("one"), elsewhere.path().join("other"));
    by_hand(tools, elsewhere.path(), &sandbox.home(), &sandbox.path(SNAPSHOT), &one);
    by_hand(tools, elsewhere.path(), empty.path(), &sandbox.path(SNAPSHOT), &other);
    assert!(differing(&files_in(&one), &files_in(&other)) > 0, "the trap is real");
    agrees(&sandbox);
}

#[test]
fn another_version_of_generator_or_formatter_than_the_locks_is_named() {
    let Some((sandbox, tools)) = accepted() else { return };
    for program in ["openapi-python-client", "ruff"] {
        let sandbox = sandbox.copy();
        let environment = sandbox.path(ROOT).join(".venv");
        fs::remove_file(&environment).expect("the link can be removed");
        fs::create_dir_all(environment.join("bin")).expect("the repository can be written");
        for name in ["openapi-python-client", "ruff"].into_iter().filter(|name| *name != program) {
            let (from, to) = (tools.python().join("bin").join(name), environment.join("bin").join(name));
            symlink(from, to).expect("the repository can be written");
        }
        // The same program, which says that it is another one.
        let real = tools.python().join("bin").join(program);
        let script = format!(
            "[ \"$1\" = --version ] && echo '{program} 0.9.99' && exit\nexec '{}' \"$@\"",
            real.display()
        );
        sandbox.script(&format!("{ROOT}/.venv/bin/{program}"), &script);
        sandbox.write(&format!("{OUTPUT}/client.py"), "# changed, so that the lock alone proves nothing\n");
        let before = sandbox.files();
        for command in ["check", "generate"] {
            let report = sandbox.json(&[command], 2);
            let problem = match command {
                "check" => &client(&report)["problems"][0],
                _ => &report["problems"][0],
            };
            assert_eq!(problem["code"], "tool-changed", "{program}: {report:#}");
            let says = problem["causes"][0].as_str().is_some_and(|cause| cause.contains("0.9.99"));
            assert!(says, "{program}: {report:#}");
        }
        assert!(sandbox.files() == before, "another tool's bytes do not land");
    }
}

#[test]
fn a_generator_that_writes_the_time_into_its_files_is_told_not_to() {
    let Some(tools) = generators() else { return };
    let hand = tempfile::tempdir().expect("a temporary folder can be made");
    let spec = hand.path().join("openapi.json");
    fs::write(&spec, api().to_string()).expect("the folder can be written");
    let mut models = tools.command("datamodel-codegen");
    models.arg("--input").arg(&spec).args(["--input-file-type", "openapi"]);
    let printed = models.output().expect("the generator can be started").stdout;
    assert!(String::from_utf8_lossy(&printed).contains("timestamp:"), "the trap is real");

    for (preset, file) in [
        ("\"datamodel-code-generator\"", "models.py"),
        (
            r#"{ preset = "openapi-generator", arguments = ["--generator-name", "java"] }"#,
            "src/main/java/org/openapitools/client/ApiException.java",
        ),
    ] {
        let Some(sandbox) = project(&api(), preset, "") else { return };
        drop(sandbox.run(&["accept"]).exits(0));
        let text = sandbox.read(&format!("{CLIENT_OUTPUT}/{file}"));
        assert!(!text.contains("timestamp:") && !text.contains("date = "), "{text}");
        agrees(&sandbox);
    }
}

/// The small API without its second path.
fn smaller() -> Value {
    let mut smaller = api();
    smaller["paths"].as_object_mut().expect("it is an object").remove("/watches/{id}");
    smaller["paths"]["/watches"]["post"]["responses"] = json!({ "204": { "description": "Created" } });
    smaller["components"]["schemas"].as_object_mut().expect("it is an object").remove("Watch");
    smaller
}

#[test]
fn files_of_operations_that_are_gone_do_not_stay() {
    let generate =
        r#"{ preset = "openapi-generator", arguments = ["--generator-name", "typescript-fetch"] }"#;
    let Some(sandbox) = project(&api(), generate, "") else { return };
    drop(sandbox.run(&["accept"]).exits(0));
    let model = format!("{CLIENT_OUTPUT}/models/Watch.ts");
    assert!(sandbox.holds(&model));

    let hand = sandbox.copy();
    hand.write("openapi.json", smaller().to_string());
    let mut generator = generators().expect("they were there").command("openapi-generator-cli");
    generator.args(["generate", "--generator-name", "typescript-fetch", "--input-spec"]);
    generator.arg(hand.path("openapi.json")).arg("--output").arg(hand.path(CLIENT_OUTPUT));
    assert!(generator.output().expect("the generator can be started").status.success());
    assert!(hand.holds(&model), "the trap is real");

    sandbox.write("openapi.json", smaller().to_string());
    drop(sandbox.run(&["accept"]).exits(0));
    assert!(!sandbox.holds(&model) && !sandbox.holds(&format!("{CLIENT_OUTPUT}/docs/Watch.md")));
}

#[test]
fn hand_written_files_stay_with_a_generator_that_wipes_its_output() {
    let Some(sandbox) = project(&api(), "\"hey-api\"", "") else { return };
    drop(sandbox.run(&["accept"]).exits(0));
    let (kept, mine) = (format!("{CLIENT_OUTPUT}/kept/mine.ts"), "export const mine = 1;\n");
    sandbox.write(&kept, mine);

    let hand = sandbox.copy();
    let mut generator = generators().expect("they were there").command("openapi-ts");
    generator.arg("--input").arg(hand.path("openapi.json")).arg("--output").arg(hand.path(CLIENT_OUTPUT));
    assert!(generator.output().expect("the generator can be started").status.success());
    assert!(!hand.holds(&kept), "the trap is real");

    sandbox.write("openapi.json", smaller().to_string());
    drop(sandbox.run(&["accept"]).exits(0));
    assert_eq!(sandbox.read(&kept), mine);
    drop(sandbox.run(&["check"]).exits(0));
}

/// The small API with a reference to what is not there.
fn dangling() -> Value {
    let mut dangling = api();
    dangling["components"]["schemas"]["Watch"]["properties"]["owner"] =
        json!({ "$ref": "#/components/schemas/Owner" });
    dangling
}

#[test]
fn a_damaged_client_is_refused_whatever_the_exit_status() {
    let mut unknown_type = api();
    let content = &mut unknown_type["paths"]["/watches"]["post"]["requestBody"]["content"];
    *content = json!({ "application/x-thing": content["application/json"] });
    let generator =
        r#"{ preset = "openapi-generator", arguments = ["--generator-name", "typescript-fetch"] }"#;
    let orval = r#"{ preset = "orval", arguments = ["--client", "fetch"] }"#;
    for (document, generate) in [
        (dangling(), "\"openapi-python-client\""),
        (unknown_type, "\"openapi-python-client\""),
        (dangling(), "\"datamodel-code-generator\""),
        (dangling(), "\"openapi-typescript\""),
        (dangling(), "\"hey-api\""),
        (dangling(), orval),
        (dangling(), generator),
    ] {
        let Some(sandbox) = project(&api(), generate, "") else { return };
        drop(sandbox.run(&["accept"]).exits(0));
        sandbox.write("openapi.json", document.to_string());
        let code = refused(&sandbox);
        assert!(["tool-output-damaged", "tool-failed"].contains(&code.as_str()), "{generate}: {code}");
    }
}

#[test]
fn a_document_without_a_path_reaches_no_generator() {
    let Some(sandbox) = project(&api(), "\"openapi-python-client\"", "") else { return };
    drop(sandbox.run(&["accept"]).exits(0));
    let mut empty = api();
    empty["paths"] = json!({});
    empty["components"] = json!({});
    sandbox.write("openapi.json", empty.to_string());
    assert!(!refused(&sandbox).starts_with("tool-"));
}

#[test]
fn what_a_generator_drops_beside_its_output_does_not_land() {
    // A crash log in the working folder, which the preset's own command line switches off.
    let own = "[tools.logging]\nprobe = [\"openapi-ts\", \"--version\"]\ncommand = [\"sh\", \"-c\", \"openapi-ts --input package.json \
               --output lost; exec openapi-ts --input $1 --output $2\", \"sh\", \"{spec}\", \"{out}\"]\n";
    let Some(sandbox) = project(&api(), "\"logging\"", own) else { return };
    sandbox.write("client/package.json", "{}\n");
    sandbox.commit("A package");
    let output = sandbox.run(&["accept"]).exits(0).says("openapi-ts-error");
    assert!(output.stderr.contains("discarded"), "{}", output.stderr);
    assert!(sandbox.files().keys().all(|path| !path.contains("openapi-ts-error")));

    let Some(sandbox) = project(&api(), "\"openapi-python-client\"", "") else { return };
    let output = sandbox.run(&["accept"]).exits(0);
    assert!(!output.stderr.contains("discarded"), "a cache is no news: {}", output.stderr);
    assert!(sandbox.files().keys().all(|path| !path.contains(".ruff_cache")));
}

#[test]
fn a_narrow_umask_changes_no_byte_and_no_lock() {
    let Some(document) = service_document() else { return };
    let Some(wide) = project(document, "\"openapi-python-client\"", "") else { return };
    let narrow = wide.copy();
    drop(wide.run(&["accept"]).exits(0));
    drop(narrow.run_by(&["sh", "-c", "umask 077; exec \"$@\"", "sh"], &["accept"]).exits(0));
    assert!(narrow.files() == wide.files());
    let mode = |sandbox: &Sandbox| {
        let file = fs::metadata(sandbox.path(CLIENT_OUTPUT).join("client.py")).expect("it was generated");
        file.permissions().mode() & 0o111
    };
    assert_eq!((mode(&wide), mode(&narrow)), (0, 0), "git keeps one bit, and it is the same");
    drop(narrow.run(&["check"]).exits(0));
}

#[test]
fn no_preset_needs_the_network() {
    let offline = ["unshare", "--user", "--map-root-user", "--net"];
    let probe = Command::new(offline[0]).args(&offline[1..]).arg("true").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this machine has no namespaces to take the network away in");
        return;
    }
    for generate in [
        "\"openapi-python-client\"",
        "\"datamodel-code-generator\"",
        "\"openapi-typescript\"",
        "\"hey-api\"",
        r#"{ preset = "orval", arguments = ["--client", "fetch"] }"#,
        r#"{ preset = "openapi-generator", arguments = ["--generator-name", "typescript-fetch"] }"#,
    ] {
        let Some(online) = project(&api(), generate, "") else { return };
        let cut_off = online.copy();
        drop(online.run(&["accept"]).exits(0));
        drop(cut_off.run_by(&offline, &["accept"]).exits(0));
        assert!(online.files() == cut_off.files(), "{generate}");
    }
}

#[test]
fn a_configuration_that_would_send_the_output_elsewhere_is_refused() {
    let Some(sandbox) = project(&api(), "\"openapi-typescript\"", "") else { return };
    drop(sandbox.run(&["accept"]).exits(0));
    let redocly =
        "apis:\n  other:\n    root: ../openapi.json\n    x-openapi-ts:\n      output: src/other.d.ts\n";
    sandbox.write("client/redocly.yaml", redocly);
    sandbox.write("openapi.json", smaller().to_string());
    assert_eq!(refused(&sandbox), "tool-output-damaged");
}
