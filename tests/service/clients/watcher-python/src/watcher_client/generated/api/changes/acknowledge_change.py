from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.acknowledgement_create import AcknowledgementCreate
from ...models.change import Change
from ...models.http_validation_error import HTTPValidationError
from ...models.problem import Problem
from typing import cast
from uuid import UUID


def _get_kwargs(
    change_id: UUID,
    *,
    body: AcknowledgementCreate,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/changes/{change_id}/acknowledgement".format(
            change_id=quote(str(change_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Change | HTTPValidationError | Problem | None:
    if response.status_code == 200:
        response_200 = Change.from_dict(response.json())

        return response_200

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
) -> Response[Change | HTTPValidationError | Problem]:
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
    body: AcknowledgementCreate,
) -> Response[Change | HTTPValidationError | Problem]:
    """Acknowledge Change

    Args:
        change_id (UUID): The change.
        body (AcknowledgementCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Change | HTTPValidationError | Problem]
    """

    kwargs = _get_kwargs(
        change_id=change_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: AcknowledgementCreate,
) -> Change | HTTPValidationError | Problem | None:
    """Acknowledge Change

    Args:
        change_id (UUID): The change.
        body (AcknowledgementCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Change | HTTPValidationError | Problem
    """

    return sync_detailed(
        change_id=change_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: AcknowledgementCreate,
) -> Response[Change | HTTPValidationError | Problem]:
    """Acknowledge Change

    Args:
        change_id (UUID): The change.
        body (AcknowledgementCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Change | HTTPValidationError | Problem]
    """

    kwargs = _get_kwargs(
        change_id=change_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    change_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: AcknowledgementCreate,
) -> Change | HTTPValidationError | Problem | None:
    """Acknowledge Change

    Args:
        change_id (UUID): The change.
        body (AcknowledgementCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Change | HTTPValidationError | Problem
    """

    return (
        await asyncio_detailed(
            change_id=change_id,
            client=client,
            body=body,
        )
    ).parsed
