"""The FastAPI application: routes, the answers to errors, the contract."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api import (
    audit,
    commands,
    course_next,
    courses,
    events,
    feed,
    health,
    imports,
    log,
    refused,
    rules,
    texts,
    views,
    webhooks,
)
from services.api.contract import describe_access
from services.api.described import refusals
from services.api.guard import Guard, Watch
from services.api.lanes import Lanes
from services.api.parameters import UNUSABLE, each_once, flaw_of, names_of
from services.api.problems import ApiError, language_of
from services.api.state import Api
from services.api.straight import Straight
from services.lane import DEFAULT, Bounds
from services.root import App
from services.store.writing import Clock, utc_now
from services.words import Words

_DESCRIPTION = """Events in, views out, decisions asked for. Send an event with
`POST /v1/events`; it is stored when it is answered. Send it again, and the first receipt comes
again. What is wrong is named by its place. Errors are RFC 9457 problem documents, in Danish, or in
English with `Accept-Language: en`."""
# Its spans hold paths, in which ids stand, and the environment alone would have them sent.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
_STATUSES = {404: "not-found", 405: "wrong-method", 413: "too-large"}


class Interface(FastAPI):
    """The frame's application, past whose layers one way goes `straight`."""

    straight: Guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if events.WAY.leads(scope):
            await self.straight(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(app: App, *, clock: Clock = utc_now, bounds: Bounds = DEFAULT) -> FastAPI:
    """The application on an open App. `clock` tells what "now" is in questions and of tokens.

    `bounds` are those of each municipality's writer lane.
    """
    api = Api(app, clock)
    lanes = Lanes(api, bounds)
    send = events.sender(api, lanes)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sharing = asyncio.create_task(api.sharing.run())
        yield
        sharing.cancel()
        await api.waking.close()
        await anyio.to_thread.run_sync(lanes.close)

    made = Interface(
        lifespan=lifespan,
        telemetry=_NO_TELEMETRY,
        title="Rød Tråd",
        version="1",
        description=_DESCRIPTION,
        openapi_url=texts.OPENAPI,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send to whatever host the sender named
        exception_handlers={
            ApiError: _told,
            HTTPException: _of_the_frame,
            RequestValidationError: _of_parameters,
        },
    )
    once = [Depends(each_once)]
    for router in (
        events.router(send),
        views.router(api),
        commands.router(api),
        rules.router(api),
        course_next.router(api),
        courses.router(api),
        feed.router(api),
        webhooks.router(api),
        refused.router(api),
        imports.router(api),
        audit.router(api),
        log.router(api),
    ):
        made.include_router(router, dependencies=once, responses=refusals(429, 431, 503))
    for router in (health.router(api), texts.router()):
        made.include_router(router, dependencies=once, responses=refusals(431, 503))
    watch = Watch(api.metrics, app.settings.most_requests, app.settings.most_followers)
    made.straight = Guard(Straight(events.WAY, send), watch)
    made.add_middleware(Guard, watch=watch)
    made.state.api, made.state.lanes = api, lanes
    describe_access(made, app.settings, api.verifier)
    return made


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    request.state.reason = error.reason
    return error.response(language_of(request))


async def _of_the_frame(request: Request, error: Exception) -> Response:
    """Starlette's own: no such path, no such method."""
    assert isinstance(error, HTTPException)
    kind = _STATUSES.get(error.status_code, "invalid-request")
    words = Words("Se /docs for stier og metoder.", "See /docs for paths and methods.")
    return ApiError(kind, words, headers=error.headers).response(language_of(request))


async def _of_parameters(request: Request, error: Exception) -> Response:
    """What is wrong with the parameters, by name; never what stood in them."""
    assert isinstance(error, RequestValidationError)
    flaws = [flaw_of(found, names_of(request)) for found in error.errors()]
    return ApiError("invalid-request", UNUSABLE, errors=flaws).response(language_of(request))
