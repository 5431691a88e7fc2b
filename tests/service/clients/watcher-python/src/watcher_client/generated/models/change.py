from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.severity import Severity
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.acknowledgement import Acknowledgement
    from ..models.availability_change import AvailabilityChange
    from ..models.redirect_change import RedirectChange
    from ..models.snapshot import Snapshot
    from ..models.text_change import TextChange


T = TypeVar("T", bound="Change")


@_attrs_define
class Change:
    """A difference between two snapshots of a page.

    Attributes:
        id (UUID):
        watch_id (UUID):
        detected_at (datetime.datetime):
        severity (Severity):
        before (None | Snapshot): Null when the page was not reachable before.
        after (None | Snapshot): Null when the page is not reachable any more.
        detail (AvailabilityChange | RedirectChange | TextChange):
        acknowledgement (Acknowledgement | None):
    """

    id: UUID
    watch_id: UUID
    detected_at: datetime.datetime
    severity: Severity
    before: None | Snapshot
    after: None | Snapshot
    detail: AvailabilityChange | RedirectChange | TextChange
    acknowledgement: Acknowledgement | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.acknowledgement import Acknowledgement
        from ..models.availability_change import AvailabilityChange
        from ..models.redirect_change import RedirectChange
        from ..models.snapshot import Snapshot
        from ..models.text_change import TextChange

        id = str(self.id)

        watch_id = str(self.watch_id)

        detected_at = self.detected_at.isoformat()

        severity = self.severity.value

        before: dict[str, Any] | None
        if isinstance(self.before, Snapshot):
            before = self.before.to_dict()
        else:
            before = self.before

        after: dict[str, Any] | None
        if isinstance(self.after, Snapshot):
            after = self.after.to_dict()
        else:
            after = self.after

        detail: dict[str, Any]
        if isinstance(self.detail, TextChange):
            detail = self.detail.to_dict()
        elif isinstance(self.detail, AvailabilityChange):
            detail = self.detail.to_dict()
        else:
            detail = self.detail.to_dict()

        acknowledgement: dict[str, Any] | None
        if isinstance(self.acknowledgement, Acknowledgement):
            acknowledgement = self.acknowledgement.to_dict()
        else:
            acknowledgement = self.acknowledgement

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "watch_id": watch_id,
                "detected_at": detected_at,
                "severity": severity,
                "before": before,
                "after": after,
                "detail": detail,
                "acknowledgement": acknowledgement,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.acknowledgement import Acknowledgement
        from ..models.availability_change import AvailabilityChange
        from ..models.redirect_change import RedirectChange
        from ..models.snapshot import Snapshot
        from ..models.text_change import TextChange

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        watch_id = UUID(d.pop("watch_id"))

        detected_at = datetime.datetime.fromisoformat(d.pop("detected_at"))

        severity = Severity(d.pop("severity"))

        def _parse_before(data: object) -> None | Snapshot:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                before_type_0 = Snapshot.from_dict(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Snapshot, data)

        before = _parse_before(d.pop("before"))

        def _parse_after(data: object) -> None | Snapshot:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                after_type_0 = Snapshot.from_dict(data)

                return after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Snapshot, data)

        after = _parse_after(d.pop("after"))

        def _parse_detail(data: object) -> AvailabilityChange | RedirectChange | TextChange:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                detail_type_0 = TextChange.from_dict(data)

                return detail_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                detail_type_1 = AvailabilityChange.from_dict(data)

                return detail_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            detail_type_2 = RedirectChange.from_dict(data)

            return detail_type_2

        detail = _parse_detail(d.pop("detail"))

        def _parse_acknowledgement(data: object) -> Acknowledgement | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                acknowledgement_type_0 = Acknowledgement.from_dict(data)

                return acknowledgement_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Acknowledgement | None, data)

        acknowledgement = _parse_acknowledgement(d.pop("acknowledgement"))

        change = cls(
            id=id,
            watch_id=watch_id,
            detected_at=detected_at,
            severity=severity,
            before=before,
            after=after,
            detail=detail,
            acknowledgement=acknowledgement,
        )

        change.additional_properties = d
        return change

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
