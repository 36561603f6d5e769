"""Commands: decisions asked of us, with an expected version and an idempotency key.

To add one: a row in `command_list.py`. Its form is that of the event it decides, its rules the
domain's.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Security
from starlette.requests import Request
from starlette.responses import Response

from services.api import described
from services.api.body import read_body
from services.api.command_list import COMMANDS, Route
from services.api.commanding import Asking, Command, command
from services.api.conditions import idempotency_key, if_match
from services.api.problems import ApiError, json_response, language_of, problem_response
from services.api.security import BEARER, may_decide, may_name
from services.api.state import Api
from services.audit.access.looking import Seen
from services.edge.patterns import is_source
from services.edge.problems import Flaw, Problem
from services.edge.reading import LONGEST_EVENT
from services.store.receipts import Receipt
from services.tokens import Token
from services.words import Words


def router(api: Api) -> APIRouter:
    """A route for each command."""
    routes = APIRouter(tags=["commands"], dependencies=[Security(BEARER)])
    for one in COMMANDS:
        routes.post(
            one.path,
            name=one.name,
            summary=one.summary,
            status_code=201,
            **described.command(one.topic, one.example),
        )(_endpoint(api, one))
    return routes


def _endpoint(api: Api, one: Route) -> Callable[..., Any]:
    async def endpoint(
        id: str,  # its name in the path
        request: Request,
        source: str | None = None,
    ) -> Response:
        return await _carried_out(api, one.command, request, id, source)

    async def of_the_team(request: Request, source: str | None = None) -> Response:
        return await _carried_out(api, one.command, request, "", source)

    chosen = endpoint if "{id" in one.path else of_the_team
    event = one.command.decision.event
    chosen.__doc__ = (
        f"Written as `{event}` in the stream of the course, or of the team. `source` is"
        " the system whose ids stand in the path and in the body, where they don't name their own;"
        " without it, a person is the one that exactly one system has told of by that id."
        " Refused with the rule that forbids it, and what would satisfy it."
    )
    return chosen


async def _carried_out(
    api: Api, one: Command, request: Request, id_: str, source: str | None
) -> Response:
    token = await api.gate.enter(request)
    may_decide(token)
    key, expected = idempotency_key(request), if_match(request)
    _check_source(source, token)
    body = await read_body(request, LONGEST_EVENT)
    asking = Asking(
        command=one, id=id_, source=source, key=key, expected=expected, body=body, token=token
    )
    who = api.looker(request, token)

    def work() -> Receipt | Problem:
        desk = api.desk(token.municipality)
        code = desk.store.code
        return command(desk, asking, lambda ids: who.record([desk.store], {code: Seen(0, ids)}))

    answer = await api.write(work)
    if isinstance(answer, Problem):
        return problem_response(answer, language_of(request))
    api.metrics.receipts.labels(token.municipality, answer.status).inc()
    return json_response(
        answer,
        201 if answer.status == "stored" else 200,
        {"etag": f'"{answer.version}"'},
    )


def _check_source(source: str | None, token: Token) -> None:
    """Raises ApiError 400, or 403 for a source that the token isn't of."""
    if source is None:
        return
    if not is_source(source):
        words = Words("Skal være en absolut URI.", "Must be an absolute URI.")
        flaw = Flaw("/source", "bad-source", words.da, words.en)
        raise ApiError("invalid-request", words, errors=[flaw])
    may_name(token, source)
