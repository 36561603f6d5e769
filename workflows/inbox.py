"""What a workflow has been told of, and what it has taken in: the state machine of poke and pull.

Pokes carry no facts, so they may be lost, doubled and reordered, and any number of them while the
workflow pulls asks for one more pull. Pure, so that it can be run without a server.
"""

from workflows.messages import Poke


class Inbox:
    """Positions of the log: the highest that a poke told of, and the highest that was pulled."""

    def __init__(self) -> None:
        self._poked = 0
        self._pulled = 0
        self._again = False
        self._begun = 0
        self._done = 0

    def poked(self, poke: Poke) -> None:
        """There is more. A poke about what was pulled already costs nothing."""
        if poke.again:  # after a loss: whatever was known of positions may be wrong
            self._again, self._poked = True, poke.position
        else:
            self._poked = max(self._poked, poke.position)

    def pulling(self) -> int:
        """A pull begins; gives what to hand to `pulled` when it is done.

        What a poke told of was stored before it was sent: the pull takes it in.
        """
        self._again = False
        self._begun += 1
        return self._poked

    def pulled(self, position: int, told: int) -> None:
        """A pull has taken in all up to this position, and up to what `pulling` gave."""
        self._pulled = max(position, told)
        self._done = self._begun

    @property
    def pulled_to(self) -> int:
        """All up to this position is in."""
        return self._pulled

    @property
    def pulls(self) -> int:
        """How many pulls have begun."""
        return self._begun

    def has_in(self, pulls: int) -> bool:
        """Whether what was told when so many pulls had begun is in.

        It is when a later pull is done, or where none is under way and there is no news. Positions
        alone wouldn't tell: after a loss they begin anew, and who waits for one would for ever.
        """
        idle = self._done == self._begun and not self.has_news
        return idle or self._done > pulls

    @property
    def is_urgent(self) -> bool:
        """Whether somebody wants a pull whatever the positions are."""
        return self._again

    @property
    def has_news(self) -> bool:
        """Whether another pull is asked for."""
        return self._again or self._poked > self._pulled
