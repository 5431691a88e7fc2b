from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.http_validation_error import HTTPValidationError
from ...models.page_change import PageChange
from ...models.severity import Severity
from ...types import UNSET, Unset
from typing import cast
import datetime


def _get_kwargs(
    *,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    severity: list[Severity] | None | Unset = UNSET,
    acknowledged: bool | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_since: None | str | Unset
    if isinstance(since, Unset):
        json_since = UNSET
    elif isinstance(since, datetime.datetime):
        json_since = since.isoformat()
    else:
        json_since = since
    params["since"] = json_since

    json_until: None | str | Unset
    if isinstance(until, Unset):
        json_until = UNSET
    elif isinstance(until, datetime.datetime):
        json_until = until.isoformat()
    else:
        json_until = until
    params["until"] = json_until

    json_severity: list[str] | None | Unset
    if isinstance(severity, Unset):
        json_severity = UNSET
    elif isinstance(severity, list):
        json_severity = []
        for severity_type_0_item_data in severity:
            severity_type_0_item = severity_type_0_item_data.value
            json_severity.append(severity_type_0_item)

    else:
        json_severity = severity
    params["severity"] = json_severity

    json_acknowledged: bool | None | Unset
    if isinstance(acknowledged, Unset):
        json_acknowledged = UNSET
    else:
        json_acknowledged = acknowledged
    params["acknowledged"] = json_acknowledged

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/changes",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HTTPValidationError | PageChange | None:
    if response.status_code == 200:
        response_200 = PageChange.from_dict(response.json())

        return response_200

    if response.status_code == 422:
        response_422 = HTTPValidationError.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[HTTPValidationError | PageChange]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    severity: list[Severity] | None | Unset = UNSET,
    acknowledged: bool | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageChange]:
    """List Changes

    Args:
        since (datetime.datetime | None | Unset): Detected at or after.
        until (datetime.datetime | None | Unset): Detected before.
        severity (list[Severity] | None | Unset): Any of these.
        acknowledged (bool | None | Unset):
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageChange]
    """

    kwargs = _get_kwargs(
        since=since,
        until=until,
        severity=severity,
        acknowledged=acknowledged,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    severity: list[Severity] | None | Unset = UNSET,
    acknowledged: bool | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageChange | None:
    """List Changes

    Args:
        since (datetime.datetime | None | Unset): Detected at or after.
        until (datetime.datetime | None | Unset): Detected before.
        severity (list[Severity] | None | Unset): Any of these.
        acknowledged (bool | None | Unset):
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageChange
    """

    return sync_detailed(
        client=client,
        since=since,
        until=until,
        severity=severity,
        acknowledged=acknowledged,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    severity: list[Severity] | None | Unset = UNSET,
    acknowledged: bool | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageChange]:
    """List Changes

    Args:
        since (datetime.datetime | None | Unset): Detected at or after.
        until (datetime.datetime | None | Unset): Detected before.
        severity (list[Severity] | None | Unset): Any of these.
        acknowledged (bool | None | Unset):
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageChange]
    """

    kwargs = _get_kwargs(
        since=since,
        until=until,
        severity=severity,
        acknowledged=acknowledged,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    severity: list[Severity] | None | Unset = UNSET,
    acknowledged: bool | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageChange | None:
    """List Changes

    Args:
        since (datetime.datetime | None | Unset): Detected at or after.
        until (datetime.datetime | None | Unset): Detected before.
        severity (list[Severity] | None | Unset): Any of these.
        acknowledged (bool | None | Unset):
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageChange
    """

    return (
        await asyncio_detailed(
            client=client,
            since=since,
            until=until,
            severity=severity,
            acknowledged=acknowledged,
            limit=limit,
            offset=offset,
        )
    ).parsed
