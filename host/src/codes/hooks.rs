//! The webhooks of the watched repositories.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "daemon-refuses-secret",
        "The daemon answered 401 to a ping that was signed with the secret in use: it runs with other secrets than this \
         machine has. No webhook was changed, so nothing is refused.",
        "Restart the daemon with both secrets set, the new one first under `[serve.hooks]`, and run \
         `countersign hooks rotate` again.",
    ),
    code(
        "daemon-unproven",
        "The daemon could not be asked whether it accepts the new secret: it is away, or `public-url` leads elsewhere. No \
         webhook was changed.",
        "Start the daemon, or correct `public-url`. `--no-verify` is for machines that cannot reach the daemon, and for \
         who knows that it accepts both secrets.",
    ),
    code(
        "hook-by-hand",
        "Countersign cannot reach webhooks on this forge, so that somebody has to add this one.",
        "The line has the URL and what to tick.",
    ),
    code(
        "hook-dead",
        "The webhook is as it should be, and the forge says that its last delivery was not taken.",
        "Look at the daemon: its log, and whether the forge can reach `public-url`. After 401, `countersign hooks apply` \
         writes the secret again.",
    ),
    code(
        "hook-doubled",
        "Several webhooks of this repository send to the same address of the daemon. What they both send has one effect.",
        "Keep one: `countersign hooks apply --prune`.",
    ),
    code(
        "hook-drifted",
        "The webhook is not as it should be: it sends other events, is switched off, does not send JSON, does not verify \
         the daemon's certificate, or sends the pushes of some branches only.",
        "Mend it: `countersign hooks apply`.",
    ),
    code("hook-in-order", "The webhook is there, and as it should be.", ""),
    code(
        "hook-missing",
        "The repository of a node has no webhook that sends to the daemon.",
        "Create it: `countersign hooks apply`.",
    ),
    code("hook-note", "Something about webhooks that is good to know.", ""),
    code(
        "hook-secret",
        "The webhook signs with the secret before, or its URL has no key that tells which one it signs with.",
        "Move it with `countersign hooks rotate`; where nothing tells, `countersign hooks apply` sets the secret in use.",
    ),
    code(
        "hook-stale",
        "A webhook of this repository sends to the daemon at an address that is not for this forge.",
        "Remove it: `countersign hooks apply --prune`.",
    ),
    code("hook-written", "A webhook was written, or would be in a dry run.", ""),
    code(
        "no-hook-secret",
        "Webhooks are signed with the secrets that `[serve.hooks]` names, and none is named, or one is not set here.",
        "Make one with `openssl rand -hex 32`, name its variable, such as `github = [\"env:HOOK_SECRET\"]`, and set it to \
         what the daemon has.",
    ),
    code(
        "no-public-url",
        "Webhooks send to `public-url`, and it is not set.",
        "Set it under `[serve]` to the address under which forges reach the daemon.",
    ),
    code(
        "rotation-unprepared",
        "Webhooks move from one secret to another while the daemon accepts both, and `[serve.hooks]` does not name two \
         different ones.",
        "Make a new one with `openssl rand -hex 32`, name it first and the old one second, restart the daemon with both, \
         and run `countersign hooks rotate` again.",
    ),
];
