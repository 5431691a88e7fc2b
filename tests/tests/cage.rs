//! What a generator tries that it must not: it is stopped, and named, on every rung that confines.

use countersign_tests::{INCIDENT, Sandbox, accepted, api, binary, in_ci, is_running, pretty};
use serde_json::{Value, json};
use std::process::Command;

/// The rungs that keep a tool from other files and from the network.
const CONFINING: [&str; 2] = ["namespaces", "mirror"];

/// A client that a script generates, not accepted yet. The script finds the document in `$1` and the output in
/// `$2`; `more` stands in the tool's table.
fn generator(script: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.script("tools/generator", &format!("mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\"\n{script}"));
    sandbox.write(
        "pipeline.toml",
        format!(
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
             [clients.typed]\ncontract = \"watcher\"\nroot = \"clients/typed\"\noutput = \"generated\"\n\
             generate = \"generator\"\n\n\
             [tools.generator]\ncommand = [\"../../tools/generator\", \"{{spec}}\", \"{{out}}\"]\n{more}"
        ),
    );
    sandbox.write("clients/typed/README.md", "The client.\n");
    sandbox.commit("A generator");
    sandbox
}

/// Whether this machine has the rung; a machine of CI must.
fn has(sandbox: &Sandbox, rung: &str) -> bool {
    let report = sandbox.run(&["doctor", "--cage", rung]);
    let line = report.stdout.lines().find(|line| line.contains("cage:")).unwrap_or_default().to_owned();
    let has = line.contains(&format!("`{rung}`"));
    if !has {
        assert!(!in_ci(), "the rung `{rung}` is needed in CI, and this machine says: {line}");
        eprintln!("skipped: the rung `{rung}`, since this machine says: {line}");
    }
    has
}

fn client(report: &Value) -> &Value {
    &report["contracts"][0]["clients"][0]
}

/// Accept by each confining rung, from a fresh copy, and look at each.
#[track_caller]
fn on_each(sandbox: &Sandbox, status: i32, look: impl Fn(&str, &Sandbox, &str)) {
    for rung in CONFINING.into_iter().filter(|rung| has(sandbox, rung)) {
        let copy = sandbox.copy();
        let output = copy.run(&["accept", "--cage", rung, "-v"]).exits(status);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(!said.contains("could not be put up"), "{rung} was not used: {said}");
        look(rung, &copy, &said);
    }
}

