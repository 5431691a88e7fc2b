"""Bulk imports of watches from a file."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field


class ImportFormat(StrEnum):
    URL_LIST = "url_list"
    CSV = "csv"


class RejectedRow(BaseModel):
    line: int = Field(ge=1)
    text: str
    reason: str


class Import(BaseModel):
    """What became of an uploaded file."""

    id: UUID
    file_name: str
    format: ImportFormat
    dry_run: bool
    received_at: datetime
    created_watch_ids: list[UUID]
    rejected: list[RejectedRow]
