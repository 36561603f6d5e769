"""The duties behind open follow-ups: of each course by the rules that it is followed up by only,
from the events that these rules read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from domain.course import fold_telling
from domain.obligations import Base, base_of, base_of_duty, was_told_as
from domain.raised import FollowUp
from domain.rule_packs import RuleBook
from domain.rules import COURSE_RULES, TEAM_RULES, CourseSeen, Duty, TeamSeen
from projections import identity
from projections.asking import Question
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.table import FactTable
from projections.views.courses import TABLES
from projections.views.following import matches_of
from projections.views.open_follow_ups import Open
from projections.views.rules import book_of
from projections.views.team import Team, team_of

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
    found = Duties(defaultdict(list), defaultdict(list), {})
    if not several:
        return found
    team, book = question.once(team_of), question.once(book_of)
    staff = team.state.staff_on(question.day)
    asked: dict[UUID, set[str]] = defaultdict(set)
    others: set[UUID] = set()
    for one in several:
        if one.subject == "course":
            asked[one.stream].add(one.follow_up.key.rule)
        else:
            others.add(one.stream)
    _of_courses(found, question, team, book, asked)
    if others:
        _of_team(found, question, team, book, others)
    for stream in asked.keys() | others:
        found.people[stream] = {**staff, **found.people.get(stream, {})}
    return found


def _of_courses(
    found: Duties, question: Question, team: Team, book: RuleBook, asked: Rules
) -> None:
    told = question.tellings_of(
        read_by(asked, question.once(identity.courses)), one_of=question.once(identity.courses)
    )
    for course, telling in told.items():
        state = fold_telling(telling, team.state.same)
        seen = CourseSeen(state, book, team.mentors)
        rules = sorted(asked.get(course, ()))
        found.note(course, (d for rule in rules for d in course_duties_of(rule, seen)))
        if caseworker := state.caseworker_on(question.day):
            found.people[course] = {"caseworker": caseworker}


def _of_team(
    found: Duties, question: Question, team: Team, book: RuleBook, streams: Collection[UUID]
) -> None:
    matches = matches_of(question, team.state.same)
    seen = TeamSeen(team.state, book, team.mentors, matches)
    duties = [duty for rule in TEAM_RULES.values() for duty in rule(seen)]
    for stream in streams:
        found.note(stream, duties)


def course_duties_of(rule: str, seen: CourseSeen) -> Iterable[Duty]:
    """What one rule asks for; nothing of a rule that there is no more."""
    asks = COURSE_RULES.get(rule)
    return asks(seen) if asks else ()


def read_by(asked: Rules, linked: identity.Identities) -> dict[FactTable, Collection[UUID]]:
    """Of each table the streams whose rules read it. When a course was open, and whose, is always
    asked."""
    streams: dict[FactTable, set[UUID]] = {table: set() for table in TABLES}
    for course, rules in asked.items():
        for table in TABLES:
            if table in _FRAME or rules_reading(table) & set(rules):
                streams[table].add(course)
    return {table: linked.all_like(several) for table, several in streams.items() if several}


def rules_reading(table: FactTable) -> set[str]:
    """The rules that read events of a table, as the events themselves say."""
    return {rule for type_, _ in table.feeds for rule in type_.READ_BY} & COURSE_RULES.keys()
