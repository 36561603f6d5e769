"""Whom a command means by an id: the person whom exactly one system has told of by it."""

from collections.abc import Collection
from typing import Any

from domain.events.base import Fact
from domain.fields import Many, Reference, fields_of
from services.edge.problems import Flaw
from services.store.municipality import Municipality

_PERSONS = (Reference("actor"), Reference("person"))
_SEVERAL = tuple(Many(one) for one in _PERSONS)


def senders_of(store: Municipality, id_: str, sources: Collection[str] | None = None) -> list[str]:
    """The systems, of those asked about (None = all), that have told of a person by this id."""
    asked = store.sources() if sources is None else sources
    return [source for source in asked if store.find("person", id_, source)]


def with_sources(
    store: Municipality,
    type_: type[Fact],
    data: dict[str, Any],
    sources: Collection[str] | None = None,
) -> tuple[dict[str, Any], list[Flaw]]:
    """The data of a command that was given without `source`, each person with theirs: one of
    `sources`, or of all there are.

    A flaw for each of whom none or several have told by that id: a new person made of a slip
    would be in the way of the one who was meant.
    """
    flaws: list[Flaw] = []
    asked = store.sources() if sources is None else sources

    def named(value: dict[str, Any], place: str) -> dict[str, Any]:
        if "id" not in value or "source" in value:
            return value
        known = senders_of(store, value["id"], asked)
        if len(known) == 1:
            return {**value, "source": known[0]}
        flaws.append(_flaw(place, known, asked))
        return value

    told = dict(data)
    for field in fields_of(type_):
        value = data.get(field.name)
        if value and field.marker in _PERSONS:
            told[field.name] = named(value, field.name)
        elif value and field.marker in _SEVERAL:
            told[field.name] = [named(one, f"{field.name}/{n}") for n, one in enumerate(value)]
    return told, flaws


def _flaw(place: str, known: list[str], all_: Collection[str]) -> Flaw:
    listed = ", ".join(known or all_) or "–"
    if known:
        danish, english = "Flere fagsystemer har det id", "Several systems have that id"
    else:
        danish, english = (
            "Ingen har det id; kendte fagsystemer",
            "Nobody has that id; known systems",
        )
    return Flaw(
        f"/{place}/source",
        "which-source",
        f"{danish}: {listed}. Skriv source.",
        f"{english}: {listed}. Give source.",
    )
