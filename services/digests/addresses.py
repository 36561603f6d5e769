"""Staff's e-mail addresses, as the events of the team and of mentors tell them."""

from collections.abc import Collection, Iterator
from uuid import UUID

from domain.envelope import OrderKey
from domain.events.mentor import Employed
from domain.events.team import PersonAssigned
from domain.folding import Persons, Telling
from domain.team import fold_team
from services.mail.server import is_mail_address
from services.store.municipality import Municipality

_FIELD = "email"


def addresses_of(store: Municipality, persons: Collection[UUID]) -> dict[UUID, str]:
    """The address of each who has one: what was told last, under whichever of their ids.

    Who was erased has none any more, nor has who was given one that isn't an address.
    """
    told: dict[UUID, list[tuple[OrderKey, str]]] = {}
    for person, order, sealed in _told(store, set(persons)):
        told.setdefault(person, []).append((order, sealed))
    latest = {person: max(several)[1] for person, several in told.items()}
    plain = store.open((_FIELD, sealed) for sealed in latest.values())
    found = {person: plain.get((_FIELD, sealed), "") for person, sealed in latest.items()}
    return {person: one for person, one in found.items() if is_mail_address(one)}


def _told(store: Municipality, persons: set[UUID]) -> Iterator[tuple[UUID, OrderKey, str]]:
    """Whose address was told where in fold order, as ciphertext."""
    team = store.team()
    events = store.read_stream(team) if team else []
    same = fold_team(events).same
    one_of = Persons(same)
    for assigned in Telling(events).of(PersonAssigned):
        person = one_of.id(assigned.fact.person)
        if person in persons and assigned.fact.email is not None:
            yield person, assigned.order, assigned.fact.email
    aliases = [alias for alias, one in same.items() if one in persons]
    for stream in {*persons, *aliases}:  # a mentor's stream has the person's id
        for employed in Telling(store.read_stream(stream)).of(Employed):
            if employed.fact.email is not None:
                yield one_of.id(stream), employed.order, employed.fact.email
