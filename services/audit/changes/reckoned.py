"""How a deadline came out (*fristens regnestykke*): from which day, by what, and what comes after.

Nothing is reckoned here: the days are those of the obligation.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain import codes
from domain.obligations import Obligation
from services.rendering import danish
from services.rule_words import when
from services.words import Words


class Part(NamedTuple):
    """A part of the reckoning: what it is, and its day, if it has one."""

    what: Words
    on: date | None = None


def reckoned(one: Obligation) -> list[Part]:
    """From the day that the duty counts from to the day it is due, and on to each later step."""
    return [*_due(one), *sorted(_later(one), key=lambda part: part.on or date.max)]


def _due(one: Obligation) -> Iterator[Part]:
    duty, terms = one.duty, when(one.terms)
    yield Part(Words("regnet fra", "counted from"), duty.since)
    if duty.runs_out is not None:
        yield Part(Words("udløber", "runs out"), duty.runs_out)
    if duty.every is not None:
        yield Part(Words(f"{duty.every} dage som aftalt", f"{duty.every} days as agreed"))
    else:
        yield Part(terms)
    if one.pack.moves:
        yield Part(Words("lukkede dage tælles uden om", "moved off closed days"))
    yield Part(Words("frist", "due"), one.due_on)


def _later(one: Obligation) -> Iterator[Part]:
    """Reminders and escalations."""
    for after in one.terms.remind:
        yield Part(Words("påmindes", "reminded"), one.after(after))
    for step in one.terms.escalate:
        function = codes.functions.danish[step.to]
        yield Part(Words(f"videre til {function}", f"goes on to {step.to}"), one.after(step.after))


def sentence(parts: list[Part], language: str) -> str:
    """The reckoning in a line."""
    told = (part.what.say(language) + (f" {danish(part.on)}" if part.on else "") for part in parts)
    return "; ".join(told)
