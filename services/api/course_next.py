"""`GET /v1/courses/{id}/next`: what is next on a course, by its sender's id or ours."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Security
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.api.asked import AskedNext
from services.api.courses import the_course
from services.api.described import refusals
from services.api.problems import json_response
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api, Desk
from services.api.views import known_municipality
from services.coming import asked as ask_workflow
from services.coming import coming
from services.follow_ups import Engine
from services.rendering import plain
from workflows.messages import course_subject


class NextAnswer(BaseModel):
    """What is open and then what comes, each soonest first; whether the course's workflow said so
    or it was worked out from the log, and by which position of it. `wake_at` is when there will be
    more to do if nothing happens before. Where `about` is empty, it is about the citizen."""

    rows: list[dict[str, Any]]
    answered_by: Literal["workflow", "log"]
    position: int
    wake_at: datetime | None
    finished: bool
    course: UUID


def router(api: Api) -> APIRouter:
    """The route. It goes before the course's own, since an id may have slashes in it."""
    routes = APIRouter(tags=["courses"], dependencies=[Security(BEARER)])
    engine = Engine(api.app.server)

    @routes.get(
        "/v1/courses/{id:path}/next",
        summary="What is next on a course",
        responses={200: {"model": NextAnswer}, **refusals(400, 401, 403, 404, 409, 503)},
    )
    async def next_(
        id: str,  # its name in the path
        request: Request,
        asked: Annotated[AskedNext, Query()],
    ) -> Response:
        """What is open and what comes, why, about whom and with whom; as of now. `roedtraad course
        ID --next` tells the same."""
        token = await api.gate.enter(request)
        may_read(token)
        code = own_municipality(token, known_municipality(asked.municipality))

        who, sources = api.looker(request, token), [asked.source] if asked.source else None

        def find() -> tuple[Desk, UUID, str, int]:
            desks = api.desks(code)
            desk, stream = who.searched(
                [desk.store for desk in desks], lambda: the_course(desks, id, sources)
            )
            known = desk.streams.now()
            return desk, stream, course_subject(known.course(stream)), known.position

        desk, stream, subject, position = await api.read(find)
        answer = await ask_workflow(api.app.settings, desk.store.code, subject, position)

        def work() -> dict[str, Any]:
            found = coming(engine, desk.store, subject, answer, api.clock())
            who.record([desk.store], {desk.store.code: found.seen(stream)})
            return found.as_dict()

        told = await api.read(lambda: who.searched([desk.store], work))
        found: dict[str, Any] = plain(told | {"course": stream})
        return json_response(found)

    return routes
