"""`/v1/imports`: newline-delimited CloudEvents of any length, gone on with where they were cut off.

It is a part of the IETF's *Resumable Uploads for HTTP*: an offset in bytes that is stored for good,
asked for with HEAD, and PATCH from there. What is told of an import are counts of what was sent,
so nobody's data.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Security
from psycopg import Cursor
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.api import described
from services.api.body import plainly_encoded
from services.api.described import refusals
from services.api.looking import tells_nothing
from services.api.problems import ApiError, json_response
from services.api.refused import PATH as REFUSED
from services.api.security import BEARER
from services.api.state import Api, Desk
from services.api.uploading import Upload, Uploads, at, moved
from services.edge.problems import Flaw
from services.refused import import_name
from services.store.imports import Import, Imports
from services.tokens import Token
from services.words import Words

PATH = "/v1/imports"
_SHOWN = 100
_ACCEPTED = (
    "application/x-ndjson",
    "application/jsonl",
    "application/partial-upload",
    "application/octet-stream",
)
_COMPLETE = {"?1": True, "?0": False}


class ImportDocument(BaseModel):
    """How far an import is: lines and bytes that are stored for good, what became of its events."""

    id: UUID
    lines: int
    bytes: int
    stored: int
    duplicate: int
    conflict: int
    refused: int
    complete: bool
    began_at: datetime
    moved_at: datetime
    completed_at: datetime | None
    refused_events: str = Field(description="Where what was refused is listed.")


class ImportList(BaseModel):
    """The latest first."""

    rows: list[ImportDocument]


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["imports"], dependencies=[Security(BEARER)])
    uploads = Uploads()

    async def added(
        request: Request, desk: Desk, token: Token, found: Import, *, complete: bool
    ) -> Import:
        plainly_encoded(request)
        _of_lines(request)
        upload = Upload(api, desk, token, request, found)
        await uploads.run(upload, complete=complete)
        return await _found(api, desk, token, found.key)

    async def stopped(desk: Desk, token: Token, key: bytes) -> Import:
        """An import that nobody of this process is going on with. Raises ApiError 404."""
        found = await _found(api, desk, token, key)
        await uploads.stop(key)
        return await _found(api, desk, token, found.key)

    @routes.post(
        PATH,
        summary="Begin an import",
        status_code=201,
        responses={
            201: {"model": ImportDocument, "description": "Begun; with a body, taken in."},
            **refusals(400, 401, 403, 408, 409, 415),
        },
        openapi_extra=described.LINES,
    )
    async def begun(request: Request) -> Response:
        """Newline-delimited CloudEvents; a body may follow at once, or later with PATCH.

        `Location` is the import's address. With a body and no `Upload-Complete: ?0`, it is all of
        the import.
        """
        token, desk = await api.sender(request)
        complete = _is_complete(request)
        key = uuid4().bytes
        store, prefix = desk.store, token.source_prefix

        def work() -> Import:
            with store.transaction() as cursor:
                return Imports(store.schema).begin(cursor, key, prefix, store.clock())

        found = await api.write(work)
        if _has_body(request):
            found = await added(request, desk, token, found, complete=complete)
        tells_nothing(request)
        headers = at(found) | {"location": f"{PATH}/{import_name(key)}"}
        return json_response(_told(found), 201, headers)

    @routes.patch(
        PATH + "/{id}",
        summary="Go on with an import",
        responses={
            200: {"model": ImportDocument, "description": "Stored as far as `Upload-Offset` says."},
            **refusals(400, 401, 403, 404, 408, 409, 415),
        },
        openapi_extra=described.MORE_LINES,
    )
    async def more(id: str, request: Request) -> Response:  # its name in the path
        """Lines from `Upload-Offset` on. `Upload-Complete: ?0` says that more will follow.

        The answer's `Upload-Offset` is what is stored: a line that was begun isn't, unless it is
        the last. After a cut, ask for it with HEAD and go on from there.
        """
        token, desk = await api.sender(request)
        complete, offset = _is_complete(request), _offset(request)
        found = await stopped(desk, token, _key(id))
        if found.completed_at is not None:
            raise _completed(found)
        if offset != found.bytes:
            error = moved()
            error.headers |= at(found)
            error.members |= {"expected-offset": found.bytes, "provided-offset": offset}
            raise error
        found = await added(request, desk, token, found, complete=complete)
        tells_nothing(request)
        return json_response(_told(found), 200, at(found))

    @routes.head(
        PATH + "/{id}",
        summary="How far an import is, in headers",
        status_code=204,
        responses=refusals(401, 403, 404),
    )
    async def asked(id: str, request: Request) -> Response:  # its name in the path
        """`Upload-Offset`: bytes that are stored for good; `Upload-Complete`: whether it is all.

        Who asks goes on from there, so what is still under way with it is ended; GET ends nothing.
        """
        token, desk = await api.sender(request)
        found = await stopped(desk, token, _key(id))
        tells_nothing(request)
        return Response(status_code=204, headers=at(found) | {"cache-control": "no-store"})

    @routes.get(
        PATH + "/{id}",
        summary="How far an import is",
        responses={200: {"model": ImportDocument}, **refusals(401, 403, 404)},
    )
    async def shown(id: str, request: Request) -> Response:  # its name in the path
        """Lines, bytes, and what became of the events."""
        token, desk = await api.sender(request)
        found = await _found(api, desk, token, _key(id))
        tells_nothing(request)
        return json_response(_told(found), 200, at(found) | {"cache-control": "no-store"})

    @routes.get(
        PATH,
        summary="Imports",
        responses={200: {"model": ImportList}, **refusals(401, 403)},
    )
    async def listed(request: Request) -> Response:
        """The latest hundred imports of this token's source prefix that moved in 30 days."""
        token, desk = await api.sender(request)
        imports = Imports(desk.store.schema)

        def work() -> list[Import]:
            with desk.store.transaction() as cursor:
                return imports.of(cursor, _own(imports, cursor, token), _SHOWN)

        tells_nothing(request)
        return json_response({"rows": [_told(each) for each in await api.read(work)]})

    return routes


