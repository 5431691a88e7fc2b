//! What the codes mean that the host itself gives. Rules of plugins carry their own text.

/// A code, its explanation and its advice, both in Markdown.
pub(crate) struct Code {
    pub(crate) id: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) advice: &'static str,
}

/// Every code that has an explanation, in the order of their ids.
pub(crate) const CODES: &[Code] = &[
    Code {
        id: "config-exists",
        explanation: "`countersign init` found a `pipeline.toml` and never overwrites one by itself.",
        advice: "Edit the file, or replace it with `countersign init --force`.",
    },
    Code {
        id: "interrupted-accept",
        explanation: "An accept was cut off between two exchanges of files. Its journal says which files \
                      are still to be moved; until then nothing can be said about the work tree.",
        advice: "`countersign recover` finishes it; so does the next `countersign accept`.",
    },
    Code {
        id: "missing-record",
        explanation: "The contract is configured and has no snapshot under `contracts/` yet. That is drift.",
        advice: "`countersign accept` writes the first record. Commit what it wrote.",
    },
    Code {
        id: "no-baseline",
        explanation: "Breaks are counted from a revision to the record. Without version control there is no \
                      such revision, so an accepted break is forgotten at once.",
        advice: "Put the folder under version control.",
    },
    Code {
        id: "source-unreachable",
        explanation: "A live source could not be asked. That is neither agreement nor drift: the exit \
                      status is 3 where nothing else is wrong.",
        advice: "Check the address and the network, and try again.",
    },
    Code {
        id: "stale-client",
        explanation: "A client's committed files are not what the record generates. The report names the \
                      cause: the record moved on, files were edited by hand, or the tool or its \
                      configuration changed.",
        advice: "`countersign generate` writes what the record generates. Files that people write belong \
                 outside the output folder, or in the client's `keep`.",
    },
    Code {
        id: "stale-record",
        explanation: "What the source says now is not what the record under `contracts/` says.",
        advice: "Read the changes. If they are meant, `countersign accept` takes them as the record and \
                 regenerates the clients with it; if not, change the code.",
    },
    Code {
        id: "unknown-key",
        explanation: "`pipeline.toml` has a key that nothing reads. It would have no effect, so it is an \
                      error.",
        advice: "Correct or remove it. `countersign schema pipeline` says which keys there are; a plugin's \
                 own keys are in its schema.",
    },
    Code {
        id: "unmatched-waiver",
        explanation: "A waiver of this work tree accepts a break that this change does not bring in, \
                      because it was reverted or changed its shape.",
        advice: "Take it out of `waivers.toml`.",
    },
    Code {
        id: "unverified-client",
        explanation: "No tool ran, and no lock that the baseline holds proves the client. A lock that the \
                      change itself edits is no evidence. Unverified is never agreed.",
        advice: "Run `countersign check` without `--no-tools`.",
    },
];
