"""For each kind of contradiction: what there is, what makes it odd, and what clears it."""

from datetime import date

from domain.calendar import day_of
from domain.events.common import CourseEventRetracted
from domain.events.course import (
    CaseSupervised,
    CaseworkerChanged,
    Closed,
    FirstMeetingHeld,
    GoalAcknowledged,
    GoalSet,
    GrantExtended,
    MatchEnded,
    Reopened,
)
from domain.events.mentor import HoursChanged, Left
from domain.events.team import PersonReleased
from domain.values import Period, Ref
from tests.projections.contradicting import (
    CASEWORKER,
    COORDINATOR,
    MATCHED,
    MENTOR,
    SYSTEM,
    TODAY,
    Tell,
    assigned,
    employed,
    granted,
    intake,
    matched,
    right,
    stated,
    supervised,
    worked,
)
from tests.projections.story import Story, actor, thing, who

MARCH = date(2026, 3, 2)


def closed(story: Story, on: date) -> Ref:
    return story.course("c", Closed(actor=CASEWORKER, to=on, reason="job"), on)


def reopened(story: Story, on: date) -> Ref:
    return story.course("c", Reopened(actor=CASEWORKER, from_=on, reason="setback"), on)


def match_ended(story: Story, on: date, match: str = "match-1") -> Ref:
    fact = MatchEnded(actor=CASEWORKER, match=thing(match), to=on, reason="other")
    return story.course("c", fact, on)


def left(story: Story, on: date, mentor: str = "m-31") -> Ref:
    return story.mentor(mentor, Left(actor=COORDINATOR, to=on, reason="resigned"), on)


def hours(story: Story, on: date, minutes: int, mentor: str = "m-31") -> Ref:
    fact = HoursChanged(actor=COORDINATOR, from_=on, weekly_minutes=minutes, reason="other")
    return story.mentor(mentor, fact, on)


def extended(story: Story, grant: str = "b-1") -> Ref:
    period = Period(date(2026, 4, 1), date(2026, 6, 1))
    fact = GrantExtended(actor=CASEWORKER, grant=thing(grant), period=period)
    return story.course("c", fact, MARCH)


def goal(story: Story, on: date = date(2026, 2, 2), name: str = "goal-1") -> Ref:
    fact = GoalSet(actor=CASEWORKER, goal=thing(name), directions=("job",), text="sealed")
    return story.course("c", fact, on)


def case(story: Story, mentor: str = "m-31") -> Ref:
    fact = CaseSupervised(actor=MENTOR, session=thing("session-1"), mentor=who(mentor))
    return story.course("c", fact, MARCH)


def met(story: Story, on: date, mentor: str = "m-31") -> Ref:
    fact = FirstMeetingHeld(actor=MENTOR, mentor=who(mentor), form="in-person")
    return story.course("c", fact, on)


def released(story: Story) -> Ref:
    fact = PersonReleased(
        actor=COORDINATOR, person=who("v-1"), function="supervisor", to=MARCH, reason="left"
    )
    return story.team(fact, MARCH)


def correct_last(story: Story, by: Tell) -> None:
    """The last event is corrected to what another one says."""
    before = story.told[-1]
    by(story)
    new = story.told[-1]
    story.retract(new.ref, TODAY)
    story.correct(before.ref, new.fact, TODAY, new_time=day_of(new.occurred_at))


def taken_back(story: Story) -> None:
    """The last event is retracted."""
    story.retract(story.told[-1].ref, TODAY)


def retracted(story: Story, event: Ref, id_: str = "") -> Ref:
    """An event of the course is retracted, whether it has come or not."""
    fact = CourseEventRetracted(actor=CASEWORKER, retracts=event, reason="never-happened")
    return story.course("c", fact, TODAY, id_=id_)


def both(*tells: Tell) -> Tell:
    def told(story: Story) -> None:
        for tell in tells:
            tell(story)

    return told


def hired(story: Story) -> Ref:
    return story.mentor("m-31", employed(), date(2026, 1, 1))


