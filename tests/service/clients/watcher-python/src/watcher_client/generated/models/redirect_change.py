from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import Literal, cast


T = TypeVar("T", bound="RedirectChange")


@_attrs_define
class RedirectChange:
    """The page now leads somewhere else.

    Attributes:
        location (str):
        kind (Literal['redirect'] | Unset):  Default: 'redirect'.
    """

    location: str
    kind: Literal["redirect"] | Unset = "redirect"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        location = self.location

        kind = self.kind

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "location": location,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        location = d.pop("location")

        kind = cast(Literal["redirect"] | Unset, d.pop("kind", UNSET))
        if kind != "redirect" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'redirect', got '{kind}'")

        redirect_change = cls(
            location=location,
            kind=kind,
        )

        redirect_change.additional_properties = d
        return redirect_change

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
