"""Who may do what."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.projector import catch_up
from services.store.municipality import Municipality
from services.tokens import ALL, Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE, event, send


def asking(api: FastAPI, secret: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=api),
        base_url="http://test",
        headers={"authorization": f"Bearer {secret}"},
    )


@pytest.mark.parametrize("secret", ["", "rt_wrong", "æøå"])
async def test_nobody_is_let_in_without_a_token_that_is_known(api: FastAPI, secret: str) -> None:
    async with asking(api, "x") as client:
        headers = {b"authorization": f"Bearer {secret}".encode()}
        answer = await client.get("/v1/caseload", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_ends_when_its_time_is_up_or_it_is_revoked(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> None:
    _, brief = tokens.create(
        municipality="0860", now=clock(), may_read=True, expires_at=clock() + timedelta(days=1)
    )
    ended, revoked = tokens.create(municipality="0860", now=clock(), may_read=True)
    assert tokens.revoke(ended.id, clock())
    assert not tokens.revoke(ended.id, clock())
    async with asking(api, brief) as client:
        assert (await client.get("/v1/caseload")).status_code == 200
        clock.now += timedelta(days=1)
        assert (await client.get("/v1/caseload")).status_code == 401
    async with asking(api, revoked) as client:
        assert (await client.get("/v1/caseload")).status_code == 401


async def test_a_sender_that_may_not_read_or_decide_can_only_send(
    api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    _, secret = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    async with asking(api, secret) as client:
        assert (await send(client, event("ev-1"))).status_code == 201
        assert (await client.get("/v1/caseload")).status_code == 403
        assert (await client.post("/v1/courses/c-1/grants", content=b"{}")).status_code == 403


async def test_a_sender_of_some_events_only_is_refused_the_others(
    api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    _, secret = tokens.create(
        municipality="0860", now=clock(), source_prefix=SOURCE, events=["mentor.*"]
    )
    async with asking(api, secret) as client:
        answer = await send(client, event("ev-1"))
    assert answer.status_code == 403
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/type"]


async def test_a_reader_sees_its_own_municipality_only(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/v1/caseload", params={"municipality": "0851"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["pointer"] == "/municipality"


async def test_a_token_for_all_municipalities_reads_each_and_writes_none(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality, secret: str
) -> None:
    async with asking(api, secret) as client:
        assert (await send(client, event("ev-0"))).status_code == 201
    catch_up(municipality)
    with pytest.raises(ValueError, match="only read"):
        tokens.create(municipality=ALL, now=clock(), source_prefix=SOURCE)
    _, for_all = tokens.create(municipality=ALL, now=clock(), may_read=True)
    async with asking(api, for_all) as client:
        rows = (await client.get("/v1/caseload")).json()["rows"]
        assert [row["municipality_code"] for row in rows] == ["0860"]
        assert (await send(client, event("ev-1"))).status_code == 403
        unknown = await client.get("/v1/caseload", params={"municipality": "9999"})
        assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("prefix", "source", "speaks"),
    [
        (SOURCE, SOURCE, True),
        (SOURCE, f"{SOURCE}/unit-2", True),
        (SOURCE, f"{SOURCE}.evil", False),
        (f"{SOURCE}/", f"{SOURCE}/unit-2", True),
        (f"{SOURCE}/", SOURCE, False),
        ("urn:sag:hj", "urn:sag:hj:2", True),
    ],
)
def test_a_prefix_covers_whole_parts_of_a_source(
    tokens: Tokens, clock: Clock, prefix: str, source: str, speaks: bool
) -> None:
    token, _ = tokens.create(municipality="0860", now=clock(), source_prefix=prefix)
    assert token.speaks_for(source) is speaks


def test_a_secret_is_nowhere_in_the_database(tokens: Tokens, clock: Clock, secret: str) -> None:
    assert tokens.find(secret) is not None
    assert secret not in repr(tokens.all())
