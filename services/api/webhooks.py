"""`/v1/webhooks`: other systems say where they want to be sent what is stored, and see how it goes.

The routes; what they do is in `webhook_desk.py`. They are the same webhooks as those of
`roedtraad webhooks`.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import Response

from services.api.conditions import idempotency_key, if_match
from services.api.described import refusals
from services.api.looking import tells_nothing
from services.api.problems import json_response
from services.api.security import BEARER, may_forward
from services.api.state import Api
from services.api.webhook_desk import WebhookDesk
from services.api.webhook_forms import (
    CHANGED,
    NEW,
    REMOVED,
    REPLAY,
    ROTATION,
    AskedDead,
    ChangedWebhook,
    DeadLetterPage,
    NewWebhook,
    Replay,
    Retried,
    Rotation,
    WebhookDocument,
    WebhookList,
    WebhookWithSecret,
    asked_for,
)
from services.tokens import Token

PATH = "/v1/webhooks"
_CHANGE = refusals(400, 401, 403, 404, 412, 413, 415, 428)


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["webhooks"], dependencies=[Security(BEARER)])
    _of_all(routes, api)
    _of_one(routes, api)
    _of_dead_letters(routes, api)
    return routes


async def _let_in(api: Api, request: Request) -> tuple[Token, WebhookDesk]:
    token = await api.gate.enter(request)
    may_forward(token)
    tells_nothing(request)  # of anybody: where systems are sent what, and how that goes
    desk = await api.open_desk(token.municipality)
    return token, WebhookDesk(api, desk.store)


def _of_all(routes: APIRouter, api: Api) -> None:
    @routes.post(
        PATH,
        summary="Set up a webhook",
        status_code=201,
        responses={
            201: {"model": WebhookWithSecret, "description": "Set up; here is its secret, once."},
            200: {"model": WebhookDocument, "description": "Asked before; the secret isn't shown."},
            **refusals(400, 401, 403, 409, 413, 415, 422),
        },
        openapi_extra=NEW,
    )
    async def added(request: Request) -> Response:
        """What is stored from now on, or after a position, is sent to `url`, in order.

        `types` as in the feed; with `follow_ups` instead, each stage of each follow-up.
        """
        token, desk = await _let_in(api, request)
        key, asked = idempotency_key(request), await asked_for(request, NewWebhook)
        told, is_new = await desk.add(asked, (str(token.id), key))
        headers = _version(told) | {"location": f"{PATH}/{told['id']}", **_SECRET}
        return json_response(told, 201 if is_new else 200, headers)

    @routes.get(
        PATH,
        summary="Webhooks, and how they fare",
        responses={200: {"model": WebhookList}, **refusals(401, 403)},
    )
    async def listed(request: Request) -> Response:
        """All of the municipality, also those that an operator has set up."""
        _, desk = await _let_in(api, request)
        return json_response({"rows": await desk.all()})


def _of_one(routes: APIRouter, api: Api) -> None:
    @routes.get(
        PATH + "/{id}",
        summary="One webhook",
        responses={200: {"model": WebhookDocument}, **refusals(401, 403, 404)},
    )
    async def one(id: str, request: Request) -> Response:  # its name in the path
        """How far it is, what was answered last, and when it is tried again."""
        _, desk = await _let_in(api, request)
        told = await desk.one(id)
        return json_response(told, 200, _version(told))

    @routes.patch(
        PATH + "/{id}",
        summary="Change it, pause it, go on with it",
        responses={200: {"model": WebhookDocument}, **_CHANGE},
        openapi_extra=CHANGED,
    )
    async def changed(id: str, request: Request) -> Response:  # its name in the path
        """`paused: true` sends nothing until `paused: false`; nothing of what waits is lost."""
        _, desk = await _let_in(api, request)
        edition = if_match(request)
        told = await desk.change(id, edition, await asked_for(request, ChangedWebhook))
        return json_response(told, 200, _version(told))

    @routes.delete(
        PATH + "/{id}",
        summary="Remove it",
        status_code=204,
        responses=refusals(400, 401, 403, 404, 412, 428),
        openapi_extra=REMOVED,
    )
    async def removed(id: str, request: Request) -> Response:  # its name in the path
        """Its dead letters go with it."""
        _, desk = await _let_in(api, request)
        await desk.remove(id, if_match(request))
        return Response(status_code=204)

    @routes.post(
        PATH + "/{id}/replay",
        summary="Send all after a position again",
        responses={200: {"model": WebhookDocument}, **_CHANGE},
        openapi_extra=REPLAY,
    )
    async def replayed(id: str, request: Request) -> Response:  # its name in the path
        """Each event has the same `webhook-id` as the first time."""
        _, desk = await _let_in(api, request)
        edition = if_match(request)
        told = await desk.replay(id, edition, await asked_for(request, Replay))
        return json_response(told, 200, _version(told))

    @routes.post(
        PATH + "/{id}/secret",
        summary="Give it a new secret",
        responses={
            200: {"model": WebhookWithSecret, "description": "Here is its new secret, once."},
            **_CHANGE,
            **refusals(422),
        },
        openapi_extra=ROTATION,
    )
    async def rotated(id: str, request: Request) -> Response:  # its name in the path
        """Requests are signed with both until `old_secret_ends_at`, so that none is refused.

        With `overlap_hours` 0 no old secret is good from now on: for one that others know.
        """
        _, desk = await _let_in(api, request)
        edition = if_match(request)
        told = await desk.rotate(id, edition, await asked_for(request, Rotation))
        return json_response(told, 200, _version(told) | _SECRET)


def _of_dead_letters(routes: APIRouter, api: Api) -> None:
    @routes.get(
        PATH + "/{id}/dead-letters",
        summary="What it didn't take",
        responses={200: {"model": DeadLetterPage}, **refusals(400, 401, 403, 404)},
    )
    async def dead(
        id: str,  # its name in the path
        request: Request,
        asked: Annotated[AskedDead, Query()],
    ) -> Response:
        """Kept until they are taken after all, or the webhook is removed."""
        _, desk = await _let_in(api, request)
        rows = await desk.dead_letters(id, asked.after, asked.limit)
        more = rows[-1]["number"] if len(rows) == asked.limit else None
        return json_response({"rows": rows, "next": more})

    @routes.post(
        PATH + "/{id}/dead-letters/retry",
        summary="Send all of it once more",
        status_code=202,
        responses={202: {"model": Retried}, **refusals(401, 403, 404)},
    )
    async def retried(id: str, request: Request) -> Response:  # its name in the path
        """Each is tried once; what isn't taken stays a dead letter."""
        _, desk = await _let_in(api, request)
        return json_response({"asked": await desk.retry(id, None)}, 202)

    @routes.post(
        PATH + "/{id}/dead-letters/{number}/retry",
        summary="Send one of it once more",
        status_code=202,
        responses={202: {"model": Retried}, **refusals(401, 403, 404)},
    )
    async def retried_one(id: str, number: str, request: Request) -> Response:  # names in the path
        """The one of that number."""
        _, desk = await _let_in(api, request)
        return json_response({"asked": await desk.retry(id, number)}, 202)


_SECRET = {"cache-control": "no-store"}


def _version(told: dict[str, object]) -> dict[str, str]:
    return {"etag": f'"{told["version"]}"'}
