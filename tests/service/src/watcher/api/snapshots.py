"""Snapshots: what a page said at one moment."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response

from watcher.api.parameters import WatchId
from watcher.errors import problems
from watcher.records import SnapshotRecord
from watcher.schemas.changes import Snapshot
from watcher.schemas.pages import Page, RequestedWindow
from watcher.store import CurrentStore, Slice, cut

router = APIRouter(tags=["snapshots"])

SnapshotId = Annotated[UUID, Path(description="The snapshot.")]


@router.get("/watches/{watch_id}/snapshots", response_model=Page[Snapshot], responses=problems(404))
def list_watch_snapshots(
    watch_id: WatchId,
    store: CurrentStore,
    window: RequestedWindow,
    taken_on: Annotated[date | None, Query(description="Only those of this day, in UTC.")] = None,
) -> Slice[SnapshotRecord]:
    watch = store.watches.get(watch_id)
    found = (
        snapshot
        for snapshot in store.snapshots
        if snapshot.watch_id == watch.id
        and (taken_on is None or snapshot.taken_at.date() == taken_on)
    )
    return cut(found, window)


@router.get("/snapshots/{snapshot_id}", response_model=Snapshot, responses=problems(404))
def get_snapshot(snapshot_id: SnapshotId, store: CurrentStore) -> SnapshotRecord:
    return store.snapshots.get(snapshot_id)


@router.get(
    "/snapshots/{snapshot_id}/content",
    response_class=Response,
    responses={
        200: {
            "description": "The page as it was received",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        },
        304: {"description": "The content is the one with the digest in `If-None-Match`"},
        **problems(404),
    },
)
def get_snapshot_content(
    snapshot_id: SnapshotId,
    store: CurrentStore,
    if_none_match: Annotated[str | None, Header(description="A digest already held.")] = None,
) -> Response:
    snapshot = store.snapshots.get(snapshot_id)
    headers = {"ETag": f'"{snapshot.sha256}"'}
    if if_none_match is not None and if_none_match.strip('"') == snapshot.sha256:
        return Response(status_code=304, headers=headers)
    return Response(snapshot.content, headers=headers, media_type="application/octet-stream")
