"""What a decision is: the rules that it must pass; and how a rule forbids what was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from domain.events.base import Fact

State = TypeVar("State")
F = TypeVar("F", bound=Fact)


class Refusal(NamedTuple):
    """Why a decision is refused, and what would satisfy the rule: each in Danish and English."""

    danish: str
    english: str
    danish_remedy: str
    english_remedy: str


class Refused(Exception):  # noqa: N818  # a decision, not a fault
    """A rule forbids what was asked. `rule` is its kebab-case name."""

    def __init__(self, rule: str, refusal: Refusal) -> None:
        self.rule = rule
        self.danish = refusal.danish
        self.english = refusal.english
        self.danish_remedy = refusal.danish_remedy
        self.english_remedy = refusal.english_remedy
        super().__init__(f"{rule}: {refusal.english}")


Rule = Callable[[State, F, datetime], Refusal | None]


def _nothing(state: object, asked: Fact, now: datetime) -> list[Fact]:
    return []


@dataclass(frozen=True)
class Decision(Generic[State, F]):
    """A decision that can be asked for: an event that isn't written yet, and what it must pass.

    `event` is that event's name without its stream; `beside` gives what is written with it.
    """

    event: str
    rules: Sequence[Rule[State, F]]
    beside: Callable[[State, F, datetime], list[Fact]] = _nothing

    def decide(self, state: State, asked: F, *, now: datetime) -> list[Fact]:
        """What is written, what was asked first. Raises Refused by the first rule against it."""
        for rule in self.rules:
            if refusal := rule(state, asked, now):
                raise Refused(name_of(rule), refusal)
        return [asked, *self.beside(state, asked, now)]


def name_of(rule: Callable[..., object]) -> str:
    """A rule's name as the API gives it."""
    return rule.__name__.replace("_", "-")


def is_named(asked: Fact, functions: Sequence[str]) -> bool:
    """Whether the actor has one of the functions, and an id where it is a person's."""
    actor = asked.actor
    return actor.function in functions and (actor.id is not None or actor.function == "system")
