"""Checks that were made and the changes that they found."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import PlainTextResponse

from watcher.api.parameters import ChangeId, WatchId
from watcher.clock import Now
from watcher.errors import Conflict, problems
from watcher.records import ChangeRecord, CheckRecord
from watcher.schemas.changes import Acknowledgement, AcknowledgementCreate, Change, Check, Severity
from watcher.schemas.pages import Page, RequestedWindow
from watcher.store import CurrentStore, Slice, cut
from watcher.textdiff import unified

router = APIRouter(tags=["changes"])


@router.get("/checks/{check_id}", response_model=Check, responses=problems(404))
def get_check(
    check_id: Annotated[UUID, Path(description="The check.")], store: CurrentStore
) -> CheckRecord:
    return store.checks.get(check_id)


@router.get("/watches/{watch_id}/changes", response_model=Page[Change], responses=problems(404))
def list_watch_changes(
    watch_id: WatchId, store: CurrentStore, window: RequestedWindow
) -> Slice[ChangeRecord]:
    watch = store.watches.get(watch_id)
    return cut((change for change in store.changes if change.watch_id == watch.id), window)


@router.get("/changes", response_model=Page[Change])
def list_changes(
    store: CurrentStore,
    window: RequestedWindow,
    since: Annotated[datetime | None, Query(description="Detected at or after.")] = None,
    until: Annotated[datetime | None, Query(description="Detected before.")] = None,
    severity: Annotated[list[Severity] | None, Query(description="Any of these.")] = None,
    acknowledged: bool | None = None,
) -> Slice[ChangeRecord]:
    found = (
        change
        for change in store.changes
        if (since is None or change.detected_at >= since)
        and (until is None or change.detected_at < until)
        and (severity is None or change.severity in severity)
        and (acknowledged is None or acknowledged == (change.acknowledgement is not None))
    )
    return cut(found, window)


@router.get("/changes/{change_id}", response_model=Change, responses=problems(404))
def get_change(change_id: ChangeId, store: CurrentStore) -> ChangeRecord:
    return store.changes.get(change_id)


@router.get(
    "/changes/{change_id}/diff",
    # Not `PlainTextResponse`, whose media type would be documented for the problems as well.
    response_class=Response,
    responses={
        200: {
            "description": "A unified diff; empty when the text is the same",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **problems(404),
    },
)
def get_change_diff(
    change_id: ChangeId,
    store: CurrentStore,
    context: Annotated[int, Query(ge=0, le=50, description="Unchanged lines around.")] = 3,
) -> Response:
    change = store.changes.get(change_id)
    return PlainTextResponse(unified(change.before, change.after, context))


@router.post(
    "/changes/{change_id}/acknowledgement", response_model=Change, responses=problems(404, 409)
)
def acknowledge_change(
    change_id: ChangeId, wanted: AcknowledgementCreate, store: CurrentStore, now: Now
) -> ChangeRecord:
    change = store.changes.get(change_id)
    if change.acknowledgement is not None:
        raise Conflict("The change was acknowledged before", f"by {change.acknowledgement.by}")
    change.acknowledgement = Acknowledgement(by=wanted.by, at=now, comment=wanted.comment)
    return change
