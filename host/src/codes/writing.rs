//! Writing: the store's transaction, and what can stand in its way.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "bug",
        "Something happened that cannot happen: a bug in Countersign.",
        "Please report it with the command that you typed.",
    ),
    code(
        "changed-meanwhile",
        "The record changed while an accept was being prepared: somebody else wrote it. Nothing was written.",
        "Run it again.",
    ),
    code(
        "damaged-accept",
        "An interrupted accept cannot be finished: the new content of a file is lost.",
        "Put the files back with `git restore`, then `countersign recover --abandon`.",
    ),
    code(
        "file-system",
        "The system refused to read or write. The message names the file, and the cause is the system's.",
        "Check permissions and space.",
    ),
    code(
        "half-way",
        "A write failed, and what was done until then could not be undone either. The journal is still \
         there.",
        "Cure the cause, then `countersign recover`.",
    ),
    code(
        "interrupted-accept",
        "An accept was cut off between two exchanges of files. Its journal says which files are still to be \
         moved; until then nothing can be said about the work tree.",
        "`countersign recover` finishes it; so does the next `countersign accept`.",
    ),
    code(
        "invalid-journal",
        "The journal of an interrupted accept says nothing that this version understands.",
        "Put the files back with `git restore`, then `countersign recover --abandon`.",
    ),
    code(
        "invalid-tree",
        "A folder holds files that no generated client can hold, such as two names that differ only in case.",
        "The cause names them. Remove or rename one.",
    ),
    code(
        "not-written",
        "A file could not be written. The cause is the system's.",
        "Check permissions and space.",
    ),
    code(
        "overlapping-targets",
        "Two things that would be written in one change are the same file, or one lies in the other.",
        "Give each a place of its own.",
    ),
    code(
        "store-busy",
        "Another process writes to this repository's contracts.",
        "Wait until it has ended, and try again.",
    ),
    code(
        "symlink",
        "A symlink stands where a file or a folder of record belongs. Countersign does not write through \
         links.",
        "Put the real file there.",
    ),
    code(
        "tree-too-large",
        "A folder is larger than any generated client.",
        "Check the client's `output`: it should hold generated files and nothing else.",
    ),
    code("unexpected-file-type", "Something else stands where a file or a folder belongs.", "Move it away."),
    code(
        "workflow-exists",
        "`countersign init --ci` found a workflow that says something else than it would write. What is there may \
         be somebody's work, so it is never written over.",
        "Edit that file, or remove it and run the command again.",
    ),
];
