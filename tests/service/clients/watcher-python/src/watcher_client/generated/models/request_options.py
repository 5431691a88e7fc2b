from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.request_options_headers import RequestOptionsHeaders


T = TypeVar("T", bound="RequestOptions")


@_attrs_define
class RequestOptions:
    """How the page is requested.

    Attributes:
        headers (RequestOptionsHeaders | Unset):
        timeout_seconds (float | Unset):  Default: 20.0.
        follow_redirects (bool | Unset):  Default: True.
        user_agent (None | str | Unset):
    """

    headers: RequestOptionsHeaders | Unset = UNSET
    timeout_seconds: float | Unset = 20.0
    follow_redirects: bool | Unset = True
    user_agent: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.request_options_headers import RequestOptionsHeaders

        headers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.headers, Unset):
            headers = self.headers.to_dict()

        timeout_seconds = self.timeout_seconds

        follow_redirects = self.follow_redirects

        user_agent: None | str | Unset
        if isinstance(self.user_agent, Unset):
            user_agent = UNSET
        else:
            user_agent = self.user_agent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if headers is not UNSET:
            field_dict["headers"] = headers
        if timeout_seconds is not UNSET:
            field_dict["timeout_seconds"] = timeout_seconds
        if follow_redirects is not UNSET:
            field_dict["follow_redirects"] = follow_redirects
        if user_agent is not UNSET:
            field_dict["user_agent"] = user_agent

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.request_options_headers import RequestOptionsHeaders

        d = dict(src_dict)
        _headers = d.pop("headers", UNSET)
        headers: RequestOptionsHeaders | Unset
        if isinstance(_headers, Unset):
            headers = UNSET
        else:
            headers = RequestOptionsHeaders.from_dict(_headers)

        timeout_seconds = d.pop("timeout_seconds", UNSET)

        follow_redirects = d.pop("follow_redirects", UNSET)

        def _parse_user_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_agent = _parse_user_agent(d.pop("user_agent", UNSET))

        request_options = cls(
            headers=headers,
            timeout_seconds=timeout_seconds,
            follow_redirects=follow_redirects,
            user_agent=user_agent,
        )

        request_options.additional_properties = d
        return request_options

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