def hired_and_matched(story: Story) -> None:
    hired(story)
    matched(story)


FEBRUARY, APRIL = date(2026, 2, 2), date(2026, 4, 7)
EARLY = date(2026, 1, 5)  # before the intake

# What there is, what then makes it odd, which kind that is, and what clears it.
CASES: list[tuple[Tell, Tell, str, Tell]] = [
    (
        hired,
        matched,
        "work-without-intake",
        intake,
    ),
    (
        right,
        lambda s: granted(s, EARLY),
        "work-before-intake",
        lambda s: intake(s, EARLY),
    ),
    (
        both(right, lambda s: closed(s, FEBRUARY)),
        lambda s: worked(s, MARCH),
        "work-while-closed",
        # The match ended with the close, so both the course and the match must go on.
        both(
            lambda s: reopened(s, date(2026, 2, 20)),
            lambda s: matched(s, date(2026, 2, 20), match="match-2"),
        ),
    ),
    (
        both(right, lambda s: closed(s, FEBRUARY)),
        lambda s: matched(s, MARCH, match="match-2"),
        "match-while-closed",
        lambda s: reopened(s, MARCH),
    ),
    (
        both(right, lambda s: closed(s, FEBRUARY)),
        lambda s: closed(s, MARCH),
        "closed-twice",
        lambda s: reopened(s, date(2026, 2, 20)),
    ),
    (
        right,
        lambda s: reopened(s, MARCH),
        "reopened-while-open",
        lambda s: closed(s, FEBRUARY),
    ),
    (
        both(hired, intake),
        lambda s: matched(s, by=SYSTEM),
        "match-by-system",
        taken_back,
    ),
    (
        both(right, lambda s: match_ended(s, FEBRUARY)),
        lambda s: match_ended(s, APRIL, "match-2"),
        "match-never-began",
        lambda s: matched(s, MARCH, match="match-2"),
    ),
    (
        both(right, lambda s: hours(s, FEBRUARY, 1110)),
        lambda s: left(s, MARCH),
        "mentor-who-left",
        lambda s: match_ended(s, MARCH),
    ),
    (
        both(right, lambda s: match_ended(s, FEBRUARY), lambda s: left(s, FEBRUARY)),
        lambda s: matched(s, MARCH, match="match-2"),
        "match-after-leaving",
        lambda s: s.mentor("m-31", employed(MARCH), MARCH),
    ),
    (
        intake,
        matched,
        "mentor-not-employed",
        hired,
    ),
    (
        both(hired, lambda s: hours(s, date(2026, 1, 15), 0), intake),
        matched,
        "mentor-without-hours",
        lambda s: hours(s, MATCHED, 1110),
    ),
    (
        right,
        lambda s: matched(s, MARCH, match="match-2"),
        "two-matches-with-one-mentor",
        lambda s: match_ended(s, FEBRUARY),
    ),
    (
        right,
        lambda s: s.course(
            "c",
            CaseworkerChanged(
                actor=CASEWORKER, caseworker=who("m-31"), from_=MARCH, reason="other"
            ),
            MARCH,
        ),
        "mentor-is-caseworker",
        lambda s: match_ended(s, MARCH),
    ),
    (
        both(right, lambda s: s.mentor("m-32", employed(), EARLY)),
        lambda s: met(s, MARCH, "m-32"),
        "named-without-match",
        lambda s: matched(s, FEBRUARY, match="match-2", mentor="m-32"),
    ),
    (
        both(right, lambda s: s.mentor("m-32", employed(), EARLY)),
        lambda s: worked(s, MARCH, by=actor("mentor", "m-32")),
        "work-without-match",
        lambda s: matched(s, FEBRUARY, match="match-2", mentor="m-32"),
    ),
    (
        right,
        lambda s: granted(s, FEBRUARY, by=MENTOR),
        "grant-without-authority",
        lambda s: correct_last(s, lambda s: granted(s, FEBRUARY, grant="b-2")),
    ),
    (
        right,
        extended,
        "grant-never-decided",
        lambda s: granted(s, FEBRUARY),
    ),
    (
        right,
        lambda s: granted(s, MARCH, grant="b-2", continues="b-1"),
        "grant-never-decided",
        lambda s: granted(s, FEBRUARY),
    ),
    (
        both(right, lambda s: granted(s, FEBRUARY, outcome="refused")),
        extended,
        "refused-grant-goes-on",
        taken_back,
    ),
    (
        right,
        lambda s: worked(s, MARCH, grant="b-1"),
        "work-on-unknown-grant",
        lambda s: granted(s, FEBRUARY),
    ),
    (
        both(right, lambda s: granted(s, FEBRUARY)),
        lambda s: worked(s, APRIL, grant="b-1"),
        "work-outside-grant",
        extended,
    ),
    (
        right,
        lambda s: stated(s, MARCH, actor("mentor", "m-32"), "s-12"),
        "statement-without-match",
        both(
            lambda s: s.mentor("m-32", employed(), EARLY),
            lambda s: matched(s, FEBRUARY, match="match-2", mentor="m-32"),
        ),
    ),
    (
        right,
        lambda s: stated(s, MARCH, actor("caseworker", "s-13"), "m-31"),
        "statement-of-another-caseworker",
        lambda s: s.course(
            "c",
            CaseworkerChanged(
                actor=CASEWORKER, caseworker=who("s-13"), from_=FEBRUARY, reason="absence"
            ),
            FEBRUARY,
        ),
    ),
    (
        right,
        lambda s: s.course("c", GoalAcknowledged(actor=MENTOR, goal=thing("goal-1")), MARCH),
        "unknown-goal",
        goal,
    ),
    (
        right,
        case,
        "unknown-session",
        both(
            lambda s: assigned(s, "v-1", "supervisor"),
            lambda s: supervised(s, MARCH, "m-31"),
        ),
    ),
    (
        both(
            right,
            lambda s: assigned(s, "v-1", "supervisor"),
            lambda s: supervised(s, MARCH, "m-32", "m-33"),
        ),
        case,
        "mentor-not-in-session",
        taken_back,
    ),
    (
        right,
        lambda s: granted(s, FEBRUARY, by=actor("caseworker", "m-31")),
        "acted-in-another-function",
        lambda s: assigned(s, "m-31", "caseworker"),
    ),
    (
        both(right, lambda s: assigned(s, "k-2", "coordinator")),
        lambda s: worked(s, MARCH, by=actor("caseworker", "k-2")),
        "acted-in-another-function",
        lambda s: correct_last(s, lambda s: worked(s, MARCH, by=actor("coordinator", "k-2"))),
    ),
    (right, lambda s: matched(s, date(2026, 1, 20)), "begun-twice", taken_back),
    (both(right, goal), lambda s: goal(s, MARCH), "begun-twice", taken_back),
    (
        both(right, lambda s: granted(s, FEBRUARY)),
        lambda s: granted(s, MARCH, outcome="refused"),
        "begun-twice",
        taken_back,
    ),
    (
        both(
            lambda s: assigned(s, "v-1", "supervisor"),
            lambda s: supervised(s, FEBRUARY, "m-31"),
        ),
        lambda s: supervised(s, MARCH, "m-31"),
        "begun-twice",
        taken_back,
    ),
    (
        lambda s: None,
        lambda s: hours(s, FEBRUARY, 1110),
        "hours-outside-employment",
        hired,
    ),
    (lambda s: None, lambda s: left(s, FEBRUARY), "left-without-employment", hired),
    (
        lambda s: None,
        lambda s: supervised(s, MARCH, "m-31"),
        "session-without-supervisor",
        lambda s: assigned(s, "v-1", "supervisor"),
    ),
    (
        lambda s: None,
        released,
        "released-without-assignment",
        lambda s: assigned(s, "v-1", "supervisor"),
    ),
    (
        right,
        lambda s: retracted(s, thing("ev-lost")),
        "amendment-of-nothing",
        lambda s: s.course("c", s.told[1].fact, EARLY, id_="ev-lost"),
    ),
]
