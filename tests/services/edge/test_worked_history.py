"""The catalogue's worked history: one course from intake to close."""

from pathlib import Path

import pytest

from services.edge.incoming import Incoming
from tests.services.edge.events import parse, taken

LINES = (Path(__file__).parent / "worked_history.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("line", LINES, ids=range(1, len(LINES) + 1))
def test_each_line_is_taken(line: bytes) -> None:
    answer = parse(line)
    assert isinstance(answer, Incoming), answer.as_dict("en")


def test_line_10_is_the_same_event_as_line_4_sent_again() -> None:
    assert taken(LINES[9]) == taken(LINES[3])


def test_line_11_is_another_content_under_an_id_of_its_own() -> None:
    correction = taken(LINES[10])
    assert correction.id == "t-9002"
    assert correction.data["replacement"]["data"]["minutes"] == 60
    assert correction.subject_source == "https://sagssystem.hjoerring.example"
