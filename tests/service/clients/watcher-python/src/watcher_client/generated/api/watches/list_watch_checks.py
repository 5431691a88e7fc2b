from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.check_state import CheckState
from ...models.http_validation_error import HTTPValidationError
from ...models.page_check import PageCheck
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def _get_kwargs(
    watch_id: UUID,
    *,
    state: list[CheckState] | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_state: list[str] | None | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, list):
        json_state = []
        for state_type_0_item_data in state:
            state_type_0_item = state_type_0_item_data.value
            json_state.append(state_type_0_item)

    else:
        json_state = state
    params["state"] = json_state

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/watches/{watch_id}/checks".format(
            watch_id=quote(str(watch_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HTTPValidationError | PageCheck | Problem | None:
    if response.status_code == 200:
        response_200 = PageCheck.from_dict(response.json())

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
) -> Response[HTTPValidationError | PageCheck | Problem]:
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
    state: list[CheckState] | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageCheck | Problem]:
    """List Watch Checks

    Args:
        watch_id (UUID): The watch.
        state (list[CheckState] | None | Unset): Any of these states.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageCheck | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        state=state,
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
    state: list[CheckState] | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageCheck | Problem | None:
    """List Watch Checks

    Args:
        watch_id (UUID): The watch.
        state (list[CheckState] | None | Unset): Any of these states.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageCheck | Problem
    """

    return sync_detailed(
        watch_id=watch_id,
        client=client,
        state=state,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    state: list[CheckState] | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageCheck | Problem]:
    """List Watch Checks

    Args:
        watch_id (UUID): The watch.
        state (list[CheckState] | None | Unset): Any of these states.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageCheck | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        state=state,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    state: list[CheckState] | None | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageCheck | Problem | None:
    """List Watch Checks

    Args:
        watch_id (UUID): The watch.
        state (list[CheckState] | None | Unset): Any of these states.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageCheck | Problem
    """

    return (
        await asyncio_detailed(
            watch_id=watch_id,
            client=client,
            state=state,
            limit=limit,
            offset=offset,
        )
    ).parsed
