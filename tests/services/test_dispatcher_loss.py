"""Temporal loses all, or was not there: open courses are followed again, and nothing is doubled."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import day_of
from services.dispatcher import reconcile
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.dispatching import CODE, begun, client_id, scheduled, several_courses, written
from tests.services.following.room import (
    dispatcher,
    doubled,
    engine,
    idle,
    open_keys,
    signals,
    temporal,
    worker,
)
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import TEAM, workflow_id


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A municipality today; what happens is told by days that lie behind."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    return town


async def test_when_temporal_has_lost_everything_it_begins_again_and_nobody_is_reminded_twice(
    server: Server, town: Town
) -> None:
    several_courses(town)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
    before = written(town.municipality)
    async with temporal() as client, engine(server, client):
        await begun(client, client_id(town, "steady"))
        await idle(town.municipality)
        assert await signals(client, client_id(town, "closed")) is None
        assert written(town.municipality) == before
        work = town.worked("silent", 0)
        await idle(town.municipality)
        assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")


async def test_when_temporal_is_lost_under_a_running_dispatcher_it_all_comes_back_by_itself(
    server: Server, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    several_courses(town)
    monkeypatch.setattr("services.dispatcher._LOOK_FOR_LOSS", 1.0)
    async with AsyncExitStack() as lasting:
        async with temporal() as client:
            port = int(client.service_client.config.target_host.rpartition(":")[2])
            await lasting.enter_async_context(dispatcher(server, client))
            async with worker(server, client):
                await idle(town.municipality)
                await scheduled(client)
        before = written(town.municipality)
        work = town.worked("silent", 0)  # while nobody is there to be told
        await asyncio.sleep(1)
        async with temporal(port=port) as client, worker(server, client):
            await begun(client, client_id(town, "steady"))
            await scheduled(client)
            await idle(town.municipality)
            new = [id for id in written(town.municipality) if id not in before]
            assert len(new) == 1
            assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")
    assert doubled(town.municipality) == []


class OneIsRefused(Interceptor):
    """A connection that fails while one course's workflow is begun."""

    def __init__(self, workflow: str) -> None:
        self.workflow = workflow

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Between the client and the server."""
        refused = self.workflow

        class Refusing(OutboundInterceptor):
            async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
                if input.id == refused:
                    raise RPCError("the connection is gone", RPCStatusCode.UNAVAILABLE, b"")
                return await super().start_workflow(input)

        return Refusing(next)


async def test_a_loss_that_was_made_good_only_in_part_is_still_a_loss_to_the_next_one(
    server: Server, town: Town
) -> None:
    several_courses(town)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
    async with temporal() as client:
        steady = client_id(town, "steady")
        failing = Client(**client.config() | {"interceptors": [OneIsRefused(steady)]})
        with pytest.raises(RPCError):
            await reconcile(town.municipality, failing)
        assert await signals(client, workflow_id(CODE, TEAM)) is None
        async with engine(server, client):
            await begun(client, steady)
            await begun(client, workflow_id(CODE, TEAM))


async def test_a_dispatcher_that_begins_before_temporal_does_waits_for_it(
    server: Server, town: Town
) -> None:
    several_courses(town)
    async with temporal() as client:
        host = client.service_client.config.target_host
        port = int(host.rpartition(":")[2])
    later = await Client.connect(host, lazy=True, data_converter=client.data_converter)
    async with dispatcher(server, later):
        await asyncio.sleep(1)
        async with temporal(port=port) as client, worker(server, client):
            await idle(town.municipality)
            found = open_keys(town.municipality, town.stream("unmatched"))
            assert {key.rule for key in found} == {"match-overdue"}


async def test_reconciling_begins_every_open_course_and_the_team(
    server: Server, town: Town
) -> None:
    several_courses(town)
    async with temporal() as client, worker(server, client):
        assert await reconcile(town.municipality, client) == 5
        for subject in ("unmatched", "silent", "unmet", "steady"):
            await begun(client, client_id(town, subject))
            assert await signals(client, client_id(town, subject)) == 1
        assert await signals(client, workflow_id(CODE, TEAM)) == 1
        assert await signals(client, client_id(town, "closed")) is None


async def test_a_course_whose_follow_up_stays_open_after_the_close_is_begun_again_too(
    server: Server, town: Town
) -> None:
    town.intake("c-1", -30)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
    town.closed("c-1", 0)
    async with temporal() as client, worker(server, client):
        await reconcile(town.municipality, client)
        await asyncio.wait_for(client.get_workflow_handle(client_id(town, "c-1")).result(), 20)
    assert town.followed_in("c-1")[-1] == "0 withdrawn match-overdue as course-closed"
