"""A workflow as one writes it with the SDK alone: the stock peer's.

Nothing of ours is imported here, so it runs in the SDK's own sandbox as it comes.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

PULL = "pull"


@dataclass
class Pull:
    """Asks the activity to take in all up to `position`. `due_at`: in seconds since 1970, or 0."""

    subject: str
    position: int
    due_at: float


@workflow.defn(name="stock")
class Bare:
    """As many steps as ours: a signal, a local activity, a timer, a state that can be asked for."""

    def __init__(self) -> None:
        self._poked = 0
        self._wake_at = 0.0

    @workflow.signal
    def poke(self, position: int) -> None:
        """There is more."""
        self._poked = max(self._poked, position)

    @workflow.query(name="next")
    def next_(self) -> float:
        """When it wakes next."""
        return self._wake_at

    @workflow.run
    async def run(self, due_at: float) -> None:
        """Pull, sleep until it is due or there is more, and pull again."""
        while True:
            told = self._poked
            self._wake_at = await workflow.execute_local_activity(
                PULL,
                Pull(workflow.info().workflow_id, told, due_at),
                result_type=float,
                start_to_close_timeout=timedelta(minutes=2),
            )
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda told=told: self._poked > told,  # type: ignore[misc]
                    timeout=max(self._wake_at - workflow.time(), 0.001),
                )
