"""Pagination, the same for every list."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A window of a longer list, in a stable order."""

    items: list[Item]
    total: int = Field(ge=0, description="How many items there are over all pages.")
    limit: int
    offset: int
    next_offset: int | None = Field(description="Where the next page starts; null on the last one.")


class Window(BaseModel):
    """Which part of a list is asked for."""

    limit: int
    offset: int


def window(
    limit: Annotated[int, Query(ge=1, le=200, description="The most items to return.")] = 50,
    offset: Annotated[int, Query(ge=0, description="How many items to skip.")] = 0,
) -> Window:
    return Window(limit=limit, offset=offset)


RequestedWindow = Annotated[Window, Depends(window)]
