from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.severity_count import SeverityCount


T = TypeVar("T", bound="DailyReport")


@_attrs_define
class DailyReport:
    """What was seen on one day, in UTC.

    Attributes:
        day (datetime.date):
        checks (int):
        failed_checks (int):
        changes (list[SeverityCount]):
        previous_day (datetime.date | None): The latest earlier day with any check.
    """

    day: datetime.date
    checks: int
    failed_checks: int
    changes: list[SeverityCount]
    previous_day: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.severity_count import SeverityCount

        day = self.day.isoformat()

        checks = self.checks

        failed_checks = self.failed_checks

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        previous_day: None | str
        if isinstance(self.previous_day, datetime.date):
            previous_day = self.previous_day.isoformat()
        else:
            previous_day = self.previous_day

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "checks": checks,
                "failed_checks": failed_checks,
                "changes": changes,
                "previous_day": previous_day,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.severity_count import SeverityCount

        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        checks = d.pop("checks")

        failed_checks = d.pop("failed_checks")

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = SeverityCount.from_dict(changes_item_data)

            changes.append(changes_item)

        def _parse_previous_day(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                previous_day_type_0 = datetime.date.fromisoformat(data)

                return previous_day_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        previous_day = _parse_previous_day(d.pop("previous_day"))

        daily_report = cls(
            day=day,
            checks=checks,
            failed_checks=failed_checks,
            changes=changes,
            previous_day=previous_day,
        )

        daily_report.additional_properties = d
        return daily_report

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