def _own(imports: Imports, cursor: Cursor[Any], token: Token) -> list[str]:
    return [prefix for prefix in imports.prefixes(cursor) if token.speaks_for(prefix)]


async def _found(api: Api, desk: Desk, token: Token, key: bytes) -> Import:
    """Another sender's is not found, as what isn't there. Raises ApiError 404."""

    def work() -> Import | None:
        with desk.store.transaction() as cursor:
            return Imports(desk.store.schema).read(cursor, key)

    found = await api.read(work)
    if found is None or found.sender is None or not token.speaks_for(found.sender):
        words = Words("Ingen import har det id (mere).", "No import has that id (any more).")
        raise ApiError("not-found", words)
    return found


def _key(id_: str) -> bytes:
    try:
        return UUID(id_).bytes
    except ValueError:
        return b""


def _told(found: Import) -> dict[str, Any]:
    id_ = import_name(found.key)
    return {
        "id": id_,
        "lines": found.lines,
        "bytes": found.bytes,
        "stored": found.stored,
        "duplicate": found.duplicate,
        "conflict": found.conflict,
        "refused": found.refused,
        "complete": found.completed_at is not None,
        "began_at": found.began_at,
        "moved_at": found.moved_at,
        "completed_at": found.completed_at,
        "refused_events": f"{REFUSED}?import={id_}",
    }


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    return "transfer-encoding" in request.headers or length.strip("0") != ""


def _is_complete(request: Request) -> bool:
    """Raises ApiError 400."""
    given = request.headers.get("upload-complete", "?1").strip()
    if given not in _COMPLETE:
        raise _wrong_header("upload-complete", "?1, ?0")
    return _COMPLETE[given]


def _offset(request: Request) -> int:
    """Raises ApiError 400."""
    given = request.headers.get("upload-offset", "").strip()
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        raise _wrong_header("upload-offset", "0, 1, 2 …")
    return int(given)


def _wrong_header(name: str, allowed: str) -> ApiError:
    words = Words(f"Headeren skal være: {allowed}", f"The header must be: {allowed}")
    flaw = Flaw(f"/{name}", "header", words.da, words.en)
    return ApiError("invalid-request", words, errors=[flaw], headers={"connection": "close"})


def _of_lines(request: Request) -> None:
    """Raises ApiError 415 for a content type that isn't lines; without one, it is."""
    kind = request.headers.get("content-type", _ACCEPTED[0]).lower().partition(";")[0].strip()
    if kind not in _ACCEPTED:
        raise ApiError(
            "wrong-content-type",
            Words(
                f"Content-Type skal være en af: {', '.join(_ACCEPTED)}.",
                f"Content-Type must be one of: {', '.join(_ACCEPTED)}.",
            ),
            headers={"accept-post": ", ".join(_ACCEPTED), "connection": "close"},
        )


def _completed(found: Import) -> ApiError:
    return ApiError(
        "import-completed",
        Words(
            "Alt er modtaget. Begynd en ny import til mere: intet gemmes to gange.",
            "All of it was received. Begin a new import for more: nothing is stored twice.",
        ),
        headers=at(found) | {"connection": "close"},
    )
