"""Channels: where reports of changes are sent."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyHttpUrl, BaseModel, Field

from watcher.schemas.changes import Severity


class Digest(StrEnum):
    """How reports are bundled."""

    IMMEDIATE = "immediate"
    HOURLY = "hourly"
    DAILY = "daily"


class EmailTarget(BaseModel):
    kind: Literal["email"] = "email"
    recipients: list[str] = Field(min_length=1, max_length=50)
    subject_prefix: str | None = None


class WebhookTarget(BaseModel):
    kind: Literal["webhook"] = "webhook"
    url: AnyHttpUrl
    headers: dict[str, str] = Field(default_factory=dict)
    signed: bool = Field(default=True, description="Sign every request with the channel's secret.")


class ChatTarget(BaseModel):
    kind: Literal["chat"] = "chat"
    homeserver: AnyHttpUrl
    room: str = Field(examples=["#changes:example.org"])


Target = Annotated[EmailTarget | WebhookTarget | ChatTarget, Field(discriminator="kind")]


class ChannelCreate(BaseModel):
    """A channel to be."""

    name: str = Field(min_length=1, max_length=120)
    target: Target
    digest: Digest = Digest.IMMEDIATE
    at_least: Severity = Severity.MINOR
    enabled: bool = True


class Delivery(BaseModel):
    """One report that was sent, or was to be."""

    id: UUID
    sent_at: datetime
    accepted: bool
    response: str | None


class Channel(BaseModel):
    """A place that reports are sent to."""

    id: UUID
    name: str
    target: Target
    digest: Digest
    at_least: Severity
    enabled: bool
    created_at: datetime
    last_delivery: Delivery | None
