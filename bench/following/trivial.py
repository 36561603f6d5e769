"""A workflow without any step: what the server alone does is the limit."""

import time

from temporalio import workflow

from bench.following.reporting import Report, report


@workflow.defn(name="limit", sandboxed=False)
class Trivial:
    """Hears of a poke or of a timer, says so outside the workflow, and that was it."""

    @workflow.init
    def __init__(self, due_at: float) -> None:
        self._due_at = due_at

    @workflow.signal
    def poke(self, position: int) -> None:
        """There is more."""
        report(Report(workflow.info().workflow_id, position, time.time(), self._due_at))

    @workflow.run
    async def run(self, due_at: float) -> None:
        """Wait for ever. With something due (seconds since 1970; else 0), hear that it is."""
        if due_at:
            await workflow.sleep(max(due_at - workflow.time(), 0.001))
            report(Report(workflow.info().workflow_id, 0, time.time(), 0.0))
        await workflow.wait_condition(lambda: False)
