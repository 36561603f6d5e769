"""Whom a command means by an id: the person whom exactly one system has told of by it."""

from typing import Any

from domain.events.base import Fact
from domain.fields import Many, Reference, fields_of
from services.edge.problems import Flaw
from services.store.municipality import Municipality

_PERSONS = (Reference("actor"), Reference("person"))
_SEVERAL = tuple(Many(one) for one in _PERSONS)


def senders_of(store: Municipality, id_: str) -> list[str]:
    """The systems that have told of a person by this id."""
    return [source for source in store.sources() if store.find("person", id_, source)]


def with_sources(
    store: Municipality, type_: type[Fact], data: dict[str, Any]
) -> tuple[dict[str, Any], list[Flaw]]:
    """The data of a command that was given without `source`, each person with theirs.

    A flaw for each of whom none or several have told by that id: a new person made of a slip
    would be in the way of the one who was meant.
    """
    flaws: list[Flaw] = []

    def named(value: dict[str, Any], place: str) -> dict[str, Any]:
        if "id" not in value or "source" in value:
            return value
        known = senders_of(store, value["id"])
        if len(known) == 1:
            return {**value, "source": known[0]}
        flaws.append(_flaw(place, known, store.sources()))
        return value

    told = dict(data)
    for field in fields_of(type_):
        value = data.get(field.name)
        if value and field.marker in _PERSONS:
            told[field.name] = named(value, field.name)
        elif value and field.marker in _SEVERAL:
            told[field.name] = [named(one, f"{field.name}/{n}") for n, one in enumerate(value)]
    return told, flaws


def _flaw(place: str, known: list[str], all_: list[str]) -> Flaw:
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
