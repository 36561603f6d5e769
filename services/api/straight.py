"""Straight to the one endpoint that is asked thousands of times a second.

The frame's way to an endpoint (its routes, its dependencies, its stacks) costs more than reading
and storing an event. What is asked, answered and documented is the frame's route all the same.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.problems import ApiError, language_of

Endpoint = Callable[[Request], Awaitable[Response]]


class Way:
    """What Guard calls a request by, as it does a route of the frame."""

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = self.path_format = path


class Straight:
    """ASGI middleware: requests of one method and path go to `endpoint`, all others onwards."""

    def __init__(self, app: ASGIApp, way: Way, endpoint: Endpoint) -> None:
        self._app = app
        self._way = way
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        way = self._way
        if scope["type"] != "http" or scope["path"] != way.path or scope["method"] != way.method:
            await self._app(scope, receive, send)
            return
        scope["route"] = way
        request = Request(scope, receive)
        try:
            response = await self._endpoint(request)
        except ApiError as error:
            request.state.reason = error.reason
            response = error.response(language_of(request))
        await response(scope, receive, send)
