"""Watches: keep them, pause them, and check them out of turn."""

from typing import Annotated
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import APIRouter, Query, Response, status

from watcher.api.parameters import ChannelId, IdempotencyKey, IfMatch, WatchId
from watcher.clock import Now
from watcher.errors import Conflict, StaleVersion, problems
from watcher.records import CheckRecord, WatchRecord
from watcher.schemas.changes import Check, CheckRequest, CheckState, CheckTrigger
from watcher.schemas.pages import Page, RequestedWindow
from watcher.schemas.watches import (
    Watch,
    WatchCreate,
    WatchOrder,
    WatchState,
    WatchUpdate,
)
from watcher.store import CurrentStore, Slice, Store, cut

router = APIRouter(prefix="/watches", tags=["watches"])


@router.get("", response_model=Page[Watch])
def list_watches(
    store: CurrentStore,
    window: RequestedWindow,
    state: Annotated[WatchState | None, Query(description="Only watches in this state.")] = None,
    tag: Annotated[list[str] | None, Query(description="Only watches with all these tags.")] = None,
    search: Annotated[str | None, Query(min_length=2, description="Part of a name.")] = None,
    order: WatchOrder = WatchOrder.NAME,
    descending: bool = False,
) -> Slice[WatchRecord]:
    found = [
        watch
        for watch in store.watches
        if (state is None or watch.state is state)
        and (tag is None or set(tag) <= set(watch.tags))
        and (search is None or search.casefold() in watch.name.casefold())
    ]
    found.sort(key=lambda watch: getattr(watch, order.value), reverse=descending)
    return cut(found, window)


@router.post(
    "",
    response_model=Watch,
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": Watch, "description": "The key was used before"}, **problems(404)},
)
def create_watch(
    wanted: WatchCreate,
    store: CurrentStore,
    now: Now,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> WatchRecord:
    for channel_id in wanted.channel_ids:
        store.channels.get(channel_id)
    watch = watch_from(wanted, now)
    if idempotency_key is not None:
        watch.id = uuid5(NAMESPACE_OID, idempotency_key)
        if watch.id in store.watches:
            response.status_code = status.HTTP_200_OK
            return store.watches.get(watch.id)
    return store.watches.add(watch)


@router.get("/{watch_id}", response_model=Watch, responses=problems(404))
def get_watch(watch_id: WatchId, store: CurrentStore) -> WatchRecord:
    return store.watches.get(watch_id)


@router.patch("/{watch_id}", response_model=Watch, responses=problems(404, 412))
def update_watch(
    watch_id: WatchId, update: WatchUpdate, store: CurrentStore, if_match: IfMatch = None
) -> WatchRecord:
    watch = store.watches.get(watch_id)
    if if_match is not None and if_match.strip('"') != str(watch.version):
        raise StaleVersion("The watch has changed since it was read", f"now at {watch.version}")
    for name in update.model_fields_set:
        setattr(watch, name, getattr(update, name))
    watch.version += 1
    return watch


@router.delete("/{watch_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404))
def delete_watch(watch_id: WatchId, store: CurrentStore) -> None:
    store.forget_watch(watch_id)


@router.post("/{watch_id}/pause", response_model=Watch, responses=problems(404, 409))
def pause_watch(watch_id: WatchId, store: CurrentStore) -> WatchRecord:
    return _move(store, watch_id, to=WatchState.PAUSED)


@router.post("/{watch_id}/resume", response_model=Watch, responses=problems(404, 409))
def resume_watch(watch_id: WatchId, store: CurrentStore) -> WatchRecord:
    return _move(store, watch_id, to=WatchState.ACTIVE)


@router.get("/{watch_id}/checks", response_model=Page[Check], responses=problems(404))
def list_watch_checks(
    watch_id: WatchId,
    store: CurrentStore,
    window: RequestedWindow,
    state: Annotated[list[CheckState] | None, Query(description="Any of these states.")] = None,
) -> Slice[CheckRecord]:
    watch = store.watches.get(watch_id)
    checks = [check for check in store.checks if check.watch_id == watch.id]
    return cut((check for check in checks if state is None or check.state in state), window)


@router.post(
    "/{watch_id}/checks",
    response_model=Check,
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(404, 409),
)
def request_check(
    watch_id: WatchId, store: CurrentStore, now: Now, options: CheckRequest | None = None
) -> CheckRecord:
    watch = store.watches.get(watch_id)
    if watch.state is WatchState.PAUSED:
        raise Conflict("A paused watch is not checked", "resume it first")
    queued_at = max(now, options.not_before) if options and options.not_before else now
    return store.checks.add(CheckRecord(watch.id, CheckTrigger.REQUEST, queued_at))


@router.put("/{watch_id}/channels/{channel_id}", response_model=Watch, responses=problems(404))
def attach_channel(watch_id: WatchId, channel_id: ChannelId, store: CurrentStore) -> WatchRecord:
    watch, channel = store.watches.get(watch_id), store.channels.get(channel_id)
    if channel.id not in watch.channel_ids:
        watch.channel_ids.append(channel.id)
        watch.version += 1
    return watch


@router.delete("/{watch_id}/channels/{channel_id}", response_model=Watch, responses=problems(404))
def detach_channel(watch_id: WatchId, channel_id: ChannelId, store: CurrentStore) -> WatchRecord:
    watch = store.watches.get(watch_id)
    if channel_id in watch.channel_ids:
        watch.channel_ids.remove(channel_id)
        watch.version += 1
    return watch


def watch_from(wanted: WatchCreate, now: Now) -> WatchRecord:
    return WatchRecord(
        name=wanted.name,
        url=str(wanted.url),
        schedule=wanted.schedule,
        region=wanted.region,
        request=wanted.request,
        created_at=now,
        tags=list(wanted.tags),
        channel_ids=list(wanted.channel_ids),
        note=wanted.note,
    )


def _move(store: Store, watch_id: UUID, to: WatchState) -> WatchRecord:
    watch = store.watches.get(watch_id)
    if watch.state is to:
        raise Conflict(f"The watch is already {to.value}")
    watch.state = to
    watch.version += 1
    return watch
