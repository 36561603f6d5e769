"""The rule packs that came into force (*regelsæt*), each with its text."""

from typing import Any

from domain.events.base import Fact
from domain.events.team import RulesAdopted
from domain.values import Actor, Period
from projections.copying import Kind
from projections.table import FactTable, Values

ADOPTIONS = FactTable(
    "rule_packs",
    {
        "pack": Kind.CODE,
        "edition": Kind.CODE,
        "from_day": Kind.DATE,
        "to_day": Kind.DATE,
        "sha256": Kind.CODE,
        "text": Kind.TEXT,
        "actor": Kind.UUID,
        "actor_function": Kind.CODE,
    },
)

ALL = (ADOPTIONS,)


@ADOPTIONS.row_from(RulesAdopted)
def _adoption(fact: RulesAdopted) -> Values:
    days, who = fact.period, fact.actor
    told = (fact.pack, fact.edition, days.from_, days.to, fact.sha256, fact.text)
    return (*told, who.id, who.function)


@ADOPTIONS.read_as
def _read_adoption(row: Any) -> Fact:
    return RulesAdopted(
        actor=Actor(row.actor_function, row.actor),
        pack=row.pack,
        edition=row.edition,
        period=Period(row.from_day, row.to_day),
        sha256=row.sha256,
        text=row.text,
    )
