"""Bounds: how often, how much, for whom, and what is said and counted when one is met."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.api import body, gate
from services.api.app import create_app
from services.api.guard import LARGEST_HEADERS
from services.edge.reading import LONGEST_EVENT
from services.root import App
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import (
    BATCH,
    CASEWORKER,
    MENTOR,
    SOURCE,
    batch,
    event,
    grant,
    send,
)


def asking(api: FastAPI, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=api),
        base_url="http://test",
        headers={"authorization": f"Bearer {key}", "accept-language": "en"},
    )


async def counted(client: httpx.AsyncClient, status: int, reason: str) -> float:
    """How many were turned away so."""
    lines = (await client.get("/metrics")).text.splitlines()
    series = f'roedtraad_turned_away_total{{reason="{reason}",status="{status}"}} '
    return sum(float(line.removeprefix(series)) for line in lines if line.startswith(series))


async def test_a_token_that_asks_too_often_is_told_when_it_may_again(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> None:
    _, key = tokens.create(
        municipality="0860", now=clock(), may_read=True, requests_a_second=0.0001
    )
    async with asking(api, key) as client:
        first = await client.get("/v1/caseload")
        assert first.status_code == 200
        assert first.headers["ratelimit-policy"].startswith('"requests";q=1;w=10, "events";q=')
        assert first.headers["ratelimit"].startswith('"requests";r=0;t=')
        refused = await client.get("/v1/caseload")
        assert refused.status_code == 429
        assert refused.json()["type"] == "/problems/too-many-requests"
        assert refused.json()["limited"] == "requests"
        # One in ten thousand seconds.
        assert 9_900 <= int(refused.headers["retry-after"]) <= 10_000
        assert refused.headers["ratelimit"].startswith('"requests";r=0;t=')
        assert await counted(client, 429, "rate-requests") == 1


async def test_a_batch_is_taken_whole_and_the_next_waits_for_it_to_be_paid(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> None:
    _, key = tokens.create(
        municipality="0860", now=clock(), source_prefix=SOURCE, events_a_second=0.001
    )
    async with asking(api, key) as client:
        receipts = await batch(client, *(event(f"ev-{n}") for n in range(5)))
        assert {each["status"] for each in receipts} == {"stored"}
        refused = await send(client, event("ev-9"))
        assert (refused.status_code, refused.json()["limited"]) == (429, "events")
        # One could come at once, so five leave a debt of four: five must flow in, 1,000 s each.
        assert 4_900 <= int(refused.headers["retry-after"]) <= 5_000
        assert await counted(client, 429, "rate-events") == 1


async def test_who_shows_what_is_made_up_is_soon_told_to_stay_away_and_others_there_are_not(
    api: FastAPI, client: httpx.AsyncClient, request: pytest.FixtureRequest
) -> None:
    assert (await client.get("/v1/caseload")).status_code == 200
    request.getfixturevalue("no_look_up")  # nothing made up is looked up
    async with asking(api, "roedtraad_" + "A" * 64) as stranger:
        statuses = [(await stranger.get("/v1/nothing")).status_code for _ in range(3)]
        assert statuses == [404] * 3
        answers = [await stranger.get("/v1/courses/c-1") for _ in range(50)]
        assert {answer.status_code for answer in answers} == {401}
        while (answer := await stranger.get("/v1/courses/c-1")).status_code == 401:
            pass
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert await counted(client, 401, "unknown") >= 50
    assert await counted(client, 429, "address") >= 1
    assert (await client.get("/v1/caseload")).status_code == 200  # from the same address


async def test_a_revoked_token_is_let_in_for_five_seconds_at_most(
    api: FastAPI,
    tokens: Tokens,
    clock: Clock,
    municipality: Municipality,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(gate, "monotonic", lambda: seconds[0])
    token, key = tokens.create(municipality="0860", now=clock(), may_read=True)
    async with asking(api, key) as client:
        assert (await client.get("/v1/caseload")).status_code == 200
        tokens.revoke(token.id, clock())
        seconds[0] = 5.0
        ended = await client.get("/v1/caseload")
        assert (ended.status_code, ended.json()["errors"][0]["code"]) == (401, "ended")
        assert await counted(client, 401, "ended") == 1


async def test_a_token_decides_only_in_the_functions_it_is_bound_to(
    api: FastAPI, tokens: Tokens, clock: Clock, client: httpx.AsyncClient
) -> None:
    assert (await send(client, event("ev-c", subject="c-1"))).status_code == 201
    _, key = tokens.create(
        municipality="0860", now=clock(), may_decide=True, functions=["mentor", "coordinator"]
    )

    async def decide(body: dict[str, Any]) -> httpx.Response:
        return await mentors.post(
            "/v1/courses/c-1/grants",
            json=body,
            params={"source": SOURCE},
            headers={"idempotency-key": "k-1", "if-match": "*"},
        )

    async with asking(api, key) as mentors:
        answer = await decide(grant(CASEWORKER))
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/not-allowed"
        [flaw] = answer.json()["errors"]
        assert flaw["pointer"] == "/actor/function"
        assert flaw["detail"] == "The access speaks only for: mentor, coordinator."
        lent = await decide(grant(MENTOR, on_behalf_of=CASEWORKER))
        assert [e["pointer"] for e in lent.json()["errors"]] == ["/on_behalf_of/function"]
        # As a mentor it may ask; that mentors can't grant is the rule's to say.
        assert (await decide(grant(MENTOR))).json()["type"] == "/problems/refused-by-rule"


async def test_facts_are_bound_to_the_functions_only_where_the_token_says_so(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> None:
    rights: dict[str, Any] = {
        "municipality": "0860",
        "now": clock(),
        "source_prefix": SOURCE,
        "functions": ["mentor"],
    }
    _, loose = tokens.create(**rights)
    _, bound = tokens.create(**rights, binds_facts=True)
    corrected = event(
        "ev-2",
        "course.event-corrected",
        data={
            "actor": MENTOR,
            "corrects": {"id": "ev-1"},
            "reason": "typing-error",
            "replacement": {
                "type": "dk.roedtraad.course.intake-registered.v1",
                "time": "2026-01-12T08:30:00+01:00",
                "data": {"actor": CASEWORKER, "caseworker": {"id": "s-12"}},
            },
        },
    )
    async with asking(api, loose) as client:
        assert (await send(client, event("ev-f"))).status_code == 201
    async with asking(api, bound) as client:
        refused = await send(client, event("ev-3"))
        assert refused.status_code == 403
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/data/actor/function"]
        refused = await send(client, corrected)
        assert [e["pointer"] for e in refused.json()["errors"]] == [
            "/data/replacement/data/actor/function"
        ]


async def test_what_may_not_be_sent_may_not_be_put_in_the_place_of_something_else(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> None:
    _, key = tokens.create(
        municipality="0860",
        now=clock(),
        source_prefix=SOURCE,
        events=["course.closed", "course.event-corrected"],
    )
    corrected = event(
        "ev-2",
        "course.event-corrected",
        data={
            "actor": CASEWORKER,
            "corrects": {"id": "ev-1"},
            "reason": "typing-error",
            "replacement": {
                "type": "dk.roedtraad.course.intake-registered.v1",
                "time": "2026-01-12T08:30:00+01:00",
                "data": {"actor": CASEWORKER, "caseworker": {"id": "s-12"}},
            },
        },
    )
    async with asking(api, key) as client:
        refused = await send(client, corrected)
    assert refused.status_code == 403
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/data/replacement/type"]


async def test_too_large_headers_are_refused_with_the_bound(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/caseload", headers={"x-more": "x" * LARGEST_HEADERS})
    assert answer.status_code == 431
    assert answer.json()["limit"] == LARGEST_HEADERS
    assert (await client.get("/v1/caseload?" + "x" * LARGEST_HEADERS)).status_code == 431


async def test_too_large_events_and_batches_are_refused_with_the_bound(
    client: httpx.AsyncClient,
) -> None:
    large = event("ev-1", data={"note": "x" * LONGEST_EVENT})
    answer = await send(client, large)
    assert answer.status_code == 413
    assert str(LONGEST_EVENT) in answer.json()["detail"]
    [in_batch] = (await send(client, [large], BATCH)).json()["receipts"]
    assert in_batch["problem"]["status"] == 413
    many = b"[" + b"{}," * 10_000 + b"{}]"
    answer = await send(client, many, BATCH)
    assert (answer.status_code, answer.json()["limit"]) == (413, 10_000)
    assert await counted(client, 413, "size") == 2


async def test_bodies_are_held_up_to_a_bound_and_let_go_with_the_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "MOST_HELD", 3000)
    for n in range(3):
        assert (await send(client, b"{" + b" " * 2000 + b"}")).status_code == 422
        too_much = await send(client, b"{" + b" " * 4000 + b"}")
        assert (too_much.status_code, too_much.headers["retry-after"]) == (503, "1"), n
    assert await counted(client, 503, "bodies") == 3


async def test_more_requests_than_can_be_worked_on_are_told_to_come_again(
    app: App, clock: Clock, secret: str, municipality: Municipality
) -> None:
    settings = app.settings.model_copy(update={"most_requests": 1})
    api = create_app(App(settings, app.server, app.database_url, None), clock=clock)
    begun, waiting = asyncio.Event(), asyncio.Event()

    async def slowly() -> Any:
        begun.set()
        yield b"{"
        await waiting.wait()
        yield b"}"

    async with asking(api, secret) as client:
        kind = {"content-type": "application/cloudevents+json"}
        slow = asyncio.create_task(client.post("/v1/events", content=slowly(), headers=kind))
        await begun.wait()
        answer = await client.get("/v1/caseload")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert (await client.get("/healthz")).status_code == 200
        waiting.set()
        assert (await slow).status_code == 422
        assert await counted(client, 503, "under-way") == 1
