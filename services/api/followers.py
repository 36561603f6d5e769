"""Who may follow the feed now: bounded apart from other requests, in all and for each token.

A request that waits costs little, and lasts. Counted among the others, a few hundred of them would
turn senders away.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from services.api.problems import ApiError
from services.words import Words

FEED = "/v1/feed"
OF_A_TOKEN = 20
"""Requests to the feed that one token may have under way in one process."""


class Followers:
    """The requests to the feed that are under way in this process."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()

    def under_way(self) -> int:
        """How many there are."""
        return self._of.total()

    @contextmanager
    def one_more(self, token: UUID) -> Iterator[None]:
        """A request of that token, for as long as the block lasts. Raises ApiError 429."""
        if self._of[token] >= OF_A_TOKEN:
            raise ApiError(
                "too-many-requests",
                Words(
                    f"Adgangen følger allerede strømmen {OF_A_TOKEN} gange på én gang.",
                    f"The token follows the feed {OF_A_TOKEN} times already.",
                ),
                headers={"retry-after": "5"},
                members={"limited": "followers"},
                reason="followers",
            )
        self._of[token] += 1
        try:
            yield
        finally:
            self._of[token] -= 1
            if not self._of[token]:
                del self._of[token]
