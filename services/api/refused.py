"""`/v1/refused`: a sender sees what of theirs was refused, and sends it again, mended or not."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Security
from psycopg import Cursor
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.api import described
from services.api.asked import LARGEST_PAGE, PAGE
from services.api.body import read_body
from services.api.described import ProblemDocument, ReceiptDocument, refusals
from services.api.events import of_one
from services.api.looking import tells_nothing
from services.api.problems import ApiError, json_response, language_of, problem_response
from services.api.security import BEARER, not_senders
from services.api.state import Api, Desk
from services.audit.access.looking import Seen
from services.edge.parse import too_large
from services.edge.reading import LONGEST_EVENT
from services.refused import retry, since_stored, told
from services.store.refused import Kept
from services.tokens import Token
from services.words import Words

PATH = "/v1/refused"
_LAST = 2**63 - 1
T = TypeVar("T")
Found = tuple[list[Kept], dict[int, datetime]]
"""What was refused, and by number when that was stored since, where it was."""


class RefusedDocument(BaseModel):
    """What was refused, and why; `source` and `event_id` if they could be read."""

    id: int
    received_at: datetime
    expires_at: datetime
    source: str | None
    event_id: str | None
    import_: str | None = Field(alias="import")
    line: int | None
    has_event: bool
    stored_at: datetime | None = Field(
        description="When an event of that source and id was stored since, if one was."
    )
    problem: ProblemDocument


class RefusedPage(BaseModel):
    """The oldest first; `next` goes on with `?after=`, null at the end."""

    rows: list[RefusedDocument]
    next: int | None


class AskedRefused(BaseModel):
    """Which of them."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    after: int = Field(0, ge=0, le=_LAST, description="`next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="So many at most.")
    import_: UUID | None = Field(None, alias="import", description="Only this import's.")


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["events"], dependencies=[Security(BEARER)])

    @routes.get(
        PATH,
        summary="What was refused",
        responses={200: {"model": RefusedPage}, **refusals(400, 401, 403)},
    )
    async def listed(request: Request, asked: Annotated[AskedRefused, Query()]) -> Response:
        """Events of this token's source prefix that were refused in the last 30 days, and why.

        The events themselves are not shown again, since they may hold personal data.
        """
        token, desk = await api.sender(request)
        of = asked.import_.bytes if asked.import_ else None

        def work(cursor: Cursor[Any]) -> Found:
            now = desk.store.clock()
            desk.refusals.expire(cursor, now)
            found = desk.refusals.read(
                cursor,
                now,
                prefixes=_own(desk, cursor, token),
                of=of,
                after=asked.after,
                limit=asked.limit,
            )
            return found, since_stored(desk.store, cursor, found, token.speaks_for)

        found, since = await _look(api, request, token, desk, work)
        rows = [told(each, language_of(request), since.get(each.id)) for each in found]
        more = found[-1].id if len(found) == asked.limit else None
        return json_response({"rows": rows, "next": more})

    @routes.get(
        PATH + "/{id}",
        summary="One that was refused",
        responses={200: {"model": RefusedDocument}, **refusals(400, 401, 403, 404)},
    )
    async def shown(id: str, request: Request) -> Response:  # its name in the path
        """Why it was refused: every wrong field with its place and what would be right."""
        token, desk = await api.sender(request)

        def work(cursor: Cursor[Any]) -> Found:
            found = [_the_one(desk, cursor, token, id)]
            return found, since_stored(desk.store, cursor, found, token.speaks_for)

        [kept], since = await _look(api, request, token, desk, work)
        return json_response(told(kept, language_of(request), since.get(kept.id)))

    @routes.post(
        PATH + "/{id}/retry",
        summary="Send it again",
        status_code=201,
        responses={
            201: {"model": ReceiptDocument, "description": "Stored, and kept no longer."},
            200: {"model": ReceiptDocument, "description": "It had been stored before."},
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        openapi_extra=described.MENDED,
    )
    async def again(id: str, request: Request) -> Response:  # its name in the path
        """Send it again as it was kept, or mended in the body (one event in structured mode).

        Refused again, it stays under its number, with the new reason.
        """
        token, desk = await api.sender(request)
        body = await read_body(request, LONGEST_EVENT)
        kept = await _read(api, desk, lambda cursor: _the_one(desk, cursor, token, id))
        if body is None:
            return problem_response(too_large(), language_of(request))
        tells_nothing(request)
        mended = {kept.id: body} if body else {}
        request.state.allowance.took(1)
        answers = await api.write(
            lambda: retry(
                desk.store, desk.refusals, [kept], lambda _, one: not_senders(token, one), mended
            )
        )
        return of_one(request, answers[kept.id])

    @routes.delete(
        PATH + "/{id}",
        summary="Keep it no longer",
        status_code=204,
        responses=refusals(401, 403, 404),
    )
    async def forgotten(id: str, request: Request) -> Response:  # its name in the path
        """Have it deleted before its 30 days are over."""
        token, desk = await api.sender(request)

        def work(cursor: Cursor[Any]) -> None:
            desk.refusals.forget(cursor, [_the_one(desk, cursor, token, id).id])

        await _read(api, desk, work)
        tells_nothing(request)
        return Response(status_code=204)

    return routes


async def _read(api: Api, desk: Desk, work: Callable[[Cursor[Any]], T]) -> T:
    def done() -> T:
        with desk.store.transaction() as cursor:
            return work(cursor)

    return await api.read(done)


async def _look(
    api: Api,
    request: Request,
    token: Token,
    desk: Desk,
    work: Callable[[Cursor[Any]], Found],
) -> Found:
    """The same, recorded. Whose data was sent isn't known of what was refused."""

    def done(_: list[Desk]) -> tuple[Found, Mapping[str, Seen]]:
        with desk.store.transaction() as cursor:
            found = work(cursor)
        return found, {desk.store.code: Seen(len(found[0]))}

    return await api.look(request, token, lambda: [desk], done)


def _own(desk: Desk, cursor: Cursor[Any], token: Token) -> list[str]:
    """The prefixes of senders that this token speaks for: its own, and what lies under it."""
    return [prefix for prefix in desk.refusals.prefixes(cursor) if token.speaks_for(prefix)]


def _the_one(desk: Desk, cursor: Cursor[Any], token: Token, id_: str) -> Kept:
    """Another sender's is not found, as what isn't there. Raises ApiError 404."""
    number = int(id_) if id_.isascii() and id_.isdigit() and len(id_) < len(str(_LAST)) else 0
    prefixes = _own(desk, cursor, token)
    found = desk.refusals.read(cursor, desk.store.clock(), ids=[number], prefixes=prefixes)
    if not found:
        raise ApiError(
            "not-found",
            Words(
                "Intet afvist har det nummer (mere); se /v1/refused.",
                "Nothing refused has that number (any more); see /v1/refused.",
            ),
        )
    return found[0]
