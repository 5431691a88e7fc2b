"""Checks, the snapshots they take, and the changes found between two snapshots."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyHttpUrl, BaseModel, Field


class CheckState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"


class CheckTrigger(StrEnum):
    SCHEDULE = "schedule"
    REQUEST = "request"


class Severity(StrEnum):
    MINOR = "minor"
    NOTABLE = "notable"
    MAJOR = "major"


class Check(BaseModel):
    """One look at a page."""

    id: UUID
    watch_id: UUID
    state: CheckState
    trigger: CheckTrigger
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    snapshot_id: UUID | None
    error: str | None


class CheckRequest(BaseModel):
    """Options of a check that is asked for outside the schedule."""

    force: bool = Field(default=False, description="Ignore the page's own cache headers.")
    not_before: datetime | None = None


class Snapshot(BaseModel):
    """What a page said at one moment."""

    id: UUID
    watch_id: UUID
    taken_at: datetime
    http_status: int = Field(ge=100, le=599)
    media_type: str
    byte_count: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class TextChange(BaseModel):
    """The text of the region differs."""

    kind: Literal["text"] = "text"
    added_lines: int = Field(ge=0)
    removed_lines: int = Field(ge=0)
    excerpt: str


class AvailabilityChange(BaseModel):
    """The page answers with another status, or answers at all."""

    kind: Literal["availability"] = "availability"
    status_before: int | None
    status_after: int | None


class RedirectChange(BaseModel):
    """The page now leads somewhere else."""

    kind: Literal["redirect"] = "redirect"
    location: AnyHttpUrl


ChangeDetail = Annotated[
    TextChange | AvailabilityChange | RedirectChange, Field(discriminator="kind")
]


class Acknowledgement(BaseModel):
    """Who has seen a change, and what they made of it."""

    by: str = Field(min_length=1, max_length=120)
    at: datetime
    comment: str | None


class AcknowledgementCreate(BaseModel):
    by: str = Field(min_length=1, max_length=120)
    comment: str | None = Field(default=None, max_length=2000)


class Change(BaseModel):
    """A difference between two snapshots of a page."""

    id: UUID
    watch_id: UUID
    detected_at: datetime
    severity: Severity
    before: Snapshot | None = Field(description="Null when the page was not reachable before.")
    after: Snapshot | None = Field(description="Null when the page is not reachable any more.")
    detail: ChangeDetail
    acknowledgement: Acknowledgement | None
