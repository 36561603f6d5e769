"""Tables that another edition of the program has made: what is answered until they are rebuilt."""

import httpx
import psycopg
import pytest

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
