"""A citizen's course (*forløb*): its state, folded from facts in any order of arrival.

The state keeps what decisions and rules need, nothing else. The fold never rejects a fact and
never judges one; what contradicts the course is read elsewhere.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.agreements import Activity, Agreement, folded_activities, folded_agreements
from domain.calendar import ALWAYS, covers
from domain.cooperation import Cooperation, Happening, folded_cooperation
from domain.envelope import Recorded
from domain.events.course import (
    CaseworkerChanged,
    IntakeRegistered,
)
from domain.folding import Persons, Step, Steps, Telling, held_on, steps
from domain.grants import Grant, folded_grants
from domain.matches import (
    ChemistryCheck,
    Contact,
    Match,
    folded_chemistry,
    folded_contacts,
    folded_matches,
)
from domain.raised import FollowUps, folded_follow_ups
from domain.spells import Spell, folded_spells
from domain.values import Period, Ref


class CourseState(Struct, frozen=True, kw_only=True):
    """What decisions and rules need to know of a course. Empty before anything is told.

    `amendments` says which correction or retraction holds, by the event it amends.
    """

    intake: Happening | None = None
    spells: tuple[Spell, ...] = (Spell(Period(ALWAYS)),)
    caseworkers: Steps[UUID] = ()
    matches: tuple[Match, ...] = ()
    contacts: tuple[Contact, ...] = ()
    chemistry: tuple[ChemistryCheck, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    activities: tuple[Activity, ...] = ()
    cooperation: Cooperation = Cooperation()
    grants: dict[Ref, Grant] = {}
    amendments: dict[Ref, Ref] = {}
    follow_ups: FollowUps = {}

    def is_open_on(self, day: date) -> bool:
        """Whether the course is open on that day; an unknown beginning counts as open."""
        return any(covers(spell.days, day) for spell in self.spells)

    def caseworker_on(self, day: date) -> UUID | None:
        """The caseworker responsible (*ansvarlig sagsbehandler*) on that day."""
        held = held_on(self.caseworkers, day)
        return held.value if held else None

    def matches_on(self, day: date) -> list[Match]:
        """The matches open on that day, in fold order."""
        return [match for match in self.matches if match.is_open_on(day)]


def fold_course(events: Iterable[Recorded], same: Mapping[UUID, UUID] | None = None) -> CourseState:
    """The state of a course from its events, those of the courses linked to it among them.

    `same` maps a staff member's other ids to the one they are read as (`TeamState.same`).
    """
    return fold_telling(Telling(events), same)


def fold_telling(telling: Telling, same: Mapping[UUID, UUID] | None = None) -> CourseState:
    """The same of what is known to count."""
    persons, spells = Persons(same), folded_spells(telling)
    intakes = telling.of(IntakeRegistered)
    return CourseState(
        intake=Happening(at=intakes[0].at, ref=intakes[0].ref) if intakes else None,
        spells=spells,
        caseworkers=folded_caseworkers(telling, persons),
        matches=folded_matches(telling, spells, persons),
        contacts=folded_contacts(telling, persons),
        chemistry=folded_chemistry(telling, persons),
        agreements=folded_agreements(telling, persons),
        activities=folded_activities(telling, persons),
        cooperation=folded_cooperation(telling, persons),
        grants=folded_grants(telling),
        amendments=telling.amendments(),
        follow_ups=folded_follow_ups(telling, persons),
    )


def folded_caseworkers(telling: Telling, persons: Persons) -> Steps[UUID]:
    """Responsible from the day of the intake, or from the `from` of the change."""
    at_intake = [
        Step(t.day, t.order, t.ref, persons.id(t.fact.caseworker))
        for t in telling.of(IntakeRegistered)
    ]
    changes = [
        Step(t.fact.from_, t.order, t.ref, persons.id(t.fact.caseworker))
        for t in telling.of(CaseworkerChanged)
    ]
    return steps([*at_intake, *changes])
