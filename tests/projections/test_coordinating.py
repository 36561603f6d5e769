"""What the database counts of coordination is what is counted talk by talk."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.course import IdentityLinked
from domain.events.team import TeamIdentityLinked
from domain.leadership import taking_part
from domain.values import Actor, Period
from projections.views.management import management_by_person
from tests.projections.conftest import Connection
from tests.projections.leading import LEADER, coordinate
from tests.projections.story import HERE, Story, actor, noon, who
from tests.projections.supervising import START, day
from tests.soaking import runs

people = st.sampled_from(["k-1", "k-2", "l-1"])
actors = st.builds(
    lambda name, function: actor(function, name),
    people,
    st.sampled_from(["coordinator", "leader", "mentor"]),
)
talks = st.builds(
    lambda participants, minutes, number, course: (participants, minutes, number, course),
    st.lists(actors, min_size=1, max_size=4),
    st.none() | st.integers(1, 90),
    st.integers(0, 40),
    st.sampled_from(["c-1", "c-2", "c-3"]),
)
Talk = tuple[list[Actor], int | None, int, str]


@pytest.mark.soak
@settings(
    max_examples=runs(10, 2000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(talks, max_size=8), st.booleans(), st.booleans())
def test_what_the_database_counts_is_what_is_counted_one_by_one(
    connection: Connection, told: Sequence[Talk], persons: bool, courses: bool
) -> None:
    connection.rollback()
    story = Story(connection)
    same = {who("k-2"): who("k-1")} if persons else {}
    if persons:
        fact = TeamIdentityLinked(actor=LEADER, person=who("k-1"), alias=who("k-2"), basis="manual")
        story.team(fact, START)
    if courses:
        link = IdentityLinked(actor=LEADER, what="course", alias=who("c-2"), basis="manual")
        story.course("c-1", link, START)
    for participants, minutes, number, course in told:
        coordinate(story, course, number, *participants, minutes=minutes)
    days = [one for one in told if 5 <= one[2] < 30]
    expected: dict[tuple[str, UUID], tuple[int, int, int, int]] = {}
    for key in {
        (function, person) for one in days for person, function in _leading(one, same).items()
    }:
        own = [one for one in days if _leading(one, same).get(key[1]) == key[0]]
        timed = [one[1] for one in own if one[1] is not None]
        joined = {"c-1" if courses and one[3] == "c-2" else one[3] for one in own}
        expected[key] = (len(own), len(own) - len(timed), sum(timed), len(joined))
    period = Period(day(5), day(30))
    found = {
        (row["function"], row["person"]): (
            row["times"],
            row["untimed"],
            row["minutes"] or 0,
            row["courses"],
        )
        for row in management_by_person(
            story.connection, HERE, as_of=noon(day(80)), period=period
        ).rows
    }
    assert found == expected


def _leading(talk: Talk, same: dict[UUID, UUID]) -> dict[UUID, str]:
    return taking_part((same.get(one.id, one.id), one.function) for one in talk[0] if one.id)
