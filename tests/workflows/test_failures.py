"""What fails is tried again, and no word of what somebody wrote gets into Temporal."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from domain.calendar import day_of
from services.follow_ups import Engine
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
            async with patient_worker(client, Stumbling(server), threads):
                await client.start_workflow(
                    CourseWorkflow.run,
                    Start("0860", town.subject("c-1")),
                    id=id,
                    task_queue=TASK_QUEUE,
                )
                course = client.get_workflow_handle_for(CourseWorkflow.run, id)
                await asyncio.wait_for(pull(course, municipality.head().position), 30)
        history = await course.fetch_history()
    failures = [
        event.activity_task_started_event_attributes.last_failure
        for event in history.events
        if event.HasField("activity_task_started_event_attributes")
    ]
    # Its kind stands there, and that it happened; the words that Temporal's own pages would show
    # are encoded, and what is encoded has none of the error's.
    assert [one.application_failure_info.type for one in failures] == ["ValueError"]
    assert [one.message for one in failures] == ["Encoded failure"]
    assert b"stack_trace" in failures[0].encoded_attributes.data
    assert all(NAME.encode() not in event.SerializeToString() for event in history.events)
