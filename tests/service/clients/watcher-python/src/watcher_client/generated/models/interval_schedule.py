from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import Literal, cast


T = TypeVar("T", bound="IntervalSchedule")


@_attrs_define
class IntervalSchedule:
    """Look again after a fixed time.

    Attributes:
        every_seconds (int):
        kind (Literal['interval'] | Unset):  Default: 'interval'.
    """

    every_seconds: int
    kind: Literal["interval"] | Unset = "interval"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        every_seconds = self.every_seconds

        kind = self.kind

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "every_seconds": every_seconds,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        every_seconds = d.pop("every_seconds")

        kind = cast(Literal["interval"] | Unset, d.pop("kind", UNSET))
        if kind != "interval" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'interval', got '{kind}'")

        interval_schedule = cls(
            every_seconds=every_seconds,
            kind=kind,
        )

        interval_schedule.additional_properties = d
        return interval_schedule

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
