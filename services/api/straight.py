"""Straight to the one endpoint that is asked thousands of times a second.

The frame's way to an endpoint (its routes, its dependencies, its stacks) costs more than reading
and storing an event. What is asked, answered and documented is the frame's route all the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api.problems import ApiError, language_of

Endpoint = Callable[[Request], Awaitable[Response]]


class Way:
    """What Guard calls a request by, as it does a route of the frame."""

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = self.path_format = path

    def leads(self, scope: Scope) -> bool:
        """Whether a request goes this way."""
        if scope["type"] != "http":
            return False
        return (scope["method"], scope["path"]) == (self.method, self.path)


class Straight:
    """ASGI application: one endpoint, and problem documents where it refuses."""

    def __init__(self, way: Way, endpoint: Endpoint) -> None:
        self._way = way
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        scope["route"] = self._way
        request = _Asked(scope, receive)
        try:
            response = await self._endpoint(request)
        except ApiError as error:
            scope["state"]["reason"] = error.reason
            response = error.response(language_of(request))
        await response(scope, receive, send)


class _Headers(Headers):
    """Each header is asked for by name: they are looked up, not gone through."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        # The first of a name counts, as it does for the frame.
        self._first = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(scope["headers"])
        }

    def get(self, key: str, default: Any = None) -> Any:
        """By a name in lower case."""
        return self._first.get(key, default)


class _Asked(Request):
    """A request with such headers."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._headers = _Headers(scope)
