"""Tables that another edition of the program has made: what is answered until they are rebuilt."""

import re
from typing import Any

import httpx
import psycopg
import pytest

from services.freshness import STALE_AFTER, stale_because
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from tests.services.api.sending import event, send

_BY_ANOTHER = "UPDATE m0860.definition SET fingerprint = 'of another edition'"
_OTHERWISE = (
    "RENAME COLUMN from_day TO since_day",
    "SET SCHEMA public",
    "ALTER COLUMN stream TYPE text",
)
"""What another edition may have done with the matches."""


def change(url: str, *statements: str) -> None:
    """What an operator, or another edition, does to the database."""
    with psycopg.connect(url, autocommit=True) as admin:
        for one in statements:
            admin.execute(one)


@pytest.fixture
async def told(client: httpx.AsyncClient, municipality: Municipality) -> httpx.AsyncClient:
    """A client, when one event has been told and is in the tables."""
    prepare(municipality)
    await send(client, event("ev-1"))
    catch_up(municipality)
    return client


@pytest.mark.parametrize("otherwise", _OTHERWISE)
async def test_where_tables_lack_what_a_view_reads_it_is_to_be_asked_again(
    told: httpx.AsyncClient, municipality: Municipality, database_url: str, otherwise: str
) -> None:
    change(database_url, _BY_ANOTHER, f"ALTER TABLE m0860.matches {otherwise}")
    for asked in ({}, {"format": "csv"}):
        answer = await told.get("/v1/caseload", params=asked)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), answer.text
        assert "another edition" in answer.json()["detail"]
    prepare(municipality)
    assert (await told.get("/v1/caseload")).status_code == 200


async def test_what_another_edition_has_filled_is_told_as_stale_until_it_is_rebuilt(
    told: httpx.AsyncClient, municipality: Municipality, database_url: str
) -> None:
    assert await said(told) == ((False, []), (False, [], True), (0, 0))
    change(database_url, _BY_ANOTHER)
    why = [
        {
            "da": "Tabellerne er fra en anden udgave af programmet, til de er bygget om.",
            "en": "The tables are another edition's until they are rebuilt.",
        }
    ]
    assert await said(told) == ((True, why), (True, why, False), (1, 1))
    prepare(municipality)
    assert await said(told) == ((False, []), (False, [], True), (0, 0))


async def said(client: httpx.AsyncClient) -> tuple[tuple[Any, ...], ...]:
    """What an answer, readiness and the measures tell of staleness."""
    answer = (await client.get("/v1/caseload")).json()
    ready = (await client.get("/readyz")).json()
    [row] = ready["municipalities"]
    scraped = (await client.get("/metrics")).text
    measures = (
        re.findall(rf"^roedtraad_projection_{name}{{[^}}]*}} (.*)$", scraped, re.MULTILINE)
        for name in ("stale", "other_edition")
    )
    return (
        (answer["stale"], answer["stale_because"]),
        (row["stale"], row["stale_because"], row["up_to_date"]),
        tuple(float(value) for [value] in measures),
    )


def test_why_an_answer_is_stale_can_stand_in_a_header() -> None:
    reasons = stale_because(STALE_AFTER + 90, 2, True)
    assert [words.en for words in reasons] == [
        "Behind the log for 95 seconds.",
        "Something can't be brought in: 2 parked, see roedtraad projections parked.",
        "The tables are another edition's until they are rebuilt.",
    ]
    assert all(text.isascii() for words in reasons for text in words)
    assert stale_because(STALE_AFTER, 0, False) == []
