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
    """What a workflow is about, `course/<internal id>`, `team`, or a schedule."""

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


COMING = "coming"
STAGES = (COMING, "snoozed", "raised", "reminded", "escalated")  # from the least to the furthest


@dataclass(frozen=True)
class Due:
    """One duty that is open, or will be due unless a fact meets it. Days are ISO 8601.

    `since` is the day of the event `anchor` (its sender's id) that it hangs on, and `due_on` the
    day on which it is due; `stage` one of `STAGES`; `addressed_to` the function that has it now, or
    gets it first; `pack`, `edition` and `basis` are the rules that it is due by.
    """

    rule: str
    due_on: str
    stage: str = COMING
    since: str = ""
    anchor: str = ""
    addressed_to: str = ""
    pack: str = ""
    edition: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Next:
    """Where a subject stands after it was advanced: all events up to `position` are in it.

    `wake_at` (UTC) is when there will be more to do if nothing happens before, None for never;
    `due` what is open, and then what comes next, each soonest first.
    """

    position: int
    wake_at: datetime | None = None
    finished: bool = False
    due: list[Due] = field(default_factory=list)

    @property
    def open(self) -> list[Due]:
        """What has been raised and is not closed."""
        return [one for one in self.due if one.stage != COMING]

    @property
    def coming(self) -> list[Due]:
        """What nothing was said of yet."""
        return [one for one in self.due if one.stage == COMING]


def webhook_subject(webhook: object) -> str:
    """The subject of what is sent to a webhook, from its id."""
    return f"webhook/{webhook}"


@dataclass(frozen=True)
class Deliver:
    """Send a webhook what it doesn't have."""

    municipality: str
    webhook: str


@dataclass(frozen=True)
class Sent:
    """What became of it: all wanted events up to `position` were delivered or laid aside.

    `more`: there are others. `wait_seconds`: the next one is tried after these. `finished`: nothing
    is sent any more, since it was paused or removed.
    """

    position: int
    more: bool = False
    wait_seconds: float | None = None
    finished: bool = False


@dataclass(frozen=True)
class LookOver:
    """Look a municipality over, as of this moment (`now`, UTC)."""

    municipality: str
    now: datetime


@dataclass(frozen=True)
class LookedOver:
    """What the daily look found and did: how many subjects, in numbers only.

    `needed` should run; `begun` didn't; `woken` ran, but were behind the log, had overslept or had
    nothing left to do; `begun_anew` ran, and had followed no poke for long.
    """

    needed: int
    begun: int
    woken: int
    begun_anew: int


@dataclass(frozen=True)
class HoursLookedOver:
    """What the monthly look found and did. `month` is the one that was looked at: `2026-01`."""

    month: str
    courses: int
    woken: int


@dataclass(frozen=True)
class Recipients:
    """Who is to get a letter about a day (ISO 8601): internal ids of staff."""

    day: str
    persons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Recipient:
    """One of them, by the internal id."""

    municipality: str
    person: str
    day: str


@dataclass(frozen=True)
class DigestsSent:
    """What became of a day's letters: how many were sent, refused, have no address, still wait, or
    had nothing left to tell."""

    day: str
    outcomes: dict[str, int] = field(default_factory=dict)
