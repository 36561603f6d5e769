"""Corrections and retractions: the replacement is a whole event of its own."""

from typing import Any

import pytest

from services.edge.models import PREFIX
from tests.services.edge.events import (
    CASEWORKER,
    MATCHED,
    SOURCE,
    of_type,
    places,
    refused,
    taken,
)

TIME = "2026-01-16T14:00:00+01:00"


def replacement(**changes: Any) -> dict[str, Any]:
    whole = {"type": PREFIX + "course.mentor-matched.v1", "time": TIME, "data": MATCHED}
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def corrected(new: Any, stream: str = "course", **changes: Any) -> dict[str, Any]:
    data = {
        "actor": CASEWORKER,
        "corrects": {"id": "ev-1"},
        "reason": "typing-error",
        "replacement": new,
    }
    return of_type(f"{stream}.event-corrected", data | changes)


def retracted(stream: str = "course", **changes: Any) -> dict[str, Any]:
    data = {"actor": CASEWORKER, "retracts": {"id": "ev-1"}, "reason": "never-happened"}
    return of_type(f"{stream}.event-retracted", data | changes)


def test_a_correction_carries_the_whole_new_event() -> None:
    assert taken(corrected(replacement())).data["replacement"]["data"] == MATCHED


@pytest.mark.parametrize("stream", ["course", "mentor", "team"])
def test_an_event_of_any_stream_can_be_retracted(stream: str) -> None:
    assert taken(retracted(stream)).topic == f"{stream}.event-retracted.v1"


DATA = "/data/replacement/data"


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ("x", {"/data/replacement": "not-object"}),
        (replacement(time=...), {"/data/replacement/time": "missing"}),
        (replacement(type=...), {"/data/replacement/type": "missing"}),
        (replacement(data=...), {"/data/replacement/data": "missing"}),
        (replacement(type=1), {"/data/replacement/type": "not-text"}),
        (replacement(data=[]), {"/data/replacement/data": "not-object"}),
        (replacement(id="ev-2"), {"/data/replacement/id": "unknown-field"}),
        (replacement(time="2026-01-16"), {"/data/replacement/time": "time-form"}),
        (replacement(time="2026-02-30T14:00:00Z"), {"/data/replacement/time": "time-form"}),
        (replacement(time="2026-06-01T12:06:00Z"), {"/data/replacement/time": "time-ahead"}),
        (replacement(type="course.mentor-matched.v1"), {"/data/replacement/type": "unknown-event"}),
        (
            replacement(type=PREFIX + "course.mentor-matched.v7"),
            {"/data/replacement/type": "unknown-version"},
        ),
        (replacement(data={**MATCHED, "minutes": 0}), {f"{DATA}/minutes": "too-low"}),
        (
            replacement(data={**MATCHED, "note_confidential": True}),
            {f"{DATA}/note_confidential": "check"},
        ),
        (
            replacement(data={**MATCHED, "mentor": {"id": "010190-1234"}}),
            {f"{DATA}/mentor/id": "cpr-like"},
        ),
    ],
)
def test_a_wrong_replacement_is_refused_with_its_place(new: Any, found: dict[str, str]) -> None:
    assert places(corrected(new)) == found


@pytest.mark.parametrize(
    "name", ["mentor.left", "course.event-retracted", "course.event-corrected",
             "course.follow-up-snoozed"]
)  # fmt: skip
def test_a_replacement_stays_in_its_stream_and_is_no_amendment(name: str) -> None:
    new = replacement(type=f"{PREFIX}{name}.v1")
    assert places(corrected(new)) == {"/data/replacement/type": "replacement-type"}


def test_a_replacement_that_no_sender_may_send_is_refused() -> None:
    new = replacement(
        type=PREFIX + "course.handover-accepted.v1",
        data={"actor": CASEWORKER, "handover": {"id": "h-1"}},
    )
    assert places(corrected(new)) == {"/data/replacement/type": "only-here"}


def test_corrections_within_corrections_are_not_followed() -> None:
    new = replacement()
    for _ in range(200):
        new = corrected(new)["data"] | {}
        new = replacement(type=PREFIX + "course.event-corrected.v1", data=new)
    assert places(corrected(new)) == {"/data/replacement/type": "replacement-type"}


def test_the_replacement_and_the_rest_are_told_together() -> None:
    sent = corrected(replacement(data={"actor": CASEWORKER}), reason="x", note=1)
    assert set(places(sent)) == {
        "/data/reason",
        "/data/note",
        *(f"{DATA}/{name}" for name in ("match", "mentor", "from", "method")),
    }


def test_only_events_of_the_senders_own_source_are_amended() -> None:
    other = {"source": "https://tid.hjoerring.example", "id": "t-1"}
    assert places(corrected(replacement(), corrects=other)) == {
        "/data/corrects/source": "own-events"
    }
    assert places(retracted(retracts=other)) == {"/data/retracts/source": "own-events"}
    assert taken(retracted(retracts={"source": SOURCE, "id": "ev-1"}))


def test_what_a_replacement_tells_is_never_repeated_in_the_answer() -> None:
    problem = refused(corrected(replacement(data={**MATCHED, "rationale": "Hemmelig\x00"})))
    assert "Hemmelig" not in str(problem.as_dict()) + str(problem.as_dict("en"))
