"""Parameters that several operations share."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path

WatchId = Annotated[UUID, Path(description="The watch.")]
ChannelId = Annotated[UUID, Path(description="The channel.")]
ChangeId = Annotated[UUID, Path(description="The change.")]

# Headers are text in the contract too: generated clients do not turn other types into text.
IfMatch = Annotated[
    str | None,
    Header(description="Refuse unless the resource still has this version."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=8,
        max_length=64,
        description="Repeating a request with the same key has no further effect.",
    ),
]
