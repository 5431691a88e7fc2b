"""Figures over many watches."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from watcher.schemas.changes import Severity


class SeverityCount(BaseModel):
    severity: Severity
    changes: int = Field(ge=0)


class DailyReport(BaseModel):
    """What was seen on one day, in UTC."""

    day: date
    checks: int = Field(ge=0)
    failed_checks: int = Field(ge=0)
    changes: list[SeverityCount]
    previous_day: date | None = Field(description="The latest earlier day with any check.")


class DomainReport(BaseModel):
    """How the watches of one domain are doing."""

    domain: str
    watches: int = Field(ge=1)
    failing: int = Field(ge=0)
    last_changed_at: datetime | None


class TagSummary(BaseModel):
    name: str
    watches: int = Field(ge=0)


class TagRename(BaseModel):
    name: str = Field(min_length=1, max_length=60)


class Liveness(BaseModel):
    version: str
    started_at: datetime


class Readiness(BaseModel):
    ready: bool
    queued_checks: int = Field(ge=0)
    notes: dict[str, str | int | bool] = Field(default_factory=dict)
