from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from typing import Literal, cast


T = TypeVar("T", bound="TextRegion")


@_attrs_define
class TextRegion:
    """Compare what a regular expression captures from the page's text.

    Attributes:
        pattern (str):
        kind (Literal['text'] | Unset):  Default: 'text'.
        group (int | str | Unset): The capture group, by number or by name. Default: 0.
    """

    pattern: str
    kind: Literal["text"] | Unset = "text"
    group: int | str | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pattern = self.pattern

        kind = self.kind

        group: int | str | Unset
        if isinstance(self.group, Unset):
            group = UNSET
        else:
            group = self.group

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "pattern": pattern,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if group is not UNSET:
            field_dict["group"] = group

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pattern = d.pop("pattern")

        kind = cast(Literal["text"] | Unset, d.pop("kind", UNSET))
        if kind != "text" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'text', got '{kind}'")

        def _parse_group(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        group = _parse_group(d.pop("group", UNSET))

        text_region = cls(
            pattern=pattern,
            kind=kind,
            group=group,
        )

        text_region.additional_properties = d
        return text_region

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
