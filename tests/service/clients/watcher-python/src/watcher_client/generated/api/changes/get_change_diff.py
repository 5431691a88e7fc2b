from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.http_validation_error import HTTPValidationError
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def _get_kwargs(
    change_id: UUID,
    *,
    context: int | Unset = 3,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["context"] = context

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/changes/{change_id}/diff".format(
            change_id=quote(str(change_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HTTPValidationError | Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
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
) -> Response[HTTPValidationError | Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    context: int | Unset = 3,
) -> Response[HTTPValidationError | Problem | str]:
    """Get Change Diff

    Args:
        change_id (UUID): The change.
        context (int | Unset): Unchanged lines around. Default: 3.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | Problem | str]
    """

    kwargs = _get_kwargs(
        change_id=change_id,
        context=context,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    context: int | Unset = 3,
) -> HTTPValidationError | Problem | str | None:
    """Get Change Diff

    Args:
        change_id (UUID): The change.
        context (int | Unset): Unchanged lines around. Default: 3.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | Problem | str
    """

    return sync_detailed(
        change_id=change_id,
        client=client,
        context=context,
    ).parsed


async def asyncio_detailed(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    context: int | Unset = 3,
) -> Response[HTTPValidationError | Problem | str]:
    """Get Change Diff

    Args:
        change_id (UUID): The change.
        context (int | Unset): Unchanged lines around. Default: 3.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HTTPValidationError | Problem | str]
    """

    kwargs = _get_kwargs(
        change_id=change_id,
        context=context,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    context: int | Unset = 3,
) -> HTTPValidationError | Problem | str | None:
    """Get Change Diff

    Args:
        change_id (UUID): The change.
        context (int | Unset): Unchanged lines around. Default: 3.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HTTPValidationError | Problem | str
    """

    return (
        await asyncio_detailed(
            change_id=change_id,
            client=client,
            context=context,
        )
    ).parsed
