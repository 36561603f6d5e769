"""`match-overdue` where several matches end."""

from itertools import permutations

from tests.domain.engine import Engine
from tests.domain.facts import intake, match_ended, matched
from tests.domain.rules.following import OTHER_MENTOR_ID, book, followed, planner

BOOK = book("match-overdue")
MATCHES = [intake(), matched(), matched(match="match-902", mentor=OTHER_MENTOR_ID)]


def test_two_matches_that_end_on_one_day_leave_one_citizen_without_a_mentor() -> None:
    ends = [
        match_ended("2026-02-01 10:00", "2026-02-01"),
        match_ended("2026-02-01 10:00", "2026-02-01", match="match-902"),
    ]
    for told in permutations([*MATCHES, *ends]):
        engine = Engine(planner(BOOK))
        engine.known[:] = told

        assert engine.run([], until="2026-02-15 06:00").log == [
            (
                "2026-02-15 06:00 raised match-overdue on ended-match-901-2026-02-01 "
                "due 2026-02-15 to caseworker"
            )
        ]


def test_the_end_of_a_match_while_another_one_runs_asks_for_nothing() -> None:
    first = match_ended("2026-02-01 10:00", "2026-02-01")
    last = match_ended("2026-02-01 10:00", "2026-02-02", match="match-902")

    assert followed(*MATCHES, first, by=BOOK, until="2026-06-01") == []
    assert [
        line[17:]
        for line in followed(*MATCHES, first, last, by=BOOK, until="2026-02-22")
        if "raised" in line
    ] == ["raised match-overdue on ended-match-902-2026-02-02 due 2026-02-16 to caseworker"]
