"""What fails is tried again, and no word of what somebody wrote gets into Temporal."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from domain.calendar import day_of
from services.follow_ups import Engine
from services.following.codec import ENCODING
from services.following.connecting import data_converter
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import temporal
from tests.workflows.patience import patient_worker
from tests.workflows.test_long_history import pull
from tests.workflows.town import Town
from workflows.course import CourseWorkflow
from workflows.messages import TASK_QUEUE, Next, Start, workflow_id

NAME = "Test Testesen"


class Stumbling(Engine):
    """Fails once, with a citizen's name in its words."""

    failures = 1

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        if self.failures:
            self.failures -= 1
            raise ValueError(f"{NAME} was in the way")
        return super().advance(municipality, subject, now)


async def test_a_failing_pull_is_tried_again_and_its_words_stay_here(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    id = workflow_id("0860", town.subject("c-1"))
    async with temporal() as client:
        with ThreadPoolExecutor(2) as threads:
            stumbling = Stumbling(server)
            async with patient_worker(client, stumbling, threads):
                await client.start_workflow(
                    CourseWorkflow.run,
                    Start("0860", town.subject("c-1")),
                    id=id,
                    task_queue=TASK_QUEUE,
                )
                course = client.get_workflow_handle_for(CourseWorkflow.run, id)
                await asyncio.wait_for(pull(course, municipality.head().position), 30)
        history = await course.fetch_history()
    assert stumbling.failures == 0
    assert all(NAME.encode() not in event.SerializeToString() for event in history.events)


async def test_a_failure_s_words_are_sealed_before_temporal_gets_them(tmp_path: Path) -> None:
    converter = data_converter(tmp_path)
    failure = Failure()
    await converter.encode_failure(ApplicationError(NAME, type="ValueError"), failure)
    assert failure.message == "Encoded failure"
    assert failure.encoded_attributes.metadata["encoding"] == ENCODING
    assert NAME.encode() not in failure.SerializeToString()
    assert NAME in str(await converter.decode_failure(failure))
