"""`GET /v1/audit/looks`: who looked at a citizen's data, for whoever must tell the citizen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Security
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.api.asked import AskedLooks
from services.api.courses import the_course
from services.api.described import refusals
from services.api.problems import json_response, language_of
from services.api.security import BEARER, may_audit, own_municipality
from services.api.state import Api, Desk
from services.api.views import known_municipality
from services.audit.access.citizen import courses_of
from services.audit.access.look_words import told
from services.audit.access.looked import looks_at
from services.audit.access.looking import Seen
from services.tokens import Tokens

PATH = "/v1/audit/looks"
Rows = list[dict[str, Any]]


class LookDocument(BaseModel):
    """One look: when, who in which function and what for, and what they saw; `code` is the route
    or command. `purpose` is what was given with the request, else what the token is for;
    null where a command was given none."""

    id: int
    at: datetime
    who: str
    function: str | None
    purpose: str | None
    what: str
    code: str


class LooksAnswer(BaseModel):
    """All looks at the course's data that are still kept, the oldest first."""

    rows: list[LookDocument]


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["audit"], dependencies=[Security(BEARER)])

    @routes.get(
        PATH,
        summary="Who looked at a citizen's data",
        responses={200: {"model": LooksAnswer}, **refusals(400, 401, 403, 404, 409, 503)},
    )
    async def looks(request: Request, asked: Annotated[AskedLooks, Query()]) -> Response:
        """Of the course, and of the citizen's other courses. For a token bound to the function
        `leader`, with the right to read."""
        token = await api.gate.enter(request)
        may_audit(token)
        code = own_municipality(token, known_municipality(asked.municipality))
        language = language_of(request)

        def work(desks: list[Desk]) -> tuple[Rows, Mapping[str, Seen]]:
            sources = [asked.source] if asked.source else None
            desk, stream = the_course(desks, asked.course, sources)
            ids = courses_of(desk.store, stream)
            tokens = {token.id: token for token in Tokens(api.app.server).all()}
            rows = [told(one, tokens, language) for one in looks_at(desk.store, ids)]
            return rows, {desk.store.code: Seen(len(rows), ids)}

        rows = await api.look(request, token, lambda: api.desks(code), work)
        return json_response({"rows": rows}, headers={"cache-control": "no-store"})

    return routes
