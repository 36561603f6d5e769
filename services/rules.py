"""A municipality's rules: which hold on a day, and what was adopted when."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec

from domain import codes
from domain.adoptions import default_adoption, in_order, rule_book
from domain.calendar import day_of
from domain.envelope import Recorded
from domain.rule_pack_form import Flaw, RulePackError
from domain.rule_pack_values import KEPT, NEXT_WORKING_DAY, PLANNED
from domain.rule_packs import RuleBook, RulePack, Terms, parse_pack
from domain.team import TeamState, fold_team
from services.rule_words import going_on, when
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.words import Words

Row = dict[str, Any]


@cache
def example_text() -> str:
    """The pack that the documentation and the interface show."""
    return files("services").joinpath("example_rules.toml").read_text(encoding="utf-8")


def text_of(content: bytes) -> str:
    """A file's text, without the byte order mark of Windows' editors. Raises UnicodeDecodeError."""
    return content.decode("utf-8-sig")


def checked(content: bytes) -> RulePack | list[Flaw]:
    """A pack as a file holds it, or all that is wrong with it."""
    try:
        return parse_pack(text_of(content))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [Flaw(line, "text", "Er ikke UTF-8.", "not UTF-8")]
    except RulePackError as error:
        return error.flaws


def left_out(pack: RulePack) -> list[str]:
    """The rules that a pack doesn't have."""
    return [rule for rule in PLANNED if rule not in pack.rules]


def doubtful(pack: RulePack) -> list[Words]:
    """What may be adopted, though it is hardly meant."""
    told = [] if pack.rules else [Words("Ingen regler: intet følges op.", "No rules at all.")]
    for rule, several in pack.rules.items():
        if any("supervisor" in _addressed(terms) for terms in several):
            told.append(
                Words(
                    f"{rule}: hvem supervisoren er, vides ikke; ingen person får den.",
                    f"{rule}: who the supervisor is isn't known; no person gets it.",
                )
            )
    return told


def _addressed(terms: Terms) -> set[str]:
    return {terms.addressed_to, *(step.to for step in terms.escalate)}


def team_of(store: Municipality, known_at: datetime | None = None) -> TeamState:
    """The team, as it was known then; empty where nothing was said of it."""
    return fold_team(_known(store, known_at))


def _known(store: Municipality, known_at: datetime | None) -> Sequence[Recorded]:
    stream = store.team()
    events = store.read_stream(stream) if stream else []
    return [e for e in events if known_at is None or e.recorded_at <= known_at]


def record_default(store: Municipality) -> None:
    """Record the program's default pack as adopted, where it isn't the last: to see what held when.

    A municipality of which no team was told has one from now on: its mentors are due supervision.
    """
    if act := default_adoption(team_of(store).adoptions, day_of(store.clock())):
        decided = Decided(id=act.id, fact=act.fact, body=act.id.encode())
        store.decide(store.opened_team(), [decided])


def rules_on(team: TeamState, day: date, language: str) -> list[Row]:
    """One row for each rule: the terms that hold for what happens on that day, if any do."""
    book, _ = rule_book(team.adoptions)
    return [_rule(book, rule, day, language) for rule in PLANNED]


def _rule(book: RuleBook, rule: str, day: date, language: str) -> Row:
    pack, held = book.on(day), book.terms(rule, day)
    row: Row = {
        "rule": rule,
        "name": codes.rules.danish[rule] if language == "da" else rule,
        "holds": held is not None,
        "pack": pack.pack if pack else None,
        "edition": pack.edition if pack else None,
        "closed": sorted(pack.closed) if pack else [],
        "on_closed_days": NEXT_WORKING_DAY if pack and pack.moves else KEPT,
    }
    if held is None:
        return row
    terms = held[1]
    told = msgspec.to_builtins(terms)
    names = ("days", "working_days", "first_days", "before", "percent", "parts")
    return row | {
        "when": when(terms).say(language),
        "goes_on": going_on(terms).say(language),
        **{name: told[name] or None for name in names},
        **{name: told[name] for name in ("addressed_to", "remind", "escalate", "basis")},
    }


def adopters(team: TeamState) -> set[UUID]:
    """Who adopted something."""
    return {one.actor.id for one in team.adoptions if one.actor.id is not None}


def adoptions_of(store: Municipality, team: TeamState) -> list[Row]:
    """One row for each adoption, from the lowest to the one on top."""
    _, unreadable = rule_book(team.adoptions)
    broken = {one.adoption.ref for one in unreadable}
    names = store.references(adopters(team))
    return [
        {
            "pack": one.pack,
            "edition": one.edition,
            "from": one.period.from_,
            "to": one.period.to,
            "adopted_at": one.at,
            "function": one.actor.function,
            "by": names[one.actor.id][1] if one.actor.id in names else None,
            "readable": one.ref not in broken,
            "sha256": one.sha256,
            "id": one.ref.id,
        }
        for one in in_order(team.adoptions)
    ]
