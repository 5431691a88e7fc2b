//! The record under `contracts/`, and its waivers.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "contract-removed",
        "The baseline declares a contract that this change removes or renames, and a client of it lives in \
         another repository. That breaks more than any change of the document could.",
        "Keep the contract under its name. Where nobody needs it any more, remove the client first, in a \
         change of its own.",
    ),
    code(
        "crlf",
        "A file of record has Windows line ends, so it is not the one that was accepted. Version control \
         wrote them on check-out.",
        "The hint has the command. Keep `contracts/** -text` in `.gitattributes`.",
    ),
    code("empty-snapshot", "The snapshot is empty.", "`git restore` it, or `countersign accept`."),
    code(
        "half-a-record",
        "The snapshot is there without `record.toml`, or the reverse.",
        "`git restore` the missing file, or write both anew with `countersign accept`.",
    ),
    code(
        "keep-collision",
        "A file that `keep` keeps stands where the tool writes one.",
        "Narrow the client's `keep`, or move the file.",
    ),
    code(
        "lfs-pointer",
        "A pointer of Git LFS stands in place of the file.",
        "`git lfs pull` fetches the file.",
    ),
    code(
        "merge-conflict",
        "A file of record holds an unresolved merge.",
        "Resolve it. For a snapshot it is easiest to take either side and to `countersign accept` again.",
    ),
    code(
        "no-record",
        "There is nothing to generate from: the contract has no record yet.",
        "`countersign accept` writes it, and the clients with it.",
    ),
    code(
        "record-invalid",
        "A file under `contracts/` cannot be read: it is not what Countersign writes.",
        "`git restore` it.",
    ),
    code(
        "record-version",
        "A file under `contracts/` was written by a newer Countersign.",
        "Install the version that the project pins.",
    ),
    code(
        "snapshot-edited",
        "The snapshot is not the one that `record.toml` names: somebody edited it. A record changes only by \
         an accept.",
        "`git restore` it, or `countersign accept`.",
    ),
    code(
        "unknown-fingerprint",
        "`countersign waive` was given a fingerprint that no known break bears.",
        "`countersign check` prints the fingerprints.",
    ),
    code(
        "waiver-expired",
        "`countersign waive` was asked for a day that has passed already. Days are counted in UTC.",
        "Name a day in the future with `--until`.",
    ),
    code(
        "waiver-incomplete",
        "A waiver needs somebody who answers for it, and a reason.",
        "Fill in `--owner` and `--reason`.",
    ),
];
