from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.weekday import Weekday
from ..types import UNSET, Unset
from typing import cast
from typing import Literal, cast


T = TypeVar("T", bound="WeeklySchedule")


@_attrs_define
class WeeklySchedule:
    """Look at a time of day, on some days of the week.

    Attributes:
        at (str):
        days (list[Weekday]):
        kind (Literal['weekly'] | Unset):  Default: 'weekly'.
        timezone (str | Unset):  Default: 'UTC'.
    """

    at: str
    days: list[Weekday]
    kind: Literal["weekly"] | Unset = "weekly"
    timezone: str | Unset = "UTC"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.value
            days.append(days_item)

        kind = self.kind

        timezone = self.timezone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "days": days,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = d.pop("at")

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = Weekday(days_item_data)

            days.append(days_item)

        kind = cast(Literal["weekly"] | Unset, d.pop("kind", UNSET))
        if kind != "weekly" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'weekly', got '{kind}'")

        timezone = d.pop("timezone", UNSET)

        weekly_schedule = cls(
            at=at,
            days=days,
            kind=kind,
            timezone=timezone,
        )

        weekly_schedule.additional_properties = d
        return weekly_schedule

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
