"""What a case file is made of: a course with all that is recorded of it, opened."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from domain.course import CourseState
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import FollowUpEvent
from domain.events.course import KeyPersonFound
from services.audit.access.named import Names
from services.audit.exports.case_file.staff import Staff
from services.audit.replaying.replay import Said
from services.audit.replaying.says import Opened

THIRD_PARTY = frozenset({"name", "contact"})
"""The fields of a key person that are somebody else's."""


class Checkpoint(Struct, frozen=True):
    """The log's last signed note, and where the course's events stand below it, by position."""

    note: str
    size: int
    index: Mapping[int, int]


class Case(Struct, frozen=True, kw_only=True):
    """A course, and what of it may be told to the citizen.

    `others` are the ids of the citizen's other courses; `looks` the rows of who looked.
    """

    code: str
    place: str
    id: str
    made: datetime
    today: date
    said: Sequence[Said]
    events: int
    state: CourseState
    opened: Opened
    staff: Staff
    names: Names
    others: Sequence[str]
    looks: Sequence[Mapping[str, Any]]
    checkpoint: Checkpoint | None
    confidential: bool = False
    third_parties: bool = False

    @property
    def told(self) -> list[Said]:
        """What happened, without the system's own reminders, in the order in which it happened."""
        return [said for said in self.said if not isinstance(said.event.fact, FollowUpEvent)]

    @property
    def reminders(self) -> list[Said]:
        """The reminders."""
        return [said for said in self.said if isinstance(said.event.fact, FollowUpEvent)]

    def open(self, name: str, sealed: str) -> str | None:
        """Sealed text; None where its key is gone."""
        return self.opened.get((name, sealed))

    def may_tell_note(self, fact: Fact) -> bool:
        """Whether a remark is told: one in confidence only where that was asked for."""
        return self.confidential or not fact.note_confidential

    def may_tell(self, fact: Fact, field: str) -> bool:
        """Whether a field is told: what is of somebody else only where that was asked for."""
        is_others = isinstance(fact, KeyPersonFound) and field in THIRD_PARTY
        return self.third_parties or not is_others

    def source(self, source: str) -> str:
        """A sending system, by its address or name."""
        return source.removeprefix("https://").removeprefix("http://")

    def place_of(self, event: Recorded) -> str:
        """Where in the log an event stands: its position, as its receipt has it, and the index of
        its entry in the signed log."""
        index = self.checkpoint.index.get(event.position) if self.checkpoint else None
        signed = "endnu ikke underskrevet" if index is None else f"indeks {index}"
        return f"position {event.position}, {signed}"


def withheld(case: Case) -> tuple[int, int]:
    """How many remarks in confidence and details of others are left out."""
    facts = [said.event.fact for said in case.said]
    facts += [said.original.fact for said in case.said if _is_another(said) and said.original]
    facts += [said.amendment.fact for said in case.said if said.amendment]
    notes = sum(fact.note is not None and not case.may_tell_note(fact) for fact in facts)
    people = sum(
        any(getattr(fact, name) and not case.may_tell(fact, name) for name in THIRD_PARTY)
        for fact in facts
        if isinstance(fact, KeyPersonFound)
    )
    return notes, people


def _is_another(said: Said) -> bool:
    return said.original is not None and said.original is not said.event
