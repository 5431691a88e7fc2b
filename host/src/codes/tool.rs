//! Tools: the commands that `pipeline.toml` declares.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "bad-glob",
        "A glob of a tool's declaration is not one. The message says where it goes wrong.",
        "Correct it.",
    ),
    code(
        "cage-failed",
        "The cage that this machine allows could not be put up for this repository. Nothing of the tool ran.",
        "Run `countersign doctor`; `--cage mirror` or `--cage bare` asks for another rung.",
    ),
    code(
        "cage-required",
        "`cage = \"required\"` stands under `[pipeline]`, and tools could not run in namespaces here.",
        "`countersign doctor` says what the machine lacks.",
    ),
    code(
        "path-outside",
        "A path of a declaration leaves the folder that it is relative to.",
        "Correct it; a client's `output` must be a folder below its `root`.",
    ),
    code(
        "tool-changed",
        "A probe prints another version than the one in the client's lock. Nothing was generated: it would not be \
         what was reviewed.",
        "Install the locked version, or move the lock: `countersign generate --upgrade`.",
    ),
    code("tool-empty", "A tool is declared without a command.", "Give it a `command`."),
    code(
        "tool-failed",
        "A step of the tool ended with another status than 0, or by a signal. The end of its output is \
         shown.",
        "Run it by hand. Its environment is cleared: declare what it needs in `env`.",
    ),
    code(
        "tool-incomplete",
        "A program is there, and something that it is made of is not: the interpreter of its `#!` line, or the \
         Python that its environment was made from.",
        "Install the tool again.",
    ),
    code("tool-input-missing", "A declared input does not exist.", "Correct `inputs`."),
    code("tool-interrupted", "The run was interrupted, and the tool was ended with it.", "Run it again."),
    code(
        "tool-io",
        "The system refused something that running the tool needs. The cause is the system's.",
        "Check permissions and space, and run it again.",
    ),
    code(
        "tool-limit",
        "The tool used more memory, disk or processes than it may, and was ended with everything it had started.",
        "Raise `memory` or `disk` of the tool, if it needs that much.",
    ),
    code(
        "tool-no-output",
        "The tool ended well and wrote nothing.",
        "Pass `{out}` to the option that names its output.",
    ),
    code(
        "tool-not-deterministic",
        "Two runs of the tool gave different bytes, so no check of its client could ever be trusted.",
        "Look for an option that leaves out times and random names.",
    ),
    code(
        "tool-not-found",
        "The program is not in the folders of the tool's `path` (without `path`: of your `PATH`), nor in the \
         system's.",
        "Install it, or add its folder to `path`.",
    ),
    code(
        "tool-not-started",
        "The cage was up, and the program in it could not be started. Nothing is tried again with less of a cage.",
        "Run it by hand; look whether an earlier step removed what it needs.",
    ),
    code(
        "tool-output-damaged",
        "The tool ended well and printed a text of `fail-on-output`, which is declared as a sign of damage.",
        "Correct the document; the line that was printed is shown.",
    ),
    code(
        "tool-output-incomplete",
        "A glob of `require` matches no file of the output.",
        "Correct the tool's options, or `require`.",
    ),
    code(
        "tool-output-shrunk",
        "The tool gave a client that is much smaller than the committed one: it may have left something out.",
        "Look at its output; take it with `--allow-shrink`, or set `max-shrink` of the tool.",
    ),
    code(
        "tool-output-too-large",
        "The output holds more than 50 000 files or 512 MiB.",
        "Check which folder the tool writes to.",
    ),
    code(
        "tool-output-unfit",
        "The output holds a link, a device, or a path that leaves its folder.",
        "Make the tool write plain files.",
    ),
    code("tool-setup-failed", "A step of `setup` failed.", "Run it by hand; the end of its output is shown."),
    code(
        "tool-timeout",
        "The tool took longer than its `timeout`, and was ended.",
        "Raise `timeout`, if it needs the time.",
    ),
    code(
        "tool-wrote-elsewhere",
        "The tool wrote beside its output, and `strict-writes` makes that an error.",
        "Correct its options, or declare the files in `write`.",
    ),
    code(
        "unfit-output",
        "What the tool wrote cannot be a client: two of its paths are one on some file systems, or a path \
         is no plain one.",
        "Make the tool write plain files with plain names.",
    ),
];
