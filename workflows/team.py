"""The follow-ups of a municipality's mentor team (*mentorteam*), such as supervision."""

from temporalio import workflow

from workflows.follower import Follower
from workflows.messages import Start


@workflow.defn(name="team")
class TeamWorkflow(Follower):
    """Never ends."""

    @workflow.run
    async def run(self, start: Start) -> None:
        """Follow the team."""
        await self.follow(start)
