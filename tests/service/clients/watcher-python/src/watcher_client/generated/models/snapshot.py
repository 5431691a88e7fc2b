from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="Snapshot")


@_attrs_define
class Snapshot:
    """What a page said at one moment.

    Attributes:
        id (UUID):
        watch_id (UUID):
        taken_at (datetime.datetime):
        http_status (int):
        media_type (str):
        byte_count (int):
        sha256 (str):
    """

    id: UUID
    watch_id: UUID
    taken_at: datetime.datetime
    http_status: int
    media_type: str
    byte_count: int
    sha256: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        watch_id = str(self.watch_id)

        taken_at = self.taken_at.isoformat()

        http_status = self.http_status

        media_type = self.media_type

        byte_count = self.byte_count

        sha256 = self.sha256

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "watch_id": watch_id,
                "taken_at": taken_at,
                "http_status": http_status,
                "media_type": media_type,
                "byte_count": byte_count,
                "sha256": sha256,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        watch_id = UUID(d.pop("watch_id"))

        taken_at = datetime.datetime.fromisoformat(d.pop("taken_at"))

        http_status = d.pop("http_status")

        media_type = d.pop("media_type")

        byte_count = d.pop("byte_count")

        sha256 = d.pop("sha256")

        snapshot = cls(
            id=id,
            watch_id=watch_id,
            taken_at=taken_at,
            http_status=http_status,
            media_type=media_type,
            byte_count=byte_count,
            sha256=sha256,
        )

        snapshot.additional_properties = d
        return snapshot

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
