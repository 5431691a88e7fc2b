from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.http_validation_error import HTTPValidationError
from ...models.page_snapshot import PageSnapshot
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime


def _get_kwargs(
    watch_id: UUID,
    *,
    taken_on: datetime.date | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_taken_on: None | str | Unset
    if isinstance(taken_on, Unset):
        json_taken_on = UNSET
    elif isinstance(taken_on, datetime.date):
        json_taken_on = taken_on.isoformat()
    else:
        json_taken_on = taken_on
    params["taken_on"] = json_taken_on

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/watches/{watch_id}/snapshots".format(
            watch_id=quote(str(watch_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HTTPValidationError | PageSnapshot | Problem | None:
    if response.status_code == 200:
        response_200 = PageSnapshot.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = HTTPValidationError.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[HTTPValidationError | PageSnapshot | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    taken_on: datetime.date | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageSnapshot | Problem]:
    """List Watch Snapshots

    Args:
        watch_id (UUID): The watch.
        taken_on (datetime.date | None | Unset): Only those of this day, in UTC.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageSnapshot | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        taken_on=taken_on,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    taken_on: datetime.date | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageSnapshot | Problem | None:
    """List Watch Snapshots

    Args:
        watch_id (UUID): The watch.
        taken_on (datetime.date | None | Unset): Only those of this day, in UTC.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageSnapshot | Problem
    """

    return sync_detailed(
        watch_id=watch_id,
        client=client,
        taken_on=taken_on,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    taken_on: datetime.date | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageSnapshot | Problem]:
    """List Watch Snapshots

    Args:
        watch_id (UUID): The watch.
        taken_on (datetime.date | None | Unset): Only those of this day, in UTC.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageSnapshot | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        taken_on=taken_on,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    taken_on: datetime.date | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageSnapshot | Problem | None:
    """List Watch Snapshots

    Args:
        watch_id (UUID): The watch.
        taken_on (datetime.date | None | Unset): Only those of this day, in UTC.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageSnapshot | Problem
    """

    return (
        await asyncio_detailed(
            watch_id=watch_id,
            client=client,
            taken_on=taken_on,
            limit=limit,
            offset=offset,
        )
    ).parsed
