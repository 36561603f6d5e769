"""The duties behind open follow-ups: of each course by the rules that it is followed up by only,
from the events that these rules read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from domain.course import fold_telling, folded_caseworkers
from domain.folding import Persons, Step, held_on
from domain.obligations import Base, base_of, base_of_duty, was_told_as
from domain.raised import FollowUp
from domain.rules import COURSE_RULES, TEAM_RULES, CourseSeen, Duty, TeamSeen, may_name
from domain.rules.overload import RULE as OVERLOADED
from projections import identity
from projections.asking import Question
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.table import FactTable
from projections.views.courses import TABLES
from projections.views.following import matches_of
from projections.views.open_follow_ups import Open
from projections.views.rules import book_of
from projections.views.staff import functions_of, staff_of
from projections.views.team import team_of

Rules = Mapping[UUID, Collection[str]]

_FRAME = (INTAKES, CASEWORKER_CHANGES, CLOSINGS, REOPENINGS)


class Duties(NamedTuple):
    """What lies behind open follow-ups: the duties, and who holds which function, by stream.

    `moved` are the duties that may have been told on another event than they hang on now.
    """

    duties: dict[tuple[UUID, Base], list[Duty]]
    moved: dict[UUID, list[Duty]]
    people: dict[UUID, Mapping[str, UUID]]

    def note(self, stream: UUID, duties: Iterable[Duty]) -> None:
        """Take in the duties of a stream."""
        for duty in duties:
            self.duties[stream, base_of_duty(duty)].append(duty)
            if duty.alone or duty.also:
                self.moved[stream].append(duty)

    def note_caseworker(self, course: UUID, step: Step[UUID] | None) -> None:
        """Whose a course is on the day, if anybody's is known."""
        if step:
            self.people[course] = {**self.people.get(course, {}), "caseworker": step.value}

    def behind(self, stream: UUID, follow_up: FollowUp) -> Duty | None:
        """Of what recurs, the last that counts from a day before it was due, if it isn't gone."""
        due_on, base = follow_up.due_on, base_of(follow_up)
        several = self.duties.get((stream, base)) or [
            duty for duty in self.moved.get(stream, ()) if was_told_as(duty, follow_up)
        ]
        counted = [duty for duty in several if due_on is None or duty.since <= due_on]
        return max(counted, key=lambda duty: duty.since, default=None)

    def person(self, stream: UUID, follow_up: FollowUp, duty: Duty | None) -> UUID | None:
        """Who has it now: it goes on to a new caseworker or coordinator without being told so."""
        given, to = follow_up.person, follow_up.addressed_to
        if follow_up.taken_over or to is None:
            return given
        in_duty = duty.people.get(to) if duty else None
        return in_duty or self.people.get(stream, {}).get(to) or given

    def function(self, stream: UUID, follow_up: FollowUp) -> str | None:
        """The function in which they have it: whoever took it over has it in their own. Where
        somebody else gave it to them, the function that they hold on the day; None if unknown."""
        if not follow_up.taken_over:
            return follow_up.addressed_to
        held = self.people.get(stream, {}).items()
        own = (function for function, person in held if person == follow_up.person)
        return follow_up.taken_as or next(own, None)


def duties_behind(question: Question, several: Collection[Open]) -> Duties:
    """The duties behind open follow-ups, and who would be addressed now."""
    found = _staffed(question, several)
    asked: dict[UUID, set[str]] = defaultdict(set)
    others: dict[UUID, set[str]] = defaultdict(set)
    for one in several:
        streams = asked if one.subject == "course" else others
        streams[one.stream].add(one.follow_up.key.rule)
    if asked:
        _of_courses(found, question, asked)
    if others:
        _of_team(found, question, others)
    return found


def people_behind(question: Question, several: Collection[Open]) -> Duties:
    """The same as far as it takes to say who has each: most duties don't name who is addressed."""
    found = _staffed(question, several)
    in_duty = [one for one in several if _may_name(one)]
    duties = duties_behind(question, in_duty)
    others = {one.stream for one in several if _may_be_caseworkers(one)} - duties.people.keys()
    _note_caseworkers(found, question, others)
    return Duties(duties.duties, duties.moved, found.people | duties.people)


