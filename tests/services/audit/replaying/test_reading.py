"""What stands in a state is read in Danish: no code is left as it is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain import codes
from domain.events.codec import decode_fact
from domain.events.registry import REGISTRY
from domain.fields import CodeList
from services.audit.replaying.reading import value_in_words
from services.audit.replaying.sheet import fields_of_thing, sheet_of
from services.audit.replaying.unfolding import folding
from services.audit.replaying.words import TERMS
from tests.projections.histories import recorded

_GOLDEN = Path(__file__).parents[3] / "golden"
_LISTS = [one for one in vars(codes).values() if isinstance(one, CodeList)]
_UNTRANSLATED = {code for one in _LISTS for code, danish in one.danish.items() if danish != code}
_UNTRANSLATED -= {danish for one in _LISTS for danish in one.danish.values()}


def told(kind: str, topic: str) -> Iterator[tuple[str, str, str]]:
    """What an event leaves in a state: part, field and words."""
    fact = decode_fact(topic, (_GOLDEN / f"{topic}.json").read_bytes())
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    state = folding(kind, {})([recorded(UUID(int=1), "ev-1", at, fact, 1)])
    for place, thing in sheet_of(state).items():
        for field, value in fields_of_thing(thing).items():
            terms = TERMS.get((place.part, field.rpartition(".")[2]))
            said = value_in_words(value, {}, "da", terms.danish if terms else {})
            yield place.part, field, said


@pytest.mark.parametrize("kind", ["course", "mentor", "team"])
def test_no_code_is_left_untranslated_in_a_state(kind: str) -> None:
    topics = [one for one in REGISTRY.topics() if one.startswith(f"{kind}.")]
    found = [each for topic in topics for each in told(kind, topic)]
    assert found
    assert [each for each in found if _UNTRANSLATED & set(re.split("[:, ]+", each[2]))] == []


def test_who_has_which_task_is_said_in_words() -> None:
    [answers] = [
        said for part, field, said in told("course", "course.roles-stated.v1") if field == "answers"
    ]
    assert "den personlige vejleder og støtte: " in answers and "personal-guide" not in answers
