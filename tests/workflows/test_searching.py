"""Workflows are searched by municipality, stage and next due time, and by nothing of a person."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from time import monotonic
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client

from domain.calendar import COPENHAGEN, day_of
from services.following.searching import register
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import PATIENCE, engine, idle, temporal
from tests.workflows.journey import Handle, Journey
from tests.workflows.test_next import ask, followed
from tests.workflows.town import FOUR_RULES, Town
from workflows.searched import ALL, MUNICIPALITY, NEXT_DUE, STAGE

UPSERT = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES


async def shown(course: Handle) -> Mapping[str, Any]:
    """What the server has of ours. The server that skips time keeps a null for what is unset."""
    request = DescribeWorkflowExecutionRequest(
        namespace=course._client.namespace, execution=WorkflowExecution(workflow_id=course.id)
    )
    answer = await course._client.workflow_service.describe_workflow_execution(request)
    fields = answer.workflow_execution_info.search_attributes.indexed_fields
    told = {name: json.loads(value.data or b"null") for name, value in fields.items()}
    return {key.name: told.get(key.name) for key in ALL}


async def upserts(course: Handle) -> int:
    events: Sequence[Any] = (await course.fetch_history()).events
    return sum(event.event_type == UPSERT for event in events)


async def found(client: Client, query: str, wanted: set[str]) -> set[str]:
    """What a search finds; the server's index follows a moment later."""
    deadline = monotonic() + PATIENCE
    while True:
        ids = {one.id async for one in client.list_workflows(query)}
        if ids == wanted or monotonic() > deadline:
            return ids
        await asyncio.sleep(0.1)


async def test_a_course_is_shown_at_its_furthest_stage_with_its_next_due_time(
    journey: Journey, town: Town
) -> None:
    town.adopt(FOUR_RULES)
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    first = await shown(course)
    assert (first[MUNICIPALITY.name], first[STAGE.name]) == ("0860", "coming")
    due = datetime.fromisoformat(first[NEXT_DUE.name]).astimezone(COPENHAGEN)
    assert due.date() == town.day(14)
    assert time(6) <= due.time() < time(7)
    await journey.until(15)
    assert (await shown(course))[STAGE.name] == "raised"
    await journey.until(22)
    assert (await shown(course))[STAGE.name] == "escalated"
    await journey.until(36)
    assert await shown(course) == {
        MUNICIPALITY.name: "0860",
        STAGE.name: "escalated",
        NEXT_DUE.name: None,
    }
    town.closed("c-1", day=36)
    await journey.poke(course)
    assert (await shown(course))[STAGE.name] == "none"


async def test_what_is_shown_is_written_only_when_it_changes(journey: Journey, town: Town) -> None:
    town.adopt(FOUR_RULES)
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    before = await upserts(course)
    for day in range(3):
        town.tell("course.contact-attempted", "c-1", day, form="phone", outcome="no-answer")
        await journey.poke(course)
    assert await upserts(course) == before
    town.matched("c-1", day=2)
    await journey.poke(course)
    assert await upserts(course) == before + 1


async def test_courses_are_found_by_municipality_stage_and_day(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    clock.now = datetime.now(COPENHAGEN)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake("open", day=-20)
    town.intake("later")
    async with temporal() as client, engine(server, client):
        await register(client)  # once more: those it knows stay
        await idle(municipality)
        late, later = (f"0860/{town.subject(course)}" for course in ("open", "later"))
        mine = "RoedtraadMunicipality = '0860'"
        by_day = f"RoedtraadNextDue < '{town.day(10).isoformat()}T00:00:00Z'"
        for query, wanted in (
            (f"{mine} AND RoedtraadStage = 'raised'", {late}),
            (f"{mine} AND RoedtraadStage = 'coming'", {later}),
            (f"{mine} AND {by_day}", {late}),
            ("RoedtraadMunicipality = '0851'", set()),
        ):
            assert await found(client, query, wanted) == wanted


async def test_a_new_run_is_shown_as_the_one_before_without_a_word_more(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    clock.now = datetime.now(COPENHAGEN)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    async with followed(town, server, suggest_at=10) as course:
        for _ in range(6):
            town.tell("course.contact-attempted", "c-1", 0, form="phone", outcome="no-answer")
            await ask(course, municipality.head().position)
        events = (await course.fetch_history()).events
        begun_as = events[0].workflow_execution_started_event_attributes
        assert begun_as.continued_execution_run_id
        assert (await shown(course))[STAGE.name] == "coming"
        # The marker's own is there; ours had nothing to change.
        assert await upserts(course) <= 1
