//! The source: what can stand in place of a document, and why none can be had.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "conflict-markers",
        "The markers of an unresolved merge stand in the document.",
        "Resolve the merge in the file that it comes from.",
    ),
    code(
        "document-too-large",
        "With the files that it refers to, a document is larger than 64 MiB. What has no components of its kind, such as \
         a path item of OpenAPI 3.0, is copied to each place that refers to it.",
        "Refer to it once; look for files that refer to the same file twice.",
    ),
    code(
        "duplicate-key",
        "An object or a table has the same key twice. Readers would take one of them, and not all the same.",
        "Take one of them out; the place is named.",
    ),
    code(
        "empty-document",
        "Nothing but white space stands in place of the document.",
        "Run the command by hand and look at what it writes. With `{out}` it writes to a file.",
    ),
    code(
        "empty-spec",
        "The OpenAPI document describes no API, or nothing is left of it after `prune` and `unreferenced`. A \
         generator would turn it into a client that can do nothing.",
        "Look at how it was made: a service that failed to load its routes writes such a document. Else \
         narrow the patterns of `prune`.",
    ),
    code(
        "html-page",
        "A web page, such as an error page or a login, stands in place of the document.",
        "Open the address in a browser; name the one that gives the document.",
    ),
    code(
        "invalid-json",
        "The text does not parse as JSON (RFC 8259).",
        "The place is named. Run the command that writes it by hand.",
    ),
    code(
        "invalid-utf8",
        "The bytes are not UTF-8: UTF-16, gzip, or something else.",
        "Write the document as UTF-8, uncompressed.",
    ),
    code("invalid-version", "The version of OpenAPI is not a string.", "Quote it: `openapi: \"3.1.0\"`."),
    code("invalid-yaml", "The text does not parse as YAML 1.2.", "The place is named."),
    code(
        "log-line",
        "Output of the program that wrote the document stands before the document.",
        "Add `{out}` to the command: the path that it writes its document to. A log line cannot get in \
         there.",
    ),
    code(
        "missing-info",
        "The OpenAPI document has no `info` object.",
        "Give it one, with `title` and `version`.",
    ),
    code(
        "no-live-source",
        "The live service was asked for, and the contract has no `live`.",
        "Add `live` to the contract, or leave out `--live`.",
    ),
    code(
        "no-source",
        "The contract is somebody else's: it has no `dump`, so there is nothing to ask.",
        "`countersign accept --live`, or `countersign accept --from FILE`.",
    ),
    code(
        "not-a-document",
        "A number, a string, a boolean or null stands in place of an object or an array.",
        "Run the command by hand and look at what it writes.",
    ),
    code(
        "not-one-file",
        "The dump command wrote a folder to `{out}`, and a document is one file.",
        "Let it write one file to the path `{out}`.",
    ),
    code(
        "not-openapi",
        "The document says neither `openapi` nor `swagger` at its top.",
        "If it is another kind of JSON, set the contract's `format` to `json`.",
    ),
    code(
        "option-not-applicable",
        "An option of `diff` is for OpenAPI documents, and the documents are compared as something else.",
        "Leave the option out, or say `--format openapi` where they are OpenAPI documents.",
    ),
    code(
        "too-deep",
        "The document is nested deeper than any that is meant for people or generators.",
        "Look at how it was made; recursion belongs into a `$ref`.",
    ),
    code(
        "too-large",
        "The document is larger than the limit that the message names.",
        "Look at how it was made, or split the API into several contracts.",
    ),
    code(
        "too-many-aliases",
        "Aliases of YAML multiply a small text into a huge document.",
        "Write it without them, as `$ref` or as JSON.",
    ),
    code(
        "trailing-content",
        "Something stands after the document.",
        "The place is named. Write the document to `{out}`, and everything else to standard error.",
    ),
    code(
        "truncated",
        "The document ends inside itself: whoever wrote it was cut off.",
        "Make it again; check the space on the disk and the command's own exit status.",
    ),
    code(
        "ungranted-url",
        "`diff` was given a URL that is the source of no contract. What may be fetched, and with which credential, is said in pipeline.toml and nowhere else.",
        "Declare it as the `live` source of a contract, or download the document and name the file.",
    ),
    code(
        "unknown-version",
        "The document says a version of OpenAPI that this generator does not know.",
        "`generate-rust` takes OpenAPI 3.0 and 3.1.",
    ),
    code(
        "unreadable-document",
        "A file, a `revision:path` or an address that was named cannot be read.",
        "Correct the name.",
    ),
    code(
        "unsuitable-format",
        "A command has no such output format: markdown, html and oasdiff show a comparison, and sarif and junit show what was found in files.",
        "Choose another `--output-format`; `human`, `concise`, `json` and `github` are there for every command.",
    ),
    code(
        "unsupported-version",
        "The document is of a version that is not supported.",
        "Write OpenAPI 3.x or Swagger 2.0.",
    ),
    code(
        "unsupported-yaml",
        "The YAML says what JSON cannot say, such as a key that is no string, or a tag.",
        "The place is named; write it so that it could be JSON.",
    ),
];
