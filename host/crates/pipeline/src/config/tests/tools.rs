//! Tools: presets, what replaces their keys, and the keys of the cage.

use super::*;

const CLIENT: &str = "[contracts.a]\n[clients.c]\ncontract = \"a\"\noutput = \"gen\"\n";

/// What generates the client, and the name that goes with it.
fn generator(text: &str) -> (String, ToolConfig) {
    let config = parse(&format!("{CLIENT}{text}")).map_err(|problems| shown(&problems)).unwrap();
    let client = config.clients[&name("c")].local().unwrap();
    let (name, tool) = config.tool_of(&client.generate).unwrap();
    (name.to_owned(), tool.clone())
}

fn client_mistakes(text: &str) -> String {
    mistakes(&format!("{CLIENT}{text}"))
}

#[test]
fn a_preset_is_a_tool_where_the_client_names_it() {
    let (name, tool) = generator("generate = \"openapi-typescript\"\n");
    assert_eq!((name.as_str(), tool.preset), ("openapi-typescript", Some("openapi-typescript")));
    assert_eq!(tool.pointer, "/clients/c/generate");
    assert!(tool.command.contains(&"{spec}".into()) && !tool.probes.is_empty());
    let config = parse(&format!("{CLIENT}generate = {{ tool = \"openapi-typescript\" }}\n")).unwrap();
    assert_eq!(config.tools.keys().map(Name::as_str).collect::<Vec<_>>(), ["openapi-typescript"]);
    assert_eq!(config.tools[&super::name("openapi-typescript")].pointer, "/clients/c/generate/tool");
}

#[test]
fn a_declared_tool_comes_before_a_preset_of_the_same_name() {
    let (name, tool) =
        generator("generate = \"orval\"\n[tools.orval]\ncommand = [\"own\", \"{spec}\", \"{out}\"]\n");
    assert_eq!((name.as_str(), tool.preset), ("orval", None));
    assert_eq!(tool.command, ["own", "{spec}", "{out}"]);
}

#[test]
fn every_key_that_is_given_replaces_that_of_the_preset_and_arguments_are_added() {
    let (_, whole) = generator("generate = \"openapi-typescript\"\n");
    let table = "preset = \"openapi-typescript\"\narguments = [\"--alphabetize\"]\n\
                 probe = [\"node\", \"--version\"]\ntimeout = \"10s\"\npath = []\n";
    let (name, tool) = generator(&format!("generate = \"types\"\n[tools.types]\n{table}"));
    assert_eq!((name.as_str(), tool.preset), ("types", Some("openapi-typescript")));
    assert_eq!(tool.command, [whole.command.as_slice(), &["--alphabetize".into()]].concat());
    assert_eq!(tool.probes, [["node", "--version"]]);
    assert_eq!((tool.timeout.as_secs(), tool.path.len()), (10, 0));
    assert_eq!((tool.then, tool.inputs), (whole.then, whole.inputs));
}

#[test]
fn a_stage_may_name_a_preset_and_what_it_changes() {
    let stage =
        "generate = { preset = \"openapi-generator\", arguments = [\"-g\", \"rust\"], timeout = \"9s\" }\n";
    let (name, tool) = generator(stage);
    assert_eq!((name.as_str(), tool.preset), ("openapi-generator", Some("openapi-generator")));
    assert!(tool.command.ends_with(&["-g".into(), "rust".into()]), "{:?}", tool.command);
    assert_eq!((tool.timeout.as_secs(), tool.pointer.as_str()), (9, "/clients/c/generate"));
    let config = parse(&format!("{CLIENT}{stage}")).unwrap();
    let stage = &config.clients[&super::name("c")].local().unwrap().generate.stage;
    assert!(stage.keys.is_empty(), "all keys of an inline preset are the host's: {:?}", stage.keys);
    assert_eq!((stage.plugin.as_str(), config.tools.len()), ("generate-command", 0));
}

#[test]
fn the_arguments_of_a_tool_of_ones_own_may_hold_its_placeholders() {
    let (name, tool) =
        generator("generate = { command = [\"own\"], arguments = [\"{spec}\", \"--out={out}\"] }\n");
    assert_eq!(name, "generate-command");
    assert_eq!(tool.command, ["own", "{spec}", "--out={out}"]);
}

