from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.check import Check
from ...models.check_request import CheckRequest
from ...models.http_validation_error import HTTPValidationError
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def _get_kwargs(
    watch_id: UUID,
    *,
    body: CheckRequest | None | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/watches/{watch_id}/checks".format(
            watch_id=quote(str(watch_id), safe=""),
        ),
    }

    if isinstance(body, CheckRequest):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Check | HTTPValidationError | Problem | None:
    if response.status_code == 202:
        response_202 = Check.from_dict(response.json())

        return response_202

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = HTTPValidationError.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Check | HTTPValidationError | Problem]:
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
    body: CheckRequest | None | Unset = UNSET,
) -> Response[Check | HTTPValidationError | Problem]:
    """Request Check

    Args:
        watch_id (UUID): The watch.
        body (CheckRequest | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Check | HTTPValidationError | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: CheckRequest | None | Unset = UNSET,
) -> Check | HTTPValidationError | Problem | None:
    """Request Check

    Args:
        watch_id (UUID): The watch.
        body (CheckRequest | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Check | HTTPValidationError | Problem
    """

    return sync_detailed(
        watch_id=watch_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: CheckRequest | None | Unset = UNSET,
) -> Response[Check | HTTPValidationError | Problem]:
    """Request Check

    Args:
        watch_id (UUID): The watch.
        body (CheckRequest | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Check | HTTPValidationError | Problem]
    """

    kwargs = _get_kwargs(
        watch_id=watch_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    watch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: CheckRequest | None | Unset = UNSET,
) -> Check | HTTPValidationError | Problem | None:
    """Request Check

    Args:
        watch_id (UUID): The watch.
        body (CheckRequest | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Check | HTTPValidationError | Problem
    """

    return (
        await asyncio_detailed(
            watch_id=watch_id,
            client=client,
            body=body,
        )
    ).parsed
