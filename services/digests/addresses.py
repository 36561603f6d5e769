"""Staff's e-mail addresses, as the events of the team and of mentors tell them."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from psycopg.sql import SQL

from domain.envelope import OrderKey, Recorded
from domain.events.mentor import Employed
from domain.events.team import PersonAssigned
from domain.folding import Persons, Telling
from domain.team import fold_team
from services.mail.server import is_mail_address
from services.store.municipality import Municipality

_FIELD = "email"
# An amendment can turn any event of a mentor into one of these.
_TOLD = """
 WHERE topic ~ '^mentor.(employed|event-(corrected|retracted))[.]'
 ORDER BY notification_id
"""

Sealed = Mapping[UUID, str]
"""The ciphertext of each person's address, by the one id that they are read as."""


def addresses_of(store: Municipality, persons: Collection[UUID]) -> dict[UUID, str]:
    """The address of each of these ids that has one, told under it or another of the person's."""
    stream = store.team()
    team = store.read_stream(stream) if stream else []
    one_of = Persons(fold_team(team).same)
    sealed = sealed_addresses(store, team, one_of)
    return opened(store, {one: sealed[as_] for one in persons if (as_ := one_of.id(one)) in sealed})


def sealed_addresses(store: Municipality, team: list[Recorded], persons: Persons) -> Sealed:
    """What was told last of each, under whichever of their ids; `team` are the team's events."""
    told: dict[UUID, tuple[OrderKey, str]] = {}
    for person, order, sealed in _told(store, team):
        one = persons.id(person)
        told[one] = max(told.get(one, (order, sealed)), (order, sealed))
    return {person: sealed for person, (_, sealed) in told.items()}


def opened(store: Municipality, sealed: Sealed) -> dict[UUID, str]:
    """The addresses. Who was erased has none any more, nor has who was given one that isn't one."""
    plain = store.open((_FIELD, one) for one in sealed.values())
    found = {person: plain.get((_FIELD, one), "") for person, one in sealed.items()}
    return {person: one for person, one in found.items() if is_mail_address(one)}


def _told(store: Municipality, team: list[Recorded]) -> Iterator[tuple[UUID, OrderKey, str]]:
    """Whose address was told where in fold order, as ciphertext. One question for all mentors."""
    for assigned in Telling(team).of(PersonAssigned):
        if assigned.fact.email is not None:
            yield assigned.fact.person, assigned.order, assigned.fact.email
    with store.transaction() as cursor:
        several = store.read_where(cursor, SQL(_TOLD), ())
    by_stream: dict[UUID, list[Recorded]] = {}
    for event in several:
        by_stream.setdefault(event.originator_id, []).append(event)
    for stream, events in by_stream.items():  # a mentor's stream has the person's id
        for employed in Telling(events).of(Employed):
            if employed.fact.email is not None:
                yield stream, employed.order, employed.fact.email
