"""Putting follow-ups off and taking them over through the interface, a course's and the team's."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from domain.events.common import (
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    FollowUpRaised,
    TeamFollowUpSnoozed,
    TeamFollowUpTakenOver,
)
from domain.values import Actor
from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import CASEWORKER, SOURCE
from tests.workflows.town import Town
from workflows.messages import TEAM

CODE = "0860"
COORDINATOR = {"source": SOURCE, "id": "k-02", "function": "coordinator"}
LEADER = {"source": SOURCE, "id": "l-01", "function": "leader"}


@pytest.fixture
def town(municipality: Municipality, server: Server, clock: Clock) -> Town:
    """A municipality on the day on which a course's mentor and a supervision are overdue."""
    town = Town(municipality, day_of(clock.now))
    town.established()
    town.supervisor()
    town.employed("m-31")
    clock.now += timedelta(days=42)
    town.intake("c-1", 28)
    engine = Engine(server)
    engine.advance(CODE, town.subject("c-1"), clock.now)
    engine.advance(CODE, TEAM, clock.now)
    return town


def raised(town: Town, rule: str = "match-overdue") -> str:
    """The id of the only follow-up of a rule."""
    [found] = [
        event.source_id
        for event in town.municipality.read_from(0, 1000)
        if isinstance(event.fact, FollowUpRaised) and event.fact.follow_up.rule == rule
    ]
    return found


def snoozing(town: Town, until: int = 60, **more: Any) -> dict[str, Any]:
    """The body of a snooze."""
    found = {"actor": CASEWORKER, "until": town.day(until).isoformat(), "reason": "citizen-away"}
    return found | more


def taking(**more: Any) -> dict[str, Any]:
    """The body of a take-over."""
    person = {"source": SOURCE, "id": "k-02"}
    return {"actor": COORDINATOR, "person": person, "reason": "absence"} | more


async def give(
    client: httpx.AsyncClient,
    id_: str,
    what: str,
    body: Any,
    *,
    key: str = "k-1",
    version: str = "*",
) -> httpx.Response:
    return await client.post(
        f"/v1/follow-ups/{id_}/{what}",
        json=body,
        headers={"idempotency-key": key, "if-match": version},
    )


async def test_a_courses_follow_up_is_put_off_and_taken_over(
    client: httpx.AsyncClient, town: Town, municipality: Municipality
) -> None:
    id_ = raised(town)
    answer = await give(client, id_, "snooze", snoozing(town, note="På højskole på Ærø"))
    assert answer.status_code == 201, answer.text
    assert answer.json()["stream"] == str(town.stream("c-1"))
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    taken = await give(client, id_, "take-over", taking(), version=answer.headers["etag"], key="2")
    assert taken.status_code == 201, taken.text
    snooze, take_over = [event.fact for event in municipality.read_stream(town.stream("c-1"))][-2:]
    assert isinstance(snooze, CourseFollowUpSnoozed)
    assert (snooze.until, snooze.reason) == (town.day(60), "citizen-away")
    assert snooze.note is not None
    assert municipality.open([("note", snooze.note)]) == {
        ("note", snooze.note): "På højskole på Ærø"
    }
    assert isinstance(take_over, CourseFollowUpTakenOver)
    coordinator = municipality.find("person", "k-02", SOURCE)
    assert take_over.person == coordinator
    assert take_over.actor == Actor("coordinator", coordinator)
    assert take_over.follow_up == snooze.follow_up


async def test_a_follow_up_of_the_team_is_put_off_and_taken_over_in_the_teams_stream(
    client: httpx.AsyncClient, town: Town, municipality: Municipality
) -> None:
    id_ = raised(town, "supervision-overdue")
    put_off = await give(client, id_, "snooze", snoozing(town, actor=LEADER, note="æøå"))
    person = {"source": SOURCE, "id": "l-01"}
    taken = await give(client, id_, "take-over", taking(actor=LEADER, person=person), key="2")
    assert (put_off.status_code, taken.status_code) == (201, 201), put_off.text + taken.text
    team = municipality.team()
    assert team is not None
    events = municipality.read_stream(team)
    snooze, take_over = events[-2].fact, events[-1].fact
    assert isinstance(snooze, TeamFollowUpSnoozed) and isinstance(take_over, TeamFollowUpTakenOver)
    assert snooze.follow_up.about == municipality.find("person", "m-31")
    assert take_over.follow_up == snooze.follow_up
    moved_on = await give(client, id_, "snooze", snoozing(town), version='"1"', key="3")
    assert moved_on.status_code == 412
    assert moved_on.json()["version"] == len(events)
    assert "The team" in moved_on.json()["detail"]


