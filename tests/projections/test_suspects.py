"""No contradiction is missed for not folding every course, over random histories."""

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import Recorded
from projections.apply import apply
from projections.views.contradictions import contradictions
from tests.projections import cooperating, happenings
from tests.projections.conftest import Connection
from tests.projections.story import HERE
from tests.projections.test_every_view import DATABASE_TEST
from tests.soaking import runs

histories = cooperating.cooperations() | happenings.happenings(40)


@settings(DATABASE_TEST, max_examples=runs(60))
@given(history=histories, as_of=cooperating.moments, part=st.floats(0, 1))
def test_what_is_found_of_all_is_what_is_found_of_each_course(
    connection: Connection, history: list[Recorded], as_of: datetime, part: float
) -> None:
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        known_at = history[int(part * (len(history) - 1))].position
        asked: dict[str, Any] = {"as_of": as_of, "known_at": known_at}
        together = contradictions(connection, HERE, **asked).rows
        one_by_one = contradictions(connection, HERE, streams=happenings.COURSES, **asked).rows
        assert [row for row in together if row["course"]] == one_by_one
