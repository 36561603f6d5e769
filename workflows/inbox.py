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
        return self._poked

    def pulled(self, position: int, told: int) -> None:
        """A pull has taken in all up to this position, and up to what `pulling` gave."""
        self._pulled = max(position, told)

    @property
    def pulled_to(self) -> int:
        """All up to this position is in."""
        return self._pulled

    @property
    def has_news(self) -> bool:
        """Whether another pull is asked for."""
        return self._again or self._poked > self._pulled
