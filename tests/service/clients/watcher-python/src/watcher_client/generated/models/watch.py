from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.watch_state import WatchState
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.css_region import CssRegion
    from ..models.interval_schedule import IntervalSchedule
    from ..models.request_options import RequestOptions
    from ..models.text_region import TextRegion
    from ..models.watch_health import WatchHealth
    from ..models.weekly_schedule import WeeklySchedule
    from ..models.whole_page import WholePage


T = TypeVar("T", bound="Watch")


@_attrs_define
class Watch:
    """A page that is being watched.

    Attributes:
        id (UUID):
        name (str):
        url (str):
        state (WatchState):
        version (int): Goes up by one with every change; see `If-Match`.
        schedule (IntervalSchedule | WeeklySchedule):
        region (CssRegion | TextRegion | WholePage):
        request (RequestOptions): How the page is requested.
        tags (list[str]):
        channel_ids (list[UUID]):
        note (None | str):
        created_at (datetime.datetime):
        last_checked_at (datetime.datetime | None): Null before the first check.
        last_changed_at (datetime.datetime | None): Null until a change was seen.
        change_count (int):
        health (WatchHealth): How the latest checks of a watch went.
    """

    id: UUID
    name: str
    url: str
    state: WatchState
    version: int
    schedule: IntervalSchedule | WeeklySchedule
    region: CssRegion | TextRegion | WholePage
    request: RequestOptions
    tags: list[str]
    channel_ids: list[UUID]
    note: None | str
    created_at: datetime.datetime
    last_checked_at: datetime.datetime | None
    last_changed_at: datetime.datetime | None
    change_count: int
    health: WatchHealth
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.css_region import CssRegion
        from ..models.interval_schedule import IntervalSchedule
        from ..models.request_options import RequestOptions
        from ..models.text_region import TextRegion
        from ..models.watch_health import WatchHealth
        from ..models.weekly_schedule import WeeklySchedule
        from ..models.whole_page import WholePage

        id = str(self.id)

        name = self.name

        url = self.url

        state = self.state.value

        version = self.version

        schedule: dict[str, Any]
        if isinstance(self.schedule, IntervalSchedule):
            schedule = self.schedule.to_dict()
        else:
            schedule = self.schedule.to_dict()

        region: dict[str, Any]
        if isinstance(self.region, WholePage):
            region = self.region.to_dict()
        elif isinstance(self.region, CssRegion):
            region = self.region.to_dict()
        else:
            region = self.region.to_dict()

        request = self.request.to_dict()

        tags = self.tags

        channel_ids = []
        for channel_ids_item_data in self.channel_ids:
            channel_ids_item = str(channel_ids_item_data)
            channel_ids.append(channel_ids_item)

        note: None | str
        note = self.note

        created_at = self.created_at.isoformat()

        last_checked_at: None | str
        if isinstance(self.last_checked_at, datetime.datetime):
            last_checked_at = self.last_checked_at.isoformat()
        else:
            last_checked_at = self.last_checked_at

        last_changed_at: None | str
        if isinstance(self.last_changed_at, datetime.datetime):
            last_changed_at = self.last_changed_at.isoformat()
        else:
            last_changed_at = self.last_changed_at

        change_count = self.change_count

        health = self.health.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "url": url,
                "state": state,
                "version": version,
                "schedule": schedule,
                "region": region,
                "request": request,
                "tags": tags,
                "channel_ids": channel_ids,
                "note": note,
                "created_at": created_at,
                "last_checked_at": last_checked_at,
                "last_changed_at": last_changed_at,
                "change_count": change_count,
                "health": health,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.css_region import CssRegion
        from ..models.interval_schedule import IntervalSchedule
        from ..models.request_options import RequestOptions
        from ..models.text_region import TextRegion
        from ..models.watch_health import WatchHealth
        from ..models.weekly_schedule import WeeklySchedule
        from ..models.whole_page import WholePage

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        url = d.pop("url")

        state = WatchState(d.pop("state"))

        version = d.pop("version")

        def _parse_schedule(data: object) -> IntervalSchedule | WeeklySchedule:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                schedule_type_0 = IntervalSchedule.from_dict(data)

                return schedule_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            schedule_type_1 = WeeklySchedule.from_dict(data)

            return schedule_type_1

        schedule = _parse_schedule(d.pop("schedule"))

        def _parse_region(data: object) -> CssRegion | TextRegion | WholePage:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                region_type_0 = WholePage.from_dict(data)

                return region_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                region_type_1 = CssRegion.from_dict(data)

                return region_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            region_type_2 = TextRegion.from_dict(data)

            return region_type_2

        region = _parse_region(d.pop("region"))

        request = RequestOptions.from_dict(d.pop("request"))

        tags = cast(list[str], d.pop("tags"))

        channel_ids = []
        _channel_ids = d.pop("channel_ids")
        for channel_ids_item_data in _channel_ids:
            channel_ids_item = UUID(channel_ids_item_data)

            channel_ids.append(channel_ids_item)

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

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

        def _parse_last_changed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_changed_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_changed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_changed_at = _parse_last_changed_at(d.pop("last_changed_at"))

        change_count = d.pop("change_count")

        health = WatchHealth.from_dict(d.pop("health"))

        watch = cls(
            id=id,
            name=name,
            url=url,
            state=state,
            version=version,
            schedule=schedule,
            region=region,
            request=request,
            tags=tags,
            channel_ids=channel_ids,
            note=note,
            created_at=created_at,
            last_checked_at=last_checked_at,
            last_changed_at=last_changed_at,
            change_count=change_count,
            health=health,
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