#[test]
fn what_the_cage_allows_has_defaults_and_can_be_said() {
    let (_, tool) = generator("generate = { command = [\"own\", \"{spec}\", \"{out}\"] }\n");
    assert_eq!((tool.memory, tool.disk, tool.max_shrink, tool.strict_writes), (4 << 30, 1 << 30, 0.3, false));
    assert!(tool.read.is_empty() && tool.probes.is_empty());
    let table = "command = [\"own\", \"{spec}\", \"{out}\"]\nread = [\"~/.m2/\", \"/opt/data\", \"./crates/generator\"]\n\
                 strict-writes = true\nmax-shrink = 1\nmemory = \"512MiB\"\ndisk = \"2GiB\"\n\
                 probe = [[\"own\", \"--version\"], [\"ruff\", \"--version\"]]\n";
    let (_, tool) = generator(&format!("generate = \"own\"\n[tools.own]\n{table}"));
    assert_eq!(
        (tool.memory, tool.disk, tool.max_shrink, tool.strict_writes),
        (512 << 20, 2 << 30, 1.0, true)
    );
    assert_eq!(tool.read, ["~/.m2", "/opt/data", "crates/generator"]);
    assert_eq!(tool.probes, [["own", "--version"], ["ruff", "--version"]]);
}

#[test]
fn the_cage_is_the_best_there_is_unless_the_project_requires_one() {
    assert_eq!(parse("").unwrap().cage, CageRule::Best);
    assert_eq!(parse("[pipeline]\ncage = \"required\"\n").unwrap().cage, CageRule::Required);
    insta::assert_snapshot!(mistakes("[pipeline]\ncage = \"requird\"\n"), @"
    invalid-value: `requird` is not a value of `pipeline.cage`
      --> pipeline.toml:2:8
      hint: did you mean `required`? known values: `best`, `required`
    ");
}

#[test]
fn a_tool_has_a_command_or_a_preset_and_not_both() {
    let text = r#"
generate = { preset = "orval", command = ["orval", "{spec}", "{out}"] }
[tools.both]
preset = "orval"
command = ["orval", "{spec}", "{out}"]
[tools.neither]
memory = "8GiB"
[tools.orval]
memory = "8GiB"
"#;
    insta::assert_snapshot!(client_mistakes(text), @r#"
    two-tools: `clients.c.generate` has both `command` and `preset`
      --> pipeline.toml:6:23
      hint: keep one: `preset` brings its own command, and `arguments` adds to it
    two-tools: `tools.both` has both `command` and `preset`
      --> pipeline.toml:8:10
      hint: keep one: `preset` brings its own command, and `arguments` adds to it
    missing-key: key `command` is missing in `[tools.neither]`
      --> pipeline.toml:10:1
      hint: add `command = ["PROGRAM", "ARGUMENT"]`, or a `preset`: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`
    missing-key: key `command` is missing in `[tools.orval]`
      --> pipeline.toml:12:1
      hint: add `preset = "orval"`, or a `command`
    "#);
    insta::assert_snapshot!(client_mistakes("generate = { preset = \"orval\", tool = \"orval\" }\n"), @"
    two-tools: `clients.c.generate` has both `tool` and `preset`
      --> pipeline.toml:5:39
      hint: keep one: `tool` names a tool, `preset` declares one here
    ");
}

#[test]
fn a_preset_that_does_not_exist_is_told_with_the_one_that_was_meant() {
    insta::assert_snapshot!(client_mistakes("generate = { preset = \"openapi-typscript\" }\n"), @"
    unknown-preset: there is no preset `openapi-typscript`
      --> pipeline.toml:5:23
      hint: did you mean `openapi-typescript`? presets: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`
    ");
    insta::assert_snapshot!(client_mistakes("generate = \"mine\"\n[tools.t]\npreset = \"zzz\"\n"), @r#"
    unknown-tool: tool `mine` is not declared in `[tools]`
      --> pipeline.toml:5:12
      hint: name one that is there (declared: `t`; presets: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`), or add
        [tools.mine]
        command = ["mine", "--spec", "{spec}", "--out", "{out}"]
    unknown-preset: there is no preset `zzz`
      --> pipeline.toml:7:10
      hint: presets: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`
    "#);
}

#[test]
fn a_preset_that_needs_arguments_is_told_with_the_line_to_paste() {
    let needs = crate::preset::find("openapi-generator").unwrap().needs.as_deref().unwrap();
    let told = |text: &str| client_mistakes(text).replace(needs, "NEEDS");
    insta::assert_snapshot!(told("generate = \"openapi-generator\"\n"), @r#"
    preset-incomplete: preset `openapi-generator` does not say all that its command needs
      --> pipeline.toml:5:12
      hint: write `{ preset = "openapi-generator", NEEDS }`, with your own choice
    "#);
    let text = "generate = \"g\"\n[tools.g]\npreset = \"openapi-generator\"\n";
    insta::assert_snapshot!(told(text), @r#"
    preset-incomplete: preset `openapi-generator` does not say all that its command needs
      --> pipeline.toml:7:10
      hint: add `NEEDS`, with your own choice
    "#);
}

#[test]
fn presets_generate_and_elsewhere_the_key_is_the_plugins_own() {
    let config = parse(
        "[contracts.a]\ndiff = { use = \"diff-openapi\", preset = \"orval\" }\ndump = { command = [\"d\"] }\n",
    );
    let config = config.map_err(|problems| shown(&problems)).unwrap();
    assert_eq!(config.contracts[&name("a")].diff[0].keys["preset"], "orval");
    insta::assert_snapshot!(mistakes("[contracts.a]\ndump = { command = [\"d\"], preset = \"orval\" }\n"), @"
    two-tools: `contracts.a.dump` has both `command` and `preset`
      --> pipeline.toml:2:36
      hint: keep `command`: presets generate clients
    ");
}

#[test]
fn the_values_of_a_tools_keys_are_told_where_they_stand() {
    let text = r#"
generate = "t"
[tools.t]
command = ["t", "{spec}", "{out}"]
arguments = ["{output}"]
probe = [["t", "{spec}"], [""]]
read = ["~", "../x", "/ok", "~root/.ssh"]
[tools.u]
command = ["u"]
probe = ["u", ["v"]]
max-shrink = 1.5
memory = "4GB"
strict-writes = "yes"
[tools.v]
command = ["v"]
probe = "v --version"
arguments = "-g rust"
[tools.w]
command = ["w"]
probe = [[], 3]
"#;
    insta::assert_snapshot!(client_mistakes(text), @r#"
    unknown-placeholder: unknown placeholder `{output}` in `tools.t.arguments`
      --> pipeline.toml:9:14
      hint: did you mean `{out}`? known here: `{spec}`, `{out}`, `{root}`
    unknown-placeholder: unknown placeholder `{spec}` in `tools.t.probe[0]`
      --> pipeline.toml:10:16
      hint: known here: `{root}`
    invalid-value: the name of the program is empty
      --> pipeline.toml:10:28
    invalid-path: `~` is not a path that a tool may read: it is all of a home or of the machine
      --> pipeline.toml:11:9
      hint: write it like `/opt/data`, `~/.m2` or `crates/generator`
    invalid-path: `../x` is not a path that a tool may read: it holds `..`
      --> pipeline.toml:11:14
      hint: write it like `/opt/data`, `~/.m2` or `crates/generator`
    invalid-path: `~root/.ssh` is not a path that a tool may read: it is absolute
      --> pipeline.toml:11:29
      hint: write it like `/opt/data`, `~/.m2` or `crates/generator`
    wrong-type: `tools.u.probe[1]` must be a string, not a list
      --> pipeline.toml:14:15
    invalid-value: `tools.u.max-shrink` is refused: it is greater than the maximum of 1
      --> pipeline.toml:15:14
    invalid-value: `4GB` in `tools.u.memory` is not a size
      --> pipeline.toml:16:10
      hint: write it like `512KiB`, `64MiB`
    wrong-type: `tools.u.strict-writes` must be a boolean, not a string
      --> pipeline.toml:17:17
    wrong-type: `tools.v.probe` must be a list, not a string
      --> pipeline.toml:20:9
      hint: write `probe = ["v", "--version"]`
    wrong-type: `tools.v.arguments` must be a list, not a string
      --> pipeline.toml:21:13
      hint: write `arguments = ["-g", "rust"]`
    invalid-value: `tools.w.probe[0]` is refused: it has less than 1 item
      --> pipeline.toml:24:10
    wrong-type: `tools.w.probe[1]` must be a string or a list, not a whole number
      --> pipeline.toml:24:14
    "#);
}
