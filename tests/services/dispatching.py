"""What the dispatcher's tests share: a town's courses in every state, and what came of them."""

import asyncio

import pytest
from temporalio.client import (
    Client,
)

from domain.events.common import FollowUpEvent
from services.store.municipality import Municipality
from tests.services.following.room import (
    signals,
)
from tests.workflows.town import Town
from workflows.messages import workflow_id

CODE = "0860"


def several_courses(town: Town) -> dict[str, set[str]]:
    """Courses in every state, and the rules that each should have open."""
    town.intake("unmatched", -30)
    town.intake("silent", -30)
    town.matched("silent", -28)
    town.met("silent", -27)
    town.intake("unmet", -30)
    town.matched("unmet", -10)
    town.worked("unmet", -2)
    town.intake("steady", -30)
    town.matched("steady", -29)
    town.met("steady", -28)
    town.worked("steady", -1)
    town.intake("closed", -30)
    town.closed("closed", -3)
    return {
        "unmatched": {"match-overdue"},
        "silent": {"no-mentor-contact"},
        "unmet": {"first-meeting-overdue"},
        "steady": set(),
        "closed": set(),
    }


def written(municipality: Municipality) -> list[str]:
    """The ids of all that the engine wrote."""
    events = municipality.read_from(0, 100_000)
    return sorted(e.source_id for e in events if isinstance(e.fact, FollowUpEvent))


def client_id(town: Town, course: str) -> str:
    """The id of a course's workflow."""
    return workflow_id(CODE, town.subject(course))


async def scheduled(client: Client) -> None:
    """Wait until all three schedules of the municipality are there."""
    for _ in range(400):
        if len([one async for one in await client.list_schedules()]) == 3:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the schedules were never made")


async def begun(client: Client, workflow: str) -> None:
    """Wait until a workflow of that id was told something."""
    for _ in range(400):
        if await signals(client, workflow):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{workflow} was never begun")
