"""A course followed by some of the rules only, and the events that they read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.course import (
    CaseworkerChanged,
    ChemistryChecked,
    FrictionReported,
    GoalReviewed,
    GoalSet,
    MentorAgreementMade,
    RolesStated,
)
from domain.follow_ups import CourseSeen, Plan, plan_course
from domain.mentor import fold_mentor
from domain.rule_packs import RuleBook, parse_pack
from domain.values import Actor
from tests.domain.engine import CALENDAR, DEFAULT_TEXT, Arrival, Engine, Planner, only
from tests.domain.spec import CASEWORKER, COURSE, MENTOR, MENTOR_ID, day, fact_at, person, ref

OTHER_MENTOR = Actor("mentor", person("m-32"))
OTHER_CASEWORKER = Actor("caseworker", person("s-13"))
OTHER_MENTOR_ID = person("m-32")
OTHER_CASEWORKER_ID = person("s-13")

ALL_PARTS = ("goal", "contact", "tasks", "duration", "hours", "complaint-guidance")


def book(*rules: str, text: str = DEFAULT_TEXT) -> RuleBook:
    """A book of one pack that holds these rules only."""
    return RuleBook((parse_pack(only(*rules, text=text)),))


def planner(
    rules: RuleBook,
    same: Mapping[UUID, UUID] | None = None,
    staff: Mapping[str, UUID] | None = None,
) -> Planner:
    """Plans a course by a book, with the mentors around it. `same` are linked ids of staff, `staff`
    coordinator and leader."""

    def plan(known: list[Recorded], now: datetime) -> Plan:
        streams: dict[UUID, list[Recorded]] = {COURSE: []}
        for event in known:
            streams.setdefault(event.originator_id, []).append(event)
        course = fold_course(streams.pop(COURSE), same)
        mentors = {one: fold_mentor(told) for one, told in streams.items()}
        return plan_course(CourseSeen(course, rules, mentors), CALENDAR, now, staff)

    return plan


def arrivals(events: Iterable[Recorded | Arrival]) -> list[Arrival]:
    """Each when it happened, or when it is said to arrive; in that order."""
    several: list[Arrival] = [
        (one.occurred_at, one) if isinstance(one, Recorded) else one for one in events
    ]
    return sorted(several, key=lambda one: one[0] if isinstance(one[0], datetime) else _at(one))


def _at(one: Arrival) -> datetime:
    return fact_at(one[0], one[1].fact).occurred_at


def followed(
    *events: Recorded | Arrival, by: RuleBook, until: str, same: Mapping[UUID, UUID] | None = None
) -> list[str]:
    """What is written of a course in the end."""
    return Engine(planner(by, same)).run(arrivals(events), until).log


def agreement(
    when: str,
    *,
    without: Iterable[str] = (),
    mentor: UUID = MENTOR_ID,
    id: str | None = None,
) -> Recorded:
    parts = tuple(part for part in ALL_PARTS if part not in set(without))
    fact = MentorAgreementMade(actor=CASEWORKER, mentor=mentor, parts=parts)
    return fact_at(when, fact, id=id)


def chemistry(
    when: str,
    asked: str = "citizen",
    *,
    result: str = "good",
    mentor: UUID = MENTOR_ID,
    id: str | None = None,
) -> Recorded:
    fact = ChemistryChecked(actor=CASEWORKER, mentor=mentor, asked=asked, result=result)
    return fact_at(when, fact, id=id)


def stated(
    when: str,
    by: Actor = MENTOR,
    about: Actor = CASEWORKER,
    *,
    hand_in: Actor | None = None,
    id: str | None = None,
    **answers: str,
) -> Recorded:
    """`crisis_contact="mentor"` answers `crisis-contact`; without answers it is that one."""
    told = {code.replace("_", "-"): holder for code, holder in answers.items()}
    assert about.id
    fact = RolesStated(
        actor=hand_in or by,
        on_behalf_of=by if hand_in else None,
        counterpart=about.id,
        answers=told or {"crisis-contact": "mentor"},
    )
    return fact_at(when, fact, id=id)


def caseworker_changed(
    when: str, from_: str, to: UUID = OTHER_CASEWORKER_ID, *, id: str | None = None
) -> Recorded:
    fact = CaseworkerChanged(
        actor=CASEWORKER, caseworker=to, from_=day(from_), reason="reorganised"
    )
    return fact_at(when, fact, id=id)


def friction(when: str, kind: str = "overlap", *between: Actor, id: str | None = None) -> Recorded:
    return fact_at(when, FrictionReported(actor=MENTOR, kind=kind, between=between), id=id)


def goal_set(when: str, goal: str, *, id: str | None = None) -> Recorded:
    fact = GoalSet(actor=CASEWORKER, goal=ref(goal), directions=("job",), text="sealed")
    return fact_at(when, fact, id=id)


def goal_reviewed(
    when: str, goal: str, *, outcome: str = "kept", id: str | None = None
) -> Recorded:
    return fact_at(when, GoalReviewed(actor=MENTOR, goal=ref(goal), outcome=outcome), id=id)
