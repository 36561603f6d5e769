"""Whatever isn't behind a row of supervision could have been left untold: the row would be so."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.base import Fact
from domain.events.team import Established, PersonAssigned, PersonReleased, SupervisionArranged
from domain.values import Ref
from projections.answering import Ask
from projections.views.municipalities import municipalities
from projections.views.supervision import supervision
from projections.views.supervision_windows import supervision_sessions, supervision_windows
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, noon, who
from tests.projections.supervising import LEADER, day, session
from tests.projections.test_every_view import DATABASE_TEST
from tests.soaking import runs

DAY = 40
VIEWS: dict[Ask, tuple[str, ...]] = {
    supervision: (),
    municipalities: (),
    supervision_windows: ("window",),
    supervision_sessions: ("session",),
}
"""The views, and what a row is known by."""

numbers = st.integers(0, 60)
days = numbers.map(day)
people = st.sampled_from(["ext", "lead"])
functions = st.sampled_from(["supervisor", "leader", "caseworker"])
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Established, actor=st.just(LEADER), from_=days),
    st.builds(
        PersonAssigned,
        actor=st.just(LEADER),
        person=people.map(who),
        function=functions,
        from_=days,
        employment=st.sampled_from(["internal", "external"]),
    ),
    st.builds(
        PersonReleased,
        actor=st.just(LEADER),
        person=people.map(who),
        function=functions,
        to=days,
        reason=st.just("other"),
    ),
    st.builds(
        SupervisionArranged,
        actor=st.just(LEADER),
        from_=days,
        model=st.just("external-supervisor"),
        cadence_weeks=st.none() | st.integers(1, 5),
    ),
    st.builds(session, people, st.uuids().map(str)),  # each told once: of several the first counts
)


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(10, 300))
@given(st.lists(st.tuples(numbers, facts), min_size=3, max_size=9))
def test_a_row_is_the_same_without_what_is_not_behind_it(
    connection: Connection, told: list[tuple[int, Fact]]
) -> None:
    with connection.transaction(force_rollback=True):
        story = Story(connection)
        refs = [story.team(fact, day(number)) for number, fact in told]
        before = dict(_rows(connection))
        for ref in refs:
            with connection.transaction(force_rollback=True):
                story.retract(ref, day(61))
                after = dict(_rows(connection))
            for which, (row, behind) in before.items():
                same = after.get(which)
                # Whether a session is on the days asked about isn't what its row says.
                if same is None and which[0] is supervision_sessions:
                    continue
                assert ref in behind or (same and same[0] == row), which


def _rows(connection: Connection) -> Iterator[tuple[tuple[Any, ...], tuple[Any, set[Ref]]]]:
    """Each view's rows by what they are known by, with the events behind."""
    for view, keys in VIEWS.items():
        answer = view(connection, HERE, as_of=noon(day(DAY)))
        for row, behind in zip(answer.rows, answer.behind, strict=True):
            yield (view, *(row[key] for key in keys)), (row, set(behind()))
