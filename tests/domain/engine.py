"""A follow-up engine without a server: facts arrive, it plans, and sleeps until it must wake."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import domain
from domain.calendar import COPENHAGEN, Calendar
from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpResolved,
    FollowUpWithdrawn,
)
from domain.follow_ups import CourseSeen, Plan, plan_course
from domain.rule_packs import RuleBook, parse_pack
from domain.values import FollowUpKey
from tests.domain.spec import fact_at, instant

DEFAULT_TEXT = (Path(domain.__file__).parent / "default_rules.toml").read_text(encoding="utf-8")
DEFAULT = RuleBook((parse_pack(DEFAULT_TEXT),))


def only(*rules: str, text: str = DEFAULT_TEXT) -> str:
    """The text of a pack with these of its rules."""
    head, *sections = re.split(r"(?m)^(?=\[rules\.)", text)
    return head + "".join(s for s in sections if s[len("[rules.") : s.index("]")] in rules)


CALENDAR = Calendar()
MATCHING = RuleBook(
    (parse_pack(only("match-overdue", "first-meeting-overdue", "no-mentor-contact")),)
)
SUPERVISION = RuleBook((parse_pack(only("supervision-overdue")),))
HERE = "urn:roedtraad:0860"

Planner = Callable[[list[Recorded], datetime], Plan]
Arrival = tuple[str | datetime, Recorded]


def plan_for_course(known: list[Recorded], now: datetime) -> Plan:
    return plan_course(CourseSeen(fold_course(known), MATCHING), CALENDAR, now)


class Engine:
    """Runs a planner over arrivals. `log` holds what it wrote, in words, with the local time."""

    def __init__(self, planner: Planner = plan_for_course) -> None:
        self.known: list[Recorded] = []
        self.log: list[str] = []
        self.plan = Plan()
        self._planner = planner

    def run(self, arrivals: Iterable[Arrival], until: str) -> "Engine":
        """Let each event arrive at its time, in order, and what is due be written meanwhile."""
        for arrives, event in arrivals:
            self._sleep_until(instant(arrives))
            self.known.append(event)
            self._act(instant(arrives))
        self._sleep_until(instant(until))
        self._act(instant(until))
        return self

    def _sleep_until(self, end: datetime) -> None:
        while self.plan.wake_at is not None and self.plan.wake_at <= end:
            self._act(self.plan.wake_at)

    def _act(self, now: datetime) -> None:
        """Write what the plan says, until it says nothing more: the second time, at once."""
        self.plan = self._planner(self.known, now)
        for number, act in enumerate(self.plan.acts):
            at = now + timedelta(microseconds=number)
            self.known.append(fact_at(at, act.fact, id=act.id, source=HERE, position=2))
            self.log.append(f"{at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M} {told(act.fact)}")
        self.plan = self._planner(self.known, now)
        assert self.plan.acts == ()
        assert self.plan.wake_at is None or self.plan.wake_at > now


def told(fact: object) -> str:
    """An act in words: what, on which anchor, and why."""
    assert isinstance(fact, FollowUpEvent)
    key = name(fact.follow_up)
    match fact:
        case FollowUpRaised():
            return f"raised {key} due {fact.due_on} to {fact.addressed_to}"
        case FollowUpEscalated():
            return f"escalated {key} to {fact.addressed_to}"
        case FollowUpResolved():
            return f"resolved {key} by {fact.by.id}"
        case FollowUpWithdrawn():
            because = f" because {fact.because.id}" if fact.because else ""
            return f"withdrawn {key} {fact.reason}{because}"
    return f"{type(fact).__name__} {key}"


def name(key: FollowUpKey) -> str:
    cycle = f" cycle {key.cycle}" if key.cycle > 1 else ""
    return f"{key.rule} on {key.anchor.id}{cycle}"
