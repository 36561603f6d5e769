"""Decisions asked of us: what holds, what is refused and by which rule."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from domain.events.course import GrantDecided
from services.api.app import create_app
from services.root import App
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.api.sending import CASEWORKER, MENTOR, SOURCE, event, grant, send


async def decide(
    client: httpx.AsyncClient,
    body: Any,
    *,
    key: str = "k-1",
    version: str | None = "*",
    course: str = "c-1",
) -> httpx.Response:
    headers = {"idempotency-key": key} | ({"if-match": version} if version else {})
    return await client.post(
        f"/v1/courses/{course}/grants", json=body, headers=headers, params={"source": SOURCE}
    )


async def test_a_grant_by_a_caseworker_is_decided_and_written_here(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    stream = (await send(client, event("ev-1"))).json()["stream"]
    course = await client.get("/v1/courses/c-1")
    assert course.headers["etag"] == '"1"'
    answer = await decide(client, grant(), version=course.headers["etag"])
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"2"'
    assert (answer.json()["stream"], answer.json()["version"]) == (stream, 2)
    told = municipality.read_from(0, 10)[-1]
    assert told.source == "urn:roedtraad:0860"
    assert told.occurred_at == told.recorded_at
    fact = told.fact
    assert isinstance(fact, GrantDecided)
    assert (fact.grant.source, fact.grant.id) == (SOURCE, "b-77")
    assert fact.provider is not None and "Testesen" not in fact.provider
    assert fact.actor.id == municipality.find("person", "s-12", SOURCE)


async def test_a_process_that_did_not_take_the_course_in_can_decide_on_it(
    client: httpx.AsyncClient,
    municipality: Municipality,
    app: App,
    database_url: str,
    keyring: Keyring,
    clock: Clock,
) -> None:
    await send(client, event("ev-1"))
    with Server(database_url, keyring, clock=clock) as another:
        api = create_app(App(app.settings, another, database_url, None), clock=clock)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=api), base_url="http://test", headers=client.headers
        ) as fresh:
            answer = await decide(fresh, grant())
    assert answer.status_code == 201, answer.text
    fact = municipality.read_from(0, 10)[-1].fact
    assert isinstance(fact, GrantDecided) and fact.provider


async def test_a_mentor_cannot_grant_and_is_told_the_rule_and_what_would_satisfy_it(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    answer = await decide(client, grant(MENTOR))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/refused-by-rule"
    assert problem["rule"] == "only-a-caseworker-grants"
    assert "caseworker" in problem["satisfied_by"]
    assert len(municipality.read_from(0, 10)) == 1
    assert municipality.find("person", "m-31", SOURCE) is None  # nobody was made known by it


async def test_the_same_key_and_decision_again_gets_the_first_receipt_whatever_holds_now(
    client: httpx.AsyncClient,
) -> None:
    await send(client, event("ev-1"))
    first = await decide(client, grant(), version='"1"')
    await send(client, event("ev-2", "course.closed", data={"actor": CASEWORKER}))
    again = await decide(client, grant(), version='"1"')
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"status": "duplicate"}


async def test_the_same_key_for_another_decision_is_a_conflict(client: httpx.AsyncClient) -> None:
    await send(client, event("ev-1"))
    await decide(client, grant())
    answer = await decide(client, grant(kind="course"))
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/idempotency-key"


async def test_a_decision_thought_out_at_an_earlier_version_is_not_taken(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    await send(client, event("ev-2", subject="c-1"))
    answer = await decide(client, grant(), version='"1"')
    assert answer.status_code == 412
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["version"] == 2
    assert len(municipality.read_from(0, 10)) == 2


async def test_a_grant_is_decided_once_though_many_ask_at_once(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    answers = await asyncio.gather(*(decide(client, grant(), key=f"k-{n}") for n in range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
    rules = {answer.json().get("rule") for answer in answers} - {None}
    assert rules == {"grant-is-not-decided-twice"}
    assert len(municipality.read_from(0, 10)) == 2


async def test_what_a_command_lacks_is_named(client: httpx.AsyncClient) -> None:
    await send(client, event("ev-1"))
    assert (await decide(client, grant(), version=None)).status_code == 428
    assert (await decide(client, grant(), version="7")).status_code == 400
    for key in ("", "has space", "x" * 121, "010190-1234"):
        answer = await decide(client, grant(), key=key)
        assert answer.status_code == 400, key
        assert answer.json()["errors"][0]["pointer"] == "/idempotency-key"
    answer = await decide(client, grant(outcome="maybe", unknown=1))
    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/outcome", "/unknown"}


async def test_a_course_nobody_has_told_of_cannot_be_decided_on(client: httpx.AsyncClient) -> None:
    answer = await decide(client, grant(), course="c-9")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"
