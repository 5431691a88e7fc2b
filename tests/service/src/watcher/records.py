"""What the service remembers.

Records are kept apart from `watcher.schemas`, so that a change of the public contract is a decision
of its own and never the side effect of storing something differently.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from watcher.schemas.changes import (
    Acknowledgement,
    ChangeDetail,
    CheckState,
    CheckTrigger,
    Severity,
)
from watcher.schemas.channels import Delivery, Digest, Target
from watcher.schemas.imports import ImportFormat, RejectedRow
from watcher.schemas.watches import Region, RequestOptions, Schedule, WatchState


@dataclass
class HealthRecord:
    consecutive_failures: int = 0
    success_rate: float | None = None
    last_error: str | None = None


@dataclass
class WatchRecord:
    name: str
    url: str
    schedule: Schedule
    region: Region
    request: RequestOptions
    created_at: datetime
    tags: list[str] = field(default_factory=list)
    channel_ids: list[UUID] = field(default_factory=list)
    note: str | None = None
    state: WatchState = WatchState.ACTIVE
    version: int = 1
    last_checked_at: datetime | None = None
    last_changed_at: datetime | None = None
    change_count: int = 0
    health: HealthRecord = field(default_factory=HealthRecord)
    id: UUID = field(default_factory=uuid4)


@dataclass
class CheckRecord:
    watch_id: UUID
    trigger: CheckTrigger
    queued_at: datetime
    state: CheckState = CheckState.QUEUED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    snapshot_id: UUID | None = None
    error: str | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass
class SnapshotRecord:
    watch_id: UUID
    taken_at: datetime
    http_status: int
    media_type: str
    byte_count: int
    sha256: str
    content: bytes
    id: UUID = field(default_factory=uuid4)


@dataclass
class ChangeRecord:
    watch_id: UUID
    detected_at: datetime
    severity: Severity
    before: SnapshotRecord | None
    after: SnapshotRecord | None
    detail: ChangeDetail
    acknowledgement: Acknowledgement | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass
class ChannelRecord:
    name: str
    target: Target
    digest: Digest
    at_least: Severity
    enabled: bool
    created_at: datetime
    last_delivery: Delivery | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass
class ImportRecord:
    file_name: str
    format: ImportFormat
    dry_run: bool
    received_at: datetime
    created_watch_ids: list[UUID]
    rejected: list[RejectedRow]
    id: UUID = field(default_factory=uuid4)