async def test_nothing_that_names_a_person_or_tells_of_one_is_stored_in_clear(
    client: httpx.AsyncClient, town: Town, municipality: Municipality
) -> None:
    id_ = raised(town)
    for what, body in (("snooze", snoozing(town)), ("take-over", taking())):
        answer = await give(client, id_, what, body | {"note": "på højskole på Ærø"}, key=what)
        assert answer.status_code == 201
    statement = SQL("SELECT state FROM {}.events WHERE topic ~ 'snoozed|taken'").format(
        Identifier(municipality.schema)
    )
    with municipality.transaction() as cursor:
        states = [bytes(row[0]).decode() for row in cursor.execute(statement)]
    assert len(states) == 2
    for state in states:
        assert not any(word in state for word in ("s-12", "k-02", "Ærø", "jskole"))


async def test_the_same_key_again_gets_the_first_receipt_even_after_the_follow_up_was_met(
    client: httpx.AsyncClient, town: Town, server: Server, clock: Clock
) -> None:
    id_ = raised(town)
    first = await give(client, id_, "snooze", snoozing(town))
    town.matched("c-1", 42)
    Engine(server).advance(CODE, town.subject("c-1"), clock.now)
    again = await give(client, id_, "snooze", snoozing(town))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"status": "duplicate"}
    late = await give(client, id_, "take-over", taking(), key="k-2")
    assert late.status_code == 422
    assert late.json()["rule"] == "the-follow-up-is-open"


@pytest.mark.parametrize("what", ["snooze", "take-over"])
async def test_the_same_key_for_something_else_is_a_conflict(
    client: httpx.AsyncClient, town: Town, what: str
) -> None:
    await give(client, raised(town), "snooze", snoozing(town))
    body = taking() if what == "take-over" else snoozing(town, until=61)
    answer = await give(client, raised(town), what, body)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/idempotency-key"


async def test_the_same_key_for_another_follow_up_is_a_conflict(
    client: httpx.AsyncClient, town: Town
) -> None:
    await give(client, raised(town), "snooze", snoozing(town))
    answer = await give(client, raised(town, "supervision-overdue"), "snooze", snoozing(town))
    assert answer.status_code == 409


