"""At which versions streams are, as far as this process wrote to them last.

What is known holds at one position of the log. Where the log has moved on without us, or a
transaction of ours failed, nothing is known, and the database is asked.
"""

_MOST = 50_000  # streams of a municipality that are kept in mind

ByStream = dict[int, int]
"""Versions by the streams' ids as numbers, which are found sooner than UUIDs."""


class Versions:
    """Those of one municipality. Safe to use from threads: what is held is exchanged whole."""

    def __init__(self) -> None:
        self._held: tuple[int, ByStream] = (0, {})

    def at(self, position: int) -> ByStream:
        """What is known of a log whose last event stands there. Only `hold` may change it."""
        held_at, known = self._held
        return known if held_at == position and len(known) < _MOST else {}

    def hold(self, position: int, known: ByStream, newer: ByStream) -> None:
        """Keep in mind what was known and what is newer, once it is committed: the log ends at
        this position. The writer lock may be another's by now, who has moved it on already."""
        known.update(newer)
        self._held = (position, known)

    def forget(self) -> None:
        """Know nothing."""
        self._held = (0, {})
