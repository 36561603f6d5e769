"""What whoever signs a log remembers of it by itself, outside the database.

Whoever has the database in hand can put everything in it back to what it was, or work the tree out
anew, and have the next root signed above that. So the last root that was signed is also kept in a
file beside the key that signed it, and nothing is signed but what goes on from there.
"""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import NamedTuple

from services.files import replace_file

_HASH = 32  # bytes


class Remembered(NamedTuple):
    """The last tree that was signed: its leaves, the position of the last of them, and its root.

    `key` is the number of the newest key there was; 0 in a file from before that was kept. Events
    up to the position `began` are older than the log, or were accepted as they were.
    """

    began: int
    size: int
    position: int
    root: bytes
    key: int = 0


class Accepted(NamedTuple):
    """What somebody accepted: `after` in place of `before`, None where that can't be read."""

    before: Remembered | None
    after: Remembered


class Memory:
    """The file of one log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Remembered | None:
        """What was signed last; None where there is no file. Raises OSError, ValueError."""
        try:
            told = self.path.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        began, size, position, coded = told[:4]
        root = b64decode(coded, validate=True)
        if len(root) != _HASH:
            raise ValueError(f"{self.path}: {len(root)} byte")
        return Remembered(int(began), int(size), int(position), root, *map(int, told[4:5]))

    def legible(self) -> Remembered | None:
        """The same; None where it can't be read either."""
        try:
            return self.read()
        except (OSError, ValueError):
            return None

    def write(self, new: Remembered) -> None:
        """Replace it so that a crash leaves the old one or the new one. Raises OSError."""
        root = b64encode(new.root).decode()
        told = f"{new.began} {new.size} {new.position} {root} {new.key}\n"
        replace_file(self.path, told.encode("ascii"))
