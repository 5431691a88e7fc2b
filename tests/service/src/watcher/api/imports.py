"""Bulk imports: a file of addresses becomes watches."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, UploadFile, status
from pydantic import ValidationError

from watcher.api.watches import watch_from
from watcher.clock import Now
from watcher.errors import UnreadableImport, problems
from watcher.records import ImportRecord
from watcher.schemas.imports import Import, ImportFormat, RejectedRow
from watcher.schemas.watches import IntervalSchedule, WatchCreate
from watcher.store import CurrentStore

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post(
    "",
    response_model=Import,
    status_code=status.HTTP_201_CREATED,
    responses=problems(400),
)
async def import_watches(
    file: Annotated[
        UploadFile,
        # Generators know a file by this format; the framework's own `contentMediaType` is newer
        # than most of them, and they would make a plain string of it.
        File(description="UTF-8 text.", json_schema_extra={"format": "binary"}),
    ],
    store: CurrentStore,
    now: Now,
    format: Annotated[ImportFormat, Form()] = ImportFormat.URL_LIST,
    tags: Annotated[list[str] | None, Form(description="Given to every new watch.")] = None,
    dry_run: Annotated[bool, Form()] = False,
) -> ImportRecord:
    try:
        text = (await file.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableImport("The file is not UTF-8 text", str(error)) from error
    record = ImportRecord(file.filename or "unnamed", format, dry_run, now, [], [])
    for line, name, url in _rows(text, format):
        _import_row(record, store, line, name, url, tags or [], now)
    return store.imports.add(record)


@router.get("/{import_id}", response_model=Import, responses=problems(404))
def get_import(
    import_id: Annotated[UUID, Path(description="The import.")], store: CurrentStore
) -> ImportRecord:
    return store.imports.get(import_id)


def _rows(text: str, format: ImportFormat) -> Iterator[tuple[int, str, str]]:
    """Line number, name and address of each row that is not blank."""
    lines = text.splitlines()
    match format:
        case ImportFormat.URL_LIST:
            rows = [[line.strip(), line.strip()] if line.strip() else [] for line in lines]
        case ImportFormat.CSV:
            rows = list(csv.reader(lines))
    for number, row in enumerate(rows, 1):
        if row:
            yield number, row[0], row[-1]


def _import_row(
    record: ImportRecord,
    store: CurrentStore,
    line: int,
    name: str,
    url: str,
    tags: list[str],
    now: datetime,
) -> None:
    try:
        wanted = WatchCreate(
            name=name[:120], url=url, schedule=IntervalSchedule(every_seconds=3600), tags=tags
        )
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        record.rejected.append(RejectedRow(line=line, text=url, reason=reason))
        return
    if not record.dry_run:
        record.created_watch_ids.append(store.watches.add(watch_from(wanted, now)).id)
