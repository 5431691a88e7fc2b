from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import Literal, cast


T = TypeVar("T", bound="CssRegion")


@_attrs_define
class CssRegion:
    """Compare the elements that a CSS selector matches.

    Attributes:
        selector (str):
        kind (Literal['css'] | Unset):  Default: 'css'.
        first_only (bool | Unset):  Default: False.
    """

    selector: str
    kind: Literal["css"] | Unset = "css"
    first_only: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        selector = self.selector

        kind = self.kind

        first_only = self.first_only

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "selector": selector,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if first_only is not UNSET:
            field_dict["first_only"] = first_only

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        selector = d.pop("selector")

        kind = cast(Literal["css"] | Unset, d.pop("kind", UNSET))
        if kind != "css" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'css', got '{kind}'")

        first_only = d.pop("first_only", UNSET)

        css_region = cls(
            selector=selector,
            kind=kind,
            first_only=first_only,
        )

        css_region.additional_properties = d
        return css_region

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
