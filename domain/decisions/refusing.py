"""How a rule forbids what was asked, and what would satisfy it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

State = TypeVar("State")
Command = TypeVar("Command")


class Refusal(NamedTuple):
    """Why a command is refused, and what would satisfy the rule: each in Danish and English."""

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


Rule = Callable[[State, Command, datetime], Refusal | None]


def pass_all(
    rules: Iterable[Rule[State, Command]], state: State, command: Command, now: datetime
) -> None:
    """Raises Refused by the first rule that forbids the command."""
    for rule in rules:
        if refusal := rule(state, command, now):
            raise Refused(name_of(rule), refusal)


def name_of(rule: Rule[State, Command]) -> str:
    """A rule's name as the API gives it."""
    return rule.__name__.replace("_", "-")
