"""Thousands of simulated runs; `python -m tests.follow_ups.run --seed N --verbose` replays one.

And the proof that these checks can fail: runs with something broken in them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain import planner
from domain.calendar import Calendar
from domain.follow_ups import Plan
from domain.obligations import Obligation
from domain.raised import FollowUp
from tests.follow_ups.checks import Broken
from tests.follow_ups.memory import Seen
from tests.follow_ups.pulling import plan_of
from tests.follow_ups.script import make_script
from tests.follow_ups.simulator import Parts, Simulator
from tests.soaking import SOAK
from workflows.inbox import Inbox
from workflows.messages import Poke

_PARTS = 20  # so that they spread over workers
_RUNS = (10_000 if SOAK else 60) // _PARTS
_WHOLE = Parts()
_BROKEN_RUNS = 60  # by then every broken variant has been found out
_TELLING = range(0 if SOAK else 45, _BROKEN_RUNS)  # in two of the last ones a version has moved on


@pytest.mark.soak
@pytest.mark.parametrize("part", range(_PARTS))
def test_the_follow_ups_in_the_end_are_those_that_the_facts_ask_for(part: int) -> None:
    for seed in range(part * _RUNS, (part + 1) * _RUNS):
        Simulator(make_script(seed)).run()


def test_a_seed_tells_the_same_story_every_time() -> None:
    first, again = (Simulator(make_script(11)).run() for _ in range(2))
    assert first.world.story == again.world.story
    assert len(first.world.story) > 100


def faults_found(
    parts: Parts = _WHOLE, seeds: Iterable[int] = range(_BROKEN_RUNS)
) -> Iterable[str]:
    """What the checks find, run by run."""
    for seed in seeds:
        try:
            Simulator(make_script(seed), parts).run()
        except Broken as error:
            yield str(error)


# Pokes and pulls.


class ForgetsWhatComesWhileItPulls(Inbox):
    def pulled(self, position: int, told: int) -> None:
        super().pulled(max(position, self._poked), told)


class PullsForEveryPoke(Inbox):
    def poked(self, poke: Poke) -> None:
        super().poked(Poke(poke.position, again=True))


@pytest.mark.parametrize(
    ("inbox", "words"),
    [
        (ForgetsWhatComesWhileItPulls, "not raised|still open"),
        (PullsForEveryPoke, "pulls, though"),
    ],
)
def test_an_inbox_that_loses_news_or_pulls_for_nothing_is_found_out(
    inbox: type[Inbox], words: str
) -> None:
    assert any(_has(fault, words) for fault in faults_found(Parts(inbox=inbox)))


def test_a_dispatcher_that_does_not_repeat_is_found_out() -> None:
    faults = faults_found(Parts(repeats=False))
    assert any(_has(fault, "not raised|still open") for fault in faults)


# Acts.


def with_the_time_in_its_id(
    seen: Seen, calendar: Calendar, now: datetime, staff: Mapping[str, UUID]
) -> Plan:
    plan = plan_of(seen, calendar, now, staff)
    acts = tuple(replace(act, id=f"{act.id[:40]}-{now:%H%M%S%f}") for act in plan.acts)
    return replace(plan, acts=acts)


@pytest.mark.soak
def test_ids_alone_keep_each_stage_single_and_are_found_out_with_the_time_in_them() -> None:
    careless = Parts(minds_version=False)
    assert not any(_has(fault, "twice") for fault in faults_found(careless, _TELLING))
    broken = replace_planner(careless, with_the_time_in_its_id)
    assert any(_has(fault, "twice") for fault in faults_found(broken))


@pytest.mark.soak
def test_acts_that_are_not_stored_on_the_version_they_were_planned_on_are_found_out() -> None:
    assert any(True for _ in faults_found(Parts(minds_version=False), _TELLING))


def replace_planner(parts: Parts, plan: Any) -> Parts:
    return Parts(inbox=parts.inbox, planner=plan, minds_version=parts.minds_version)


# The planner.


def _raises_what_is_met(obligation: Obligation, setting: planner.Setting) -> bool:
    return setting.has_come(obligation.due_on)


def _raises_the_day_before(obligation: Obligation, setting: planner.Setting) -> bool:
    a_day = timedelta(days=1)
    ahead = replace(setting, today=setting.today + a_day, reached=setting.reached + a_day)
    return planner_is_to_be_raised(obligation, ahead)


def _ignores_snoozes(obligation: Obligation, follow_up: FollowUp | None) -> list[Any]:
    awake = replace(follow_up, snoozed_until=None) if follow_up else None
    return planner_stages_left(obligation, awake)


def _escalates_nothing(obligation: Obligation, follow_up: FollowUp | None) -> list[Any]:
    return [one for one in planner_stages_left(obligation, follow_up) if one.to is None]


def _wakes_when_due_only(
    obligation: Obligation, follow_up: FollowUp | None, setting: planner.Setting
) -> Iterable[datetime]:
    due = setting.calendar.morning_of(obligation.due_on)
    return [one for one in planner_wakes(obligation, follow_up, setting) if one == due]


def _wakes_an_hour_late(
    obligation: Obligation, follow_up: FollowUp | None, setting: planner.Setting
) -> Iterable[datetime]:
    found = planner_wakes(obligation, follow_up, setting)
    return [one + timedelta(hours=1) for one in found]


def _leaves_orphans(*_: Any) -> Iterable[Any]:
    return ()


def _tells_anew(*_: Any) -> None:
    """What a fact that comes late moves to another event is told on that one again."""


planner_is_to_be_raised = planner._is_to_be_raised
planner_stages_left = planner._stages_left
planner_wakes = planner._wakes


@pytest.mark.parametrize(
    ("name", "broken", "words"),
    [
        ("_is_to_be_raised", _raises_what_is_met, "was raised for"),
        ("_is_to_be_raised", _raises_the_day_before, "was raised"),
        ("_stages_left", _ignores_snoozes, "too early"),
        ("_stages_left", _escalates_nothing, "lacks"),
        ("_wakes", _wakes_when_due_only, "lacks"),
        ("_wakes", _wakes_an_hour_late, "not raised"),
        ("_orphaned", _leaves_orphans, "still open"),
    ],
)
def test_a_planner_that_errs_is_found_out(
    monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., Any], words: str
) -> None:
    monkeypatch.setattr(planner, name, broken)
    assert any(_has(fault, words) for fault in faults_found())


def test_a_planner_that_tells_the_same_matter_anew_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In about every fiftieth run a fact comes late that moves what was told already."""
    monkeypatch.setattr(planner, "_go_on", _tells_anew)
    faults = list(faults_found(seeds=(112, 167, 206, 245)))
    assert [_has(fault, "tells anew") for fault in faults] == [True] * 4


def _has(fault: str, words: str) -> bool:
    return any(one in fault for one in words.split("|"))
