//! What a forge answers, and what it is reached with.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code("dry-run", "A dry run: the request would be sent, and nothing was.", "Run it without `--dry-run`."),
    code(
        "forge-forbidden",
        "The forge knows the token, and the token may not do this there. The message names the permission where the \
         forge does.",
        "Give the token the permission: a dispatch needs `contents: write` in the repository that hears, a pull \
         request `contents: write` and `pull-requests: write`.",
    ),
    code(
        "forge-refused",
        "The forge refused the request, or gave an answer that is not what was asked for. Nothing took effect.",
        "Read what the forge says. `countersign status --targets` shows how the repository stands.",
    ),
    code(
        "forge-unknown",
        "A write was sent to the forge, and whether it took effect is not known: the answer was lost, or is one of a \
         server that failed. It is not sent again blindly.",
        "Run again: what took effect is looked up first.",
    ),
    code(
        "no-credential",
        "There is no token for the forge, or this run uses none.",
        "Set `GITHUB_TOKEN`, or name another variable: `[forges.github] token = \"env:NAME\"`.",
    ),
    code(
        "not-found-or-forbidden",
        "The forge found nothing there, or the token may not see it: a forge does not tell the two apart.",
        "Check the name, and that the token may see the repository.",
    ),
    code(
        "rate-limited",
        "A rate limit, of the forge's or of our own budget, ends later than this run can wait.",
        "Run again later, or raise `budget` under `[forges.NAME]` where the forge allows more.",
    ),
    code(
        "repository-moved",
        "The repository has another name now.",
        "Write the new name into pipeline.toml.",
    ),
    code("token-refused", "The forge does not accept the token.", "Check that it is not expired or revoked."),
    code(
        "unsupported-forge",
        "The forge has no such ability, or Countersign cannot reach repositories there yet.",
        "Use a channel that the forge has. For GitLab, `notify-webhook` tells, and `countersign check --live` asks.",
    ),
];
