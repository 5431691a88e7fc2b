"""Differences between two snapshots, as text."""

import difflib

from watcher.records import SnapshotRecord


def unified(before: SnapshotRecord | None, after: SnapshotRecord | None, context: int) -> str:
    lines = difflib.unified_diff(
        _lines(before), _lines(after), _label(before), _label(after), n=context
    )
    return "".join(lines)


def _lines(snapshot: SnapshotRecord | None) -> list[str]:
    if snapshot is None:
        return []
    return snapshot.content.decode("utf-8", errors="replace").splitlines(keepends=True)


def _label(snapshot: SnapshotRecord | None) -> str:
    return "nothing" if snapshot is None else snapshot.taken_at.isoformat()
