//! What a check finds. These are findings, not errors.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "missing-record",
        "The contract is configured and has no snapshot under `contracts/` yet. That is drift.",
        "`countersign accept` writes the first record. Commit what it wrote.",
    ),
    code(
        "no-baseline",
        "Breaks are counted from a revision to the record. Without version control, or before the first \
         commit, there is no such revision, so an accepted break is forgotten at once.",
        "Put the folder under version control (`git init`), and commit.",
    ),
    code(
        "source-unreachable",
        "A live source could not be asked, redirected, answered with another status than 200, or gave \
         something that is no document. That is neither agreement nor drift: the exit status is 3 where \
         nothing else is wrong. The receiver of a notice can be away in the same way.",
        "Check the address and the network, and try again. Redirects are not followed: name the final URL.",
    ),
    code(
        "spent-waiver",
        "The baseline holds this waiver already: the break that it accepted has been merged. The same break \
         a second time would not be covered by it.",
        "Nothing; the next `countersign accept` prunes it.",
    ),
    code(
        "stale-client",
        "A client's committed files are not what the record generates. The report names the cause: the \
         record moved on, files were edited by hand, or the tool or its configuration changed.",
        "`countersign generate` writes what the record generates. Files that people write belong outside the \
         output folder, or in the client's `keep`.",
    ),
    code(
        "stale-record",
        "What the source says now is not what the record under `contracts/` says.",
        "Read the changes. If they are meant, `countersign accept` takes them as the record and regenerates \
         the clients with it; if not, change the code.",
    ),
    code(
        "summary",
        "Not a finding: how many there are of what, which the format `concise` says last with `-v`.",
        "",
    ),
    code(
        "undecided-client",
        "The client's committed files could not be compared with what the record generates: a tool or a file \
         stood in the way. Undecided is never agreed: the exit status is 2.",
        "Read the problem beside it; it says what to do.",
    ),
    code(
        "undecided-record",
        "The record and what the source says could not be compared: one of them could not be read, or a \
         stage failed. Undecided is never agreed: the exit status is 2.",
        "Read the problem beside it; it says what to do.",
    ),
    code(
        "unmatched-waiver",
        "A waiver of this work tree accepts a break that this change does not bring in, because it was \
         reverted or changed its shape.",
        "Take it out of `waivers.toml`.",
    ),
    code(
        "unverified-client",
        "No tool ran, and no lock that the baseline holds proves the client. A lock that the change itself \
         edits is no evidence. Unverified is never agreed.",
        "Run `countersign check` without `--no-tools`.",
    ),
    code(
        "unverified-record",
        "With `--no-tools` nobody asks the code, so nobody knows whether it says what the record says. \
         Unverified is never agreed.",
        "Run `countersign check` without `--no-tools`.",
    ),
];
