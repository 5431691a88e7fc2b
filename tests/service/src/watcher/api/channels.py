"""Channels: where reports go."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, status

from watcher.api.parameters import ChannelId
from watcher.clock import Now
from watcher.errors import Conflict, problems
from watcher.records import ChannelRecord, WatchRecord
from watcher.schemas.channels import Channel, ChannelCreate, Delivery
from watcher.schemas.pages import Page, RequestedWindow
from watcher.schemas.watches import Watch
from watcher.store import CurrentStore, Slice, cut

router = APIRouter(prefix="/channels", tags=["channels"])


@router.get("", response_model=Page[Channel])
def list_channels(
    store: CurrentStore,
    window: RequestedWindow,
    enabled: Annotated[bool | None, Query(description="Only those that are on, or off.")] = None,
) -> Slice[ChannelRecord]:
    found = (channel for channel in store.channels if enabled in (None, channel.enabled))
    return cut(found, window)


@router.post(
    "", response_model=Channel, status_code=status.HTTP_201_CREATED, responses=problems(409)
)
def create_channel(wanted: ChannelCreate, store: CurrentStore, now: Now) -> ChannelRecord:
    if any(channel.name == wanted.name for channel in store.channels):
        raise Conflict("There is a channel of this name", wanted.name)
    return store.channels.add(
        ChannelRecord(
            name=wanted.name,
            target=wanted.target,
            digest=wanted.digest,
            at_least=wanted.at_least,
            enabled=wanted.enabled,
            created_at=now,
        )
    )


@router.get("/{channel_id}", response_model=Channel, responses=problems(404))
def get_channel(channel_id: ChannelId, store: CurrentStore) -> ChannelRecord:
    return store.channels.get(channel_id)


@router.put("/{channel_id}", response_model=Channel, responses=problems(404))
def replace_channel(
    channel_id: ChannelId, wanted: ChannelCreate, store: CurrentStore
) -> ChannelRecord:
    channel = store.channels.get(channel_id)
    for name in ChannelCreate.model_fields:
        setattr(channel, name, getattr(wanted, name))
    return channel


@router.delete(
    "/{channel_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404, 409)
)
def delete_channel(channel_id: ChannelId, store: CurrentStore) -> None:
    if any(channel_id in watch.channel_ids for watch in store.watches):
        raise Conflict("Watches still report to the channel", "detach it from them first")
    store.channels.remove(channel_id)


@router.get("/{channel_id}/watches", response_model=Page[Watch], responses=problems(404))
def list_channel_watches(
    channel_id: ChannelId, store: CurrentStore, window: RequestedWindow
) -> Slice[WatchRecord]:
    channel = store.channels.get(channel_id)
    return cut((watch for watch in store.watches if channel.id in watch.channel_ids), window)


@router.post("/{channel_id}/test", response_model=Delivery, responses=problems(404, 409))
def test_channel(channel_id: ChannelId, store: CurrentStore, now: Now) -> Delivery:
    channel = store.channels.get(channel_id)
    if not channel.enabled:
        raise Conflict("The channel is switched off")
    channel.last_delivery = Delivery(
        id=uuid4(), sent_at=now, accepted=True, response="accepted without being sent"
    )
    return channel.last_delivery
