from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="DomainReport")


@_attrs_define
class DomainReport:
    """How the watches of one domain are doing.

    Attributes:
        domain (str):
        watches (int):
        failing (int):
        last_changed_at (datetime.datetime | None):
    """

    domain: str
    watches: int
    failing: int
    last_changed_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        domain = self.domain

        watches = self.watches

        failing = self.failing

        last_changed_at: None | str
        if isinstance(self.last_changed_at, datetime.datetime):
            last_changed_at = self.last_changed_at.isoformat()
        else:
            last_changed_at = self.last_changed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "domain": domain,
                "watches": watches,
                "failing": failing,
                "last_changed_at": last_changed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        domain = d.pop("domain")

        watches = d.pop("watches")

        failing = d.pop("failing")

        def _parse_last_changed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_changed_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_changed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_changed_at = _parse_last_changed_at(d.pop("last_changed_at"))

        domain_report = cls(
            domain=domain,
            watches=watches,
            failing=failing,
            last_changed_at=last_changed_at,
        )

        domain_report.additional_properties = d
        return domain_report

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
