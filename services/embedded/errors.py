"""What a user is told when an embedded server can't be had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


class EmbeddedError(Exception):
    """A server can't be had: why, in Danish and in English, with the last lines of its log."""

    def __init__(self, danish: str, english: str, log: Sequence[str] = ()) -> None:
        super().__init__(danish, english)
        self.danish = danish
        self.english = english
        self.log = tuple(log)

    def __str__(self) -> str:
        return "\n".join([self.danish, self.english, *(f"  | {line}" for line in self.log)])

    def as_json(self) -> dict[str, Any]:
        """Return the error as the keeper sends it to a client."""
        return {"danish": self.danish, "english": self.english, "log": list(self.log)}

    @classmethod
    def from_os(cls, error: OSError) -> EmbeddedError:
        """Return what the operating system said no to, as one of these."""
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return cls(
            f"De indbyggede servere kan ikke bruges: {what}. "
            "Sæt ROEDTRAAD_HOME til en mappe, som du må skrive i.",
            f"The embedded servers can't be used: {what}. "
            "Set ROEDTRAAD_HOME to a folder that you may write to.",
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> EmbeddedError:
        """Return the error that a keeper sent."""
        return cls(data["danish"], data["english"], data["log"])


def last_lines(log: Path, since: int = 0, count: int = 12) -> list[str]:
    """Return at most `count` of the log's last lines written after byte `since`."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(since, size - 16_384) if size >= since else 0)
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]
