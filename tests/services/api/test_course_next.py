"""What is next on a course, over HTTP: as the command line tells it."""

import httpx
import pytest

from domain.calendar import day_of
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.workflows.town import FOUR_RULES, Town


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A course that has waited too long for a mentor, which nothing was said of yet."""
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake("c/1", -16)
    return town


async def test_it_says_what_is_due_and_with_whom_and_writes_nothing(
    client: httpx.AsyncClient, town: Town
) -> None:
    before = town.municipality.head().position
    answer = await client.get("/v1/courses/c%2F1/next")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["answered_by"], told["position"], told["finished"]) == ("log", before, False)
    [due] = told["rows"]
    # Waiting is allowed for 14 of the 16 days.
    assert (due["rule"], due["stage"], due["due_on"]) == (
        *("match-overdue", "raised"),
        town.day(-2).isoformat(),
    )
    assert (due["addressed_to"], due["person_id"]) == ("caseworker", "s-12")
    assert town.municipality.head().position == before
    same = await client.get(f"/v1/courses/{told['course']}/next")
    assert same.json() == told


async def test_what_comes_is_the_mentors_of_the_match(
    client: httpx.AsyncClient, town: Town
) -> None:
    town.matched("c/1", 0)
    rows = (await client.get("/v1/courses/c%2F1/next")).json()["rows"]
    assert {(row["rule"], row["addressed_to"], row["person_id"], row["stage"]) for row in rows} == {
        ("first-meeting-overdue", "mentor", "m-31", "coming"),
        ("no-mentor-contact", "mentor", "m-31", "coming"),
    }


async def test_an_unknown_course_and_a_parameter_of_the_past_are_refused(
    client: httpx.AsyncClient, town: Town
) -> None:
    unknown = await client.get("/v1/courses/c-9/next")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "No course has that id.")
    past = await client.get("/v1/courses/c%2F1/next", params={"as_of": "2026-01-01"})
    assert past.status_code == 400


async def test_whoever_may_only_send_may_not_read_what_is_next(
    client: httpx.AsyncClient, town: Town, tokens: Tokens, clock: Clock
) -> None:
    _, secret = tokens.create(municipality="0860", now=clock(), source_prefix="https://a.example")
    headers = {"authorization": f"Bearer {secret}"}
    answer = await client.get("/v1/courses/c%2F1/next", headers=headers)
    assert answer.status_code == 403


async def test_the_contract_has_it(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "/v1/courses/{id}/next" in paths
