"""Whom a command means by an id: the person whom exactly one system has told of by it."""

from typing import Any

from domain.events.base import Fact
from domain.fields import Reference, fields_of
from services.edge.problems import Flaw
from services.store.municipality import Municipality


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
    told, flaws = dict(data), []
    for field in fields_of(type_):
        value = data.get(field.name)
        if not isinstance(field.marker, Reference) or field.marker.to not in ("actor", "person"):
            continue
        if not value or "id" not in value or "source" in value:
            continue
        known = senders_of(store, value["id"])
        if len(known) == 1:
            told[field.name] = {**value, "source": known[0]}
        else:
            flaws.append(_flaw(field.name, known, store.sources()))
    return told, flaws


def _flaw(field: str, known: list[str], all_: list[str]) -> Flaw:
    listed = ", ".join(known or all_) or "–"
    if known:
        danish, english = "Flere fagsystemer har det id", "Several systems have that id"
    else:
        danish, english = (
            "Ingen har det id; kendte fagsystemer",
            "Nobody has that id; known systems",
        )
    return Flaw(
        f"/{field}/source",
        "which-source",
        f"{danish}: {listed}. Skriv source.",
        f"{english}: {listed}. Give source.",
    )
