"""What events change one by one is, all in all, what the whole fold says."""

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from domain.cooperation import Cooperation
from domain.course import CourseState
from domain.envelope import Recorded, effective
from domain.mentor import MentorState
from domain.team import TeamState
from domain.values import Ref
from services.audit.replaying.sheet import Sheet, fields_of_thing, sheet_of
from services.audit.replaying.unfolding import Unfolding, folding
from services.audit.replaying.words import FIELDS, PARTS
from tests.projections.happenings import happenings
from tests.soaking import runs

KINDS = ("course", "mentor", "team")
MANY = settings(max_examples=runs(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def put(state: Sheet, unfolding: Unfolding, ref: Ref, event: Recorded | None) -> None:
    """Change a state as it is said to be changed."""
    for change in unfolding.put(ref, event):
        assert state.get(change.place) == change.before
        state[change.place] = change.after
        if change.after is None:
            del state[change.place]


def of_kind(kind: str, history: Iterable[Recorded]) -> list[Recorded]:
    """Those of one kind of stream, as if all were of one."""
    return [event for event in history if event.topic.startswith(kind)]


@pytest.mark.soak
@MANY
@given(history=happenings(most=24))
def test_steps_in_fold_order_end_at_the_state(history: list[Recorded]) -> None:
    for kind in KINDS:
        events = of_kind(kind, history)
        for foreseen in (True, False):
            state, unfolding = sheet_of(folding(kind)([])), Unfolding(kind)
            if foreseen:
                unfolding.foresee(effective(events))
            for event in effective(events):
                put(state, unfolding, event.ref, event)
            assert state == sheet_of(folding(kind)(events))


@pytest.mark.soak
@MANY
@given(history=happenings(most=24), known=st.integers(0, 24))
def test_what_was_known_before_and_what_came_since_end_at_the_state(
    history: list[Recorded], known: int
) -> None:
    for kind in KINDS:
        events = of_kind(kind, history)
        before, unfolding = effective(events[:known]), Unfolding(kind)
        unfolding.begin(before)
        state = sheet_of(folding(kind)(before))
        held = {event.ref: event for event in before}
        now = {event.ref: event for event in effective(events)}
        for ref in {**held, **now}:
            if held.get(ref) != now.get(ref):
                put(state, unfolding, ref, now.get(ref))
        assert state == sheet_of(folding(kind)(events))


def test_every_part_of_a_state_and_every_field_has_a_word() -> None:
    parts = {
        field.name: field.type
        for state in (CourseState, MentorState, TeamState, Cooperation)
        for field in msgspec.structs.fields(state)
    }
    assert set(parts) - {"cooperation", "amendments"} == set(PARTS) - {"in_force"}


@MANY
@given(history=happenings(most=24))
def test_no_field_is_told_without_a_word(history: list[Recorded]) -> None:
    for kind in KINDS:
        state: Struct = folding(kind)(of_kind(kind, history))
        names = {name for one in sheet_of(state).values() for name in fields_of_thing(one)}
        words = {part for name in names for part in name.split(".") if not part.isdigit()}
        assert words - {"value"} <= set(FIELDS)
