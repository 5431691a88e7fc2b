//! `pipeline.toml`, and what a command line says about it.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "ambiguous-contract",
        "One document can be the record of one contract, and several are configured.",
        "Name the contract: `countersign accept CONTRACT --from FILE`.",
    ),
    code(
        "client-in-two-places",
        "A client has `repository`, as one that lives elsewhere, and keys of one that lives here.",
        "Keep one of both.",
    ),
    code(
        "client-without-place",
        "A client has neither `repository` nor the keys of one that lives here.",
        "Say where it lives: `repository`, or `output` and `generate`.",
    ),
    code(
        "config-exists",
        "`countersign init` found a `pipeline.toml` and never overwrites one by itself.",
        "Edit the file, or replace it with `countersign init --force`.",
    ),
    code(
        "configuration-too-new",
        "`minimum-version` asks for a newer Countersign than this one.",
        "Install that version.",
    ),
    code(
        "credential-use",
        "A credential has none or several of `header`, `sign` and `as`, or several secrets without `sign`.",
        "Keep one: `header` sends the secret, `sign` signs with it, `as = \"url\"` asks the URL that it is.",
    ),
    code(
        "exposed-secret",
        "Where a secret is named there may stand the secret itself, such as a password in a URL, and others read \
         `pipeline.toml` and command lines. The line is not shown for that reason.",
        "Set it as a variable, and name the variable: `from = \"env:BOT_TOKEN\"`, `store = \"env:COUNTERSIGN_STORE\"`.",
    ),
    code(
        "external-client",
        "`countersign generate` was asked for a client that lives in another repository.",
        "Run it there.",
    ),
    code("invalid-glob", "A value is not a glob. The message says where it goes wrong.", "Correct it."),
    code(
        "invalid-grant",
        "A grant is not `METHOD URL`, or has a `*` elsewhere than at the end of the path.",
        "Write it as `POST https://hooks.example.com/path/*`.",
    ),
    code(
        "invalid-name",
        "A name has characters that a name cannot have.",
        "The message says which it may have.",
    ),
    code(
        "invalid-output",
        "A client's `output` is the client's root itself, so that everything in it would be replaced.",
        "Name a folder below `root` that holds generated files and nothing else.",
    ),
    code(
        "invalid-path",
        "A path is not one inside the repository.",
        "Write it relative, with `/`, and without `..`.",
    ),
    code(
        "invalid-repository",
        "A value does not name a repository.",
        "The hint has the forms, such as `github:acme/watcher`.",
    ),
    code(
        "invalid-revision",
        "`--rev` of `countersign init --ci` is not a whole commit. A branch or a tag can move, so neither pins.",
        "Name the commit with its 40 digits.",
    ),
    code(
        "invalid-source",
        "A plugin's `source` is not of a known form.",
        "The hint has the forms, such as `path:plugins/mine.wasm`.",
    ),
    code("invalid-toml", "The text of `pipeline.toml` is not TOML.", "Correct it; the place is named."),
    code("invalid-url", "A value is not a URL that can be asked.", "The hint says how to write it."),
    code(
        "invalid-value",
        "A key has a value that it cannot have.",
        "The message says which values it may have. `countersign schema pipeline` describes all keys.",
    ),
    code("missing-key", "A table lacks a key that it needs.", "Add it; the hint says how to write it."),
    code(
        "missing-placeholder",
        "A generator's command lacks `{spec}` or `{out}`, so it could not be given its document, or its \
         place to write to.",
        "Add the placeholder to the command.",
    ),
    code(
        "no-answer",
        "`countersign init` needs to know something, and nobody can be asked.",
        "The hint names the flag.",
    ),
    code(
        "no-configuration",
        "There is no `pipeline.toml` here or in a folder above.",
        "`countersign init` writes one; `--config FILE` names one.",
    ),
    code(
        "overlapping-outputs",
        "The outputs of two clients overlap, so that one would delete the other's files.",
        "Give each client a folder of its own.",
    ),
    code(
        "preset-incomplete",
        "A preset is used that cannot run by itself: something is left to the user, such as the language that it \
         writes.",
        "Add the line of the hint, with your own choice. `countersign explain PRESET` shows the whole preset.",
    ),
    code(
        "reserved-output",
        "A client's output lies over `contracts/` or another folder that is not its own.",
        "Give the client a folder of its own.",
    ),
    code(
        "tool-in-pure-stage",
        "A canonicalizer or a differ has a `command`. These stages give the same result on every machine, \
         so they run no tool.",
        "Use a plugin.",
    ),
    code(
        "two-credentials",
        "A forge is given two credentials, or one that it cannot have: `token` and `app`, or two tables for one host.",
        "Keep one.",
    ),
    code(
        "two-owners",
        "A contract has `dump`, as one of this repository, and `provider`, as somebody else's.",
        "Keep one.",
    ),
    code(
        "two-tools",
        "A stage or a tool has more than one of `tool`, `command` and `preset`, each of which says what to run.",
        "Keep one. A `preset` takes more arguments in `arguments`.",
    ),
    code(
        "undeclared-contract",
        "`contracts/` has a folder that `pipeline.toml` does not declare: nobody checks it.",
        "Declare the contract, or remove the folder.",
    ),
    code(
        "unknown-channel",
        "A channel is named that is not declared.",
        "Declare it under `[notify]`, or correct it.",
    ),
    code(
        "unknown-client",
        "A client is named that is not declared.",
        "Declare it under `[clients]`, or correct it.",
    ),
    code(
        "unknown-contract",
        "A contract is named that is not declared.",
        "Declare it under `[contracts]`, or correct it.",
    ),
    code(
        "unknown-credential",
        "A credential is named that is not declared.",
        "Declare it under `[credentials]`, or correct it.",
    ),
    code(
        "unknown-key",
        "`pipeline.toml` has a key that nothing reads. It would have no effect, so it is an error.",
        "Correct or remove it. `countersign schema pipeline` says which keys there are; a plugin's own keys \
         are in its schema.",
    ),
    code(
        "unknown-placeholder",
        "A command has a placeholder that does not exist there.",
        "Correct it; the hint has those that exist there.",
    ),
    code(
        "unknown-preset",
        "A preset is named that does not exist.",
        "Correct it; the hint has all presets. `countersign explain PRESET` shows one.",
    ),
    code(
        "unknown-tool",
        "A tool is named that is neither declared nor, for a client, a preset.",
        "Correct it, or declare it under `[tools]`; the hint has the TOML.",
    ),
    code(
        "unreadable-configuration",
        "`pipeline.toml` cannot be read, or is not UTF-8.",
        "Mend the file; the cause is the system's.",
    ),
    code("wrong-type", "A key has a value of another type than it needs.", "The message says which type."),
    code(
        "wrong-value",
        "A key of a stage has a value of the right kind that says nothing: a date that is none, a regular expression that \
         cannot be read, a level that does not exist.",
        "The message says what is wrong with it; mend the value in pipeline.toml, or the option of `diff`.",
    ),
];
