from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import Literal, cast


T = TypeVar("T", bound="WholePage")


@_attrs_define
class WholePage:
    """Compare everything that the page says.

    Attributes:
        kind (Literal['whole_page'] | Unset):  Default: 'whole_page'.
        ignore_whitespace (bool | Unset):  Default: True.
    """

    kind: Literal["whole_page"] | Unset = "whole_page"
    ignore_whitespace: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        ignore_whitespace = self.ignore_whitespace

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if kind is not UNSET:
            field_dict["kind"] = kind
        if ignore_whitespace is not UNSET:
            field_dict["ignore_whitespace"] = ignore_whitespace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = cast(Literal["whole_page"] | Unset, d.pop("kind", UNSET))
        if kind != "whole_page" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'whole_page', got '{kind}'")

        ignore_whitespace = d.pop("ignore_whitespace", UNSET)

        whole_page = cls(
            kind=kind,
            ignore_whitespace=ignore_whitespace,
        )

        whole_page.additional_properties = d
        return whole_page

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
