"""What passes between mentor and caseworker: *rollefordeling, løbende koordinering*."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from domain.calendar import covers
from domain.cooperation import (
    ABOUT_ROLES,
    Cooperation,
    Coordination,
    Friction,
    Happening,
    Statement,
)
from domain.matches import Match
from domain.role_clarity import Overall, divisions, overall
from domain.rules.duties import CourseSeen, Duty, Met, Stretch, chained, longest_first
from domain.rules.pairs import Pair, pairs_of
from domain.values import Ref

STATEMENT = "role-statement-overdue"
DISAGREEMENT = "role-disagreement"

SIDES = ("mentor", "caseworker")


def coordination_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """Mentor and caseworker coordinate on the course (*koordinering mangler*).

    About each mentor: hangs first on the match, then on each coordination in which both functions
    and this mentor took part, whoever was the caseworker, a former one or a stand-in too; met by
    the next one. (Role clarity counts a pair's own.) What falls within two matches with one mentor
    is the longer one's. Ended with the match, and when the mentor leaves; who comes back while it
    runs begins anew, on the new employment. Source: the report's relatively close contact.
    """
    for match in longest_first(seen.course.matches):
        for stretch in seen.stretches(match):
            held = [
                Met(one.ref, one.day)
                for one in seen.course.cooperation.coordinations
                if one.is_between_mentor_and_caseworker
                and match.mentor in one.mentors
                and covers(stretch.days, one.day)
            ]
            yield from chained(_first_coordination(match, stretch), held)


def role_statement_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """Mentor and caseworker each say who does what (*rolleudmelding mangler*).

    For each pair of a match's mentor and the caseworker responsible, a chain for either side,
    about that person: hangs first on what made them a pair, the match or the caseworker's change,
    then on each statement of that side about the other; met by the next one. Ended with the pair.
    Where the pack addresses one of the two, each side's goes to that side. Source: the report's
    clear division of roles.
    """
    duties = [
        duty
        for pair in pairs_of(seen)
        for side in SIDES
        for duty in chained(_first_statement(seen, pair, side), _stated(seen, pair, side))
    ]
    for duty in _lasting_first(duties):
        yield _to_its_side(duty, seen)


def role_disagreement(seen: CourseSeen) -> Iterator[Duty]:
    """What mentor and caseworker see differently is taken up (*uenighed om roller*).

    In each pair: hangs on the statement by which their latest statements first differ (an overlap,
    a gap or a difference), or on friction about roles reported meanwhile; one at a time. Met when
    it is taken up, by the first coordination from then on with a coordinator and the topic roles,
    or by a statement after which the two differ no more. Once taken up, the next statement that
    still differs opens it anew. Ended with the pair. Source: the report.
    """
    duties = [duty for pair in pairs_of(seen) for duty in _disagreements(seen, pair)]
    yield from _lasting_first(duties)


def _first_coordination(match: Match, stretch: Stretch) -> Duty:
    return Duty(
        rule="coordination-overdue",
        anchor=stretch.begun_by,
        since=stretch.days.from_,
        about=match.mentor,
        people={"mentor": match.mentor},
        alone=True,
        ended=stretch.ended,
    )


def _first_statement(seen: CourseSeen, pair: Pair, side: str) -> Duty:
    person = pair.people[side]
    between = (person, pair.beside(person))
    said = seen.course.cooperation.statements
    theirs = (one.ref for one in said if (one.speaker.id, one.counterpart) == between)
    return Duty(
        rule=STATEMENT,
        anchor=pair.begun_by,
        since=pair.since,
        about=person,
        people=pair.people,
        is_first=True,
        also=pair.also.union(theirs),
        ended=pair.ended,
    )


def _stated(seen: CourseSeen, pair: Pair, side: str) -> list[Met]:
    """The statements of one side about the other, as one of this pair."""
    return [
        Met(one.ref, one.day)
        for one in pair.statements(seen.course.cooperation.statements)
        if one.speaker.function == side
    ]


def _to_its_side(duty: Duty, seen: CourseSeen) -> Duty:
    """A statement is owed by the side that it is about; another function the pack may name."""
    terms = seen.terms(STATEMENT, duty.since)
    if terms is None or terms.addressed_to not in SIDES:
        return duty
    side = next(function for function, person in duty.people.items() if person == duty.about)
    return replace(duty, addressed_to=side)


def _disagreements(seen: CourseSeen, pair: Pair) -> Iterator[Duty]:
    """One after the other, each until it is taken up or settled."""
    latest: dict[str, Statement] = {}  # of the two, by function
    also: set[Ref] = set()  # what was said since the last was over: any of it may be the first
    duty: Duty | None = None
    for one in _told(seen.course.cooperation, pair):
        reading: Overall | None = None
        if isinstance(one, Statement):
            latest[one.speaker.function] = one
            reading = _reading(latest)
        if duty is None:
            if isinstance(one, Friction) or reading is Overall.UNCLEAR:
                duty = _disagreement(pair, one)
            also.add(one.ref)
        elif _takes_up(one) or reading not in (None, Overall.UNCLEAR):
            yield replace(duty, also=frozenset(also), met=Met(one.ref, one.day))
            duty = None
            also.clear()
        else:
            also.add(one.ref)
    if duty is not None:
        yield replace(duty, also=frozenset(also))


def _told(cooperation: Cooperation, pair: Pair) -> list[Happening]:
    """What a pair's disagreements are read from, by time; of one instant, coordination last."""
    told: list[Happening] = [
        *pair.statements(cooperation.statements),
        *(
            friction
            for friction in cooperation.frictions
            if friction.kind in ABOUT_ROLES
            and friction.between <= set(pair.people.values())
            and pair.counts(friction.day)
        ),
        *(held for held in cooperation.coordinations if pair.counts(held.day)),
    ]
    return sorted(told, key=lambda one: one.at)


def _reading(latest: Mapping[str, Statement]) -> Overall | None:
    """How the latest statements of both stand to each other; None before both have stated."""
    if len(latest) < len(SIDES):
        return None
    theirs, ours = (latest[side].answers for side in SIDES)
    return overall(divisions(theirs, ours))


def _takes_up(one: Happening) -> bool:
    """A coordination with a coordinator about the roles: taken up, not settled."""
    return isinstance(one, Coordination) and one.takes_up_the_roles


def _disagreement(pair: Pair, one: Happening) -> Duty:
    return Duty(
        rule=DISAGREEMENT, anchor=one.ref, since=one.day, people=pair.people, ended=pair.ended
    )


def _lasting_first(duties: Sequence[Duty]) -> list[Duty]:
    """Of duties that share their key, as with two mentors at once, the one that lasts longest."""
    return sorted(duties, key=_over, reverse=True)


def _over(duty: Duty) -> date:
    return min(
        duty.met.on if duty.met else date.max,
        duty.ended.on if duty.ended else date.max,
    )
