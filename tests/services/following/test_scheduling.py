"""Each municipality has its schedules, in Copenhagen's time, whatever becomes of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import (
    Client,
    ScheduleDescription,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from domain.calendar import COPENHAGEN, day_of
from domain.rule_packs import RuleBook, RulePack, default_pack, parse_pack
from services.following.codec import SealedPayloads
from services.following.connecting import data_converter
from services.following.scheduling import Schedules, hours_day_of
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import engine, idle, temporal
from tests.workflows.town import FOUR_RULES, Town

DAILY, HOURS, LETTERS = "0860/daily", "0860/monthly-hours", "0860/digest"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A Temporal that knows nothing yet."""
    async with temporal() as connected:
        yield connected


async def described(client: Client, id: str) -> ScheduleDescription:
    return await client.get_schedule_handle(id).describe()


async def test_the_day_begins_at_five_and_the_hours_are_looked_at_on_the_day_they_are_due(
    client: Client, municipality: Municipality
) -> None:
    await Schedules(client, municipality).make()
    daily, hours = await described(client, DAILY), await described(client, HOURS)
    for found, hour in ((daily, 5), (hours, 8)):
        times = [time.astimezone(COPENHAGEN) for time in found.info.next_action_times]
        assert {time.hour for time in times} == {hour}
        assert {time.minute < 20 for time in times} == {True}
        assert found.schedule.policy.overlap == ScheduleOverlapPolicy.SKIP
    # Ten of them: over a change of the clock, five o'clock is another hour of UTC.
    assert {time.astimezone(COPENHAGEN).day for time in hours.info.next_action_times} == {11}
    assert len({time.hour for time in hours.info.next_action_times}) == 2
    assert daily.schedule.policy.catchup_window == timedelta(hours=20)


async def test_letters_are_written_at_their_hour_on_weekdays(
    client: Client, municipality: Municipality
) -> None:
    for hour in (7, 6):
        await Schedules(client, municipality, hour).make()
        found = await described(client, LETTERS)
        times = [time.astimezone(COPENHAGEN) for time in found.info.next_action_times]
        assert {time.hour for time in times} == {hour}
        assert {time.weekday() for time in times} == {0, 1, 2, 3, 4}
        assert found.schedule.policy.catchup_window == timedelta(hours=8)


async def test_what_was_deleted_is_made_again_and_what_was_changed_is_set_right(
    client: Client, municipality: Municipality
) -> None:
    schedules = Schedules(client, municipality)
    await schedules.make()
    await client.get_schedule_handle(HOURS).delete()

    def every_hour(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = found.description.schedule
        state = replace(schedule.state, note="edition of an earlier release")
        spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(timedelta(hours=1))])
        return ScheduleUpdate(replace(schedule, spec=spec, state=state))

    await client.get_schedule_handle(DAILY).update(every_hour)
    await schedules.make()
    for id in (DAILY, HOURS):
        found = (await described(client, id)).schedule.spec
        assert found.time_zone_name == "Europe/Copenhagen"
        assert len(found.calendars) == 1 and not found.intervals


async def test_what_somebody_has_paused_stays_paused(
    client: Client, municipality: Municipality
) -> None:
    schedules = Schedules(client, municipality)
    await schedules.make()
    await client.get_schedule_handle(DAILY).pause(note="we are moving house")
    await schedules.make()
    assert (await described(client, DAILY)).schedule.state.paused


async def test_a_lost_key_of_the_messages_is_made_good(
    client: Client, municipality: Municipality, tmp_path: Path
) -> None:
    await Schedules(client, municipality).make()
    other = Client(client.service_client, data_converter=data_converter(tmp_path))
    await Schedules(other, municipality).make()
    action = (await described(other, DAILY)).schedule.action
    [message] = action.args  # type: ignore[attr-defined]
    codec = other.data_converter.payload_codec
    assert isinstance(codec, SealedPayloads)
    assert message.metadata["encryption-key-id"] == codec.key_id.encode()


async def test_a_municipality_s_workflows_run_as_scheduled_and_say_what_they_found(
    client: Client, server: Server, municipality: Municipality, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake("c-1", -1)
    async with engine(server, client):
        await idle(municipality)
        results = []
        for id in (DAILY, HOURS, LETTERS):
            handle = client.get_schedule_handle(id)
            await _made(client, id)
            await handle.trigger()
            results.append(await _result(client, id))
    assert results[0]["needed"] == 2
    assert results[0]["begun_anew"] == 0
    assert (results[1]["courses"], results[1]["woken"]) == (0, 0)
    assert set(results[2]) == {"day", "outcomes"}
    assert not results[2]["outcomes"]  # there is no mail server


async def _made(client: Client, id: str) -> None:
    for _ in range(200):
        if id in [one.id async for one in await client.list_schedules()]:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{id} was never made")


async def _result(client: Client, id: str) -> dict[str, int]:
    for _ in range(200):
        actions = (await described(client, id)).info.recent_actions
        if actions:
            execution = actions[0].action
            found = client.get_workflow_handle(execution.workflow_id)  # type: ignore[attr-defined]
            result: dict[str, int] = await asyncio.wait_for(found.result(), 30)
            return result
        await asyncio.sleep(0.05)
    pytest.fail(f"{id} never ran")


def test_the_day_of_the_hours_is_that_of_the_rule_that_holds() -> None:
    today = date(2026, 3, 2)
    hours = '[rules.hours-below-grant]\n{days}\npercent = 50\naddressed_to = "caseworker"\n'
    book = RuleBook((default_pack(),))
    assert hours_day_of(book, today) == 11
    for days, day in (("days = 3", 4), ("days = 60", 28), ("working_days = 5", 28)):
        pack = parse_pack(FOUR_RULES + hours.format(days=days) + 'basis = "a test"\n')
        assert hours_day_of(_with(book, pack), today) == day
    assert hours_day_of(_with(book, parse_pack(FOUR_RULES)), today) == 28


def _with(book: RuleBook, pack: RulePack) -> RuleBook:
    return RuleBook((*book.packs, pack))
