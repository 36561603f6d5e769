"""The follow-ups of the country's courses: a fifth of the running courses has one open.

Each hangs on the event that its rule hangs on, and has come as far as the default rules say. A
fifth of all courses had one about the mentor's contact that was met.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.rule_packs import Escalation, Terms, default_pack
from services.edge.incoming import Incoming

Tell = Callable[..., Incoming]

_SHARE = 0.2
_SYSTEM = {"function": "system"}
_CONTACT = "no-mentor-contact"
_CHANGED = ("course.event-corrected.v1", "course.event-retracted.v1")


class _Kind(NamedTuple):
    """A rule, the last of what its follow-up hangs on, and the first of that from which it counts,
    where that is another event."""

    rule: str
    anchor: str
    since: str | None = None


_OPEN = (
    _Kind(_CONTACT, "activity-registered"),
    _Kind("goal-review-overdue", "goal-set"),
    _Kind("chemistry-check-overdue", "mentor-matched"),
    _Kind("agreement-incomplete", "mentor-matched", since="activity-registered"),
)


class Followed:
    """What is followed up in one municipality; always the same, by a seed of its own."""

    def __init__(self, code: str, until: date) -> None:
        self._chance = random.Random(f"{code} follow-ups")
        self._until = until
        self._rules = {rule: terms[0] for rule, terms in default_pack().rules.items()}

    def of(
        self, events: Sequence[Incoming], tell: Tell, people: Mapping[str, str], *, runs: bool
    ) -> Iterator[Incoming]:
        """The follow-ups of one course; `people` has a person for each function."""
        if _all(events, *_CHANGED):
            return
        if self._chance.random() < _SHARE:
            yield from self._met(events, tell, people)
        if runs and self._chance.random() < _SHARE:
            yield from self._open(self._chance.choice(_OPEN), events, tell, people)

    def _met(
        self, events: Sequence[Incoming], tell: Tell, people: Mapping[str, str]
    ) -> Iterator[Incoming]:
        """No contact for a week after the first activity, until the second."""
        first, second = _all(events, "activity-registered")
        key = _key(_CONTACT, first)
        due_on = first.time.date() + timedelta(days=7)
        if due_on < second.time.date():
            yield self._raised(key, due_on, tell, people)
            by = {"id": second.id, "source": second.source}
            yield tell("follow-up-resolved", second.time.date(), _SYSTEM, follow_up=key, by=by)

    def _open(
        self, kind: _Kind, events: Sequence[Incoming], tell: Tell, people: Mapping[str, str]
    ) -> Iterator[Incoming]:
        """Raised on its day, and as far as it has come since; nothing where that lies ahead."""
        terms, anchor = self._rules[kind.rule], _all(events, kind.anchor)[-1]
        key = _key(kind.rule, anchor)
        since = _all(events, kind.since)[0] if kind.since else anchor
        due_on = _day(since) + timedelta(days=terms.days or 0)
        if due_on > self._until:
            return
        yield self._raised(key, due_on, tell, people)
        for number, days in enumerate(terms.remind, 1):
            on = due_on + timedelta(days=days)
            if on <= self._until:
                yield tell("follow-up-reminded", on, _SYSTEM, follow_up=key, number=number)
        yield from self._escalated(key, due_on, terms.escalate, tell, people)

    def _raised(
        self, key: dict[str, Any], due_on: date, tell: Tell, people: Mapping[str, str]
    ) -> Incoming:
        terms: Terms = self._rules[key["rule"]]
        return tell(
            "follow-up-raised",
            due_on,
            _SYSTEM,
            follow_up=key,
            due_on=due_on,
            **_to(terms.addressed_to, people),
            pack=default_pack().pack,
            edition=default_pack().edition,
        )

    def _escalated(
        self,
        key: dict[str, Any],
        due_on: date,
        escalations: Sequence[Escalation],
        tell: Tell,
        people: Mapping[str, str],
    ) -> Iterator[Incoming]:
        for step in escalations:
            on = due_on + timedelta(days=step.after)
            if on <= self._until:
                to = _to(step.to, people)
                yield tell("follow-up-escalated", on, _SYSTEM, follow_up=key, **to)


def _key(rule: str, anchor: Incoming) -> dict[str, Any]:
    return {"rule": rule, "anchor": {"id": anchor.id, "source": anchor.source}, "cycle": 1}


def _day(event: Incoming) -> date:
    """The day from which it holds, else that on which it happened."""
    told = event.data.get("from")
    return date.fromisoformat(told) if told else event.time.date()


def _to(function: str, people: Mapping[str, str]) -> dict[str, Any]:
    return {"addressed_to": function, "person": {"id": people[function]}}


def _all(events: Sequence[Incoming], *names: str) -> list[Incoming]:
    topics = {name if "." in name else f"course.{name}.v1" for name in names}
    return [event for event in events if event.topic in topics]
