"""What is decided afterwards is left out, and changes nothing of the days until then."""

from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import covers, day_of
from domain.course import CourseState, fold_telling
from domain.decided import decided_by
from domain.envelope import Recorded
from domain.folding import Telling
from domain.values import Ref
from tests.domain.facts import closed, match_ended, matched, reopened
from tests.domain.spec import instant

DAYS = st.integers(1, 9).map(lambda n: f"2026-01-{n:02}")
TIMES = DAYS.map(lambda day: f"{day} 12:00")
MATCHES = st.sampled_from(["match-1", "match-2"])
IDS = st.integers(0, 99).map(str)
EVENTS = st.one_of(
    st.builds(
        lambda at, day, of, id_: matched(at, day, match=of, id=id_), TIMES, DAYS, MATCHES, IDS
    ),
    st.builds(lambda at, day, of: match_ended(at, day, match=of), TIMES, DAYS, MATCHES),
    st.builds(closed, TIMES, DAYS, IDS),
    st.builds(reopened, TIMES, DAYS, IDS),
)
HISTORIES = st.lists(EVENTS, max_size=10, unique_by=attrgetter("ref"))


def seen(state: CourseState, day: str) -> tuple[bool, list[Ref]]:
    """Whether the course is open on a day, and who follows the citizen."""
    on = day_of(instant(f"{day} 12:00"))
    return state.is_open_on(on), [match.match for match in state.matches_on(on)]


@given(HISTORIES, TIMES)
def test_the_days_until_then_are_as_all_that_is_known_says(told: list[Recorded], at: str) -> None:
    every, as_of = Telling(told), instant(at)
    known, decided = fold_telling(every), fold_telling(decided_by(every, as_of))
    for number in range(1, day_of(as_of).day + 1):
        day = f"2026-01-{number:02}"
        assert seen(decided, day) == seen(known, day)


@given(HISTORIES, TIMES)
def test_nothing_that_lies_ahead_is_ended_by_what_is_told_afterwards(
    told: list[Recorded], at: str
) -> None:
    as_of = instant(at)
    decided = fold_telling(decided_by(Telling(told), as_of))
    afterwards = {event.ref for event in told if event.occurred_at > as_of}
    ends = [(one.days, one.ended_by) for one in decided.spells]
    ends += [(one.days, one.ended_by) for one in decided.matches]
    for days, by in ends:
        assert not (covers(days, day_of(as_of)) and by in afterwards)
