"""The dashboard's pages."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse

from watcher.api.reports import daily_report, list_domain_reports
from watcher.api.tags import list_tags
from watcher.clock import Now
from watcher.dashboard.html import Markup, facts, link, page, table, text
from watcher.records import ChangeRecord, WatchRecord
from watcher.schemas.watches import WatchState
from watcher.store import CurrentStore
from watcher.textdiff import unified

router = APIRouter(prefix="/dashboard", tags=["dashboard"], default_response_class=HTMLResponse)


@router.get("", include_in_schema=False)
def dashboard() -> RedirectResponse:
    return RedirectResponse("/dashboard/overview")


@router.get("/overview")
def dashboard_overview(store: CurrentStore, now: Now) -> str:
    report = daily_report(store, now.date())
    states = [(s.value, sum(watch.state is s for watch in store.watches)) for s in WatchState]
    today = [("checks today", report.checks), ("failed today", report.failed_checks)]
    return page("Overview", facts([*states, *today]))


@router.get("/watches")
def dashboard_watches(
    store: CurrentStore, search: Annotated[str, Query(max_length=120)] = ""
) -> str:
    found = [w for w in store.watches if search.casefold() in w.name.casefold()]
    return page("Watches", _watch_table(found))


@router.get("/watches/{watch_id}")
def dashboard_watch(watch_id: UUID, store: CurrentStore) -> str:
    watch = store.watches.get(watch_id)
    changes = [change for change in store.changes if change.watch_id == watch.id]
    return page(
        watch.name,
        facts(
            [
                ("address", link(watch.url, watch.url)),
                ("state", watch.state.value),
                ("last checked", watch.last_checked_at or "never"),
                ("changes", watch.change_count),
            ]
        ),
        _change_table(changes),
    )


@router.post("/watches/{watch_id}/toggle", status_code=status.HTTP_303_SEE_OTHER)
def dashboard_toggle_watch(watch_id: UUID, store: CurrentStore) -> RedirectResponse:
    watch = store.watches.get(watch_id)
    paused = watch.state is WatchState.PAUSED
    watch.state = WatchState.ACTIVE if paused else WatchState.PAUSED
    return RedirectResponse(f"/dashboard/watches/{watch.id}", status.HTTP_303_SEE_OTHER)


@router.get("/changes")
def dashboard_changes(store: CurrentStore) -> str:
    return page("Changes", _change_table(list(store.changes)))


@router.get("/changes/{change_id}")
def dashboard_change(change_id: UUID, store: CurrentStore) -> str:
    change = store.changes.get(change_id)
    difference = text(unified(change.before, change.after, context=3))
    return page(
        store.watches.get(change.watch_id).name,
        facts([("detected", change.detected_at), ("severity", change.severity.value)]),
        Markup(f"<pre>{difference}</pre>\n"),
    )


@router.get("/channels")
def dashboard_channels(store: CurrentStore) -> str:
    rows = [(c.name, c.target.kind, c.digest.value, c.enabled) for c in store.channels]
    return page("Channels", table(["Name", "Kind", "Digest", "Enabled"], rows))


@router.get("/tags")
def dashboard_tags(store: CurrentStore) -> str:
    return page("Tags", table(["Tag", "Watches"], [(t.name, t.watches) for t in list_tags(store)]))


@router.get("/domains")
def dashboard_domains(store: CurrentStore) -> str:
    rows = [(each.domain, each.watches, each.failing) for each in list_domain_reports(store)]
    return page("Domains", table(["Domain", "Watches", "Failing"], rows))


@router.get("/reports/{day}")
def dashboard_report(day: date, store: CurrentStore) -> str:
    report = daily_report(store, day)
    counts = [(each.severity.value, each.changes) for each in report.changes]
    return page(f"Report for {day}", facts([("checks", report.checks), *counts]))


@router.get("/about")
def dashboard_about(request: Request) -> str:
    app = request.app
    started = ("started", app.state.started_at.isoformat())
    return page("About", facts([("service", app.title), ("version", app.version), started]))


def _watch_table(watches: list[WatchRecord]) -> Markup:
    rows = [
        (link(f"/dashboard/watches/{w.id}", w.name), w.state.value, w.last_changed_at or "never")
        for w in watches
    ]
    return table(["Name", "State", "Last changed"], rows)


def _change_table(changes: list[ChangeRecord]) -> Markup:
    rows = [
        (link(f"/dashboard/changes/{c.id}", c.detected_at), c.severity.value, c.detail.kind)
        for c in changes
    ]
    return table(["Detected", "Severity", "Kind"], rows)
