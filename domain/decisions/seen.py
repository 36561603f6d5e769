"""A course as it is decided on: its state, and what only decisions need to know beside it."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.course import CourseState, fold_telling
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import HandoverAccepted, HandoverOffered, MatchProposed, MentorMatched
from domain.folding import Persons, Telling
from domain.handovers import Handover, folded_handovers
from domain.matches import Match
from domain.mentor import MentorState
from domain.values import Actor, Ref


class CourseSeen(Struct, frozen=True, kw_only=True):
    """A course when something is decided on it.

    `proposals` are the mentors proposed (*matchforslag*), by the event. `mentors` are those whom
    `mentors_to_see` asked for, by the one id that `persons` reads them by: they come from streams
    of their own, whose versions no decision on a course guards.
    """

    course: CourseState
    persons: Persons
    proposals: Mapping[Ref, UUID] = {}
    handovers: Mapping[Ref, Handover] = {}
    mentors: Mapping[UUID, MentorState] = {}

    def speaker(self, asked: Fact) -> Actor:
        """Whose statement it is, by one id."""
        return self.persons.actor(asked.speaker)

    def is_employed(self, mentor: UUID, *days: date) -> bool:
        """Whether a mentor is employed as one on all these days, on leave too."""
        known = self.mentors.get(self.persons.id(mentor), MentorState())
        return all(known.is_employed_on(day) for day in days)

    def matches_from(self, day: date) -> list[Match]:
        """The matches that are open on the day or begin after it, in fold order."""
        return [
            match
            for match in self.course.matches
            if not match.covers_no_day and (match.days.to is None or match.days.to > day)
        ]

    def holders(self, function: str, day: date) -> set[UUID]:
        """Who is mentor or responsible caseworker of the course on the day, or is to be."""
        if function == "mentor":
            return {match.mentor for match in self.matches_from(day)}
        to_be = {step.value for step in self.course.caseworkers if step.from_ > day}
        responsible = self.course.caseworker_on(day)
        return to_be | ({responsible} if responsible else set())


def see_course(events: Iterable[Recorded], same: Mapping[UUID, UUID] | None = None) -> CourseSeen:
    """A course from its events, and those of the courses linked to it; of no mentor as yet.

    `same` maps a staff member's other ids to the one they are read as (`TeamState.same`).
    """
    telling, persons = Telling(events), Persons(same)
    return CourseSeen(
        course=fold_telling(telling, same),
        persons=persons,
        proposals={t.ref: persons.id(t.fact.mentor) for t in telling.of(MatchProposed)},
        handovers=folded_handovers(telling, persons),
    )


def mentors_to_see(seen: CourseSeen, asked: Fact) -> list[UUID]:
    """The mentors whose employment the decision asks for, each by one id."""
    match asked:
        case MatchProposed(mentor=mentor) | MentorMatched(mentor=mentor):
            return [seen.persons.id(mentor)]
        case HandoverOffered(function="mentor", receiver=receiver):
            return [seen.persons.id(receiver)]
        case HandoverAccepted(handover=handover):
            offer = seen.handovers.get(handover)
            return [offer.receiver] if offer and offer.function == "mentor" else []
        case _:
            return []
