from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from typing import Literal, cast


T = TypeVar("T", bound="AvailabilityChange")


@_attrs_define
class AvailabilityChange:
    """The page answers with another status, or answers at all.

    Attributes:
        status_before (int | None):
        status_after (int | None):
        kind (Literal['availability'] | Unset):  Default: 'availability'.
    """

    status_before: int | None
    status_after: int | None
    kind: Literal["availability"] | Unset = "availability"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status_before: int | None
        status_before = self.status_before

        status_after: int | None
        status_after = self.status_after

        kind = self.kind

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status_before": status_before,
                "status_after": status_after,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_status_before(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status_before = _parse_status_before(d.pop("status_before"))

        def _parse_status_after(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status_after = _parse_status_after(d.pop("status_after"))

        kind = cast(Literal["availability"] | Unset, d.pop("kind", UNSET))
        if kind != "availability" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'availability', got '{kind}'")

        availability_change = cls(
            status_before=status_before,
            status_after=status_after,
            kind=kind,
        )

        availability_change.additional_properties = d
        return availability_change

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
