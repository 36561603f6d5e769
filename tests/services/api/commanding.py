"""The commands over HTTP with the examples of the contract, in their order, on one course."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx

from services.api.command_list import COMMANDS, COURSE, TEAM, Route
from services.api.described import EXAMPLE
from services.api.examples import OFFER_HANDOVER
from services.store.municipality import Municipality
from tests.services.api.sending import SOURCE, event

OF_COURSE = [route for route in COMMANDS if route.place is COURSE]
OF_TEAM = [route for route in COMMANDS if route.place is TEAM]
ROUTES = {route.name: route for route in (*OF_COURSE, *OF_TEAM)}
SUBJECT = str(EXAMPLE["subject"])
SECOND = {"handover": {"id": "handover-2"}}
AS_MENTOR = {"actor": {"id": "m-31", "function": "mentor"}}


def employed(mentor: str) -> dict[str, Any]:
    """A mentor employed full time from the beginning of the year."""
    data = {
        "actor": {"id": "l-01", "function": "leader"},
        "from": "2026-01-01",
        "weekly_minutes": 2220,
        "gender": "not-stated",
    }
    return event(f"employed-{mentor}", "mentor.employed", subject=mentor, data=data)


def the_stream(municipality: Municipality) -> UUID:
    """The course's."""
    found = municipality.find("course", SUBJECT)
    assert found is not None
    return found


async def give(
    client: httpx.AsyncClient,
    route: Route,
    body: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    version: str = "*",
    source: str | None = SOURCE,
) -> httpx.Response:
    """A command with its example, unless told otherwise."""
    return await client.post(
        route.path.replace("{id:path}", SUBJECT),
        json=body or route.example,
        headers={"idempotency-key": key or route.name, "if-match": version},
        params={"source": source} if source else {},
    )


async def walk(client: httpx.AsyncClient, upto: str = "") -> list[str]:
    """Give the course's commands in their order with their examples, all or those before one.

    One hand-over is accepted and another rejected, so a second is offered. The answers' topics.
    """
    given = []
    for route in OF_COURSE:
        if route.name == upto:
            break
        body = dict(route.example)
        if route.name == "accept-handover":
            second = {**OFFER_HANDOVER, **SECOND}
            assert (await give(client, ROUTES["offer-handover"], second, key="2")).is_success
        if route.name == "reject-handover":
            body |= SECOND
        answer = await give(client, route, body)
        assert answer.status_code == 201, (route.name, answer.text)
        given.append(route.topic)
    return given
