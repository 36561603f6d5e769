"""The months of grants that the view shows below are those that the rule asks about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import (
    ActivityRegistered,
    Closed,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    Reopened,
)
from domain.granted_hours import LEAST_DAYS, first_day_after, month_of
from domain.rule_packs import RuleBook, parse_pack
from domain.rules import CourseSeen
from domain.rules.grants import hours_below_grant
from domain.values import Actor, Period, Ref
from projections.apply import apply
from projections.views.grant_hours import by_granted_month
from tests.domain.engine import DEFAULT_TEXT
from tests.projections.conftest import Connection
from tests.projections.granting import (
    APRIL,
    CASEWORKER,
    FEBRUARY,
    JANUARY,
    MARCH,
    extended,
    granted,
)
from tests.projections.histories import COURSES, PEOPLE, SOURCE, START, in_order, recorded
from tests.projections.story import HERE, Story, noon, thing, who
from tests.projections.test_apply import DATABASE_TEST
from tests.projections.test_grant_hours import ask, work_fact

BOOK = RuleBook((parse_pack(DEFAULT_TEXT),))
ASKED = datetime(2026, 6, 1, 12, tzinfo=UTC)
MENTOR = Actor("mentor", PEOPLE[1])
BY = st.just(CASEWORKER)
DAYS = st.integers(0, 59).map(lambda n: date(2026, 1, 10) + timedelta(days=n))
GRANTS = [Ref(SOURCE, f"b-{n}") for n in range(3)]
GRANT = st.sampled_from(GRANTS)
LENGTHS = st.one_of(st.integers(5, 26), st.integers(27, 90))
PERIODS = st.builds(lambda day, n: Period(day, day + timedelta(days=n)), DAYS, LENGTHS)
ASKED_FOR = st.sampled_from([None, (1, 6), (2, 3), (3, 4), (3, 5)])

worked = st.builds(
    ActivityRegistered,
    actor=st.just(MENTOR),
    role=st.just("not-stated"),
    activity=st.just("other"),
    minutes=st.integers(20, 180),
    contact=st.just("phone"),
    grant=st.one_of(st.none(), st.none(), st.none(), GRANT),
)
turned: st.SearchStrategy[Fact] = st.one_of(
    st.builds(GrantExtended, actor=BY, grant=GRANT, period=PERIODS),
    st.builds(GrantEnded, actor=BY, grant=GRANT, to=DAYS, reason=st.just("other")),
    st.builds(Closed, actor=BY, to=DAYS, reason=st.just("job")),
    st.builds(Reopened, actor=BY, from_=DAYS, reason=st.just("returned")),
)


def decided(grant: Ref, days: Period) -> GrantDecided:
    """Mentor hours, 10 minutes a day."""
    return GrantDecided(
        actor=CASEWORKER,
        grant=grant,
        kind="mentor-hours",
        outcome="granted",
        period=days,
        weekly_minutes=70,
    )


@st.composite
def courses(draw: st.DrawFn) -> list[Recorded]:
    """Grants side by side and the work done, with what moved their ends, in any order."""
    several = draw(st.lists(PERIODS, min_size=2, max_size=3))
    grants = [decided(grant, days) for grant, days in zip(GRANTS, several, strict=False)]
    work = draw(st.lists(st.tuples(DAYS, worked), min_size=1, max_size=5))
    turns = draw(st.lists(st.tuples(DAYS, turned), max_size=2))
    told: list[tuple[date, Fact]] = [(START.date(), grant) for grant in grants]
    events = [
        recorded(COURSES[0], f"ev-{n}", noon(day), fact, None)
        for n, (day, fact) in enumerate([*told, *work, *turns])
    ]
    return in_order(draw(st.permutations(events)))


def asked_by_the_rule(known: list[Recorded]) -> dict[tuple[str, date], bool]:
    """By grant and the month's end, whether too little was delivered."""
    course = fold_course(known)
    of = {one.ref: grant.grant.id for grant in course.grants.values() for one in grant.granted}
    duties = hours_below_grant(CourseSeen(course, BOOK))
    return {(of[duty.anchor], duty.since): duty.met is None for duty in duties}


