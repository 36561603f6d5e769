"""Around everything: bounds, measures and logs each request, and lets no error out."""

import time
from dataclasses import dataclass
from itertools import chain
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.body import Bodies
from services.api.followers import FEED
from services.api.looking import may_be_sent
from services.api.metrics import Metrics
from services.api.problems import ApiError, busy, language_of
from services.api.straight import Way
from services.words import Words

LARGEST_HEADERS = 32 * 1024  # bytes of a request's headers and its path
_INTERNAL = ApiError(
    "internal",
    Words(
        "Fejlen er noteret. Send det samme igen: intet gemmes to gange.",
        "The error is noted. Send the same again: nothing is stored twice.",
    ),
)
HEADERS = ApiError(
    "headers-too-large",
    Words(
        f"Headere og sti må højst fylde {LARGEST_HEADERS} bytes.",
        f"Headers and path may hold at most {LARGEST_HEADERS} bytes.",
    ),
    headers={"connection": "close"},
    members={"limit": LARGEST_HEADERS},
    reason="headers",
)
_ALWAYS = {"/healthz", "/readyz", "/metrics"}
_TURNED_AWAY = {
    401: "token",
    403: "event",
    413: "size",
    429: "rate",
    431: "headers",
    503: "store",
}
"""Statuses that are counted by reason, and the reason where none is told."""
_UNKNOWN = "(unknown)"
_FAILED = 400
log = structlog.get_logger("api")


@dataclass
class _UnderWay:
    """Requests of one kind that are worked on, and how many may be."""

    most: int
    reason: str
    count: int = 0


class UnrecordedError(Exception):
    """Somebody would be told something that is neither recorded nor said to tell nothing personal:
    its route lacks `Api.look`, or `tells_nothing`."""


class Watch:
    """What the guards of one process count together.

    `most`: requests that are worked on at a time; who keeps it running is always answered.
    `most_followers`: those that follow the feed, which are counted by themselves.
    """

    def __init__(self, metrics: Metrics, most: int, most_followers: int) -> None:
        self.metrics = metrics
        self.requests = _UnderWay(most, "under-way")
        self.followers = _UnderWay(most_followers, "followers")
        self.bodies = Bodies()


class Guard:
    """ASGI middleware. What is logged of a path is its route, never the ids in it."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch
        self._metrics = watch.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        state["bodies"] = self._watch.bodies

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                if message["status"] < _FAILED and not _may_be_sent(scope):
                    raise UnrecordedError
                status = message["status"]
                message["headers"] = [*message["headers"], *_added(state)]
            await send(message)

        watch = self._watch
        under_way = watch.followers if scope["path"] == FEED else watch.requests
        under_way.count += 1
        try:
            if (refused := _bounded(scope, under_way)) is not None:
                state["reason"] = refused.reason
                await refused.response(language_of(Request(scope)))(scope, receive, noting)
            else:
                await self._app(scope, receive, noting)
        except Exception as error:  # anything else is a fault of ours
            log.error("request-failed", route=_route(scope), **_told_of(error))
            if not status:
                answer = _INTERNAL.response(language_of(Request(scope)))
                await answer(scope, receive, noting)
        finally:
            under_way.count -= 1
            watch.bodies.let_go(state)
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.labels(method, _route(scope), str(status)).observe(seconds)
        if status < _FAILED and isinstance(scope.get("route"), Way):
            return  # thousands a second, and each of them is counted
        told = {}
        if status in _TURNED_AWAY:
            state = scope["state"]
            told["reason"] = state.get("reason") or _TURNED_AWAY[status]
            if (token := state.get("token")) is not None:
                told["token"] = str(token)  # its id, as `roedtraad token list` shows it
            self._metrics.turned_away.labels(str(status), told["reason"]).inc()
        log.info(
            "request",
            method=method,
            route=_route(scope),
            status=status,
            ms=round(seconds * 1000, 1),
            **told,
        )


def _may_be_sent(scope: Scope) -> bool:
    # Receipts of events tell nothing but what was sent.
    return isinstance(scope.get("route"), Way) or may_be_sent(scope["state"])


def _bounded(scope: Scope, under_way: _UnderWay) -> ApiError | None:
    """What is wrong with a request before anything of it is read."""
    size = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
    if size + sum(map(len, chain.from_iterable(scope["headers"]))) > LARGEST_HEADERS:
        return HEADERS
    if under_way.count > under_way.most and scope["path"] not in _ALWAYS:
        return busy(1, reason=under_way.reason)
    return None


_ALL_HAVE = [(b"x-content-type-options", b"nosniff")]
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _added(state: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of every answer, and what whoever was let in has left."""
    allowance = state.get("allowance")
    return _ALL_HAVE if allowance is None else _ALL_HAVE + allowance.headers()


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
