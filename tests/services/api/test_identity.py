"""Whose events are whose, over HTTP: two systems, one course; two systems, one citizen."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.projector import catch_up
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import BATCH, SOURCE, batch, event, send

JOBCENTER = "https://jobcenter.example"
HOURS = "https://tid.example"
CPR = "010190-1234"
MENTOR = {"source": SOURCE, "id": "m-31"}
COORDINATOR = {"source": SOURCE, "id": "k-02", "function": "coordinator"}


@pytest.fixture
def others(tokens: Tokens, clock: Clock) -> dict[str, str]:
    """The tokens of two other systems in Hjørring."""
    return {
        source: tokens.create(municipality="0860", now=clock(), source_prefix=source)[1]
        for source in (JOBCENTER, HOURS)
    }


def intake(id_: str, course: str, source: str = SOURCE, **more: Any) -> dict[str, Any]:
    data = {"actor": {"id": "s-12", "function": "caseworker"}, "caseworker": {"id": "s-12"}}
    return event(id_, subject=course, source=source, data=data | more)


def matched(id_: str, course: str, source: str = SOURCE) -> dict[str, Any]:
    data = {
        "actor": {"id": "s-12", "function": "caseworker"},
        "match": {"id": f"match-{id_}"},
        "mentor": MENTOR,
        "from": "2026-01-12",
        "method": "by-profile",
    }
    return event(id_, "course.mentor-matched", subject=course, source=source, data=data)


async def told_by(
    client: httpx.AsyncClient, key: str, *events: dict[str, Any]
) -> list[dict[str, Any]]:
    """Post a batch with another token."""
    headers = {"authorization": f"Bearer {key}", "content-type": BATCH}
    answer = await client.post("/v1/events", json=list(events), headers=headers)
    receipts: list[dict[str, Any]] = answer.json()["receipts"]
    return receipts


async def timeline(
    client: httpx.AsyncClient, store: Municipality, course: str, source: str
) -> list[dict[str, Any]]:
    catch_up(store)
    answer = await client.get(f"/v1/courses/{course}", params={"source": source})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


async def citizens(client: httpx.AsyncClient, store: Municipality) -> int:
    """How many citizens the mentors of Hjørring follow."""
    catch_up(store)
    [row] = (await client.get("/v1/caseload")).json()["rows"]
    count: int = row["participants_now"]
    return count


async def test_hours_told_before_the_case_system_speaks_are_on_its_course_afterwards(
    client: httpx.AsyncClient, others: dict[str, str], municipality: Municipality
) -> None:
    hours = {
        "actor": {**MENTOR, "function": "mentor"},
        "role": "personal-guide",
        "area": "body-and-mind",
        "activity": "accompany-to-doctor",
        "minutes": 90,
        "contact": "in-person",
    }
    early = event(
        "t-1", "course.activity-registered", source=HOURS, subjectsource=SOURCE, data=hours
    )
    [first] = await told_by(client, others[HOURS], early)
    [second] = await batch(client, intake("ev-1", "c-1"))
    assert (first["status"], second["status"]) == ("stored", "stored")
    assert first["stream"] == second["stream"]
    told = await timeline(client, municipality, "c-1", SOURCE)
    assert {row["source"] for row in told} == {HOURS, SOURCE}
    assert {row["actor"]["id"] for row in told} == {"m-31", "s-12"}


async def test_one_citizen_of_two_case_systems_counts_once_until_somebody_parts_them(
    client: httpx.AsyncClient, others: dict[str, str], municipality: Municipality, clock: Clock
) -> None:
    await batch(client, intake("ev-1", "c-1", cpr=CPR), matched("ev-2", "c-1"))
    second = intake("x-1", "sag-7", JOBCENTER, cpr="0101901234")
    await told_by(client, others[JOBCENTER], second, matched("x-2", "sag-7", JOBCENTER))
    clock.now += timedelta(minutes=1)
    assert await citizens(client, municipality) == 1
    for course, source, other in (("c-1", SOURCE, "sag-7"), ("sag-7", JOBCENTER, "c-1")):
        [line] = [
            row
            for row in await timeline(client, municipality, course, source)
            if row["event"] == "course.identity-linked"
        ]
        assert (line["actor_function"], line["other_course_id"]) == ("system", other)
        assert line["details"]["basis"] == "cpr"
    # Sent again, it is known, and nothing is linked twice.
    [again, _] = await told_by(
        client, others[JOBCENTER], second, matched("x-2", "sag-7", JOBCENTER)
    )
    assert again["status"] == "duplicate"

    alias = {"source": JOBCENTER, "id": "sag-7"}
    wrong = {"actor": COORDINATOR, "what": "citizen", "alias": alias}
    await batch(client, event("ev-3", "course.identity-unlinked", subject="c-1", data=wrong))
    assert await citizens(client, municipality) == 2
    await told_by(client, others[JOBCENTER], intake("x-3", "sag-7", JOBCENTER, cpr=CPR))
    assert await citizens(client, municipality) == 2


async def test_the_municipality_is_the_tokens_whatever_the_body_says(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    answer = await send(client, event("ev-1", municipality="0751"))
    assert answer.status_code == 422
    [flaw] = answer.json()["errors"]
    assert flaw["pointer"] == "/municipality" and "0860" in flaw["detail"]
    assert municipality.read_from(0, 10) == []
