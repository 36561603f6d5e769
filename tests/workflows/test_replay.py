"""Recorded histories of every released shape of a workflow still replay; careless edits do not.

A history in `tests/histories` is written once (`python -m tests.workflows.record`), when a shape
is released, and stays: a workflow that is under way may have begun with any of them.
"""

from collections import Counter
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from services.following.connecting import DATA_CONVERTER
from services.worker import WORKFLOWS
from tests.workflows.careless import CARELESS, PullsTwiceFromNowOn
from tests.workflows.careless_schedules import CARELESS_SCHEDULES
from tests.workflows.careless_webhooks import CARELESS_WEBHOOKS

HISTORIES = Path(__file__).parents[1] / "histories"
RECORDED = sorted(HISTORIES.glob("*.json"))
ALL_CARELESS = [*CARELESS, *CARELESS_SCHEDULES, *CARELESS_WEBHOOKS]


def histories_of(workflow_name: str) -> list[Path]:
    return [file for file in RECORDED if file.stem.startswith(f"{workflow_name}-")]


def name_of(workflow_class: type) -> str:
    name = workflow._Definition.must_from_class(workflow_class).name
    assert name
    return name


def recorded(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"0860/{file.stem}", file.read_text(encoding="utf-8"))


async def replay(file: Path, *workflows: type) -> Exception | None:
    replayer = Replayer(
        workflows=workflows,
        data_converter=DATA_CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),  # the edited ones stand in a test's module
        debug_mode=True,  # no deadlock is suspected on a slow machine
    )
    outcome = await replayer.replay_workflow(recorded(file), raise_on_replay_failure=False)
    return outcome.replay_failure


def test_every_shape_is_recorded() -> None:
    assert {file.stem for file in RECORDED} >= {
        "course-asked-1",
        "course-closed-1",
        "course-closed-2",
        "course-continued-1",
        "course-continued-2",
        "course-failing-1",
        "course-failing-2",
        "daily-1",
        "daily-failing-1",
        "monthly-hours-1",
        "team-1",
        "team-2",
        "webhook-1",
        "webhook-continued-1",
    }


def test_every_workflow_has_a_recorded_history() -> None:
    started = [recorded(file).events[0] for file in RECORDED]
    types = {one.workflow_execution_started_event_attributes.workflow_type.name for one in started}
    assert types == {name_of(one) for one in WORKFLOWS}


def test_waiting_and_trying_again_are_recorded() -> None:
    # Between attempts of a pull that failed: two minutes at most in earlier releases, then ten.
    assert {32, 64, 120} <= waits_in(HISTORIES / "course-failing-1.json")
    assert {27, 81, 243, 600} <= waits_in(HISTORIES / "course-failing-2.json")
    daily = recorded(HISTORIES / "daily-failing-1.json").events
    [begun] = [one for one in daily if one.HasField("activity_task_started_event_attributes")]
    assert begun.activity_task_started_event_attributes.attempt == 2


def waits_in(file: Path) -> set[int]:
    """The seconds of the timers in it."""
    return {
        event.timer_started_event_attributes.start_to_fire_timeout.ToSeconds()
        for event in recorded(file).events
        if event.HasField("timer_started_event_attributes")
    }


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    assert await replay(file, *WORKFLOWS) is None


@pytest.mark.parametrize("edited", ALL_CARELESS)
async def test_a_careless_edit_is_caught(edited: type) -> None:
    failures = [await replay(file, edited) for file in histories_of(name_of(edited))]
    caught = [failure for failure in failures if failure is not None]
    assert caught
    assert all(does_otherwise(failure) for failure in caught)


def does_otherwise(failure: Exception) -> bool:
    """Whether the edit did other things than are recorded; an error of its own isn't that."""
    return isinstance(failure, workflow.NondeterminismError) or (
        "Fatal error in workflow machines" in str(failure)
    )


def test_careless_edits_of_each_kind_of_workflow_are_tried() -> None:
    tried = Counter(name_of(edited) for edited in ALL_CARELESS)
    assert tried["course"] >= 10  # the team's is the same loop
    assert tried["daily"] >= 3
    assert tried["monthly-hours"] >= 3
    assert tried["digest"] >= 3
    assert tried["webhook"] >= 4


@pytest.mark.parametrize("file", histories_of("course"), ids=lambda file: file.stem)
async def test_a_careful_edit_passes(file: Path) -> None:
    assert await replay(file, PullsTwiceFromNowOn) is None