#[test]
fn every_rung_gives_the_same_bytes_and_the_report_names_it() {
    let Some(sandbox) = accepted() else { return };
    let (file, marker) = INCIDENT;
    sandbox.edit(file, marker, &format!("added_by_this_test: int = 1\n    {marker}"));
    let mut trees = Vec::new();
    for rung in ["namespaces", "mirror", "bare"] {
        if rung != "bare" && !has(&sandbox, rung) {
            continue;
        }
        let copy = sandbox.copy();
        let report = copy.json(&["accept", "--cage", rung], 0);
        assert_eq!(client(&report)["cage"], rung);
        let mut files = copy.files();
        files.retain(|path, _| path.starts_with("clients/"));
        assert!(files.iter().any(|(_, text)| String::from_utf8_lossy(text).contains("added_by_this_test")));
        trees.push(files);
    }
    assert!(trees.len() > 1 || !in_ci());
    assert!(trees.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_machine_says_which_rung_it_has() {
    let sandbox = generator("", "");
    let output = sandbox.run(&["doctor"]);
    assert!(output.stdout.contains("cage:"), "{}", output.stdout);
    drop(sandbox.run(&["doctor", "--cage", "bare"]).says("`bare`"));
}

#[test]
fn files_of_the_home_folder_cannot_be_read() {
    let mut sandbox = generator("", "");
    let home = tempfile::Builder::new().prefix("home-").tempdir_in("/var/tmp").expect("a folder can be made");
    std::fs::create_dir(home.path().join(".ssh")).expect("the home can be written");
    std::fs::write(home.path().join(".ssh/id_ed25519"), "the-private-key").expect("the home can be written");
    let key = home.path().join(".ssh/id_ed25519").display().to_string();
    sandbox.script(
        "tools/generator",
        &format!(
            "mkdir -p \"$2\"; cp \"$1\" \"$2/api.json\"; cat {key} ~/.ssh/* > \"$2/stolen\" 2>/dev/null; true"
        ),
    );
    sandbox.set("HOME", home.path().display().to_string());
    sandbox.set("GIT_CONFIG_COUNT", "2");
    for (name, value) in [
        ("GIT_CONFIG_KEY_0", "user.name"),
        ("GIT_CONFIG_VALUE_0", "Ana"),
        ("GIT_CONFIG_KEY_1", "user.email"),
        ("GIT_CONFIG_VALUE_1", "ana@example.com"),
    ] {
        sandbox.set(name, value);
    }
    on_each(&sandbox, 0, |rung, copy, _| {
        let stolen = copy.read("clients/typed/generated/stolen");
        assert!(!stolen.contains("the-private-key"), "{rung}: {stolen}");
    });
}

#[test]
fn secrets_of_the_repository_cannot_be_read() {
    let sandbox = generator("cd ../..; cat .env .git/config > \"$2/stolen\" 2>&1; true", "");
    sandbox.write(".gitignore", ".env\n");
    sandbox.write(".env", "TOKEN=the-token\n");
    sandbox.git(&["config", "http.extraheader", "AUTHORIZATION: the-header"]);
    on_each(&sandbox, 0, |rung, copy, _| {
        let stolen = copy.read("clients/typed/generated/stolen");
        assert!(!stolen.contains("the-token") && !stolen.contains("the-header"), "{rung}: {stolen}");
    });
}

#[test]
fn what_is_written_beside_the_output_is_discarded_and_named() {
    let script = "echo x > stray.txt; echo x >> ../../openapi.json; echo x > ../../tools/new; true";
    let sandbox = generator(script, "");
    on_each(&sandbox, 0, |rung, copy, said| {
        assert!(!copy.holds("clients/typed/stray.txt") && !copy.holds("tools/new"), "{rung}");
        assert_eq!(copy.read("openapi.json"), pretty(&api()), "{rung}");
        assert!(said.contains("`clients/typed/stray.txt`") && said.contains("discarded"), "{rung}: {said}");
    });
    sandbox.edit("pipeline.toml", "[tools.generator]", "[tools.generator]\nstrict-writes = true");
    let before = sandbox.files();
    on_each(&sandbox, 2, |_, copy, said| {
        assert!(said.contains("beside its output") && copy.files() == before, "{said}");
    });
    sandbox.edit("pipeline.toml", "strict-writes = true", "strict-writes = true\nwrite = [\"**\"]");
    on_each(&sandbox, 0, |_, copy, _| assert!(!copy.holds("tools/new")));
}

#[test]
fn a_real_path_of_the_repository_leads_nowhere_else() {
    let sandbox = generator("", "");
    let real = sandbox.path("planted");
    sandbox.script(
        "tools/generator",
        &format!("mkdir -p \"$2\"; cp \"$1\" \"$2/api.json\"; echo x > '{}'; true", real.display()),
    );
    on_each(&sandbox, 0, |rung, copy, _| {
        assert!(!copy.holds("planted") && !real.exists(), "{rung}");
    });
}

#[test]
fn a_document_cannot_lead_the_generator_out_of_its_output() {
    let sandbox = generator("", "");
    let python = "import json, os, sys\nos.makedirs(sys.argv[2])\n\
        title = json.load(open(sys.argv[1]))['info']['title']\n\
        open(os.path.join(sys.argv[2], 'api.json'), 'w').write(title)\n\
        try:\n    open(os.path.join(sys.argv[2], title), 'w').write('x')\nexcept OSError as error:\n    print(error)\n";
    sandbox.write("tools/generator.py", python);
    sandbox.script("tools/generator", "exec python3 \"$(dirname \"$0\")/generator.py\" \"$@\"");
    for title in ["../../../escaped", "/tmp/escaped-absolutely", "$(touch escaped)", "{out}/../escaped"] {
        let mut document = api();
        document["info"]["title"] = json!(title);
        sandbox.write("openapi.json", pretty(&document));
        for rung in CONFINING.into_iter().filter(|rung| has(&sandbox, rung)) {
            let copy = sandbox.copy();
            // Some of these names cannot be files of a client, and that is refused.
            let output = copy.run(&["accept", "--cage", rung]);
            assert!(output.status == 0 || output.status == 2, "{title}: {}", output.stderr);
            assert!(!copy.holds("escaped") && !copy.holds("clients/escaped"), "{rung} {title}");
            assert!(!copy.holds("clients/typed/escaped"), "{rung} {title}");
            assert!(!std::path::Path::new("/tmp/escaped-absolutely").exists(), "{rung}");
        }
    }
}

#[test]
fn the_network_is_denied_and_whoever_asks_for_it_is_named() {
    let python = "import socket\nfor family in (socket.AF_INET, socket.AF_INET6):\n    \
        try: socket.socket(family); print('open')\n    except OSError as error: print(error)\n";
    let sandbox = generator("python3 \"$(dirname \"$0\")/ask.py\" > \"$2/answer\"", "");
    sandbox.write("tools/ask.py", python);
    on_each(&sandbox, 0, |rung, copy, said| {
        assert!(!copy.read("clients/typed/generated/answer").contains("open"), "{rung}");
        assert!(said.contains("`python3` asked for an IPv4 socket and did not get it"), "{rung}: {said}");
        assert!(said.contains("an IPv6 socket"), "{rung}: {said}");
    });
}

#[test]
fn a_process_that_goes_on_in_the_background_is_ended_and_named() {
    let sandbox =
        generator("setsid sh -c 'sleep 61.25 & sleep 61.25' >/dev/null 2>&1 </dev/null & sleep 0.3", "");
    on_each(&sandbox, 0, |rung, _, said| {
        assert!(said.contains("`sleep`") && said.contains("in the background"), "{rung}: {said}");
        assert!(!is_running("61.25"), "{rung}: it is still there");
    });
}

#[test]
fn a_generator_that_fills_the_disk_is_stopped_and_named() {
    let script = "i=0; while [ $i -lt 400 ]; do head -c 4000000 /dev/zero > \"$2/$i\"; i=$((i+1)); done";
    let sandbox = generator(script, "disk = \"32MiB\"\n");
    let before = sandbox.files();
    on_each(&sandbox, 2, |rung, copy, said| {
        assert!(
            said.contains("wrote more than 32MiB") && said.contains("disk = \"64MiB\""),
            "{rung}: {said}"
        );
        assert!(copy.files() == before, "{rung}");
    });
    let one_file = generator("head -c 400000000 /dev/zero > \"$2/large\"", "disk = \"32MiB\"\n");
    on_each(&one_file, 2, |rung, _, said| assert!(said.contains("wrote more than 32MiB"), "{rung}: {said}"));
}

#[test]
fn a_generator_that_takes_all_memory_is_stopped_and_named() {
    let sandbox = generator(
        "python3 -c 'import time; held = b\"x\" * 400_000_000; time.sleep(30)'",
        "memory = \"128MiB\"\n",
    );
    on_each(&sandbox, 2, |rung, _, said| {
        assert!(said.contains("used more than 128MiB of memory"), "{rung}: {said}");
    });
}

#[test]
fn a_required_cage_is_not_replaced_by_a_worse_one() {
    let sandbox = generator("", "");
    sandbox.write(
        "pipeline.toml",
        format!("{}\n[pipeline]\ncage = \"required\"\n", sandbox.read("pipeline.toml")),
    );
    let report = sandbox.json(&["accept", "--cage", "mirror"], 2);
    assert_eq!(report["problems"][0]["code"], "cage-required", "{report:#}");
    if has(&sandbox, "namespaces") {
        drop(sandbox.run(&["accept"]).exits(0));
    }
}

#[test]
fn a_tool_that_lives_behind_links_is_admitted_and_a_broken_one_is_named() {
    let sandbox = generator("", "");
    let elsewhere = tempfile::Builder::new().prefix("installed-").tempdir_in("/var/tmp").expect("a folder");
    let place = elsewhere.path().join("versions/1.2/bin");
    std::fs::create_dir_all(&place).expect("the folder can be written");
    std::fs::copy("/bin/sh", place.join("own-shell")).expect("the shell can be copied");
    for file in ["real-generator", "broken"] {
        let interpreter = if file == "broken" { "gone" } else { "own-shell" };
        let text =
            format!("#!{}/{interpreter}\nmkdir \"$2\" && cp \"$1\" \"$2/api.json\"\n", place.display());
        std::fs::write(place.join(file), text).expect("the folder can be written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(place.join(file), mode).expect("it is ours");
    }
    let links = elsewhere.path().join("links");
    std::fs::create_dir(&links).expect("the folder can be written");
    std::os::unix::fs::symlink("../versions/1.2/bin/real-generator", links.join("generator"))
        .expect("a link");
    sandbox.edit("pipeline.toml", "../../tools/generator", &links.join("generator").display().to_string());
    on_each(&sandbox, 0, |_, copy, said| {
        assert!(copy.holds("clients/typed/generated/api.json"));
        assert!(!said.contains("could not be used"), "{said}");
    });
    // In namespaces `/var/tmp` is `/tmp`; what is put there must not come to lie in the machine's own.
    let name = elsewhere.path().file_name().expect("it has a name");
    assert!(!std::path::Path::new("/tmp").join(name).exists());
    sandbox.edit("pipeline.toml", "links/generator", "versions/1.2/bin/broken");
    on_each(&sandbox, 2, |rung, _, said| {
        assert!(said.contains("bin/gone`, which is not there"), "{rung}: {said}");
    });
}

/// Not even what a first step prepared makes a second one run with less of a cage.
#[test]
fn a_step_that_cannot_be_started_is_an_error_and_never_lowers_the_cage() {
    let sandbox = generator("cd /; rm -rf \"$(dirname \"$2\")\"; true", "then = [[\"true\"]]\n");
    on_each(&sandbox, 2, |rung, _, said| assert!(said.contains("could not start"), "{rung}: {said}"));
}

#[test]
fn a_generator_that_ends_the_helper_is_an_error_and_never_lowers_the_cage() {
    let sandbox = generator("kill -9 $PPID; sleep 0.2; true", "");
    for rung in CONFINING.into_iter().filter(|rung| has(&sandbox, rung)) {
        let output = sandbox.copy().run(&["accept", "--cage", rung, "-v"]);
        let said = format!("{}{}", output.stdout, output.stderr);
        // In namespaces the first process cannot be ended from inside.
        assert_eq!(output.status, if rung == "namespaces" { 0 } else { 2 }, "{said}");
        assert!(!said.contains("could not be put up"), "{said}");
    }
}

#[test]
fn what_the_helper_tells_cannot_be_forged() {
    let script = "for file in /proc/1/fd/* /proc/$PPID/fd/*; do \
                  (echo '{\"failed\":{\"doing\":\"be\",\"why\":\"forged\"}}' >> \"$file\") 2>/dev/null; \
                  done; true";
    on_each(&generator(script, ""), 0, |rung, _, said| assert!(!said.contains("forged"), "{rung}: {said}"));
}

#[test]
fn the_kernels_settings_cannot_be_changed() {
    let script =
        "cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern && touch \"$2/written\"; true";
    on_each(&generator(script, ""), 0, |rung, copy, _| {
        assert!(!copy.holds("clients/typed/generated/written"), "{rung}");
    });
}

#[test]
fn the_terminal_and_open_files_of_the_caller_are_not_passed_on() {
    let script = "(: > /dev/tty) 2>/dev/null && echo terminal > \"$2/got\"; \
                  ls /proc/self/fd/9/ > \"$2/listed\" 2>/dev/null && echo open >> \"$2/got\"; rm -f \"$2/listed\"; true";
    let sandbox = generator(script, "");
    for rung in CONFINING.into_iter().filter(|rung| has(&sandbox, rung)) {
        let copy = sandbox.copy();
        let command = format!("exec 9</etc; exec {} accept --cage {rung}", binary().display());
        let output =
            std::process::Command::new("sh").args(["-c", &command]).current_dir(copy.root()).output();
        assert!(output.expect("there is a shell").status.success());
        assert!(!copy.holds("clients/typed/generated/got"), "{rung}");
    }
}

#[test]
fn a_tool_of_node_runs_on_every_rung() {
    let is_there = std::process::Command::new("node").arg("--version").output().is_ok();
    if !is_there {
        assert!(!in_ci(), "node is needed in CI");
        eprintln!("skipped: node is not installed");
        return;
    }
    let sandbox = generator("", "");
    let program = "#!/usr/bin/env node\nconst fs = require('node:fs');\nrequire('node:crypto').randomBytes(1);\n\
                   fs.mkdirSync(process.argv[3]);\nfs.copyFileSync(process.argv[2], process.argv[3] + '/api.json');\n";
    sandbox.script("tools/generator", "");
    sandbox.write("tools/generator", program);
    on_each(&sandbox, 0, |rung, copy, _| assert!(copy.holds("clients/typed/generated/api.json"), "{rung}"));
}

/// Runs the binary as a user without any power, who owns the copy.
fn as_nobody(copy: &Sandbox, arguments: &[&str]) -> countersign_tests::Output {
    let folder = copy.root().parent().expect("it lies in a folder").to_owned();
    // What nobody may not pass through hides the binary.
    std::fs::copy(binary(), folder.join("countersign")).expect("the folder can be written");
    let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(&folder).status();
    assert!(owned.expect("chown can be started").success());
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c"];
    let binary = r#"shift; exec ../countersign "$@""#;
    copy.run_by(&[&user[..], &[binary, "sh"]].concat(), arguments)
}

#[test]
fn who_has_no_power_to_give_up_is_confined_all_the_same() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let sandbox = generator("", "");
    if !has(&sandbox, "mirror") {
        return;
    }
    for rung in ["mirror", "bare"] {
        let copy = sandbox.copy();
        let arguments = ["accept", "--cage", rung, "-v"];
        let output = if is_root { as_nobody(&copy, &arguments) } else { copy.run(&arguments) };
        drop(output.exits(0).says(rung));
    }
}
