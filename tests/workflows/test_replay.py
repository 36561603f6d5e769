"""Recorded histories of every released shape of a workflow still replay; careless edits do not.

A history in `tests/histories` is written once (`python -m tests.workflows.record`), when a shape
is released, and stays: a workflow that is under way may have begun with any of them.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from services.following.connecting import DATA_CONVERTER
from services.worker import WORKFLOWS
from workflows.follower import Follower
from workflows.messages import Advance, Next, Poke, Start
from workflows.ports import advance

HISTORIES = Path(__file__).parents[1] / "histories"
RECORDED = sorted(HISTORIES.glob("*.json"))


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
    assert {file.stem.rpartition("-")[0] for file in RECORDED} >= {
        "course-closed",
        "course-continued",
        "team",
    }


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    assert await replay(file, *WORKFLOWS) is None


@workflow.defn(name="course")
class SleepsFirst(Follower):
    """A timer before the pull."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await workflow.sleep(timedelta(seconds=1))
        await self.follow(start)


@workflow.defn(name="course")
class PullsTwice(Follower):
    """A pull more at the start."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await advance(Advance(start.municipality, start.subject, workflow.now()))
        await self.follow(start)


@workflow.defn(name="course")
class NeverSleeps(Follower):
    """No timer for what is due."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _sleep(self, until: Next) -> None:
        await workflow.wait_condition(lambda: self._inbox.has_news)


@workflow.defn(name="course")
class AsksAnother(Follower):
    """Another activity in place of the one it had."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _pull(self, start: Start) -> Next:
        await workflow.execute_activity(
            "advance-more", start, start_to_close_timeout=timedelta(seconds=1)
        )
        return Next(0)


@workflow.defn(name="course")
class PullsForEveryPoke(Follower):
    """A poke about what was pulled already costs a pull."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    @workflow.signal
    def poke(self, poke: Poke) -> None:
        super().poke(poke)
        self._inbox.poked(Poke(poke.position, again=True))


@pytest.mark.parametrize(
    "edited", [SleepsFirst, PullsTwice, NeverSleeps, AsksAnother, PullsForEveryPoke]
)
async def test_a_careless_edit_is_caught(edited: type) -> None:
    failure = await replay(HISTORIES / "course-closed-1.json", edited)
    assert failure is not None
