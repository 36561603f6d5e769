"""Those who worked with the citizen: by function and name, and nothing more of theirs."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from domain import codes
from domain.envelope import OrderKey
from domain.events.mentor import Employed
from domain.events.team import PersonAssigned
from domain.folding import Telling
from domain.values import Actor
from services.audit.access.named import Names
from services.audit.replaying.past import Past

_FIELD = "name"
_WITHOUT_ID = {"citizen": "dig selv", "system": "systemet, automatisk"}
_GONE, _UNNAMED = "(slettet)", "(navn udeladt)"


class Staff:
    """What staff members are called in a case file. Where names aren't to be told, nobody has one,
    and no id."""

    def __init__(
        self, names: Mapping[UUID, str], ids: Names, same: Mapping[UUID, UUID], *, named: bool
    ) -> None:
        self._names, self._ids, self._same, self.are_named = names, ids, same, named

    def actor(self, actor: Actor) -> str:
        """By function and name."""
        if actor.id is None:
            return _WITHOUT_ID.get(actor.function, function_of(actor.function))
        return f"{function_of(actor.function)} {self._called(actor.id)}".rstrip()

    def person(self, id_: UUID) -> str:
        """By name, where the function is said already."""
        return self._called(id_) or _UNNAMED

    def _called(self, id_: UUID) -> str:
        if not self.are_named:
            return ""
        one = self._same.get(id_, id_)
        if (name := self._names.get(one)) is not None:
            return name
        return self._ids[id_][1] if id_ in self._ids else _GONE


def function_of(code: str) -> str:
    """A function in Danish."""
    return codes.functions.danish.get(code, code)


def names_of(past: Past, persons: Collection[UUID]) -> dict[UUID, str]:
    """The names of these, by the id that each is read as; what was told last holds."""
    told: dict[UUID, tuple[OrderKey, str]] = {}
    wanted = {past.same.get(one, one) for one in persons}
    for person, order, sealed in _told(past, wanted):
        one = past.same.get(person, person)
        told[one] = max(told.get(one, (order, sealed)), (order, sealed))
    sealed_names = {one: sealed for one, (_, sealed) in told.items() if one in wanted}
    plain = past.store.open((_FIELD, one) for one in sealed_names.values())
    return {
        one: plain[_FIELD, sealed]
        for one, sealed in sealed_names.items()
        if (_FIELD, sealed) in plain
    }


def _told(past: Past, persons: Collection[UUID]) -> Iterator[tuple[UUID, OrderKey, str]]:
    for person in persons:
        for employed in Telling(past.mentor(person).events).of(Employed):
            if employed.fact.name is not None:
                yield person, employed.order, employed.fact.name
    team = past.store.team()
    if team is not None:
        for assigned in Telling(past.thread("team", team).events).of(PersonAssigned):
            if assigned.fact.name is not None:
                yield assigned.fact.person, assigned.order, assigned.fact.name
