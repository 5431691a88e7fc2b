from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID

if TYPE_CHECKING:
    from ..models.css_region import CssRegion
    from ..models.interval_schedule import IntervalSchedule
    from ..models.request_options import RequestOptions
    from ..models.text_region import TextRegion
    from ..models.weekly_schedule import WeeklySchedule
    from ..models.whole_page import WholePage


T = TypeVar("T", bound="WatchCreate")


@_attrs_define
class WatchCreate:
    """A watch to be.

    Attributes:
        name (str):
        url (str):
        schedule (IntervalSchedule | WeeklySchedule):
        region (CssRegion | TextRegion | Unset | WholePage):
        request (RequestOptions | Unset): How the page is requested.
        tags (list[str] | Unset):
        channel_ids (list[UUID] | Unset):
        note (None | str | Unset):
    """

    name: str
    url: str
    schedule: IntervalSchedule | WeeklySchedule
    region: CssRegion | TextRegion | Unset | WholePage = UNSET
    request: RequestOptions | Unset = UNSET
    tags: list[str] | Unset = UNSET
    channel_ids: list[UUID] | Unset = UNSET
    note: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.css_region import CssRegion
        from ..models.interval_schedule import IntervalSchedule
        from ..models.request_options import RequestOptions
        from ..models.text_region import TextRegion
        from ..models.weekly_schedule import WeeklySchedule
        from ..models.whole_page import WholePage

        name = self.name

        url = self.url

        schedule: dict[str, Any]
        if isinstance(self.schedule, IntervalSchedule):
            schedule = self.schedule.to_dict()
        else:
            schedule = self.schedule.to_dict()

        region: dict[str, Any] | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        elif isinstance(self.region, WholePage):
            region = self.region.to_dict()
        elif isinstance(self.region, CssRegion):
            region = self.region.to_dict()
        else:
            region = self.region.to_dict()

        request: dict[str, Any] | Unset = UNSET
        if not isinstance(self.request, Unset):
            request = self.request.to_dict()

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        channel_ids: list[str] | Unset = UNSET
        if not isinstance(self.channel_ids, Unset):
            channel_ids = []
            for channel_ids_item_data in self.channel_ids:
                channel_ids_item = str(channel_ids_item_data)
                channel_ids.append(channel_ids_item)

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "url": url,
                "schedule": schedule,
            }
        )
        if region is not UNSET:
            field_dict["region"] = region
        if request is not UNSET:
            field_dict["request"] = request
        if tags is not UNSET:
            field_dict["tags"] = tags
        if channel_ids is not UNSET:
            field_dict["channel_ids"] = channel_ids
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.css_region import CssRegion
        from ..models.interval_schedule import IntervalSchedule
        from ..models.request_options import RequestOptions
        from ..models.text_region import TextRegion
        from ..models.weekly_schedule import WeeklySchedule
        from ..models.whole_page import WholePage

        d = dict(src_dict)
        name = d.pop("name")

        url = d.pop("url")

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

        def _parse_region(data: object) -> CssRegion | TextRegion | Unset | WholePage:
            if isinstance(data, Unset):
                return data
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

        region = _parse_region(d.pop("region", UNSET))

        _request = d.pop("request", UNSET)
        request: RequestOptions | Unset
        if isinstance(_request, Unset):
            request = UNSET
        else:
            request = RequestOptions.from_dict(_request)

        tags = cast(list[str], d.pop("tags", UNSET))

        _channel_ids = d.pop("channel_ids", UNSET)
        channel_ids: list[UUID] | Unset = UNSET
        if _channel_ids is not UNSET:
            channel_ids = []
            for channel_ids_item_data in _channel_ids:
                channel_ids_item = UUID(channel_ids_item_data)

                channel_ids.append(channel_ids_item)

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        watch_create = cls(
            name=name,
            url=url,
            schedule=schedule,
            region=region,
            request=request,
            tags=tags,
            channel_ids=channel_ids,
            note=note,
        )

        watch_create.additional_properties = d
        return watch_create

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
