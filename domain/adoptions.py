"""Adopted rule packs (*vedtagne regelsæt*): what a municipality's rules are at any time.

What the municipality adopts lies on the default pack, and where periods overlap, the one adopted
last holds. The editions of the default pack are recorded as they come with the program (by
`system`), each from its own day on, so that a new edition says nothing of what has happened; they
lie beneath the municipality's own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import msgspec

from domain.calendar import covers, overlap
from domain.events.team import RulesAdopted
from domain.follow_up_acts import SYSTEM, Act
from domain.rule_pack_form import RulePackError
from domain.rule_packs import RuleBook, RulePack, default_pack, default_text, parse_pack
from domain.team import Adoption
from domain.values import Actor, Period


class Unreadable(NamedTuple):
    """An adopted pack whose text this version can't read, and why."""

    adoption: Adoption
    error: RulePackError


def in_order(adoptions: Iterable[Adoption]) -> list[Adoption]:
    """From the lowest to the one on top: the system's first, then the municipality's own."""
    return sorted(adoptions, key=lambda one: not one.by_system)  # keeps the order of each


def rule_book(adoptions: Iterable[Adoption]) -> tuple[RuleBook, list[Unreadable]]:
    """The rules of a municipality: what was adopted, and beneath it the program's default pack.

    A pack that can't be read is left out, and told: the others hold.
    """
    packs, unreadable = [default_pack()], []
    for adoption in in_order(adoptions):
        try:
            packs.append(parse_pack(adoption.text, adoption.period))
        except RulePackError as error:
            unreadable.append(Unreadable(adoption, error))
    return RuleBook(tuple(packs)), unreadable


def in_force(adoptions: Sequence[Adoption], day: date) -> Adoption | None:
    """The adoption whose pack the rule book holds on a day; None where the program's own lies
    bare."""
    _, unreadable = rule_book(adoptions)
    left_out = {one.adoption.ref for one in unreadable}
    several = (one for one in reversed(in_order(adoptions)) if covers(one.period, day))
    return next((one for one in several if one.ref not in left_out), None)


def overlapping(adoptions: Iterable[Adoption], period: Period) -> list[Adoption]:
    """The municipality's own adoptions that cover days of this period, in order."""
    return [one for one in in_order(adoptions) if not one.by_system and overlap(one.period, period)]


def default_adoption(adoptions: Iterable[Adoption], today: date) -> Act | None:
    """The program's default pack as adopted by the system; None where it was the last recorded.

    The first edition holds for its own period, each later one from today: also an older one, when
    the program was set back.
    """
    text, pack = default_text(), default_pack()
    told = [pack.pack, pack.edition, digest_of(text)]
    recorded = [one for one in adoptions if one.by_system]
    if not recorded:
        return Act(_id("default-rules", told), adopted(pack, text, pack.period, SYSTEM))
    last = recorded[-1]
    if last.sha256 == digest_of(text):
        return None
    period = Period(max(today, pack.period.from_), pack.period.to)
    return Act(_id("default-rules", [*told, last.ref]), adopted(pack, text, period, SYSTEM))


def adopted(pack: RulePack, text: str, period: Period, actor: Actor) -> RulesAdopted:
    """The event that a pack comes into force for a period."""
    return RulesAdopted(
        actor=actor,
        pack=pack.pack,
        edition=pack.edition,
        period=period,
        sha256=digest_of(text),
        text=text,
    )


def holds_already(adoptions: Iterable[Adoption], sha256: str, period: Period) -> Adoption | None:
    """The municipality's own adoption of this text for this period, where it lies on top."""
    top = next(reversed(overlapping(adoptions, period)), None)
    return top if top and (top.sha256, top.period) == (sha256, period) else None


def adoption_id(fact: RulesAdopted, beneath: Adoption | None = None) -> str:
    """The id of an adoption on top of another: the same for the same text and period, whoever
    adopts it."""
    days = [fact.period.from_, fact.period.to]
    told = [fact.pack, fact.edition, fact.sha256, days]
    return _id("rules", [*told, beneath.ref] if beneath else told)


def digest_of(text: str) -> str:
    """A text's SHA-256 in hex, as it stands in the event."""
    return sha256(text.encode()).hexdigest()


def _id(kind: str, told: Sequence[object]) -> str:
    return f"{kind}-{sha256(msgspec.json.encode(told)).hexdigest()[:40]}"
