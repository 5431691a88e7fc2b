"""What the platform asks to know whether to restart us, and whether to send us requests."""

from fastapi import APIRouter, Request

from watcher import __version__
from watcher.errors import NotReady, problems
from watcher.schemas.changes import CheckState
from watcher.schemas.reports import Liveness, Readiness
from watcher.store import CurrentStore

router = APIRouter(prefix="/health", tags=["health"])

QUEUE_LIMIT = 10_000


@router.get("/live", response_model=Liveness)
def get_liveness(request: Request) -> Liveness:
    return Liveness(version=__version__, started_at=request.app.state.started_at)


@router.get("/ready", response_model=Readiness, responses=problems(503))
def get_readiness(store: CurrentStore) -> Readiness:
    queued = sum(check.state is CheckState.QUEUED for check in store.checks)
    if queued > QUEUE_LIMIT:
        raise NotReady("Too many checks are waiting", f"{queued} of {QUEUE_LIMIT}")
    return Readiness(ready=True, queued_checks=queued, notes={"storage": "memory"})