def _staffed(question: Question, several: Iterable[Open]) -> Duties:
    """No duties yet, and who is coordinator and leader on the day."""
    staff = question.once(functions_of).staff_on(question.day)
    return Duties(defaultdict(list), defaultdict(list), {one.stream: staff for one in several})


def _may_name(one: Open) -> bool:
    """Whether its duty may say who holds the function that it is addressed to."""
    follow_up = one.follow_up
    if follow_up.taken_over or follow_up.addressed_to is None:
        return False
    return one.subject != "course" or may_name(follow_up.key.rule, follow_up.addressed_to)


def _may_be_caseworkers(one: Open) -> bool:
    """Whether it may be the caseworker's of the day, whose that is isn't said by its duty."""
    follow_up = one.follow_up
    caseworkers = follow_up.taken_over or follow_up.addressed_to == "caseworker"
    return one.subject == "course" and caseworkers


def _note_caseworkers(found: Duties, question: Question, streams: Collection[UUID]) -> None:
    """Whose the courses are on the day."""
    linked, persons = question.once(identity.courses), Persons(question.once(identity.staff))
    told = question.tellings(
        INTAKES, CASEWORKER_CHANGES, one_of=linked, streams=linked.all_like(streams)
    )
    for course, telling in told.items():
        found.note_caseworker(course, held_on(folded_caseworkers(telling, persons), question.day))


def _of_courses(found: Duties, question: Question, asked: Rules) -> None:
    team, book = question.once(staff_of), question.once(book_of)
    told = question.tellings_of(
        read_by(asked, question.once(identity.courses)), one_of=question.once(identity.courses)
    )
    for course, telling in told.items():
        state = fold_telling(telling, team.state.same)
        seen = CourseSeen(state, book, team.mentors)
        rules = sorted(asked.get(course, ()))
        found.note(course, (d for rule in rules for d in course_duties_of(rule, seen)))
        found.note_caseworker(course, held_on(state.caseworkers, question.day))


def _of_team(found: Duties, question: Question, asked: Rules) -> None:
    counts = any(OVERLOADED in rules for rules in asked.values())
    seen = question.once(_team_with_courses if counts else _team_seen)
    for stream, rules in asked.items():
        several = (TEAM_RULES[rule](seen) for rule in sorted(rules) if rule in TEAM_RULES)
        found.note(stream, (duty for duties in several for duty in duties))


def _team_seen(question: Question) -> TeamSeen:
    """Without the courses, which only one rule looks at."""
    team = question.once(team_of)
    return TeamSeen(team.state, question.once(book_of), team.mentors)


def _team_with_courses(question: Question) -> TeamSeen:
    seen = question.once(_team_seen)
    return replace(seen, matches=matches_of(question, seen.team.same))


def course_duties_of(rule: str, seen: CourseSeen) -> Iterable[Duty]:
    """What one rule asks for; nothing of a rule that there is no more."""
    asks = COURSE_RULES.get(rule)
    return asks(seen) if asks else ()


def read_by(asked: Rules, linked: identity.Identities) -> dict[FactTable, Collection[UUID]]:
    """Of each table the streams whose rules read it. When a course was open, and whose, is always
    asked."""
    by_rule: dict[str, set[UUID]] = defaultdict(set)
    for course, rules in asked.items():
        for rule in rules:
            by_rule[rule].add(course)
    streams = {table: set(asked) if table in _FRAME else set[UUID]() for table in TABLES}
    for table, several in streams.items():
        several.update(*(by_rule[rule] for rule in rules_reading(table) & by_rule.keys()))
    return {table: linked.all_like(several) for table, several in streams.items() if several}


@cache
def rules_reading(table: FactTable) -> frozenset[str]:
    """The rules that read events of a table, as the events themselves say."""
    named = {rule for type_, _ in table.feeds for rule in type_.READ_BY}
    return frozenset(named & COURSE_RULES.keys())
