"""Recorded histories of every released shape of a workflow still replay; careless edits do not.

A history in `tests/histories` is written once (`python -m tests.workflows.record`), when a shape
is released, and stays: a workflow that is under way may have begun with any of them.
"""

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from services.following.connecting import DATA_CONVERTER
from services.worker import WORKFLOWS
from tests.workflows.careless import CARELESS, PullsTwiceFromNowOn

HISTORIES = Path(__file__).parents[1] / "histories"
RECORDED = sorted(HISTORIES.glob("*.json"))
OF_COURSES = [file for file in RECORDED if file.stem.startswith("course-")]


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
        "team-1",
        "team-2",
    }


def test_every_workflow_has_a_recorded_history() -> None:
    started = [recorded(file).events[0] for file in RECORDED]
    types = {one.workflow_execution_started_event_attributes.workflow_type.name for one in started}
    assert types == {workflow._Definition.must_from_class(one).name for one in WORKFLOWS}


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    assert await replay(file, *WORKFLOWS) is None


@pytest.mark.parametrize("edited", CARELESS)
async def test_a_careless_edit_is_caught(edited: type) -> None:
    failures = [await replay(file, edited) for file in OF_COURSES]
    caught = [failure for failure in failures if failure is not None]
    assert caught
    assert all(does_otherwise(failure) for failure in caught)


def does_otherwise(failure: Exception) -> bool:
    """Whether the edit did other things than are recorded; an error of its own isn't that."""
    return isinstance(failure, workflow.NondeterminismError) or (
        "Fatal error in workflow machines" in str(failure)
    )


def test_ten_careless_edits_are_tried_at_least() -> None:
    assert len({edited.__name__ for edited in CARELESS}) >= 10


@pytest.mark.parametrize("file", OF_COURSES, ids=lambda file: file.stem)
async def test_a_careful_edit_passes(file: Path) -> None:
    assert await replay(file, PullsTwiceFromNowOn) is None
