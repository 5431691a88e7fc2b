from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.digest import Digest
from ..models.severity import Severity
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.chat_target import ChatTarget
    from ..models.delivery import Delivery
    from ..models.email_target import EmailTarget
    from ..models.webhook_target import WebhookTarget


T = TypeVar("T", bound="Channel")


@_attrs_define
class Channel:
    """A place that reports are sent to.

    Attributes:
        id (UUID):
        name (str):
        target (ChatTarget | EmailTarget | WebhookTarget):
        digest (Digest): How reports are bundled.
        at_least (Severity):
        enabled (bool):
        created_at (datetime.datetime):
        last_delivery (Delivery | None):
    """

    id: UUID
    name: str
    target: ChatTarget | EmailTarget | WebhookTarget
    digest: Digest
    at_least: Severity
    enabled: bool
    created_at: datetime.datetime
    last_delivery: Delivery | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.chat_target import ChatTarget
        from ..models.delivery import Delivery
        from ..models.email_target import EmailTarget
        from ..models.webhook_target import WebhookTarget

        id = str(self.id)

        name = self.name

        target: dict[str, Any]
        if isinstance(self.target, EmailTarget):
            target = self.target.to_dict()
        elif isinstance(self.target, WebhookTarget):
            target = self.target.to_dict()
        else:
            target = self.target.to_dict()

        digest = self.digest.value

        at_least = self.at_least.value

        enabled = self.enabled

        created_at = self.created_at.isoformat()

        last_delivery: dict[str, Any] | None
        if isinstance(self.last_delivery, Delivery):
            last_delivery = self.last_delivery.to_dict()
        else:
            last_delivery = self.last_delivery

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "target": target,
                "digest": digest,
                "at_least": at_least,
                "enabled": enabled,
                "created_at": created_at,
                "last_delivery": last_delivery,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_target import ChatTarget
        from ..models.delivery import Delivery
        from ..models.email_target import EmailTarget
        from ..models.webhook_target import WebhookTarget

        d = dict(src_dict)
        id = UUID(d.pop("id"))

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

        digest = Digest(d.pop("digest"))

        at_least = Severity(d.pop("at_least"))

        enabled = d.pop("enabled")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_last_delivery(data: object) -> Delivery | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_delivery_type_0 = Delivery.from_dict(data)

                return last_delivery_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Delivery | None, data)

        last_delivery = _parse_last_delivery(d.pop("last_delivery"))

        channel = cls(
            id=id,
            name=name,
            target=target,
            digest=digest,
            at_least=at_least,
            enabled=enabled,
            created_at=created_at,
            last_delivery=last_delivery,
        )

        channel.additional_properties = d
        return channel

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
