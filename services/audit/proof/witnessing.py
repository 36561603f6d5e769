"""A witness over HTTP: C2SP's tlog-witness, `POST /add-checkpoint`."""

import asyncio
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.audit.proof.witness import RefusedError, Witness, read_request

_MOST = 1 << 16  # bytes of a request
_SECONDS = 5  # that it may take to come
_SIZE_TYPE = "text/x.tlog.size"


def witness_app(witness: Witness, shout: Callable[[str], None]) -> Starlette:
    """The application; `shout` is told of logs that have shrunk or forked."""

    def add(body: bytes) -> Response:
        try:
            asked = read_request(body.decode())
            return PlainTextResponse(str(witness.add(asked, int(time.time()))))
        except UnicodeDecodeError:
            return PlainTextResponse("UTF-8\n", 400)
        except RefusedError as error:
            if error.is_alarm:
                shout(str(error))
            if error.size is not None:
                return Response(f"{error.size}\n", error.status, media_type=_SIZE_TYPE)
            return PlainTextResponse(f"{error}\n", error.status)

    async def add_checkpoint(request: HttpRequest) -> Response:
        body = b""
        try:
            async with asyncio.timeout(_SECONDS):
                async for part in request.stream():
                    body += part
                    if len(body) > _MOST:
                        return PlainTextResponse(f"{_MOST}\n", 413)
        except TimeoutError:
            return PlainTextResponse(f"{_SECONDS} s\n", 408, headers={"Connection": "close"})
        return await run_in_threadpool(add, body)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])
