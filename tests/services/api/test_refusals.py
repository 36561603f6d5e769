"""Over HTTP: what can't be asked so is refused with what would be right, and by its own name."""

from typing import Any

import httpx
import pytest

from services.projector import prepare
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.store.sending import intake


@pytest.fixture
def of_all(client: httpx.AsyncClient, tokens: Tokens, clock: Clock) -> httpx.AsyncClient:
    """A client that may read of all municipalities."""
    _, secret = tokens.create(municipality="all", now=clock(), may_read=True)
    client.headers["authorization"] = f"Bearer {secret}"
    return client


async def test_a_course_of_several_municipalities_is_asked_about_in_one_of_them(
    of_all: httpx.AsyncClient, server: Server
) -> None:
    for code in ("0851", "0860"):
        store = server.municipality(code)
        store.append([intake("ev-1", "c-1")])
        prepare(store)
    asked = {"by": "candidate", "course": "c-1"}
    for path in ("/v1/matching", "/v1/views/matching/explain"):
        answer = await of_all.get(path, params=asked)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
        assert answer.json()["detail"] == (await of_all.get("/v1/courses/c-1")).json()["detail"]
        assert (await of_all.get(path, params=asked | {"municipality": "0860"})).status_code == 200


async def refused(client: httpx.AsyncClient, path: str, **asked: Any) -> tuple[str, str]:
    """Where the one thing is that is wrong, and what would be right."""
    answer = await client.get(path, params=asked)
    assert answer.status_code == 400, answer.text
    [flaw] = answer.json()["errors"]
    return flaw["pointer"], flaw["detail"]


@pytest.mark.parametrize("parameter", ["as_of", "known_at"])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
async def test_a_day_that_nobody_can_reckon_with_is_told_the_span(
    client: httpx.AsyncClient, parameter: str, day: str
) -> None:
    found = await refused(client, "/v1/caseload", **{parameter: day})
    assert found == (f"/{parameter}", "Must be in the years 1900–2199.")


async def test_a_period_is_refused_by_the_name_of_what_is_wrong_with_it(
    client: httpx.AsyncClient,
) -> None:
    path, together = "/v1/caseload", "`from` and `to` go together."
    assert await refused(client, path, **{"from": "2026-05-01"}) == ("/to", together)
    assert await refused(client, path, to="2026-05-01") == ("/from", together)
    days = {"from": "1800-05-01", "to": "2026-05-01"}
    assert await refused(client, path, **days) == ("/from", "Must be in the years 1900–2199.")
    days = {"from": "2026-01-01", "to": "2026-05-01"}
    place, detail = await refused(client, "/v1/matching", **days)
    assert place == "/from" and "a period (from, to)" in detail and "by=match." in detail
    place, detail = await refused(client, path, course="c-1")
    assert place == "/course" and "one course (course). What is: none." in detail