@pytest.mark.soak
@DATABASE_TEST
@given(history=courses(), known=st.integers(3, 10), months=ASKED_FOR)
def test_below_are_the_months_that_the_rule_finds_below(
    connection: Connection,
    history: list[Recorded],
    known: int,
    months: tuple[int, int] | None,
) -> None:
    apply(connection.cursor(), HERE.schema, history)
    told = history[:known]
    rule = asked_by_the_rule(told)
    period = Period(*(date(2026, month, 1) for month in months)) if months else None
    rows = by_granted_month(
        connection,
        HERE,
        as_of=ASKED,
        known_at=told[-1].position,
        streams=COURSES[:1],
        period=period,
    ).rows
    view = {
        (row["grant"].split()[-1], first_day_after(month_of(row["month"]))): row["below"]
        for row in rows
        if row["below"] is not None
    }
    assert view == {key: rule[key] for key in view}
    # What the view doesn't flag is asked about as one, or has no minutes.
    over = [row for row in rows if row["is_over"] and row["granted_minutes"]]
    assert len(view) == sum(row["days_granted"] >= LEAST_DAYS for row in over)
    connection.rollback()


@pytest.mark.parametrize("period", [None, Period(date(2026, 2, 1), date(2026, 3, 1))])
def test_a_grant_that_is_asked_about_as_one_is_served_first_across_its_months(
    story: Story, period: Period | None
) -> None:
    # b-1 has 70 minutes a week: of February's 280 minutes 140 are enough. b-2 has 12 days of
    # January and 9 of February, fourteen of neither: of its 21 days' 210 minutes 105 are enough.
    # b-3 ends before them, with January: of its 310 minutes 155 are enough.
    granted(story, "c", JANUARY, "b-1")
    granted(story, "c", JANUARY, "b-2", Period(date(2026, 1, 20), date(2026, 2, 10)))
    granted(story, "c", JANUARY, "b-3", Period(JANUARY, FEBRUARY))
    story.course("c", work_fact(200), date(2026, 1, 25))
    story.course("c", work_fact(199), date(2026, 2, 3))
    # b-3 has 155 of January's 200 and b-2 the 45 that are left. So b-2 has 60 of February's 199
    # too, and 139 are left for b-1.
    rows = ask(story, date(2026, 3, 2), period=period, streams=[who("c")])
    february = {
        row["grant"].split()[-1]: (row["delivered_minutes"], row["below"])
        for row in rows
        if row["month"] == FEBRUARY
    }
    assert february == {"b-1": (139, True), "b-2": (60, None)}


def test_a_month_that_runs_is_shared_out_by_all_its_days(story: Story) -> None:
    # b-2 begins on the 8th and ends first. On the 16th it has 9 days, but fourteen by the month's
    # end, so that 45 of its 90 minutes are enough. The 55 that are left are b-1's.
    granted(story, "c", JANUARY, "b-1")
    granted(story, "c", JANUARY, "b-2", Period(date(2026, 1, 8), date(2026, 2, 10)))
    story.course("c", work_fact(100), date(2026, 1, 10))
    day = date(2026, 1, 16)
    minutes = {row["grant"].split()[-1]: row["delivered_minutes"] for row in ask(story, day)}
    assert minutes == {"b-1": 55, "b-2": 45}


def test_grants_that_share_minutes_out_rest_on_what_moved_the_end_of_the_other(
    story: Story,
) -> None:
    own = granted(story, "c", JANUARY, "b-2", Period(JANUARY, MARCH))
    other = granted(story, "c", JANUARY, "b-1", Period(JANUARY, FEBRUARY))
    longer = extended(story, "c", date(2026, 1, 5), Period(FEBRUARY, APRIL))
    by_name = story.course("c", work_fact(10, grant=thing("b-2")), date(2026, 1, 9))
    told = ask_behind(story, date(2026, 1, 20))
    assert told == {"b-1": {other}, "b-2": {own, by_name}}
    unnamed = story.course("c", work_fact(500), date(2026, 1, 10))
    told = ask_behind(story, date(2026, 1, 20))
    assert told["b-2"] == {own, other, longer, by_name, unnamed}


def test_a_close_of_a_day_to_come_is_behind_nothing_yet(story: Story) -> None:
    own = granted(story, "c", JANUARY, "b-1")
    close = story.course(
        "c", Closed(actor=CASEWORKER, to=date(2026, 1, 21), reason="other"), date(2026, 1, 21)
    )
    assert ask_behind(story, date(2026, 1, 20)) == {"b-1": {own}}
    assert ask_behind(story, date(2026, 1, 21)) == {"b-1": {own, close}}


def ask_behind(story: Story, day: date) -> dict[str, set[Ref]]:
    """What the rows of each grant rest on."""
    answer = by_granted_month(story.connection, HERE, as_of=noon(day))
    several = zip(answer.rows, answer.behind, strict=True)
    return {row["grant"].split()[-1]: set(behind()) for row, behind in several}
