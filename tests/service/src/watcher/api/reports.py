"""Figures over all watches."""

from collections import Counter
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Path

from watcher.errors import NotFound, problems
from watcher.records import WatchRecord
from watcher.schemas.changes import CheckState, Severity
from watcher.schemas.reports import DailyReport, DomainReport, SeverityCount
from watcher.schemas.watches import WatchState
from watcher.store import CurrentStore, Store

router = APIRouter(prefix="/reports", tags=["reports"])

Day = Annotated[date, Path(description="The day, in UTC.", examples=["2025-03-03"])]


@router.get("/daily/{day}", response_model=DailyReport)
def get_daily_report(day: Day, store: CurrentStore) -> DailyReport:
    return daily_report(store, day)


@router.get("/domains", response_model=list[DomainReport])
def list_domain_reports(store: CurrentStore) -> list[DomainReport]:
    by_domain: dict[str, list[WatchRecord]] = {}
    for watch in store.watches:
        by_domain.setdefault(_domain(watch.url), []).append(watch)
    return [_domain_report(domain, watches) for domain, watches in sorted(by_domain.items())]


@router.get("/domains/{domain}", response_model=DomainReport, responses=problems(404))
def get_domain_report(
    domain: Annotated[str, Path(examples=["library.example.org"])], store: CurrentStore
) -> DomainReport:
    return _domain_report(domain, [w for w in store.watches if _domain(w.url) == domain])


def daily_report(store: Store, day: date) -> DailyReport:
    checks = [check for check in store.checks if check.queued_at.date() == day]
    counts = Counter(c.severity for c in store.changes if c.detected_at.date() == day)
    earlier = [check.queued_at.date() for check in store.checks if check.queued_at.date() < day]
    return DailyReport(
        day=day,
        checks=len(checks),
        failed_checks=sum(check.state is CheckState.FAILED for check in checks),
        changes=[SeverityCount(severity=each, changes=counts[each]) for each in Severity],
        previous_day=max(earlier, default=None),
    )


def _domain_report(domain: str, watches: list[WatchRecord]) -> DomainReport:
    if not watches:
        raise NotFound(f"No watch looks at `{domain}`")
    changed = [watch.last_changed_at for watch in watches if watch.last_changed_at]
    return DomainReport(
        domain=domain,
        watches=len(watches),
        failing=sum(watch.state is WatchState.FAILING for watch in watches),
        last_changed_at=max(changed, default=None),
    )


def _domain(url: str) -> str:
    return urlsplit(url).hostname or ""
