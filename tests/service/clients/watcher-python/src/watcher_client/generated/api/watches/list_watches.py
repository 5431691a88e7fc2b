from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.http_validation_error import HTTPValidationError
from ...models.page_watch import PageWatch
from ...models.watch_order import WatchOrder
from ...models.watch_state import WatchState
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    state: None | Unset | WatchState = UNSET,
    tag: list[str] | None | Unset = UNSET,
    search: None | str | Unset = UNSET,
    order: WatchOrder | Unset = UNSET,
    descending: bool | Unset = False,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, WatchState):
        json_state = state.value
    else:
        json_state = state
    params["state"] = json_state

    json_tag: list[str] | None | Unset
    if isinstance(tag, Unset):
        json_tag = UNSET
    elif isinstance(tag, list):
        json_tag = tag

    else:
        json_tag = tag
    params["tag"] = json_tag

    json_search: None | str | Unset
    if isinstance(search, Unset):
        json_search = UNSET
    else:
        json_search = search
    params["search"] = json_search

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order.value

    params["order"] = json_order

    params["descending"] = descending

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/watches",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HTTPValidationError | PageWatch | None:
    if response.status_code == 200:
        response_200 = PageWatch.from_dict(response.json())

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
) -> Response[HTTPValidationError | PageWatch]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    state: None | Unset | WatchState = UNSET,
    tag: list[str] | None | Unset = UNSET,
    search: None | str | Unset = UNSET,
    order: WatchOrder | Unset = UNSET,
    descending: bool | Unset = False,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageWatch]:
    """List Watches

    Args:
        state (None | Unset | WatchState): Only watches in this state.
        tag (list[str] | None | Unset): Only watches with all these tags.
        search (None | str | Unset): Part of a name.
        order (WatchOrder | Unset): How a list of watches is sorted.
        descending (bool | Unset):  Default: False.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageWatch]
    """

    kwargs = _get_kwargs(
        state=state,
        tag=tag,
        search=search,
        order=order,
        descending=descending,
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
    state: None | Unset | WatchState = UNSET,
    tag: list[str] | None | Unset = UNSET,
    search: None | str | Unset = UNSET,
    order: WatchOrder | Unset = UNSET,
    descending: bool | Unset = False,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageWatch | None:
    """List Watches

    Args:
        state (None | Unset | WatchState): Only watches in this state.
        tag (list[str] | None | Unset): Only watches with all these tags.
        search (None | str | Unset): Part of a name.
        order (WatchOrder | Unset): How a list of watches is sorted.
        descending (bool | Unset):  Default: False.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageWatch
    """

    return sync_detailed(
        client=client,
        state=state,
        tag=tag,
        search=search,
        order=order,
        descending=descending,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    state: None | Unset | WatchState = UNSET,
    tag: list[str] | None | Unset = UNSET,
    search: None | str | Unset = UNSET,
    order: WatchOrder | Unset = UNSET,
    descending: bool | Unset = False,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> Response[HTTPValidationError | PageWatch]:
    """List Watches

    Args:
        state (None | Unset | WatchState): Only watches in this state.
        tag (list[str] | None | Unset): Only watches with all these tags.
        search (None | str | Unset): Part of a name.
        order (WatchOrder | Unset): How a list of watches is sorted.
        descending (bool | Unset):  Default: False.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | PageWatch]
    """

    kwargs = _get_kwargs(
        state=state,
        tag=tag,
        search=search,
        order=order,
        descending=descending,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    state: None | Unset | WatchState = UNSET,
    tag: list[str] | None | Unset = UNSET,
    search: None | str | Unset = UNSET,
    order: WatchOrder | Unset = UNSET,
    descending: bool | Unset = False,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
) -> HTTPValidationError | PageWatch | None:
    """List Watches

    Args:
        state (None | Unset | WatchState): Only watches in this state.
        tag (list[str] | None | Unset): Only watches with all these tags.
        search (None | str | Unset): Part of a name.
        order (WatchOrder | Unset): How a list of watches is sorted.
        descending (bool | Unset):  Default: False.
        limit (int | Unset): The most items to return. Default: 50.
        offset (int | Unset): How many items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | PageWatch
    """

    return (
        await asyncio_detailed(
            client=client,
            state=state,
            tag=tag,
            search=search,
            order=order,
            descending=descending,
            limit=limit,
            offset=offset,
        )
    ).parsed
