"""Rule packs (*regelsæt*): dated TOML that says when each follow-up is due, and to whom it goes.

What happened on a day is followed up by the pack that holds on that day.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from domain.calendar import ALWAYS, covers
from domain.rule_pack_form import checked_pack, tables
from domain.rule_pack_values import NEXT_WORKING_DAY
from domain.values import Period

_KEPT = 256  # packs: some for each municipality


class Escalation(Struct, frozen=True):
    """So many days after it was due it goes on to this function (*eskalering*)."""

    after: int
    to: str


class Terms(Struct, frozen=True, kw_only=True):
    """When a rule is due, and to whom it goes; exactly one of `days`, `working_days`, `before`.

    `first_days` are the days until the first time, where that differs; `before` the days before
    something runs out, falling; `percent` a share; `parts` what an agreement must hold. All others
    are days, too. `period` is when these terms hold, where the rule has others at other times.
    """

    addressed_to: str
    basis: str
    days: int | None = None
    working_days: int | None = None
    before: tuple[int, ...] = ()
    first_days: int | None = None
    percent: int | None = None
    parts: tuple[str, ...] = ()
    remind: tuple[int, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    period: Period = Period(ALWAYS)


class RulePack(Struct, frozen=True, kw_only=True):
    """One edition of a municipality's rules, and the days on which it holds.

    Of a rule's several terms none overlap. `closed` are the municipality's own closed days. With
    `moves` what would be due on a closed day is due on the next working day.
    """

    pack: str
    edition: str
    period: Period
    rules: dict[str, tuple[Terms, ...]]
    closed: frozenset[date] = frozenset()
    moves: bool = False

    def terms(self, rule: str, day: date) -> Terms | None:
        """A rule's terms of that day; None where it has none then."""
        several = self.rules.get(rule, ())
        return next((terms for terms in several if covers(terms.period, day)), None)


class RuleBook(Struct, frozen=True):
    """Packs in order of adoption."""

    packs: tuple[RulePack, ...]

    def on(self, day: date) -> RulePack | None:
        """The pack that holds on a day: where periods overlap, the one adopted last."""
        return next((p for p in reversed(self.packs) if covers(p.period, day)), None)

    def terms(self, rule: str, day: date) -> tuple[RulePack, Terms] | None:
        """The terms of a rule for what happened on a day; None where the pack leaves it out."""
        pack = self.on(day)
        terms = pack.terms(rule, day) if pack else None
        return (pack, terms) if pack and terms else None


@lru_cache(maxsize=_KEPT)
def parse_pack(text: str, period: Period | None = None) -> RulePack:
    """Read a pack; the same text only once, as what it says never changes. `period` is that of its
    adoption and goes before its own dates.

    Raises RulePackError (`rule_pack_form`) with all that is wrong.
    """
    told = checked_pack(text)
    own = Period(told["valid_from"], told.get("valid_to"))
    return RulePack(
        pack=told["pack"],
        edition=told["edition"],
        period=period or own,
        rules={
            rule: tuple(_terms(one) for one in tables(terms))
            for rule, terms in told["rules"].items()
        },
        closed=frozenset(told.get("closed", ())),
        moves=told.get("on_closed_days") == NEXT_WORKING_DAY,
    )


@cache
def default_text() -> str:
    """The text of the default pack; a part of the program."""
    return files("domain").joinpath("default_rules.toml").read_text(encoding="utf-8")


@cache
def default_pack() -> RulePack:
    """The rules that hold where nothing else was adopted."""
    return parse_pack(default_text())


def _terms(told: Mapping[str, Any]) -> Terms:
    return Terms(
        addressed_to=told["addressed_to"],
        basis=told["basis"],
        days=told.get("days"),
        working_days=told.get("working_days"),
        before=tuple(told.get("before", ())),
        first_days=told.get("first_days"),
        percent=told.get("percent"),
        parts=tuple(told.get("parts", ())),
        remind=tuple(told.get("remind", ())),
        escalate=tuple(Escalation(**step) for step in told.get("escalate", ())),
        period=Period(told.get("valid_from", ALWAYS), told.get("valid_to")),
    )
