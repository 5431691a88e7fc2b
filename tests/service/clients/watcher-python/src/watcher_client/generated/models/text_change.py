from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import Literal, cast


T = TypeVar("T", bound="TextChange")


@_attrs_define
class TextChange:
    """The text of the region differs.

    Attributes:
        added_lines (int):
        removed_lines (int):
        excerpt (str):
        kind (Literal['text'] | Unset):  Default: 'text'.
    """

    added_lines: int
    removed_lines: int
    excerpt: str
    kind: Literal["text"] | Unset = "text"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        added_lines = self.added_lines

        removed_lines = self.removed_lines

        excerpt = self.excerpt

        kind = self.kind

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "added_lines": added_lines,
                "removed_lines": removed_lines,
                "excerpt": excerpt,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        added_lines = d.pop("added_lines")

        removed_lines = d.pop("removed_lines")

        excerpt = d.pop("excerpt")

        kind = cast(Literal["text"] | Unset, d.pop("kind", UNSET))
        if kind != "text" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'text', got '{kind}'")

        text_change = cls(
            added_lines=added_lines,
            removed_lines=removed_lines,
            excerpt=excerpt,
            kind=kind,
        )

        text_change.additional_properties = d
        return text_change

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
