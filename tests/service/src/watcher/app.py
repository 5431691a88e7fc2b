"""Puts the service together. `uvicorn watcher.app:app` serves it."""

import logging

from fastapi import FastAPI
from fastapi.routing import APIRoute

from watcher import __version__, clock
from watcher.api import changes, channels, health, imports, reports, snapshots, tags, watches
from watcher.dashboard import routes as dashboard
from watcher.errors import install_handlers
from watcher.log import configure_logging
from watcher.samples import sample_store

_API = (watches, changes, snapshots, channels, tags, imports, reports)


def create_app() -> FastAPI:
    configure_logging()
    app = FastAPI(
        title="Watcher",
        version=__version__,
        summary="Watches web pages and reports what changed",
        generate_unique_id_function=_operation_id,
    )
    app.state.store = sample_store()
    app.state.started_at = clock.now()
    for module in _API:
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(health.router)
    app.include_router(dashboard.router)
    install_handlers(app)
    logging.getLogger("watcher").info("application configured", extra={"version": __version__})
    return app


def _operation_id(route: APIRoute) -> str:
    # Handlers are named for what a client's user would call the operation, so that a move to
    # another path does not rename a generated function.
    return route.name


app = create_app()
