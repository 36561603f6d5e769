"""Commands: decisions asked of us, with an expected version and an idempotency key.

To add one: a row in COMMANDS. Its form is that of the event it decides, its rules the domain's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Security
from starlette.requests import Request
from starlette.responses import Response

from domain.course import CourseState
from domain.decisions import DecideGrant, decide_grant
from domain.events.base import WIRE_PREFIX, Fact
from services.api import described
from services.api.body import read_body
from services.api.commanding import Asking, command
from services.api.conditions import idempotency_key, if_match
from services.api.problems import ApiError, json_response, language_of, problem_response
from services.api.security import BEARER, may_decide
from services.api.state import Api
from services.edge.parse import LONGEST_EVENT
from services.edge.patterns import is_source
from services.edge.problems import Flaw, Problem
from services.words import Words


@dataclass(frozen=True)
class Command:
    """How a decision is asked for: its path under the course, the event's form, the rules."""

    path: str
    topic: str
    form: type[msgspec.Struct]
    decide: Callable[[CourseState, Any, datetime], list[Fact]]
    summary: str


COMMANDS = (
    Command(
        "grants",
        "course.grant-decided.v1",
        DecideGrant,
        lambda state, asked, now: decide_grant(state, asked, now=now),
        "Decide a grant (træf afgørelse om en bevilling)",
    ),
)


def router(api: Api) -> APIRouter:
    """A route for each command."""
    routes = APIRouter(tags=["commands"], dependencies=[Security(BEARER)])
    for one in COMMANDS:
        routes.post(
            f"/v1/courses/{{id:path}}/{one.path}",
            name=one.path,
            summary=one.summary,
            status_code=201,
            **described.command(one.topic),
        )(_endpoint(api, one))
    return routes


def _endpoint(api: Api, one: Command) -> Callable[..., Any]:
    async def endpoint(
        id: str,  # its name in the path
        request: Request,
        source: str | None = None,
    ) -> Response:
        token = await api.gate.enter(request)
        may_decide(token)
        key, expected = idempotency_key(request), if_match(request)
        _check_source(source)
        body = await read_body(request, LONGEST_EVENT)
        language = language_of(request)
        asking = Asking(
            topic=one.topic,
            form=one.form,
            decide=one.decide,
            course=id,
            source=source,
            key=key,
            expected=expected,
            body=body,
        )
        answer = await api.write(lambda: command(api.desk(token.municipality), asking))
        if isinstance(answer, Problem):
            return problem_response(answer, language)
        api.metrics.receipts.labels(token.municipality, answer.status).inc()
        return json_response(
            answer,
            201 if answer.status == "stored" else 200,
            {"etag": f'"{answer.version}"'},
        )

    endpoint.__doc__ = (
        f"Written as `{WIRE_PREFIX}{one.topic}`. `source` is the system whose id of the course is"
        " given, and the default of the references in the body. Refused with the rule that"
        " forbids it, and what would satisfy it."
    )
    return endpoint


def _check_source(source: str | None) -> None:
    if source is not None and not is_source(source):
        words = Words("Skal være en absolut URI.", "Must be an absolute URI.")
        flaw = Flaw("/source", "bad-source", words.da, words.en)
        raise ApiError("invalid-request", words, errors=[flaw])
