"""The auditors' logs over HTTP: C2SP's tlog-tiles, for whoever follows them from elsewhere.

What is told are hashes and signatures, which tell nothing of anybody.
"""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Security
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.api.described import refusals
from services.api.looking import tells_nothing
from services.api.problems import ApiError
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api
from services.api.views import known_municipality
from services.audit.proof.proving import NotInTheLogError, last_checkpoint
from services.audit.proof.tiles import HASH, WIDTH, Tiles
from services.store.municipality import Municipality
from services.words import Words

_TILE = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_FOR_EVER = "private, max-age=31536000, immutable"
_NOT_FOUND = Words("Findes ikke i loggen.", "There is no such thing in the log.")
Which = Annotated[Literal["events", "access"], Path(description="events, access")]
Of = Annotated[str | None, Query(description="The municipality, where the token is for all.")]


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["audit"], dependencies=[Security(BEARER)])

    async def store_of(request: Request, municipality: str | None) -> Municipality:
        token = await api.gate.enter(request)
        may_read(token)
        tells_nothing(request)
        code = own_municipality(token, known_municipality(municipality))
        desks = await api.read(lambda: api.desks(code))
        if len(desks) != 1:
            raise ApiError(
                "invalid-request",
                Words("Skriv ?municipality=KODE.", "Write ?municipality=CODE."),
            )
        return desks[0].store

    @routes.get(
        "/v1/audit/log/{log}/checkpoint",
        summary="The last signed root of a log (C2SP tlog-checkpoint)",
        response_class=PlainTextResponse,
        responses=refusals(400, 401, 403, 404, 503),
    )
    async def checkpoint(request: Request, log: Which, municipality: Of = None) -> Response:
        """With the signature of the log, and cosignatures of witnesses."""
        store = await store_of(request, municipality)

        def work() -> str:
            with store.transaction() as cursor:
                return last_checkpoint(cursor, store.schema, log)[1]

        try:
            text = await api.read(work)
        except NotInTheLogError:
            raise ApiError("not-found", _NOT_FOUND) from None
        return PlainTextResponse(text, headers={"cache-control": "no-cache"})

    @routes.get(
        "/v1/audit/log/{log}/tile/{level}/{tile:path}",
        summary="Hashes of a log's tree (C2SP tlog-tiles)",
        response_class=Response,
        responses={
            200: {"content": {"application/octet-stream": {}}},
            **refusals(400, 401, 403, 404, 503),
        },
    )
    async def tile(
        request: Request,
        log: Which,
        level: Annotated[int, Path(ge=0, le=63)],
        tile: Annotated[str, Path(description="000, x001/234 or 000.p/17")],
        municipality: Of = None,
    ) -> Response:
        """256 hashes of 32 bytes, or, of a tile that isn't full, so many as `.p/` says."""
        store = await store_of(request, municipality)
        asked = _TILE.fullmatch(tile)
        if asked is None:
            raise ApiError("not-found", _NOT_FOUND)
        n = int(asked[1].replace("x", "").replace("/", ""))
        width = int(asked[2] or WIDTH)

        def work() -> bytes:
            with store.transaction() as cursor:
                found = Tiles(cursor, store.schema, log).tile(level, n)
            return found.hashes[: width * HASH] if found else b""

        hashes = await api.read(work)
        if len(hashes) != width * HASH or width > WIDTH:
            raise ApiError("not-found", _NOT_FOUND)
        return Response(
            hashes,
            media_type="application/octet-stream",
            headers={"cache-control": _FOR_EVER},
        )

    return routes
