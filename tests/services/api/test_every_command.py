"""Every command over HTTP: its example is decided, and a rule refuses it by name."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from domain.decisions import name_of
from services.api.command_list import COMMANDS
from services.api.described import EXAMPLE
from services.api.examples import OFFER_HANDOVER
from services.store.municipality import Municipality
from tests.services.api.commanding import (
    AS_MENTOR,
    OF_COURSE,
    OF_TEAM,
    ROUTES,
    SECOND,
    employed,
    give,
    the_stream,
    walk,
)
from tests.services.api.sending import SOURCE, send


async def test_a_whole_course_goes_by_the_examples_of_the_contract(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    contract = (await course.get("/openapi.json")).json()
    for route in COMMANDS:
        described = contract["paths"][route.path.replace(":path", "")]["post"]
        shown = described["requestBody"]["content"]["application/json"]["example"]
        assert shown == json.loads(json.dumps(route.example))
        assert described["summary"] == route.summary

    given = await walk(course)

    events = municipality.read_stream(the_stream(municipality))
    topics = [event.topic for event in events if event.source == municipality.source]
    # The course's commands, an offer more, and the caseworker's change that came of an acceptance.
    assert sorted(topics) == sorted(
        [*given, "course.handover-offered.v1", "course.caseworker-changed.v1"]
    )


async def test_what_is_decided_for_the_team_goes_by_the_examples_too(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    for route in OF_TEAM:
        answer = await give(course, route)
        assert answer.status_code == 201, (route.name, answer.text)
    team = municipality.team()
    assert team is not None
    topics = [event.topic for event in municipality.read_stream(team)]
    assert topics == [route.topic for route in OF_TEAM]


# What is asked, when all before it was decided, and the rule that forbids it.
_SYSTEM = {"actor": {"function": "system"}}
REFUSED: dict[str, tuple[Mapping[str, Any], str]] = {
    "propose-match": ({"mentor": {"id": "m-99"}}, "the-mentor-is-employed"),
    "match": (_SYSTEM, "a-person-decides-every-match"),
    "make-agreement": ({"mentor": {"id": "m-99"}}, "an-agreement-is-with-the-courses-mentor"),
    "state-roles": ({"counterpart": {"id": "s-99"}}, "roles-are-stated-within-the-pair"),
    "set-goal": (
        {"actor": {"id": "s-99", "function": "caseworker"}},
        "whoever-speaks-is-a-party-to-the-goal",
    ),
    "acknowledge-goal": (
        {"actor": {"id": "s-12", "function": "caseworker"}},
        "a-goal-is-acknowledged-once",
    ),
    "review-goal": ({"goal": {"id": "goal-9"}}, "the-goal-is-known"),
    "apply-for-grant": (
        {"period": {"from": "2026-02-16", "to": "2026-02-16"}},
        "a-period-covers-a-day",
    ),
    "grants": (AS_MENTOR, "only-a-caseworker-grants"),
    "extend-grant": ({"grant": {"id": "b-78"}}, "only-what-was-granted-goes-on"),
    "end-grant": ({"to": "2027-01-01"}, "a-grant-ends-within-its-days"),
    "offer-handover": (
        {"giver": {"id": "s-99"}, "actor": {"id": "k-02", "function": "coordinator"}},
        "the-giver-has-the-course",
    ),
    "accept-handover": (
        {"actor": {"id": "s-12", "function": "caseworker"}},
        "the-receiver-answers",
    ),
    "reject-handover": ({"handover": {"id": "handover-1"}}, "only-an-open-offer-is-answered"),
    "end-match": ({"to": "2026-01-18"}, "a-match-ends-after-it-began"),
    "close": ({"to": "2026-01-11"}, "a-close-lies-in-open-days"),
    "reopen": ({"from": "2026-05-31"}, "a-reopening-follows-the-close"),
}


async def test_what_a_rule_forbids_is_refused_with_the_rule_and_what_would_satisfy_it(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    assert list(REFUSED) == [route.name for route in OF_COURSE]
    for route in OF_COURSE:
        changed, rule = REFUSED[route.name]
        if route.name == "accept-handover":
            await give(course, ROUTES["offer-handover"], {**OFFER_HANDOVER, **SECOND}, key="2")
        before = municipality.head()

        answer = await give(course, route, {**route.example, **changed}, key=f"not-{route.name}")

        problem = answer.json()
        assert (answer.status_code, problem.get("rule")) == (422, rule), (route.name, problem)
        assert problem["type"] == "/problems/refused-by-rule"
        assert problem["detail"] and problem["satisfied_by"]
        assert answer.headers["etag"] == f'"{problem["version"]}"'
        assert municipality.head() == before
        body = dict(route.example) | (SECOND if route.name == "reject-handover" else {})
        assert (await give(course, route, body)).status_code == 201
    assert municipality.find("person", "m-99", SOURCE) is None  # nobody was made known by it


@pytest.mark.parametrize("name", ["team/arrange-supervision", "team/set-caseload-policy"])
async def test_the_team_is_decided_on_by_its_rules(course: httpx.AsyncClient, name: str) -> None:
    route = next(route for route in OF_TEAM if route.name == name)
    for changed, key, rule in (
        ({**route.example, **AS_MENTOR}, "k-1", "the-actor-may-decide-this"),
        (route.example, "k-2", None),
        (route.example, "k-3", name_of(route.decision.rules[-1])),
    ):
        answer = await give(course, route, changed, key=key)
        assert answer.json().get("rule") == rule


async def test_every_command_knows_its_key_again_and_the_version_it_was_thought_out_at(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    await walk(course)
    stream = the_stream(municipality)
    written = len(municipality.read_stream(stream))
    for route in OF_COURSE:
        body = dict(route.example) | (SECOND if route.name == "reject-handover" else {})
        again = await give(course, route, body, version='"1"')
        assert (again.status_code, again.json()["status"]) == (200, "duplicate"), route.name
        late = await give(course, route, body, key=f"late-{route.name}", version='"1"')
        assert (late.status_code, late.json()["version"]) == (412, written), route.name
    assert len(municipality.read_stream(stream)) == written


async def test_a_mentor_taken_over_is_written_all_at_once_and_once(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    await walk(course, upto="offer-handover")
    assert (await send(course, employed("m-32"))).status_code == 201
    offer = {
        **OFFER_HANDOVER,
        **AS_MENTOR,
        "function": "mentor",
        "giver": {"id": "m-31"},
        "receiver": {"id": "m-32"},
    }
    assert (await give(course, ROUTES["offer-handover"], offer)).status_code == 201
    accept = {"actor": {"id": "m-32", "function": "mentor"}, "handover": {"id": "handover-1"}}
    first = await give(course, ROUTES["accept-handover"], accept)
    again = await give(course, ROUTES["accept-handover"], accept)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"status": "duplicate"}

    events = municipality.read_stream(the_stream(municipality))
    accepted, ended, matched = events[-3:]
    assert accepted.originator_version == first.json()["version"]
    assert [e.topic for e in (accepted, ended, matched)] == [
        "course.handover-accepted.v1",
        "course.match-ended.v1",
        "course.mentor-matched.v1",
    ]
    assert ended.causation == matched.causation == accepted.source_id
    mentor = municipality.find("person", "m-32", SOURCE)
    assert matched.fact.actor.id == mentor
    # The same key for another course writes nothing of it there either.
    await send(course, {**EXAMPLE, "id": "ev-9", "subject": "c-9"})
    head = municipality.head()
    other = await course.post(
        "/v1/courses/c-9/accept-handover",
        json=accept,
        headers={"idempotency-key": "accept-handover", "if-match": "*"},
        params={"source": SOURCE},
    )
    assert (other.status_code, municipality.head()) == (409, head)
