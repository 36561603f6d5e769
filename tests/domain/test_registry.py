"""Names are pinned: an explicit list that refuses doubles, and reads old versions for ever."""

from typing import Any

import pytest

from domain.events.base import Fact, Registry, UnknownEventError


class NoteTaken(Fact, frozen=True, kw_only=True):
    """Something was noted, in the third form of the event."""

    NAME = "trial.note-taken"
    VERSION = 3

    minutes: int
    form: str


class FreshlyTaken(Fact, frozen=True, kw_only=True):
    """Another one with the same name and version."""

    NAME = "trial.note-taken"
    VERSION = 3


class Heir(NoteTaken, frozen=True, kw_only=True):
    """A class that forgot to name itself."""


def hours_to_minutes(data: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in data.items() if k != "hours"} | {"minutes": data["hours"] * 60}


def form_stated(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"form": "not-stated"}


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    registry.add(NoteTaken, upcasts={1: hours_to_minutes, 2: form_stated})
    return registry


def test_the_first_version_is_read_as_the_third(registry: Registry) -> None:
    sent = {"actor": {"function": "system"}, "hours": 2}

    topic, data = registry.upcast("trial.note-taken.v1", sent)

    assert topic == "trial.note-taken.v3"
    assert data == {"actor": {"function": "system"}, "minutes": 120, "form": "not-stated"}
    assert "hours" in sent


def test_the_second_version_takes_one_step(registry: Registry) -> None:
    assert registry.upcast("trial.note-taken.v2", {"minutes": 5}) == (
        "trial.note-taken.v3",
        {"minutes": 5, "form": "not-stated"},
    )


def test_the_newest_version_is_left_as_it_is(registry: Registry) -> None:
    data = {"minutes": 5, "form": "phone"}

    assert registry.upcast("trial.note-taken.v3", data) == ("trial.note-taken.v3", data)
    assert [registry.is_old(f"trial.note-taken.v{n}") for n in (1, 2, 3)] == [True, True, False]
    assert set(registry.topics()) == {f"trial.note-taken.v{n}" for n in (1, 2, 3)}


def test_a_name_is_registered_once(registry: Registry) -> None:
    with pytest.raises(ValueError, match=r"trial\.note-taken\.v3 is registered twice"):
        registry.add(FreshlyTaken, upcasts={1: hours_to_minutes, 2: form_stated})


def test_a_name_is_never_inherited(registry: Registry) -> None:
    with pytest.raises(ValueError, match="Heir has no name of its own"):
        registry.add(Heir)


def test_a_later_version_without_its_upcasts_is_refused() -> None:
    with pytest.raises(ValueError, match="version 1"):
        Registry().add(NoteTaken, upcasts={2: form_stated})


@pytest.mark.parametrize("topic", ["trial.unknown.v1", "trial.note-taken.v4", "trial.note-taken"])
def test_only_what_stands_in_the_registry_is_resolved(registry: Registry, topic: str) -> None:
    with pytest.raises(UnknownEventError):
        registry.type_of(topic)
    with pytest.raises(UnknownEventError):
        registry.upcast(topic, {})
