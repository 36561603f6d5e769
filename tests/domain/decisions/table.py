"""Tables of rules: what each forbids, and beside it the nearest thing that it allows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.decisions import Decision, name_of
from domain.envelope import Recorded
from domain.events.base import Fact
from tests.domain.facts import employed, intake, matched
from tests.domain.spec import given, person

NOW = "2026-03-02 10:00"
OTHER_MENTOR = person("m-32")
OTHER_CASEWORKER = person("s-14")
EMPLOYED = (employed("2026-01-01"), employed("2026-01-01", mentor=OTHER_MENTOR))
OPEN: tuple[Recorded, ...] = (*EMPLOYED, intake())
"""A course whose intake was on 12 January by s-12, and two mentors employed from the 1st."""
MATCHED: tuple[Recorded, ...] = (*OPEN, matched())
"""The same with m-31 as its mentor from 19 January, `match-901`."""


SHARED = ("the-actor-may-decide-this", "only-a-caseworker-grants", "course-is-open")
"""The rules that `test_shared_rules.py` proves of each decision."""


class Try(NamedTuple):
    """What had happened, and what is asked."""

    before: Sequence[Recorded]
    asked: Fact
    now: str = NOW


class Row(NamedTuple):
    """A sentence that a rule says; what it forbids, and what it allows."""

    sentence: str
    decision: Decision[Any, Any]
    rule: str
    refused: Try
    allowed: Try


def prove(row: Row) -> None:
    """It is refused by that rule, in both languages; and decided where the rule is satisfied."""
    before, asked, now = row.refused
    given(*before).when(row.decision, asked, now).refused(row.rule)
    before, asked, now = row.allowed
    assert given(*before).when(row.decision, asked, now).decided()[0] == asked


def all_proved(rows: Sequence[Row], *decisions: Decision[Any, Any]) -> bool:
    """Whether each rule of these decisions has its row, but those that most have in common."""
    proved = {(row.decision.event, row.rule) for row in rows}
    named = {(d.event, name_of(rule)) for d in decisions for rule in d.rules}
    return proved == {(event, rule) for event, rule in named if rule not in SHARED}


def sentence(row: Row) -> str:
    """What the test is called."""
    return row.sentence
