from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.digest import Digest
from ..models.severity import Severity
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.chat_target import ChatTarget
    from ..models.email_target import EmailTarget
    from ..models.webhook_target import WebhookTarget


T = TypeVar("T", bound="ChannelCreate")


@_attrs_define
class ChannelCreate:
    """A channel to be.

    Attributes:
        name (str):
        target (ChatTarget | EmailTarget | WebhookTarget):
        digest (Digest | Unset): How reports are bundled.
        at_least (Severity | Unset):
        enabled (bool | Unset):  Default: True.
    """

    name: str
    target: ChatTarget | EmailTarget | WebhookTarget
    digest: Digest | Unset = UNSET
    at_least: Severity | Unset = UNSET
    enabled: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.chat_target import ChatTarget
        from ..models.email_target import EmailTarget
        from ..models.webhook_target import WebhookTarget

        name = self.name

        target: dict[str, Any]
        if isinstance(self.target, EmailTarget):
            target = self.target.to_dict()
        elif isinstance(self.target, WebhookTarget):
            target = self.target.to_dict()
        else:
            target = self.target.to_dict()

        digest: str | Unset = UNSET
        if not isinstance(self.digest, Unset):
            digest = self.digest.value

        at_least: str | Unset = UNSET
        if not isinstance(self.at_least, Unset):
            at_least = self.at_least.value

        enabled = self.enabled

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "target": target,
            }
        )
        if digest is not UNSET:
            field_dict["digest"] = digest
        if at_least is not UNSET:
            field_dict["at_least"] = at_least
        if enabled is not UNSET:
            field_dict["enabled"] = enabled

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_target import ChatTarget
        from ..models.email_target import EmailTarget
        from ..models.webhook_target import WebhookTarget

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_target(data: object) -> ChatTarget | EmailTarget | WebhookTarget:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                target_type_0 = EmailTarget.from_dict(data)

                return target_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                target_type_1 = WebhookTarget.from_dict(data)

                return target_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            target_type_2 = ChatTarget.from_dict(data)

            return target_type_2

        target = _parse_target(d.pop("target"))

        _digest = d.pop("digest", UNSET)
        digest: Digest | Unset
        if isinstance(_digest, Unset):
            digest = UNSET
        else:
            digest = Digest(_digest)

        _at_least = d.pop("at_least", UNSET)
        at_least: Severity | Unset
        if isinstance(_at_least, Unset):
            at_least = UNSET
        else:
            at_least = Severity(_at_least)

        enabled = d.pop("enabled", UNSET)

        channel_create = cls(
            name=name,
            target=target,
            digest=digest,
            at_least=at_least,
            enabled=enabled,
        )

        channel_create.additional_properties = d
        return channel_create

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
