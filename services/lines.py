"""Whole lines out of pieces that end anywhere, and where in the whole each of them ends."""

from services.importing import LONGEST_LINE
from services.store.imports import Chunk


class LineBuffer:
    """Lines that came and are not yet stored. What lies beyond the longest line is dropped.

    `first` is the number of the next line, `start` its place in bytes.
    """

    def __init__(self, first: int, start: int) -> None:
        self._first = first
        self._start = self._end = start
        self._lines: list[bytes] = []
        self._kept = 0
        self._rest = bytearray()
        self._long = 0  # bytes of the line that has begun, the dropped ones too

    @property
    def count(self) -> int:
        """How many whole lines there are."""
        return len(self._lines)

    @property
    def begun(self) -> int:
        """How many bytes have come of the line that has begun, the dropped ones too."""
        return self._long

    @property
    def reached(self) -> int:
        """The place in bytes where the last whole line ends, and the next begins."""
        return self._end

    @property
    def size(self) -> int:
        """How many bytes are held."""
        return self._kept + len(self._rest)

    def add(self, piece: bytes) -> None:
        """Add what came next."""
        begin = 0
        while (end := piece.find(b"\n", begin)) >= 0:
            self._extend(piece[begin : end + 1])
            self._close()
            begin = end + 1
        self._extend(piece[begin:])

    def end(self) -> None:
        """Nothing more will come: what has begun is a line."""
        if self._long:
            self._close()

    def take(self) -> Chunk | None:
        """The whole lines, which are not held any more; None where there are none."""
        if not self._lines:
            return None
        chunk = Chunk(self._first, self._lines, self._start, self._end)
        self._first += len(self._lines)
        self._start = self._end
        self._lines, self._kept = [], 0
        return chunk

    def _extend(self, part: bytes) -> None:
        self._long += len(part)
        self._rest += part[: LONGEST_LINE - len(self._rest)]

    def _close(self) -> None:
        self._lines.append(bytes(self._rest))
        self._kept += len(self._rest)
        self._end += self._long
        self._rest.clear()
        self._long = 0
