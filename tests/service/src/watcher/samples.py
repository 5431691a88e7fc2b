"""A few records to start with, so that a fresh service has something to show."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from watcher.records import (
    ChangeRecord,
    ChannelRecord,
    CheckRecord,
    HealthRecord,
    SnapshotRecord,
    WatchRecord,
)
from watcher.schemas.changes import CheckState, CheckTrigger, Severity, TextChange
from watcher.schemas.channels import Digest, EmailTarget
from watcher.schemas.watches import (
    CssRegion,
    IntervalSchedule,
    RequestOptions,
    WatchState,
    Weekday,
    WeeklySchedule,
    WholePage,
)
from watcher.store import Store

BEGINNING = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
_PAGES = (b"<h1>Opening hours</h1>\n<p>9 to 17</p>\n", b"<h1>Opening hours</h1>\n<p>9 to 18</p>\n")


def sample_store() -> Store:
    store = Store()
    channel = store.channels.add(
        ChannelRecord(
            id=_identifier("channel"),
            name="Editors",
            target=EmailTarget(recipients=["editors@example.org"]),
            digest=Digest.DAILY,
            at_least=Severity.NOTABLE,
            enabled=True,
            created_at=BEGINNING,
        )
    )
    _add_library(store, channel)
    _add_ferry(store)
    return store


def _add_library(store: Store, channel: ChannelRecord) -> None:
    """A watch that has seen its page change once."""
    watch = store.watches.add(
        WatchRecord(
            id=_identifier("library"),
            name="Library opening hours",
            url="https://library.example.org/hours",
            schedule=IntervalSchedule(every_seconds=3600),
            region=CssRegion(selector="main p"),
            request=RequestOptions(),
            created_at=BEGINNING,
            tags=["culture", "hours"],
            channel_ids=[channel.id],
            last_checked_at=BEGINNING + timedelta(hours=2),
            last_changed_at=BEGINNING + timedelta(hours=2),
            change_count=1,
            health=HealthRecord(success_rate=1.0),
        )
    )
    before, after = (_add_check(store, watch, hour, page) for hour, page in enumerate(_PAGES, 1))
    store.changes.add(
        ChangeRecord(
            id=_identifier("change"),
            watch_id=watch.id,
            detected_at=after.taken_at,
            severity=Severity.NOTABLE,
            before=before,
            after=after,
            detail=TextChange(added_lines=1, removed_lines=1, excerpt="9 to 18"),
        )
    )


def _add_check(store: Store, watch: WatchRecord, hour: int, page: bytes) -> SnapshotRecord:
    at = BEGINNING + timedelta(hours=hour)
    snapshot = store.snapshots.add(
        SnapshotRecord(
            id=_identifier(f"snapshot {hour}"),
            watch_id=watch.id,
            taken_at=at,
            http_status=200,
            media_type="text/html",
            byte_count=len(page),
            sha256=hashlib.sha256(page).hexdigest(),
            content=page,
        )
    )
    store.checks.add(
        CheckRecord(
            id=_identifier(f"check {hour}"),
            watch_id=watch.id,
            trigger=CheckTrigger.SCHEDULE,
            queued_at=at,
            state=CheckState.UNCHANGED if hour == 1 else CheckState.CHANGED,
            started_at=at,
            finished_at=at,
            snapshot_id=snapshot.id,
        )
    )
    return snapshot


def _add_ferry(store: Store) -> None:
    """A watch that was paused before its first check."""
    store.watches.add(
        WatchRecord(
            id=_identifier("ferry"),
            name="Ferry timetable",
            url="https://ferries.example.net/timetable",
            schedule=WeeklySchedule(at=time(7, 30), days=[Weekday.MONDAY], timezone="Europe/Rome"),
            region=WholePage(),
            request=RequestOptions(user_agent="watcher"),
            created_at=BEGINNING,
            tags=["travel"],
            state=WatchState.PAUSED,
        )
    )


def _identifier(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://watcher.example.org/samples/{name}")
