"""What the rules ask of a course is the same, whether it is read from rows or from events."""

from datetime import date

from msgspec.structs import replace

from domain.adoptions import adopted
from domain.course import fold_course
from domain.events.common import CourseFollowUpRaised
from domain.events.course import (
    ActivityRegistered,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    IntakeRegistered,
    MentorAgreementMade,
    MentorMatched,
)
from domain.obligations import course_duties
from domain.rule_packs import default_text, parse_pack
from domain.rules import COURSE_RULES, CourseSeen, Duty
from domain.values import Actor, FollowUpKey, Period
from projections.apply import apply
from projections.asking import Question
from projections.views.courses import courses_of
from projections.views.worklist import worklist
from tests.domain.engine import DEFAULT
from tests.domain.rules.test_any_order import FACTS
from tests.domain.spec import CASEWORKER, COURSE, day, fact_at, ref
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who

HOURS = Period(day("2026-02-01"), day("2026-04-01"))
GRANTS = [
    fact_at(
        "2026-02-01 10:00",
        GrantDecided(
            actor=CASEWORKER,
            grant=ref("b-1"),
            kind="mentor-hours",
            outcome="granted",
            period=HOURS,
            weekly_minutes=120,
        ),
        id="ev-b1",
    ),
    fact_at(
        "2026-03-20 10:00",
        GrantExtended(
            actor=CASEWORKER,
            grant=ref("b-1"),
            period=Period(day("2026-04-01"), day("2026-08-01")),
            total_minutes=2400,
        ),
        id="ev-b2",
    ),
    fact_at(
        "2026-03-25 10:00",
        GrantDecided(
            actor=CASEWORKER,
            grant=ref("b-2"),
            kind="mentor-hours",
            outcome="refused",
            reason="not-needed",
            continues=ref("b-1"),
        ),
        id="ev-b3",
    ),
    fact_at(
        "2026-05-10 10:00",
        GrantEnded(actor=CASEWORKER, grant=ref("b-1"), to=day("2026-05-15"), reason="goal-reached"),
        id="ev-b4",
    ),
]


def told(duties: list[Duty]) -> list[str]:
    return sorted(map(repr, duties))


def test_duties_read_from_rows_are_those_read_from_events(connection: Connection) -> None:
    events = [replace(e, position=n) for n, e in enumerate([*FACTS, *GRANTS], start=1)]
    apply(connection.cursor(), HERE.schema, events)

    from_rows = courses_of(Question(connection, HERE.schema, as_of=noon(day("2026-07-01"))), {})
    from_events = fold_course(events)

    expected = course_duties(CourseSeen(from_events, DEFAULT))
    assert told(course_duties(CourseSeen(from_rows[COURSE], DEFAULT))) == told(expected)
    assert {duty.rule for duty in expected} == set(COURSE_RULES) - {"mentor-left"}


def test_the_worklist_says_why_by_the_packs_that_were_adopted(connection: Connection) -> None:
    story = Story(connection)
    caseworker, mentor = actor("caseworker"), actor("mentor")
    assert caseworker.id and mentor.id
    facts = (
        IntakeRegistered(actor=caseworker, caseworker=caseworker.id),
        MentorMatched(
            actor=caseworker,
            match=thing("match"),
            mentor=mentor.id,
            from_=day("2026-01-02"),
            method="other",
        ),
        MentorAgreementMade(actor=caseworker, mentor=mentor.id, parts=("goal",)),
        ActivityRegistered(
            actor=mentor, role="not-stated", activity="other", minutes=60, contact="phone"
        ),
    )
    for number, fact in enumerate(facts, start=1):
        story.course("c", fact, date(2026, 1, number))
    worse = MentorAgreementMade(actor=caseworker, mentor=mentor.id, parts=("contact",))
    anchor = story.course("c", worse, date(2026, 1, 10))
    raised = CourseFollowUpRaised(
        actor=Actor("system"),
        follow_up=FollowUpKey("agreement-incomplete", anchor, 1),
        due_on=day("2026-01-17"),
        addressed_to="caseworker",
        pack="own",
        edition="1",
    )
    story.course("c", raised, date(2026, 1, 17))

    def why() -> object:
        (row,) = worklist(story.connection, HERE, as_of=noon(day("2026-01-18"))).rows
        assert row["course"] == who("c")
        return row["why"]

    parts = 'parts = ["goal", "contact", "tasks", "duration", "hours", "complaint-guidance"]'
    text = default_text().replace(parts, 'parts = ["goal"]')
    # By the default pack the first agreement was never complete, so what is owed is owed since the
    # first activity on 4 January, 13 days before the day on which it was told.
    assert why() == (
        "Mentoraftalen mangler eller er mangelfuld 13 dage efter den første aktivitet eller"
        " fornyelsen."
    )
    pack = parse_pack(text)
    story.team(adopted(pack, text, pack.period, actor("leader")), date(2026, 1, 1))
    assert why() == (
        "Mentoraftalen mangler eller er mangelfuld 7 dage efter den første aktivitet eller"
        " fornyelsen."
    )
