"""A rule asks the same of the events that name it as of all events, and names whom it may."""

import pytest
from hypothesis import HealthCheck, given, settings

from domain.course import fold_telling
from domain.envelope import Recorded
from domain.rule_packs import RuleBook, default_pack
from domain.rules import COURSE_RULES, CourseSeen, may_name
from projections import identity
from projections.apply import apply
from projections.asking import Question
from projections.facts.courses import COURSE_LINKS
from projections.views.courses import TABLES
from projections.views.open_duties import course_duties_of, read_by
from tests.projections.conftest import Connection
from tests.projections.happenings import COURSES, happenings
from tests.projections.story import HERE
from tests.soaking import runs

BOOK = RuleBook((default_pack(),))
READ = [type_ for table in (*TABLES, COURSE_LINKS) for type_, _ in table.feeds]


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
def test_a_rules_duties_come_from_the_events_that_name_it(
    connection: Connection, history: list[Recorded]
) -> None:
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        question = Question(connection, HERE.schema)
        linked = question.once(identity.courses)
        everything = question.tellings(*TABLES, one_of=linked)
        for rule in COURSE_RULES:
            tables = read_by({linked[one]: {rule} for one in COURSES}, linked)
            some = question.tellings_of(tables, one_of=linked)
            for course, telling in everything.items():
                whole = CourseSeen(fold_telling(telling), BOOK)
                expected = list(course_duties_of(rule, whole))
                assert all(may_name(rule, one) for duty in expected for one in duty.people)
                if course in some:
                    narrow = CourseSeen(fold_telling(some[course]), BOOK)
                    assert list(course_duties_of(rule, narrow)) == expected
                else:
                    assert not expected
