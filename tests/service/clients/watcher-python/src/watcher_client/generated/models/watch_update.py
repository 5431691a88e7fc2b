from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.css_region import CssRegion
    from ..models.interval_schedule import IntervalSchedule
    from ..models.request_options import RequestOptions
    from ..models.text_region import TextRegion
    from ..models.weekly_schedule import WeeklySchedule
    from ..models.whole_page import WholePage


T = TypeVar("T", bound="WatchUpdate")


@_attrs_define
class WatchUpdate:
    """Changes to a watch; what is absent stays as it is.

    Attributes:
        name (None | str | Unset):
        schedule (IntervalSchedule | None | Unset | WeeklySchedule):
        region (CssRegion | None | TextRegion | Unset | WholePage):
        request (None | RequestOptions | Unset):
        tags (list[str] | None | Unset):
        note (None | str | Unset):
    """

    name: None | str | Unset = UNSET
    schedule: IntervalSchedule | None | Unset | WeeklySchedule = UNSET
    region: CssRegion | None | TextRegion | Unset | WholePage = UNSET
    request: None | RequestOptions | Unset = UNSET
    tags: list[str] | None | Unset = UNSET
    note: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.css_region import CssRegion
        from ..models.interval_schedule import IntervalSchedule
        from ..models.request_options import RequestOptions
        from ..models.text_region import TextRegion
        from ..models.weekly_schedule import WeeklySchedule
        from ..models.whole_page import WholePage

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        schedule: dict[str, Any] | None | Unset
        if isinstance(self.schedule, Unset):
            schedule = UNSET
        elif isinstance(self.schedule, IntervalSchedule):
            schedule = self.schedule.to_dict()
        elif isinstance(self.schedule, WeeklySchedule):
            schedule = self.schedule.to_dict()
        else:
            schedule = self.schedule

        region: dict[str, Any] | None | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        elif isinstance(self.region, WholePage):
            region = self.region.to_dict()
        elif isinstance(self.region, CssRegion):
            region = self.region.to_dict()
        elif isinstance(self.region, TextRegion):
            region = self.region.to_dict()
        else:
            region = self.region

        request: dict[str, Any] | None | Unset
        if isinstance(self.request, Unset):
            request = UNSET
        elif isinstance(self.request, RequestOptions):
            request = self.request.to_dict()
        else:
            request = self.request

        tags: list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if schedule is not UNSET:
            field_dict["schedule"] = schedule
        if region is not UNSET:
            field_dict["region"] = region
        if request is not UNSET:
            field_dict["request"] = request
        if tags is not UNSET:
            field_dict["tags"] = tags
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

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_schedule(data: object) -> IntervalSchedule | None | Unset | WeeklySchedule:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                schedule_type_0_type_0 = IntervalSchedule.from_dict(data)

                return schedule_type_0_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                schedule_type_0_type_1 = WeeklySchedule.from_dict(data)

                return schedule_type_0_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(IntervalSchedule | None | Unset | WeeklySchedule, data)

        schedule = _parse_schedule(d.pop("schedule", UNSET))

        def _parse_region(data: object) -> CssRegion | None | TextRegion | Unset | WholePage:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                region_type_0_type_0 = WholePage.from_dict(data)

                return region_type_0_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                region_type_0_type_1 = CssRegion.from_dict(data)

                return region_type_0_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                region_type_0_type_2 = TextRegion.from_dict(data)

                return region_type_0_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CssRegion | None | TextRegion | Unset | WholePage, data)

        region = _parse_region(d.pop("region", UNSET))

        def _parse_request(data: object) -> None | RequestOptions | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                request_type_0 = RequestOptions.from_dict(data)

                return request_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RequestOptions | Unset, data)

        request = _parse_request(d.pop("request", UNSET))

        def _parse_tags(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_0 = cast(list[str], data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        watch_update = cls(
            name=name,
            schedule=schedule,
            region=region,
            request=request,
            tags=tags,
            note=note,
        )

        watch_update.additional_properties = d
        return watch_update

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
