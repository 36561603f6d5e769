"""What goes between workflows, dispatcher and activities: one dataclass for each message.

Temporal keeps these in clear, for years. They carry codes, positions, times and internal ids, and
nothing of a person. A new field needs a default: messages of earlier releases are still read.
"""

from dataclasses import dataclass, field
from datetime import datetime

TEAM = "team"
TASK_QUEUE = "roedtraad"


def course_subject(course: object) -> str:
    """The subject of a course's follow-ups, from its internal id."""
    return f"course/{course}"


def workflow_id(municipality: str, subject: str) -> str:
    """The workflow of a subject: `0860/course/<internal id>` or `0860/team`."""
    return f"{municipality}/{subject}"


@dataclass(frozen=True)
class Start:
    """What a workflow is about: a municipality's code, and `course/<internal id>` or `team`."""

    municipality: str
    subject: str


@dataclass(frozen=True)
class Poke:
    """There is more, up to this position of the log. `again`: pull, whatever the position."""

    position: int
    again: bool = False


@dataclass(frozen=True)
class Advance:
    """Do what is due of a subject at this moment (`now`, UTC)."""

    municipality: str
    subject: str
    now: datetime


@dataclass(frozen=True)
class Coming:
    """A duty that will be due unless a fact meets it: its rule, and its day (ISO 8601)."""

    rule: str
    due_on: str


@dataclass(frozen=True)
class Next:
    """Where a subject stands after it was advanced: all events up to `position` are in it.

    `wake_at` (UTC) is when there will be more to do if nothing happens before, None for never;
    `open` are the rules of the follow-ups that are open, `coming` the next duties, soonest first.
    """

    position: int
    wake_at: datetime | None = None
    finished: bool = False
    open: list[str] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
