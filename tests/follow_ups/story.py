"""What happens in one municipality: a team, its mentors and one citizen's course, from a seed.

Every kind of fact that a rule reads, and facts that contradict each other. When they are told is
`tests.follow_ups.script`'s.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from domain.calendar import COPENHAGEN
from domain.codes import holders, responsibilities
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import (
    ActivityRegistered,
    CaseworkerChanged,
    ChemistryChecked,
    Closed,
    ContactAttempted,
    CoordinationHeld,
    FirstMeetingHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    IntakeRegistered,
    MatchEnded,
    MentorAgreementMade,
    MentorMatched,
    Reopened,
    RolesStated,
)
from domain.values import Actor, Period
from tests.domain.spec import COURSE, fact_at, person, ref

CASEWORKERS = [Actor("caseworker", person(name)) for name in ("s-12", "s-13")]
MENTORS = [Actor("mentor", person(name)) for name in ("m-31", "m-32", "k-02")]
COORDINATOR = Actor("coordinator", person("k-02"))
PARTS = ("goal", "contact", "tasks", "duration", "hours", "complaint-guidance")
FORMS = ("in-person", "phone")


def id_of(actor: Actor) -> UUID:
    """A staff member's id; they always have one."""
    assert actor.id is not None
    return actor.id


class Story:
    """Collects what happens, day by day from the first; all chance comes from one source."""

    def __init__(self, chance: Random, first: date, days: int) -> None:
        self.chance = chance
        self.first = first
        self.days = days
        self.events: list[Recorded] = []
        self.caseworker = CASEWORKERS[0]

    def maybe(self, share: float) -> bool:
        """Yes in that share of all cases."""
        return self.chance.random() < share

    def within(self, lowest: int, highest: int) -> int:
        """A whole number between these, both included."""
        return self.chance.randint(lowest, highest)

    def day(self, number: int) -> date:
        """The day so many days after the first."""
        return self.first + timedelta(days=number)

    def tell(self, number: int, fact: Fact, stream: UUID = COURSE) -> Recorded | None:
        """Something happens on that day; what would happen after the last one, doesn't."""
        if number >= self.days:
            return None
        # Few times of day, so that some things happen at the same instant.
        hour = self.chance.choice((0, 8, 9, 9, 10, 13, 16, 23))
        at = datetime.combine(self.day(number), time(hour), COPENHAGEN)
        told = fact_at(at, fact, id=f"ev-{len(self.events):03}", stream=stream)
        self.events.append(told)
        return told

    # A course.

    def course(self) -> None:
        """From intake to close, and perhaps once more."""
        begins = self.within(0, 20)
        if self.maybe(0.95):
            self.tell(
                begins, IntakeRegistered(actor=self.caseworker, caseworker=id_of(self.caseworker))
            )
        ends = begins + self.within(40, 300)
        self._matches(begins, ends)
        self._goals(begins, ends)
        if self.maybe(0.3):
            self._change_caseworker(begins, ends)
        if self.maybe(0.45):
            self._close(ends)
            if self.maybe(0.5):
                again = ends + self.within(0, 30)
                self.tell(
                    again,
                    Reopened(actor=self.caseworker, from_=self.day(again), reason="returned"),
                )
                self._matches(again, again + 120)
                if self.maybe(0.5):
                    self._close(again + self.within(10, 120))

    def _close(self, number: int) -> None:
        to = self.day(number + self.chance.choice((0, 0, 0, 7, -3)))
        self.tell(number, Closed(actor=self.caseworker, to=to, reason="job"))

    def _change_caseworker(self, begins: int, ends: int) -> None:
        number, after = self.within(begins, ends), self.within(0, 14)
        self.caseworker = CASEWORKERS[1]
        self.tell(
            number,
            CaseworkerChanged(
                actor=self.caseworker,
                caseworker=id_of(self.caseworker),
                from_=self.day(number + after),
                reason="left",
            ),
        )

    def _matches(self, begins: int, ends: int) -> None:
        number = begins + self.within(0, 25)
        for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
            mentor, match = self.chance.choice(MENTORS), ref(f"match-{len(self.events)}")
            starts = number + self.within(0, 7)
            self.tell(
                number,
                MentorMatched(
                    actor=self.caseworker,
                    match=match,
                    mentor=id_of(mentor),
                    from_=self.day(starts),
                    method="by-profile",
                ),
            )
            stops = starts + self.within(20, 200)
            self._work(mentor, starts, min(stops, ends))
            if self.maybe(0.5):
                to = self.day(stops if self.maybe(0.9) else starts)
                ended = MatchEnded(actor=self.caseworker, match=match, to=to, reason="mentor-left")
                self.tell(stops, ended)
            number = stops + self.within(-20, 30)

    def _work(self, mentor: Actor, starts: int, stops: int) -> None:
        if self.maybe(0.8):
            fact = FirstMeetingHeld(actor=mentor, mentor=id_of(mentor), form="in-person")
            self.tell(starts + self.within(-2, 14), fact)
        for asked in ("citizen", "mentor"):
            if self.maybe(0.4):
                self.tell(
                    starts + self.within(5, 50),
                    ChemistryChecked(
                        actor=mentor,
                        mentor=id_of(mentor),
                        asked=asked,
                        result=self.chance.choice(("good", "uncertain", "missing")),
                    ),
                )
        self._agreement(mentor, starts)
        for number in self._every(5, 20, starts, stops, at_most=7):
            self._meet(mentor, number)
        for number in self._every(8, 40, starts, stops, at_most=4):
            self._coordinate(mentor, number)
        self._state_roles(mentor, starts, stops)

    def _every(self, least: int, most: int, starts: int, stops: int, at_most: int) -> Iterable[int]:
        """Days between these, so many days apart."""
        number = starts
        for _ in range(self.within(0, at_most)):
            number += self.within(least, most)
            if number < stops:
                yield number

    def _agreement(self, mentor: Actor, starts: int) -> None:
        number = starts + self.within(-3, 20)
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            parts = PARTS if self.maybe(0.5) else tuple(p for p in PARTS if self.maybe(0.7))
            self.tell(
                number,
                MentorAgreementMade(
                    actor=self.caseworker,
                    mentor=id_of(mentor),
                    parts=parts,
                    period=Period(self.day(number), self.day(number + 180)),
                ),
            )
            number += self.within(1, 60)

    def _meet(self, mentor: Actor, number: int) -> None:
        if self.maybe(0.15):
            attempt = ContactAttempted(actor=mentor, form="phone", outcome="no-answer")
            self.tell(number, attempt)
            return
        by = mentor if self.maybe(0.9) else self.caseworker
        fact = ActivityRegistered(
            actor=by,
            on_behalf_of=mentor if self.maybe(0.05) else None,
            role="not-stated",
            activity="conversation",
            minutes=self.within(15, 300),
            contact=self.chance.choice(("in-person", "in-person", "phone", "none")),
        )
        self.tell(number, fact)

    def _coordinate(self, mentor: Actor, number: int) -> None:
        if self.maybe(0.15):
            friction = FrictionReported(
                actor=mentor,
                kind=self.chance.choice(("overlap", "gap", "disagreement")),
                responsibility="system-guide" if self.maybe(0.5) else None,
            )
            self.tell(number, friction)
            return
        several = [mentor, self.caseworker, COORDINATOR]
        participants = several[: 3 if self.maybe(0.4) else 2]
        if self.maybe(0.1):
            participants = several[1:]
        self.tell(
            number,
            CoordinationHeld(
                actor=participants[-1],
                form="informal",
                participants=tuple(participants),
                topics=("roles",) if self.maybe(0.5) else ("goal",),
            ),
        )

    def _state_roles(self, mentor: Actor, starts: int, stops: int) -> None:
        for number in [starts, *self._every(30, 70, starts, stops, at_most=2)]:
            for speaker, other in ((mentor, self.caseworker), (self.caseworker, mentor)):
                if self.maybe(0.6):
                    fact = RolesStated(
                        actor=speaker, counterpart=id_of(other), answers=self._answers()
                    )
                    self.tell(number + self.within(0, 15), fact)

    def _answers(self) -> dict[str, str]:
        """All responsibilities or a part of them, mostly as agreed."""
        whose = dict.fromkeys(responsibilities.codes, "mentor")
        whose["authority-decisions"] = "caseworker"
        for responsibility in responsibilities.codes:
            if self.maybe(0.06):
                whose[responsibility] = self.chance.choice(holders.codes)
            elif self.maybe(0.02):
                del whose[responsibility]
        return whose or {"system-guide": "mentor"}

    def _goals(self, begins: int, ends: int) -> None:
        number = begins + self.within(5, 40)
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            goal, by = ref(f"goal-{number}"), self.chance.choice((self.caseworker, MENTORS[0]))
            fact = GoalSet(actor=by, goal=goal, directions=("job",), text="words")
            self.tell(number, fact)
            if self.maybe(0.5):
                self.tell(number + 2, GoalAcknowledged(actor=MENTORS[0], goal=goal))
            for later in self._every(20, 70, number, ends, at_most=3):
                outcome = self.chance.choice(("kept", "adapted", "reached", "dropped"))
                reviewed = GoalReviewed(actor=by, goal=goal, outcome=outcome)
                self.tell(later, reviewed)
            number += self.within(20, 90)
