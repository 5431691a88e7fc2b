from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.readiness_notes import ReadinessNotes


T = TypeVar("T", bound="Readiness")


@_attrs_define
class Readiness:
    """
    Attributes:
        ready (bool):
        queued_checks (int):
        notes (ReadinessNotes | Unset):
    """

    ready: bool
    queued_checks: int
    notes: ReadinessNotes | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.readiness_notes import ReadinessNotes

        ready = self.ready

        queued_checks = self.queued_checks

        notes: dict[str, Any] | Unset = UNSET
        if not isinstance(self.notes, Unset):
            notes = self.notes.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ready": ready,
                "queued_checks": queued_checks,
            }
        )
        if notes is not UNSET:
            field_dict["notes"] = notes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.readiness_notes import ReadinessNotes

        d = dict(src_dict)
        ready = d.pop("ready")

        queued_checks = d.pop("queued_checks")

        _notes = d.pop("notes", UNSET)
        notes: ReadinessNotes | Unset
        if isinstance(_notes, Unset):
            notes = UNSET
        else:
            notes = ReadinessNotes.from_dict(_notes)

        readiness = cls(
            ready=ready,
            queued_checks=queued_checks,
            notes=notes,
        )

        readiness.additional_properties = d
        return readiness

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
