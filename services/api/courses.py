"""`GET /v1/courses/{id}`: a course's timeline, by its sender's id or ours."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import Response

from services.api.asked import AskedCourse
from services.api.described import refusals
from services.api.problems import ApiError, json_response
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api, Desk
from services.api.view_answers import ViewAnswer
from services.api.views import known_municipality
from services.audit.access.looking import Seen
from services.rendering import plain
from services.views import SEVERAL_HAVE_IT, ask_timeline
from services.words import Words


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["courses"], dependencies=[Security(BEARER)])

    @routes.get(
        "/v1/courses/{id:path}",
        summary="A course's timeline",
        responses={200: {"model": ViewAnswer}, **refusals(400, 401, 403, 404, 409, 503)},
    )
    async def course(
        id: str,  # its name in the path
        request: Request,
        asked: Annotated[AskedCourse, Query()],
    ) -> Response:
        """A course from its first event to its last; `ETag` is the version to command it at."""
        token = await api.gate.enter(request)
        may_read(token)
        code = own_municipality(token, known_municipality(asked.municipality))
        as_of, known_at = asked.moments()

        def work(desks: list[Desk]) -> tuple[tuple[dict[str, Any], int], Mapping[str, Seen]]:
            desk, stream = the_course(desks, id, [asked.source] if asked.source else None)
            answer = ask_timeline(
                desk.store, [stream], as_of=as_of, known_at=known_at, now=api.clock()
            )
            rows = [_readable(row, _names(desk, answer.rows)) for row in answer.rows]
            version = version_of(desk, stream)
            found = answer.as_dict() | {"rows": rows, "course": stream, "version": version}
            return (plain(found), version), answer.seen

        found, version = await api.look(request, token, lambda: api.desks(code), work)
        return json_response(found, headers={"etag": f'"{version}"'})

    return routes


def the_course(desks: list[Desk], id_: str, sources: Collection[str] | None) -> tuple[Desk, UUID]:
    """The one course of that id, ours or one of those sources' (None = anybody's).

    Raises ApiError 404, or 409 where several have it.
    """
    found = [(desk, stream) for desk in desks if (stream := _find(desk, id_, sources)) is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        words = Words("Intet forløb har det id.", "No course has that id.")
        raise ApiError("not-found", words, whose=_known(desks, id_, sources))
    raise ApiError(
        "conflict",
        SEVERAL_HAVE_IT,
        whose={desk.store.code: [stream] for desk, stream in found},
    )


def _known(desks: list[Desk], id_: str, sources: Collection[str] | None) -> dict[str, list[UUID]]:
    """Whom senders call so, though nothing is told of them: that too is told of them."""
    return {
        desk.store.code: desk.store.find_all(
            "course", id_, desk.store.sources() if sources is None else sources
        )
        for desk in desks
    }


def _find(desk: Desk, id_: str, sources: Collection[str] | None) -> UUID | None:
    named = desk.store.sources() if sources is None else sources
    # A course may be known by name before anything is told of it.
    for stream in desk.store.find_all("course", id_, named):
        return stream if desk.store.read_stream(stream) else None
    try:
        stream = UUID(id_)
    except ValueError:
        return None
    told = desk.store.read_stream(stream)
    return stream if told and told[0].topic.startswith("course.") else None


def version_of(desk: Desk, stream: UUID) -> int:
    """The version that a stream is at; 0 before its first event."""
    store = desk.store
    with store.transaction() as cursor:
        return store.log_recorder.versions(cursor, [stream]).get(stream, 0)


def _names(desk: Desk, rows: list[dict[str, Any]]) -> dict[UUID, tuple[str, str]]:
    people = {row[who] for row in rows for who in ("actor", "behalf") if row[who]}
    return desk.store.references(people)


def _readable(row: dict[str, Any], names: dict[UUID, tuple[str, str]]) -> dict[str, Any]:
    """A line with people by their senders' ids; a note stays sealed, and only shows that it is."""
    shown = {name: value for name, value in row.items() if name != "note"}
    for who in ("actor", "behalf"):
        named = names.get(row[who]) if row[who] else None
        shown[who] = {"source": named[0], "id": named[1]} if named else None
    return shown | {"has_note": row["note"] is not None}
