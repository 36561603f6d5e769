"""Sessions read straight from their rows are those that the team's fold tells."""

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.team import SupervisionSessionHeld, TeamIdentityLinked
from projections.apply import apply
from projections.asking import Question
from projections.views.held_sessions import attendance, supervised_team
from projections.views.team import TABLES, team_state
from tests.projections.conftest import Connection
from tests.projections.happenings import happenings
from tests.projections.story import HERE
from tests.soaking import runs

TOLD: list[type[Fact]] = [type_ for table in TABLES for type_, _ in table.feeds]
# Sessions and links more often than all else.
READ: list[type[Fact]] = [*TOLD, *[SupervisionSessionHeld] * 6, *[TeamIdentityLinked] * 2]


@pytest.mark.soak
@settings(
    max_examples=runs(10, 1500),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
@given(history=happenings(most=25, of=READ))
def test_sessions_are_read_as_they_are_folded(
    connection: Connection, history: list[Recorded]
) -> None:
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        for position in (None, history[len(history) // 2].position):
            question = Question(connection, HERE.schema, known_at=position)
            folded, found = team_state(question), supervised_team(question)
            attended = {
                session: list(mentors) for session, mentors in question.once(attendance).items()
            }
            assert attended == {
                one.session: [str(mentor) for mentor in one.mentors] for one in folded.sessions
            }
            alone = tuple(replace(one, mentors=()) for one in folded.sessions)
            assert found == replace(
                folded, sessions=alone, workshops=(), role_follow_ups=(), follow_ups={}
            )
