//! One test for each kind of mistake, as people read it.

use super::*;

#[test]
fn a_missing_file_is_told_with_the_command_that_writes_one() {
    let problems = Config::load(Path::new("no-such-folder/pipeline.toml")).unwrap_err();
    insta::assert_snapshot!(shown(&problems), @"
    no-configuration: there is no `no-such-folder/pipeline.toml`
      hint: run `countersign init`, or name the file with `--config`
    ");
}

#[test]
fn every_unknown_key_is_told_with_the_one_that_was_meant() {
    let text = r#"
[contract.a]
[pipeline]
base-line = "origin/main"
[contracts.b]
dump = { comand = ["make"] }
[contracts.c]
dump = { command = ["make"], limits = { memry = "1MiB" } }
zzz = 1
"#;
    insta::assert_snapshot!(mistakes(text), @"
    unknown-key: unknown key `contract` at the top level
      --> pipeline.toml:2:2
      hint: did you mean `contracts`? known keys: `pipeline`, `contracts`, `clients`, `notify`, `forges`, `credentials`, `tools`, `plugins`, `serve`, `nodes`
    unknown-key: unknown key `base-line` in `[pipeline]`
      --> pipeline.toml:4:1
      hint: did you mean `baseline`? known keys: `baseline`, `block`, `cage`, `repository`, `minimum-version`
    unknown-key: unknown key `comand` in `[contracts.b.dump]`
      --> pipeline.toml:6:10
      hint: did you mean `command`?
    unknown-key: unknown key `memry` in `[contracts.c.dump.limits]`
      --> pipeline.toml:8:41
      hint: did you mean `memory`? known keys: `memory`, `wall`, `output`, `log`, `calls`
    unknown-key: unknown key `zzz` in `[contracts.c]`
      --> pipeline.toml:9:1
      hint: known keys: `format`, `snapshot`, `provider`, `dump`, `live`, `canonicalize`, `diff`, `block`, `notify`, `canary`
    ");
}

#[test]
fn a_wrong_type_is_told_with_the_type_that_is_expected() {
    let text = r#"
clients = 3
[contracts.a]
dump = 5
canonicalize = ["canonicalize-json", 4]
diff = { use = ["diff-lines"] }
[contracts.b]
dump = { command = "make openapi", path = 3 }
[tools.t]
command = []
env = 1
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    wrong-type: `clients` must be a table, not a whole number
      --> pipeline.toml:2:11
    wrong-type: `contracts.a.dump` must be a string or a table, not a whole number
      --> pipeline.toml:4:8
    wrong-type: `contracts.a.canonicalize[1]` must be a string or a table, not a whole number
      --> pipeline.toml:5:38
    wrong-type: `contracts.a.diff.use` must be a string, not a list
      --> pipeline.toml:6:16
    wrong-type: `contracts.b.dump.command` must be a list, not a string
      --> pipeline.toml:8:20
      hint: write `command = ["make", "openapi"]`
    wrong-type: `contracts.b.dump.path` must be a list, not a whole number
      --> pipeline.toml:8:43
    invalid-value: `tools.t.command` is refused: it has less than 1 item
      --> pipeline.toml:10:11
    wrong-type: `tools.t.env` must be a list or a table, not a whole number
      --> pipeline.toml:11:7
    "#);
}

#[test]
fn a_configuration_for_a_newer_host_is_told_before_its_unknown_keys() {
    let text = "[pipeline]\nminimum-version = \"0.9.0\"\n[teleport]\n";
    insta::assert_snapshot!(mistakes(text), @"
    configuration-too-new: `pipeline.toml` asks for Countersign 0.9.0 or newer; this is 0.1.0
      --> pipeline.toml:2:19
      hint: install Countersign 0.9.0 or newer
    ");
    assert_eq!(mistakes("[pipeline]\nminimum-version = \"0.1.0\"\n"), "no mistakes");
    insta::assert_snapshot!(mistakes("[pipeline]\nminimum-version = \"soon\"\n"), @"
    invalid-value: `soon` in `pipeline.minimum-version` is not a version
      --> pipeline.toml:2:19
      hint: write it like `0.1.0`
    ");
}

#[test]
fn clients_that_would_overwrite_each_other_or_the_record_are_refused() {
    let text = r#"
[contracts.a]
[tools.t]
command = ["t", "{spec}", "{out}"]
[clients.one]
contract = "a"
root = "clients"
output = "generated"
generate = "t"
[clients.two]
contract = "a"
output = "clients/generated/two"
generate = "t"
[clients.three]
contract = "a"
output = "contracts/a"
generate = "t"
[clients.four]
contract = "a"
output = "../elsewhere"
generate = "t"
[clients.five]
contract = "a"
root = ".git"
output = "x"
generate = "t"
"#;
    insta::assert_snapshot!(mistakes(text), @"
    overlapping-outputs: the outputs of clients `one` and `two` overlap: `clients/generated` and `clients/generated/two`
      --> pipeline.toml:12:10
      caused by: client `one` writes there by pipeline.toml:8:10
      hint: give each client a folder of its own
    reserved-output: the output of client `three` overlaps `contracts`
      --> pipeline.toml:16:10
      hint: generate into a folder of its own
    invalid-path: `../elsewhere` is not a path inside the repository: it holds `..`
      --> pipeline.toml:20:10
    invalid-path: `.git` is not a path inside the repository: it names a file of version control
      --> pipeline.toml:24:8
    ");
}

#[test]
fn every_name_that_is_referred_to_must_be_declared() {
    let text = r#"
[contracts.watcher]
[contracts.Bad]
[contracts."a..b"]
[clients.a]
contract = "wacher"
repository = "github:acme/a"
notify = ["rom"]
[clients.b]
contract = "watcher"
output = "gen"
generate = "openapi-pyton-client"
[clients.c]
contract = "watcher"
output = "other"
generate = "own-generator"
[notify.room]
use = "notify-matrix"
credential = "matrix"
[plugins.p]
grants = { tool = ["x"] }
source = "p.wasm"
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    invalid-name: `Bad` is not a name: use at most 64 of `a`-`z`, `0`-`9`, `-`, `_` and `.`, the first a letter or a digit
      --> pipeline.toml:3:12
    invalid-name: `a..b` is not a name: use at most 64 of `a`-`z`, `0`-`9`, `-`, `_` and `.`, the first a letter or a digit
      --> pipeline.toml:4:12
    unknown-contract: contract `wacher` is not declared in `[contracts]`
      --> pipeline.toml:6:12
      hint: did you mean `watcher`? declared: `Bad`, `a..b`, `watcher`
    unknown-channel: channel `rom` is not declared in `[notify]`
      --> pipeline.toml:8:11
      hint: did you mean `room`? declared: `room`
    unknown-tool: tool `openapi-pyton-client` is not declared in `[tools]`
      --> pipeline.toml:12:12
      hint: did you mean `openapi-python-client`? presets: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`
    unknown-tool: tool `own-generator` is not declared in `[tools]`
      --> pipeline.toml:16:12
      hint: did you mean `openapi-generator`? presets: `datamodel-code-generator`, `hey-api`, `openapi-generator`, `openapi-python-client`, `openapi-typescript`, `orval`, `progenitor`
    unknown-credential: credential `matrix` is not declared in `[credentials]`
      --> pipeline.toml:19:14
      hint: declare it as `[credentials.matrix]`
    unknown-tool: tool `x` is not declared in `[tools]`
      --> pipeline.toml:21:20
      hint: add
        [tools.x]
        command = ["x", "--spec", "{spec}", "--out", "{out}"]
    invalid-source: `p.wasm` is not a source of a plugin
      --> pipeline.toml:22:10
      hint: write it like `path:plugins/mine.wasm` or `oci://registry.example.com/acme/notify-pager:1.2.0`
    "#);
}

#[test]
fn durations_sizes_globs_and_versions_are_told_with_an_example() {
    let text = r#"
[contracts.a]
dump = { command = ["make"], timeout = "3 days", inputs = ["src/[a"] }
block = "alwys"
snapshot = "record.toml"
[clients.c]
contract = "a"
output = "gen"
generate = { command = ["gen", "{spec}", "{out}"], inputs = ["{a"] }
keep = ["/etc/*", "a/**", "{a,b"]
[plugins.p]
limits = { memory = "64MB", calls = 0 }
"#;
    insta::assert_snapshot!(mistakes(text), @"
    invalid-value: `3 days` in `contracts.a.dump.timeout` is not a duration
      --> pipeline.toml:3:40
      hint: write it like `500ms`, `60s`, `5m`
    invalid-glob: `src/[a` is not a glob of files in the repository: unclosed character class; missing ']'
      --> pipeline.toml:3:60
      hint: write it like `src/**/*.py`
    invalid-value: `alwys` is not a value of `contracts.a.block`
      --> pipeline.toml:4:9
      hint: did you mean `always`? known values: `external`, `always`, `never`
    invalid-path: `record.toml` is not a file name for a snapshot: Countersign keeps its own there
      --> pipeline.toml:5:12
      hint: write a plain file name, such as `openapi.json`
    invalid-glob: `{a` is not a glob of files in the repository: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
      --> pipeline.toml:9:62
      hint: write it like `src/**/*.py`
    invalid-glob: `/etc/*` is not a glob of files in the repository: it is absolute
      --> pipeline.toml:10:9
      hint: write it like `src/**/*.py`
    invalid-glob: `{a,b` is not a glob of files in the repository: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
      --> pipeline.toml:10:27
      hint: write it like `src/**/*.py`
    invalid-value: `64MB` in `plugins.p.limits.memory` is not a size
      --> pipeline.toml:12:21
      hint: write it like `512KiB`, `64MiB`
    invalid-value: `plugins.p.limits.calls` is refused: it is less than the minimum of 1
      --> pipeline.toml:12:37
    ");
}

#[test]
fn a_client_lives_in_exactly_one_place() {
    let text = r#"
[contracts.a]
[clients.both]
contract = "a"
repository = "github:acme/both"
output = "gen"
[clients.neither]
contract = "a"
[clients.half]
contract = "a"
root = "half"
[clients.nowhere]
contract = "a"
repository = "github:acme"
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    client-in-two-places: client `both` has both `repository` and `output`
      --> pipeline.toml:6:10
      hint: a client in this repository has `root`, `output` and `generate`; one elsewhere has `repository`
    client-without-place: client `neither` has neither `repository` nor `output` and `generate`
      --> pipeline.toml:7:1
      hint: add `output = "FOLDER"` and `generate = "TOOL"`, or `repository = "github:OWNER/NAME"`
    missing-key: key `output` is missing in `[clients.half]`
      --> pipeline.toml:9:1
      hint: add `output = "FOLDER"`
    missing-key: key `generate` is missing in `[clients.half]`
      --> pipeline.toml:9:1
      hint: add `generate = "TOOL"`
    invalid-repository: `github:acme` is not a repository
      --> pipeline.toml:14:14
      hint: write it like `github:OWNER/NAME`, `gitea:HOST/OWNER/NAME` or `gitlab:GROUP/NAME`
    "#);
}

#[test]
fn placeholders_are_known_and_a_generator_has_both_of_its_own() {
    let text = r#"
[contracts.a]
dump = { command = ["make", "{spec}", "{\"json\": 1}"] }
canonicalize = { command = ["sort"] }
[clients.c]
contract = "a"
output = "gen"
generate = "t"
[clients.d]
contract = "a"
output = "gen-d"
generate = { command = ["d", "{spec}"], tool = "t" }
[tools.t]
command = ["t", "{output}"]
then = [["fmt", "{out}", "{rot}"]]
require = ["../x"]
env = ["A B"]
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    unknown-placeholder: unknown placeholder `{spec}` in `contracts.a.dump.command`
      --> pipeline.toml:3:29
      hint: known here: `{out}`, `{root}`
    tool-in-pure-stage: `contracts.a.canonicalize` has a `command`, but a pure stage runs no tools
      --> pipeline.toml:4:28
    missing-placeholder: the command of a generator has no `{out}`
      --> pipeline.toml:12:24
      hint: put `{out}` where the client is written: `"{out}"`
    two-tools: `clients.d.generate` has both `tool` and `command`
      --> pipeline.toml:12:48
      hint: keep one: `tool` names a tool, `command` declares one here
    missing-placeholder: the command of a generator has no `{spec}`
      --> pipeline.toml:14:11
      hint: put `{spec}` where the document is read: `"{spec}"`
    missing-placeholder: the command of a generator has no `{out}`
      --> pipeline.toml:14:11
      hint: put `{out}` where the client is written: `"{out}"`
    unknown-placeholder: unknown placeholder `{output}` in `tools.t.command`
      --> pipeline.toml:14:17
      hint: did you mean `{out}`? known here: `{spec}`, `{out}`, `{root}`
    unknown-placeholder: unknown placeholder `{rot}` in `tools.t.then[0]`
      --> pipeline.toml:15:26
      hint: did you mean `{root}`? known here: `{spec}`, `{out}`, `{root}`
    invalid-path: `../x` is not a path inside a tree: it holds `.` or `..`
      --> pipeline.toml:16:12
    invalid-value: `A B` is not the name of an environment variable
      --> pipeline.toml:17:8
    "#);
}

#[test]
fn no_message_holds_a_secret_that_was_pasted_into_a_credential() {
    let text = r#"
[credentials.a]
from = "ghp_hunter2hunter2"
header = "Authorization: hunter2"
allow = ["PTCH https://a.example/", "POST https://*/*"]
[credentials.b]
from = "env:B"
allow = ["POST https://*.example.com/", "POST https://*/*"]
[credentials.c]
from = 4
allow = []
"#;
    let told = mistakes(text);
    assert!(!told.contains("hunter2"), "{told}");
    insta::assert_snapshot!(told, @r#"
    exposed-secret: the value in `credentials.a.from` is not a source of a secret
      --> pipeline.toml:3:8
      hint: write it like `env:MATRIX_TOKEN`
    exposed-secret: the value in `credentials.a.header` is not a header with one `{}`
      --> pipeline.toml:4:10
      hint: write it like `Authorization: Bearer {}`
    invalid-value: `PTCH https://a.example/` in `credentials.a.allow[0]` is not a method and URL
      --> pipeline.toml:5:10
      hint: write it like `POST https://hooks.example.com/*`
    credential-use: credential `b` has none of `header`, `sign` and `as`
      --> pipeline.toml:6:1
      hint: keep one: `header = "Authorization: Bearer {}"`, `sign = "standard-webhooks"` or `as = "url"`
    invalid-value: `POST https://*/*` leaves its host open
      --> pipeline.toml:8:41
      hint: a `*` in a host stands for subdomains only: `https://*.example.com/`
    wrong-type: `credentials.c.from` must be a string or a list, not a whole number
      --> pipeline.toml:10:8
    invalid-value: `credentials.c.allow` is refused: it has less than 1 item
      --> pipeline.toml:11:9
    "#);
}

#[test]
fn toml_that_cannot_be_read_is_told_with_its_place() {
    insta::assert_snapshot!(mistakes("[contracts.a]\ndump = \n[clients\n"), @"
    invalid-toml: not TOML: string values must be quoted, expected literal string
      --> pipeline.toml:2:8
    invalid-toml: not TOML: unclosed table, expected `]`
      --> pipeline.toml:3:9
    ");
    let text = "[contracts.a]\nformat = \"json\"\nformat = \"text\"\n[contracts.a]\nblok = 1\n";
    insta::assert_snapshot!(mistakes(text), @"
    duplicate-key: key `format` is there twice
      --> pipeline.toml:3:1
      hint: write it once, with everything that belongs to it
    duplicate-key: key `a` is there twice
      --> pipeline.toml:4:12
      hint: write it once, with everything that belongs to it
    unknown-key: unknown key `blok` in `[contracts.a]`
      --> pipeline.toml:5:1
      hint: did you mean `block`? known keys: `format`, `snapshot`, `provider`, `dump`, `live`, `canonicalize`, `diff`, `block`, `notify`, `canary`
    ");
    insta::assert_snapshot!(mistakes("a = 99999999999999999999\nb = nan\n"), @"
    unknown-key: unknown key `a` at the top level
      --> pipeline.toml:1:1
      hint: known keys: `pipeline`, `contracts`, `clients`, `notify`, `forges`, `credentials`, `tools`, `plugins`, `serve`, `nodes`
    invalid-value: `99999999999999999999` is not a number that fits here
      --> pipeline.toml:1:5
    unknown-key: unknown key `b` at the top level
      --> pipeline.toml:2:1
      hint: known keys: `pipeline`, `contracts`, `clients`, `notify`, `forges`, `credentials`, `tools`, `plugins`, `serve`, `nodes`
    invalid-value: `nan` is not a number that fits here
      --> pipeline.toml:2:5
    ");
}
