"""What a client is told when a request cannot be served, in one shape for every operation."""

from enum import StrEnum
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class ProblemCode(StrEnum):
    """A stable name for what went wrong; clients branch on this and never on the text."""

    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE_VERSION = "stale_version"
    UNREADABLE_IMPORT = "unreadable_import"
    NOT_READY = "not_ready"


class Problem(BaseModel):
    """An error, for programs and for people."""

    code: ProblemCode
    title: str = Field(description="A sentence for people; its wording may change.")
    status: int = Field(ge=400, le=599)
    detail: str | None = None
    instance: str = Field(description="The path of the request that failed.")


class WatcherError(Exception):
    """A request that was understood and refused."""

    status: int
    code: ProblemCode

    def __init__(self, title: str, detail: str | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail


class NotFound(WatcherError):
    status, code = 404, ProblemCode.NOT_FOUND


class Conflict(WatcherError):
    status, code = 409, ProblemCode.CONFLICT


class StaleVersion(WatcherError):
    status, code = 412, ProblemCode.STALE_VERSION


class UnreadableImport(WatcherError):
    status, code = 400, ProblemCode.UNREADABLE_IMPORT


class NotReady(WatcherError):
    status, code = 503, ProblemCode.NOT_READY


_DESCRIPTIONS = {
    400: "The uploaded file could not be read",
    404: "There is no such thing",
    409: "The request conflicts with the present state",
    412: "The resource has changed since it was read",
    503: "The service is not ready to take requests",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may fail with these statuses."""
    return {status: {"model": Problem, "description": _DESCRIPTIONS[status]} for status in statuses}


def install_handlers(app: FastAPI) -> None:
    @app.exception_handler(WatcherError)
    def refuse(request: Request, error: WatcherError) -> JSONResponse:
        problem = Problem(
            code=error.code,
            title=error.title,
            status=error.status,
            detail=error.detail,
            instance=request.url.path,
        )
        return JSONResponse(problem.model_dump(mode="json"), status_code=error.status)
