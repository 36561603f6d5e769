"""Around everything: measures each request, logs it without its content, and lets no error out."""

import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.metrics import Metrics
from services.api.problems import ApiError, language_of
from services.words import Words

_INTERNAL = ApiError(
    "internal",
    Words(
        "Fejlen er noteret. Send det samme igen: intet gemmes to gange.",
        "The error is noted. Send the same again: nothing is stored twice.",
    ),
)
_UNKNOWN = "(unknown)"
log = structlog.get_logger("api")


class Guard:
    """ASGI middleware. What is logged of a path is its route, never the ids in it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:  # anything else is a fault of ours
            log.error("request-failed", route=_route(scope), **_told_of(error))
            if not status:
                answer = _INTERNAL.response(language_of(Request(scope)))
                await answer(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.labels(method, _route(scope), str(status)).observe(seconds)
        log.info(
            "request",
            method=method,
            route=_route(scope),
            status=status,
            ms=round(seconds * 1000, 1),
        )


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _route(scope: Scope) -> str:
    route: Any = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or _UNKNOWN


def _told_of(error: Exception) -> dict[str, str]:
    """Its kind and where it arose: its text may quote what a user sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return {"kind": type(error).__name__, "at": at}
