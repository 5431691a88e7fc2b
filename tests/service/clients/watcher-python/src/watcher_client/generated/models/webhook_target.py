from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from typing import Literal, cast

if TYPE_CHECKING:
    from ..models.webhook_target_headers import WebhookTargetHeaders


T = TypeVar("T", bound="WebhookTarget")


@_attrs_define
class WebhookTarget:
    """
    Attributes:
        url (str):
        kind (Literal['webhook'] | Unset):  Default: 'webhook'.
        headers (WebhookTargetHeaders | Unset):
        signed (bool | Unset): Sign every request with the channel's secret. Default: True.
    """

    url: str
    kind: Literal["webhook"] | Unset = "webhook"
    headers: WebhookTargetHeaders | Unset = UNSET
    signed: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.webhook_target_headers import WebhookTargetHeaders

        url = self.url

        kind = self.kind

        headers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.headers, Unset):
            headers = self.headers.to_dict()

        signed = self.signed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "url": url,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if headers is not UNSET:
            field_dict["headers"] = headers
        if signed is not UNSET:
            field_dict["signed"] = signed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_target_headers import WebhookTargetHeaders

        d = dict(src_dict)
        url = d.pop("url")

        kind = cast(Literal["webhook"] | Unset, d.pop("kind", UNSET))
        if kind != "webhook" and not isinstance(kind, Unset):
            raise ValueError(f"kind must match const 'webhook', got '{kind}'")

        _headers = d.pop("headers", UNSET)
        headers: WebhookTargetHeaders | Unset
        if isinstance(_headers, Unset):
            headers = UNSET
        else:
            headers = WebhookTargetHeaders.from_dict(_headers)

        signed = d.pop("signed", UNSET)

        webhook_target = cls(
            url=url,
            kind=kind,
            headers=headers,
            signed=signed,
        )

        webhook_target.additional_properties = d
        return webhook_target

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
