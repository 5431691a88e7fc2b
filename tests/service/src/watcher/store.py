"""The memory of one running service: tables of records, gone when the process ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Request

from watcher.errors import NotFound
from watcher.records import (
    ChangeRecord,
    ChannelRecord,
    CheckRecord,
    ImportRecord,
    SnapshotRecord,
    WatchRecord,
)
from watcher.schemas.pages import Window


class Identified(Protocol):
    id: UUID


Record = TypeVar("Record", bound=Identified)


@dataclass
class Slice(Generic[Record]):
    """What a `Page` is made from."""

    items: list[Record]
    total: int
    limit: int
    offset: int
    next_offset: int | None


def cut(records: Iterable[Record], window: Window) -> Slice[Record]:
    everything = list(records)
    end = window.offset + window.limit
    return Slice(
        items=everything[window.offset : end],
        total=len(everything),
        limit=window.limit,
        offset=window.offset,
        next_offset=end if end < len(everything) else None,
    )


class Table(Generic[Record]):
    """Records by identifier, in the order they were added."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._records: dict[UUID, Record] = {}

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records.values()))

    def __contains__(self, identifier: UUID) -> bool:
        return identifier in self._records

    def add(self, record: Record) -> Record:
        self._records[record.id] = record
        return record

    def get(self, identifier: UUID) -> Record:
        try:
            return self._records[identifier]
        except KeyError:
            raise NotFound(f"There is no {self._noun} `{identifier}`") from None

    def remove(self, identifier: UUID) -> None:
        self.get(identifier)
        del self._records[identifier]


class Store:
    def __init__(self) -> None:
        self.watches: Table[WatchRecord] = Table("watch")
        self.checks: Table[CheckRecord] = Table("check")
        self.snapshots: Table[SnapshotRecord] = Table("snapshot")
        self.changes: Table[ChangeRecord] = Table("change")
        self.channels: Table[ChannelRecord] = Table("channel")
        self.imports: Table[ImportRecord] = Table("import")

    def forget_watch(self, watch_id: UUID) -> None:
        """Removes a watch with everything that was ever seen through it."""
        self.watches.remove(watch_id)
        for table in (self.checks, self.snapshots, self.changes):
            for record in table:
                if record.watch_id == watch_id:
                    table.remove(record.id)


def store_of(request: Request) -> Store:
    return request.app.state.store


CurrentStore = Annotated[Store, Depends(store_of)]
