from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.import_format import ImportFormat
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.rejected_row import RejectedRow


T = TypeVar("T", bound="Import")


@_attrs_define
class Import:
    """What became of an uploaded file.

    Attributes:
        id (UUID):
        file_name (str):
        format_ (ImportFormat):
        dry_run (bool):
        received_at (datetime.datetime):
        created_watch_ids (list[UUID]):
        rejected (list[RejectedRow]):
    """

    id: UUID
    file_name: str
    format_: ImportFormat
    dry_run: bool
    received_at: datetime.datetime
    created_watch_ids: list[UUID]
    rejected: list[RejectedRow]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rejected_row import RejectedRow

        id = str(self.id)

        file_name = self.file_name

        format_ = self.format_.value

        dry_run = self.dry_run

        received_at = self.received_at.isoformat()

        created_watch_ids = []
        for created_watch_ids_item_data in self.created_watch_ids:
            created_watch_ids_item = str(created_watch_ids_item_data)
            created_watch_ids.append(created_watch_ids_item)

        rejected = []
        for rejected_item_data in self.rejected:
            rejected_item = rejected_item_data.to_dict()
            rejected.append(rejected_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "file_name": file_name,
                "format": format_,
                "dry_run": dry_run,
                "received_at": received_at,
                "created_watch_ids": created_watch_ids,
                "rejected": rejected,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rejected_row import RejectedRow

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        file_name = d.pop("file_name")

        format_ = ImportFormat(d.pop("format"))

        dry_run = d.pop("dry_run")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        created_watch_ids = []
        _created_watch_ids = d.pop("created_watch_ids")
        for created_watch_ids_item_data in _created_watch_ids:
            created_watch_ids_item = UUID(created_watch_ids_item_data)

            created_watch_ids.append(created_watch_ids_item)

        rejected = []
        _rejected = d.pop("rejected")
        for rejected_item_data in _rejected:
            rejected_item = RejectedRow.from_dict(rejected_item_data)

            rejected.append(rejected_item)

        import_ = cls(
            id=id,
            file_name=file_name,
            format_=format_,
            dry_run=dry_run,
            received_at=received_at,
            created_watch_ids=created_watch_ids,
            rejected=rejected,
        )

        import_.additional_properties = d
        return import_

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
