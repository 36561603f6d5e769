"""What coordinators and leaders did on some days: what the levels of management begin with."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.calendar import ALWAYS, day_of, instants
from domain.leadership import FUNCTIONS, Spent, Work, in_all, taking_part
from domain.team import TeamState
from domain.values import Period, Ref
from projections import identity
from projections.asking import Question
from projections.facts.leadership import (
    EXTERNAL_COORDINATIONS,
    LEADERSHIP_ACTS,
    MATCHING_MEETINGS,
)
from projections.facts.roles import FOLLOW_UPS, WORKSHOPS
from projections.facts.supervision import SESSIONS, SPARRINGS
from projections.table import FactTable
from projections.views.coordinating import Part, parts_by_person, talks_behind
from projections.views.days import counted_days, happened_in
from projections.views.staff import functions_of

_HELD = {
    "sparring": SPARRINGS,
    "role-workshop": WORKSHOPS,
    "role-follow-up": FOLLOW_UPS,
    "matching-meeting": MATCHING_MEETINGS,
}

Doing = tuple[str, str, UUID]  # kind, function, person


@dataclass
class Led:
    """The work of coordinators and leaders on `days`; `coordinating` is their part in courses."""

    question: Question
    team: TeamState
    days: Period
    works: list[Work]
    coordinating: Mapping[tuple[UUID, str], Part]

    @cached_property
    def spent(self) -> dict[Doing, Spent]:
        """By kind, function and person."""
        found: dict[Doing, Spent] = defaultdict(Spent)
        for (person, function), part in self.coordinating.items():
            found["coordination", function, person] = part.spent
        for work in self.works:
            found[work.kind, work.function, work.person] += work.spent
        return dict(found)

    @cached_property
    def talks(self) -> list[tuple[Ref, dict[UUID, str]]]:
        """Every talk on courses, and who of coordinators and leaders took part."""
        return talks_behind(self.question, self.days)

    def of(
        self, *kinds: str, function: str | None = None, person: UUID | None = None
    ) -> dict[Doing, Spent]:
        """That of these kinds, of one function or all, of one person or all."""
        return {
            doing: spent
            for doing, spent in self.spent.items()
            if doing[0] in kinds and function in (None, doing[1]) and person in (None, doing[2])
        }

    def sum(self, *kinds: str, function: str | None = None, person: UUID | None = None) -> Spent:
        """The same, all together."""
        return in_all(self.of(*kinds, function=function, person=person).values())

    def behind(
        self, *kinds: str, function: str | None = None, person: UUID | None = None
    ) -> Iterator[Ref]:
        """The events of that work."""
        for work in self.works:
            if (
                work.kind in kinds
                and function in (None, work.function)
                and person in (None, work.person)
            ):
                yield work.ref
        if "coordination" in kinds:
            for ref, part in self.talks:
                if any(
                    function in (None, as_whom) and person in (None, who)
                    for who, as_whom in part.items()
                ):
                    yield ref

    def behind_functions(self, person: UUID, function: str) -> Iterator[Ref]:
        """The assignments of a person to a function, and the releases, up to the day asked of."""
        several = self.team.assignments.get((person, function), ())
        yield from (step.ref for step in several if step.from_ <= self.question.day)


def led(question: Question, period: Period | None) -> Led:
    """On the days of the period, up to the day asked about; without one, all that was told: roles
    and matches are talked over before a team begins."""
    team = question.once(functions_of)
    days = counted_days(question, ALWAYS, period)
    works = [*_held(question, days), *_done(question, days), *_supervised(question, team, days)]
    return Led(question, team, days, works, parts_by_person(question, days))


def _held(question: Question, days: Period) -> Iterator[Work]:
    """Meetings in which coordinators or leaders took part, or that one of them held."""
    staff = question.once(identity.staff)
    for kind, table in _HELD.items():
        for row in _meetings(question, table, days):
            leading = ((staff[one], as_whom) for one, as_whom in _there(row, table) if one)
            for person, function in taking_part(leading).items():
                yield _work(row, kind, function, person)


def _there(row: Any, table: FactTable) -> Iterator[tuple[UUID | None, str]]:
    """Who took part in a meeting, in which function; some more than once.

    Those who spar are the participants. Workshops, follow-ups and matching meetings are held for
    theirs by the actor, who is there whether or not among them.
    """
    yield from zip(row.participants, row.functions, strict=True)
    if "actor" in table.columns:
        yield row.actor, row.actor_function


def _meetings(question: Question, table: FactTable, days: Period) -> Iterator[Any]:
    told = ("source", "event_id", "participants", "functions", "minutes")
    columns = (*told, *(name for name in ("actor", "actor_function") if name in table.columns))
    if "meeting" in table.columns:
        return _each_once(question, table, days, "meeting", *columns)
    return iter(happened_in(question, table, days, *columns))


def _each_once(
    question: Question, table: FactTable, days: Period, thing: str, *columns: str
) -> Iterator[Any]:
    """Of several tellings of one thing the first holds, be it on other days."""
    first, end = instants(days)
    told: dict[str, Any] = {}
    for row in question.happened(table, thing, *columns):
        told.setdefault(getattr(row, thing), row)
    yield from (row for row in told.values() if first <= row.occurred_at < end)


def _done(question: Question, days: Period) -> Iterator[Work]:
    """Acts of leadership, and coordination with other actors."""
    staff = question.once(identity.staff)
    acts = ("source", "event_id", "actor", "actor_function", "act", "minutes")
    for row in happened_in(question, LEADERSHIP_ACTS, days, *acts):
        if row.actor and row.actor_function in FUNCTIONS:
            yield _work(row, row.act, row.actor_function, staff[row.actor])
    others = ("source", "event_id", "speaker", "speaker_function", "minutes")
    for row in happened_in(question, EXTERNAL_COORDINATIONS, days, *others):
        if row.speaker and row.speaker_function in FUNCTIONS:
            person = staff[row.speaker]
            yield _work(row, "external-coordination", row.speaker_function, person)


def _supervised(question: Question, team: TeamState, days: Period) -> Iterator[Work]:
    """Sessions whose supervisor was coordinator or leader on the day."""
    staff = question.once(identity.staff)
    leading = {person for person, function in team.assignments if function in FUNCTIONS}
    columns = ("source", "event_id", "supervisor", "minutes")
    for row in _each_once(question, SESSIONS, days, "session", *columns):
        person = staff[row.supervisor]
        if person in leading:
            functions = team.functions_on(person, day_of(row.occurred_at))
            as_whom = next((one for one in FUNCTIONS if one in functions), None)
            if as_whom is not None:
                yield _work(row, "supervision", as_whom, person)


def _work(row: Any, kind: str, function: str, person: UUID) -> Work:
    return Work(
        kind=kind,
        function=function,
        person=person,
        minutes=row.minutes,
        day=day_of(row.occurred_at),
        ref=Ref(row.source, row.event_id),
    )