async def test_of_eight_who_do_it_at_once_one_does(
    client: httpx.AsyncClient, town: Town, municipality: Municipality
) -> None:
    id_, before = raised(town), municipality.head().position
    for what, body, rule in (
        ("snooze", snoozing(town), "a-snooze-changes-the-day"),
        ("take-over", taking(), "nobody-takes-over-what-they-have"),
    ):
        answers = await asyncio.gather(
            *(give(client, id_, what, body, key=f"{what}-{n}") for n in range(8))
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
        assert {answer.json().get("rule") for answer in answers} == {None, rule}
    assert len(municipality.read_from(before, 100)) == 2


@pytest.mark.parametrize(("version", "status"), [(None, 422), ("read", 412)])
async def test_a_follow_up_that_is_met_between_reading_and_writing_is_not_put_off(
    client: httpx.AsyncClient,
    town: Town,
    municipality: Municipality,
    server: Server,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    version: str | None,
    status: int,
) -> None:
    """What a command reads is read; before it writes, the match arrives and resolves."""
    translate = municipality.translate
    read = f'"{len(municipality.read_stream(town.stream("c-1")))}"'

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        town.matched("c-1", 42)
        Engine(server).advance(CODE, town.subject("c-1"), clock.now)
        return translate(*given)

    monkeypatch.setattr(municipality, "translate", meanwhile)
    answer = await give(
        client, raised(town), "snooze", snoozing(town), version=read if version else "*"
    )
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["rule"] == "the-follow-up-is-open"
    topics = [event.topic for event in municipality.read_stream(town.stream("c-1"))]
    assert topics[-1] == "course.follow-up-resolved.v1"


async def test_a_linked_course_that_is_closed_closes_what_was_raised_before_the_link(
    client: httpx.AsyncClient, town: Town, server: Server, clock: Clock
) -> None:
    id_ = raised(town)
    town.intake("c-2", 40)
    town.tell(
        "course.identity-linked", "c-2", 41, what="course", alias={"id": "c-1"}, basis="manual"
    )
    assert (await give(client, id_, "snooze", snoozing(town))).status_code == 201
    town.closed("c-2", 42)
    clock.now += timedelta(days=1)
    Engine(server).advance(CODE, town.subject("c-2"), clock.now)
    answer = await give(client, id_, "snooze", snoozing(town, until=61), key="k-2")
    assert answer.json().get("rule") == "the-follow-up-is-open", answer.text


async def test_what_is_wrong_is_named_by_its_field_or_its_rule(
    client: httpx.AsyncClient, town: Town, municipality: Municipality
) -> None:
    id_, head = raised(town), municipality.head()
    for body, pointers in (
        (snoozing(town, reason="because"), {"/reason"}),
        (snoozing(town) | {"until": "2026-02-30", "note": "\x00"}, {"/until", "/note"}),
        (snoozing(town, follow_up={"rule": "match-overdue"}), {"/follow_up"}),
        ({"actor": CASEWORKER}, {"/until", "/reason"}),
        ([], {""}),
    ):
        answer = await give(client, id_, "snooze", body)
        assert answer.status_code == 422, answer.text
        assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    for what, body, rule in (
        ("snooze", snoozing(town, until=42), "a-snooze-lies-ahead"),
        ("snooze", snoozing(town, until=133), "a-snooze-ends-in-time"),
        ("snooze", snoozing(town, actor={"function": "system"}), "the-actor-may-decide-this"),
        ("take-over", taking(actor=LEADER), "whoever-takes-over-does-it-themselves"),
    ):
        answer = await give(client, id_, what, body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["rule"] == rule
        assert answer.json()["satisfied_by"]
    assert municipality.head() == head
    assert municipality.find("person", "l-01", SOURCE) is None  # nobody was made known by it


async def test_without_source_a_person_is_the_one_whom_one_system_has_told_of(
    client: httpx.AsyncClient, town: Town, municipality: Municipality, tokens: Tokens
) -> None:
    id_, head = raised(town), municipality.head()
    nobody = {"id": "s-99", "function": "caseworker"}
    refused = await give(client, id_, "snooze", snoozing(town, actor=nobody))
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/actor/source", "which-source")
    assert SOURCE in error["detail"]
    assert (municipality.head(), municipality.find("person", "s-99")) == (head, None)

    body = snoozing(town, actor={"id": "s-12", "function": "caseworker"})
    first = await give(client, id_, "snooze", body)
    assert first.status_code == 201, first.text
    snoozed = municipality.read_stream(town.stream("c-1"))[-1].fact
    assert snoozed.actor.id == municipality.find("person", "s-12", SOURCE)

    municipality.identity("person", "s-12", "https://andet.example")
    again = await give(client, id_, "snooze", body)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    # Who may name anybody's ids must say whose; a token bound to a source means its own.
    _, unbound = tokens.create(municipality=CODE, now=municipality.clock(), may_decide=True)
    client.headers["authorization"] = f"Bearer {unbound}"
    several = await give(client, id_, "snooze", body, key="k-2")
    assert several.status_code == 422
    assert "https://andet.example" in several.json()["errors"][0]["detail"]


async def test_an_id_that_no_follow_up_was_raised_by_is_not_found(
    client: httpx.AsyncClient, town: Town
) -> None:
    snoozed = await give(client, raised(town), "snooze", snoozing(town))
    for id_ in ("follow-up-" + "0" * 40, "follow-up", "ev-1", snoozed.json()["id"]):
        answer = await give(client, id_, "snooze", snoozing(town), key="k-2")
        assert answer.status_code == 404, id_
        assert answer.json()["type"] == "/problems/not-found"


async def test_the_contract_says_what_is_sent(client: httpx.AsyncClient) -> None:
    contract = (await client.get("/openapi.json")).json()
    for what, fields in (("snooze", {"until"}), ("take-over", {"person"})):
        asked = contract["paths"][f"/v1/follow-ups/{{id}}/{what}"]["post"]
        schema = asked["requestBody"]["content"]["application/json"]["schema"]
        assert set(schema["required"]) == {"actor", "reason"} | fields
        assert "follow_up" not in schema["properties"]
        assert {"404", "409", "412", "422"} <= set(asked["responses"])
        assert "follow-up" in json.dumps(asked["summary"]) and "opfølgning" in asked["summary"]
