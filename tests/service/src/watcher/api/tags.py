"""Tags: the words that watches are filed under."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path, status

from watcher.errors import Conflict, NotFound, problems
from watcher.records import WatchRecord
from watcher.schemas.reports import TagRename, TagSummary
from watcher.store import CurrentStore, Store

router = APIRouter(prefix="/tags", tags=["tags"])

TagName = Annotated[str, Path(min_length=1, max_length=60, description="The tag.")]


@router.get("", response_model=list[TagSummary])
def list_tags(store: CurrentStore) -> list[TagSummary]:
    counts = Counter(tag for watch in store.watches for tag in watch.tags)
    return [TagSummary(name=name, watches=count) for name, count in sorted(counts.items())]


@router.patch("/{name}", response_model=TagSummary, responses=problems(404, 409))
def rename_tag(name: TagName, wanted: TagRename, store: CurrentStore) -> TagSummary:
    tagged = _tagged(store, name)
    if any(wanted.name in watch.tags for watch in store.watches):
        raise Conflict("There is a tag of this name", wanted.name)
    for watch in tagged:
        watch.tags[watch.tags.index(name)] = wanted.name
    return TagSummary(name=wanted.name, watches=len(tagged))


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(404))
def delete_tag(name: TagName, store: CurrentStore) -> None:
    for watch in _tagged(store, name):
        watch.tags.remove(name)


def _tagged(store: Store, name: str) -> list[WatchRecord]:
    tagged = [watch for watch in store.watches if name in watch.tags]
    if not tagged:
        raise NotFound(f"There is no tag `{name}`")
    return tagged
