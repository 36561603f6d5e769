"""Over HTTP: a course with an event that can't be read is told of with what is to be done."""

import httpx
import psycopg
import pytest

from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from tests.services.test_projector_parked import BROKEN, UNKNOWN, mend, parked, poison, tell


@pytest.mark.parametrize("how", [BROKEN, UNKNOWN])
async def test_a_course_that_waits_says_for_what_and_what_to_do(
    client: httpx.AsyncClient, municipality: Municipality, database_url: str, how: str
) -> None:
    prepare(municipality)
    tell(municipality)
    state = poison(database_url, how)
    catch_up(municipality)
    [one] = parked(municipality)
    for way in ("a", "a/next", str(one.stream), f"{one.stream}/next"):
        answer = await client.get(f"/v1/courses/{way}")
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (503, "/problems/unreadable-event"), way
        assert (problem["position"], problem["event"]) == (one.position, one.topic)
        assert "projections parked" in problem["detail"]
        assert answer.headers["retry-after"] == "30"
        assert "job" not in answer.text and "close-a" not in answer.text
    # That it waits is told of that course, so it is recorded as a look at it.
    with psycopg.connect(database_url) as admin:
        assert admin.execute("SELECT count(*) FROM m0860.looks").fetchall() == [(4,)]
    assert (await client.get("/v1/courses/b")).status_code == 200
    assert (await client.get("/v1/courses/b/next")).status_code == 200
    mend(database_url, state)
    assert (await client.get("/v1/courses/a/next")).status_code == 200
