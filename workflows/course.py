"""The follow-ups of one citizen's course (*forløb*), from its first event until it is closed."""

from temporalio import workflow

from workflows.follower import Follower
from workflows.messages import Start


@workflow.defn(name="course")
class CourseWorkflow(Follower):
    """Ends when the course is closed for good and none of its follow-ups is open."""

    @workflow.run
    async def run(self, start: Start) -> None:
        """Follow the course."""
        await self.follow(start)
