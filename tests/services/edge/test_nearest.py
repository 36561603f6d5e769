"""The names that are told of instead of an unknown one, and what it costs to find them."""

import difflib
import json

import pytest

from services.api.lanes import is_short
from services.edge import nearest as module
from services.edge.models import PREFIX, TYPES, form_of
from services.edge.nearest import nearest
from services.edge.parse import parse_batch
from services.edge.problems import Problem
from tests.services.edge.events import MATCHED, NOW, OWN, event, refused


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("course.mentor-mached.v1", "course.mentor-matched.v1"),
        ("course.closd.v1", "course.closed.v1"),
        ("mentor.emploied", "mentor.employed.v1"),
        ("team.etablished.v1", "team.established.v1"),
        ("mentor-matched.v1", "course.mentor-matched.v1"),
    ],
)
def test_what_was_meant_is_told_first_with_and_without_the_prefix(sent: str, meant: str) -> None:
    assert nearest(PREFIX + sent)[0] == nearest(sent)[0] == PREFIX + meant


def test_where_nothing_is_near_the_first_names_are_told() -> None:
    for far in ("", "xxxx", "\ud800", "\n" * 100):
        assert nearest(far) == sorted(TYPES)[:3]


def test_a_name_is_looked_at_no_further_than_any_name_is_long() -> None:
    assert max(len(type_) - len(PREFIX) for type_ in TYPES) <= 60
    assert module._groups(PREFIX + "ab" * 30) == module._groups(PREFIX + "ab" * 50_000)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often two texts were compared, which is what costs."""
    counted: list[int] = []
    ratio = difflib.SequenceMatcher.real_quick_ratio

    def noted(matcher: difflib.SequenceMatcher[str]) -> float:
        counted.append(1)
        return ratio(matcher)

    monkeypatch.setattr(difflib.SequenceMatcher, "real_quick_ratio", noted)
    return counted


def test_a_batch_of_misspelled_types_compares_no_texts(compared: list[int]) -> None:
    sent = [event(type=f"{PREFIX}course.mentor-mached-{n}.v1") for n in range(50)]
    answers = parse_batch(json.dumps(sent).encode(), municipality=OWN, now=NOW)
    assert isinstance(answers, list) and len(answers) == 50
    for answer in answers:
        assert isinstance(answer, Problem)
        assert [flaw.code for flaw in answer.errors] == ["unknown-event"]
        assert f"{PREFIX}course.mentor-matched.v1" in answer.errors[0].english
    assert compared == []


def test_an_event_of_many_unknown_fields_has_a_few_of_them_compared(compared: list[int]) -> None:
    fields = form_of("course.mentor-matched.v1").fields
    answer = refused(event(MATCHED | {f"minuts_{n}": 0 for n in range(300)}))
    assert "minutes" in answer.errors[0].english
    # Twenty of them, each time it is read: once as if it were sound, once for what is wrong.
    assert 0 < len(compared) <= 2 * 20 * len(fields)


def test_only_one_event_or_a_few_are_read_before_a_thread_is_woken() -> None:
    one = json.dumps(event()).encode()
    assert is_short(one, batch=False) and is_short(None, batch=False)
    assert is_short(b"[" + one + b"]", batch=True)
    # 320 objects of nothing but a type that is none.
    many = json.dumps([{"type": f"x{n}"} for n in range(320)]).encode()
    assert len(many) < 16 * 1024 and not is_short(many, batch=True)
    assert not is_short(b" " * 16 * 1024 + one, batch=False)
