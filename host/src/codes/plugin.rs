//! Plugins, and the engine that runs them.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "engine-failed",
        "The host itself failed to run a plugin.",
        "`countersign doctor` looks further. If everything is well there, it is a bug: please report it.",
    ),
    code(
        "invalid-component",
        "The file is no component, exports no stage, or was built for another version of the plugin \
         interface.",
        "The message says what to update. `countersign plugin inspect FILE` shows what it is.",
    ),
    code(
        "invalid-config",
        "A plugin's configuration is not what the plugin reads.",
        "The message says what is wrong; `countersign plugin inspect NAME` describes the plugin.",
    ),
    code(
        "invalid-notice",
        "A channel's plugin cannot read the notice: it was built for another version of it.",
        "Update the plugin, or report it to its authors.",
    ),
    code("invalid-pattern", "A pattern of `prune` is none.", "Start it with `/`."),
    code(
        "invalid-schema",
        "The plugin's schema of its configuration is no JSON Schema: a bug in the plugin.",
        "Report it to the plugin's authors.",
    ),
    code(
        "invalid-template",
        "A template of a channel has an unknown placeholder or an open brace, or is too long.",
        "The message says which. The guide on notices lists the placeholders; `{{` and `}}` are braces.",
    ),
    code(
        "missing-import",
        "The component imports something that a plugin of its kind does not get.",
        "Build it without WASI, or for the interface of its kind.",
    ),
    code("plugin-missing", "The component's file cannot be read.", "Correct `source`."),
    code(
        "plugin-source",
        "The plugin comes from a registry, which is not supported yet.",
        "Fetch it, and name the file with `path:`.",
    ),
    code(
        "stage-denied",
        "The plugin asked for something that `pipeline.toml` does not grant it.",
        "The hint has the TOML that grants it. Grant it only where you would do it yourself.",
    ),
    code("stage-failed", "The plugin said that it failed.", "Read the message: it is the plugin's own."),
    code(
        "stage-limit",
        "The plugin hit a limit of memory, time or size.",
        "Raise it under `limits`, if the plugin needs it.",
    ),
    code("stage-panicked", "The plugin panicked: a bug in the plugin.", "Report it to the plugin's authors."),
    code(
        "stage-trapped",
        "The plugin was ended by the machine that runs it: a bug in the plugin.",
        "Report it to the plugin's authors, with the frames that are shown.",
    ),
    code(
        "unknown-plugin",
        "A plugin is named that is neither built in nor declared.",
        "Correct the name, or declare it under `[plugins]`. `countersign plugin list` shows which there are.",
    ),
    code(
        "unknown-rule",
        "`explain`, `ignore` or `levels` names a rule that does not exist.",
        "Correct it; the hint has the nearest one.",
    ),
    code(
        "wrong-world",
        "A plugin of another kind stands where a stage needs one of its own kind.",
        "`countersign plugin list` says which kind each is.",
    ),
];
