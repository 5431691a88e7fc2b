//! The daemon.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "cannot-listen",
        "The address that `serve` is to listen on cannot be had: another process listens there, or it is not an \
         address of this machine.",
        "Choose another one: `listen` under `[serve]`, or `--listen 127.0.0.1:8734`.",
    ),
    code(
        "duplicate-node",
        "Two nodes watch one branch of one repository, so every push to it would be told twice.",
        "Keep one of them; it may name several channels.",
    ),
    code(
        "no-upstream",
        "A reload follows the branch that is checked out, on the remote `origin`, and one of them is missing.",
        "Check out the branch that `serve` follows, in a clone of its repository.",
    ),
    code(
        "not-a-room",
        "A node names a channel that writes on a forge (a dispatch, a comment, a status). Such a channel hears of \
         records, not of pushes.",
        "Name a channel that is a room or a webhook, such as one of `notify-matrix`.",
    ),
    code(
        "serve-failed",
        "The daemon could not begin, or its store ended it.",
        "The lines of its log before the end say why.",
    ),
    code(
        "store-failed",
        "The daemon's store, or the folder for its work trees, cannot be used: the folder is missing, read-only or \
         full, the database does not answer, or a newer version made it.",
        "Name another one with `--store`, mend the permissions, or make room.",
    ),
    code(
        "unknown-node",
        "A run belongs to a node that `pipeline.toml` no longer declares, or an argument names one that it never did.",
        "Declare it, or let the run be.",
    ),
    code(
        "weak-secret",
        "A secret of `[serve]` has fewer than 16 characters. Whoever has seen one signed delivery, or the URL of a webhook, \
         could guess it.",
        "Make one with `openssl rand -hex 32`, and set it on both sides.",
    ),
];
