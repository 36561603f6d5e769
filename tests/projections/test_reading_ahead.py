"""What is read in one round trip is what several reads would give, each for itself."""

from datetime import date, timedelta

import pytest
from psycopg.sql import SQL, Identifier

from domain.events.course import CaseworkerChanged, IntakeRegistered
from projections import identity
from projections.asking import Question
from projections.facts.courses import CASEWORKER_CHANGES, INTAKES
from projections.selecting import Wanted, telling
from projections.views import role_support, rules, staff
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, who

FIRST = date(2026, 1, 12)
COLUMNS = ("stream", "event_id", "caseworker")


@pytest.fixture
def story(connection: Connection) -> Story:
    """Three intakes on three days, the second corrected, and a new caseworker on the first."""
    story = Story(connection)
    for number in range(3):
        fact = IntakeRegistered(actor=actor("caseworker"), caseworker=who(f"s-{number}"))
        ref = story.course(f"c-{number}", fact, FIRST + timedelta(days=number), id_=f"in-{number}")
        if number == 1:
            story.correct(ref, fact, FIRST, new_time=FIRST)
    changed = CaseworkerChanged(
        actor=actor("caseworker"), caseworker=who("s-9"), from_=FIRST, reason="other"
    )
    story.course("c-0", changed, FIRST)
    return story


def question(story: Story, known_at: int | None = None) -> Question:
    return Question(story.connection, HERE.schema, as_of=noon(FIRST), known_at=known_at)


@pytest.mark.parametrize("known_at", [None, 20, 10])  # after the correction, before it, one intake
def test_each_table_gives_its_own_rows_in_their_order(story: Story, known_at: int | None) -> None:
    wanted = [
        Wanted(INTAKES, COLUMNS),
        Wanted(CASEWORKER_CHANGES, COLUMNS),
        Wanted(INTAKES, COLUMNS, streams=[who("c-2")]),
        Wanted(INTAKES, COLUMNS, until=noon(FIRST)),
        telling(INTAKES),
    ]
    alone = [question(story, known_at).each([one])[0] for one in wanted]
    assert question(story, known_at).each(wanted) == alone
    asked = question(story, known_at)
    asked.ahead([one for one in wanted if one.is_of_all])
    assert [asked.each([one])[0] for one in wanted] == alone
    assert len(alone[0]) == (1 if known_at == 10 else 2 if known_at == 20 else 3)


def test_what_was_read_ahead_is_read_once_and_nothing_else_is_taken_for_it(story: Story) -> None:
    asked = question(story)
    asked.ahead([Wanted(INTAKES, COLUMNS)])
    before = asked.rows(INTAKES, *COLUMNS)
    table = Identifier(HERE.schema, INTAKES.name)
    story.connection.execute(SQL("delete from {} where stream <> %s").format(table), [who("c-2")])
    assert asked.rows(INTAKES, *COLUMNS) == before
    assert len(before) == 3
    # One of them is left now, which happened two days after the first.
    assert len(asked.rows(INTAKES, "stream")) == 1
    assert len(asked.rows(INTAKES, *COLUMNS, streams=[who("c-1")])) == 0
    assert len(asked.rows(INTAKES, *COLUMNS, until=noon(FIRST))) == 0
    assert len(question(story).rows(INTAKES, *COLUMNS)) == 1


def test_the_views_ask_for_what_they_say_that_they_read(story: Story) -> None:
    """What these functions begin with needs no other read, so deleting it is not seen."""
    asked = question(story)
    asked.ahead(identity.READ, staff.READ, rules.READ, role_support.read_by_support(asked))
    read = {one.table.name for one in (*identity.READ, *staff.READ, *rules.READ)}
    for name in read | {one.table.name for one in role_support.read_by_support(asked)}:
        story.connection.execute(SQL("drop table {}").format(Identifier(HERE.schema, name)))
    for who_is_one in (identity.staff, identity.courses, identity.citizens):
        assert not asked.once(who_is_one)
    assert not asked.once(staff.staff_of).mentors
    assert asked.once(rules.adoptions_of) == ()
    assert not asked.once(role_support.support_of).workshops
