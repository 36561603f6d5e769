"""Rule packs (*regelsæt*): dated TOML that says when each follow-up is due, and to whom it goes.

What happened on a day is followed up by the pack that holds on that day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from domain.calendar import covers
from domain.rule_pack_form import checked_pack
from domain.values import Period


class Escalation(Struct, frozen=True):
    """So many days after it was due it goes on to this function (*eskalering*)."""

    after: int
    to: str


class Terms(Struct, frozen=True, kw_only=True):
    """When a rule is due, and to whom it goes. All numbers are days."""

    days: int
    addressed_to: str
    basis: str
    remind: tuple[int, ...] = ()
    escalate: tuple[Escalation, ...] = ()


class RulePack(Struct, frozen=True, kw_only=True):
    """One edition of a municipality's rules, and the days on which it holds."""

    pack: str
    edition: str
    period: Period
    rules: dict[str, Terms]


class RuleBook(Struct, frozen=True):
    """Packs in order of adoption."""

    packs: tuple[RulePack, ...]

    def on(self, day: date) -> RulePack | None:
        """The pack that holds on a day: where periods overlap, the one adopted last."""
        return next((p for p in reversed(self.packs) if covers(p.period, day)), None)

    def terms(self, rule: str, day: date) -> tuple[RulePack, Terms] | None:
        """The terms of a rule for what happened on a day; None where the pack leaves it out."""
        pack = self.on(day)
        return (pack, pack.rules[rule]) if pack and rule in pack.rules else None


def parse_pack(text: str, period: Period | None = None) -> RulePack:
    """Read a pack. `period` is that of its adoption and goes before its own dates.

    Raises RulePackError (`rule_pack_form`) with all that is wrong.
    """
    told = checked_pack(text)
    own = Period(told["valid_from"], told.get("valid_to"))
    return RulePack(
        pack=told["pack"],
        edition=told["edition"],
        period=period or own,
        rules={rule: _terms(terms) for rule, terms in told["rules"].items()},
    )


def rule_book(default: RulePack, adopted: Iterable[tuple[str, Period]] = ()) -> RuleBook:
    """The book of a municipality: the default pack, and what it adopted on top, in order."""
    return RuleBook((default, *(parse_pack(text, period) for text, period in adopted)))


def _terms(told: Mapping[str, Any]) -> Terms:
    return Terms(
        days=told["days"],
        addressed_to=told["addressed_to"],
        basis=told["basis"],
        remind=tuple(told.get("remind", ())),
        escalate=tuple(Escalation(**step) for step in told.get("escalate", ())),
    )
