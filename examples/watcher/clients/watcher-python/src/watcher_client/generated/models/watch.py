from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.watch_state import WatchState
from ..types import UNSET, Unset

T = TypeVar("T", bound="Watch")


@_attrs_define
class Watch:
    """
    Attributes:
        id (UUID):
        url (str):
        state (WatchState):
        interval_seconds (int):
        created_at (datetime.datetime):
        last_checked_at (datetime.datetime | None):
        label (None | str | Unset):
    """

    id: UUID
    url: str
    state: WatchState
    interval_seconds: int
    created_at: datetime.datetime
    last_checked_at: datetime.datetime | None
    label: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        state = self.state.value

        interval_seconds = self.interval_seconds

        created_at = self.created_at.isoformat()

        last_checked_at: None | str
        if isinstance(self.last_checked_at, datetime.datetime):
            last_checked_at = self.last_checked_at.isoformat()
        else:
            last_checked_at = self.last_checked_at

        label: None | str | Unset
        if isinstance(self.label, Unset):
            label = UNSET
        else:
            label = self.label

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "state": state,
                "interval_seconds": interval_seconds,
                "created_at": created_at,
                "last_checked_at": last_checked_at,
            }
        )
        if label is not UNSET:
            field_dict["label"] = label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        state = WatchState(d.pop("state"))

        interval_seconds = d.pop("interval_seconds")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_last_checked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_checked_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_checked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_checked_at = _parse_last_checked_at(d.pop("last_checked_at"))

        def _parse_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        label = _parse_label(d.pop("label", UNSET))

        watch = cls(
            id=id,
            url=url,
            state=state,
            interval_seconds=interval_seconds,
            created_at=created_at,
            last_checked_at=last_checked_at,
            label=label,
        )

        watch.additional_properties = d
        return watch

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
