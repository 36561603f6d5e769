"""What a follow-up has come to, told to other systems: rule, stage, when and to whom, by ids only.

The events of a follow-up say what is new; here all of it stands together, as of one of them.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from domain.envelope import Recorded
from domain.events.base import WIRE_PREFIX
from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.folding import Persons, Telling
from domain.raised import FollowUp, folded_follow_ups
from services.feed.shown import shown
from services.store.municipality import Municipality

LinkTo = Callable[[str], str]
# Of the event, all but its data and its type.
_ATTRIBUTES = (
    "specversion",
    "source",
    "id",
    "subject",
    "subjectsource",
    "time",
    "municipality",
    "position",
    "recordedat",
)


def stage_of(event: Recorded) -> str:
    """What the event says: `raised`, `reminded`, `taken-over` …"""
    return event.topic.partition(".follow-up-")[2].rpartition(".v")[0]


def follow_up_shown(
    store: Municipality, event: Recorded, persons: Persons, link: LinkTo | None = None
) -> dict[str, Any]:
    """The CloudEvent of a follow-up's stage, with each person by the one id that they are read as.

    `link` gives where it is seen, from its id.
    """
    fact = event.fact
    assert isinstance(fact, FollowUpEvent)
    told = [
        one
        for one in store.read_stream(event.originator_id)
        if one.originator_version <= event.originator_version
    ]
    held = folded_follow_ups(Telling(told), persons)[fact.follow_up]
    raised = next((e for e in told if _raises(e, held)), None)
    attributes = shown(event, store.code)
    data = {
        "follow_up": raised.source_id if raised else None,
        "rule": fact.follow_up.rule,
        "cycle": fact.follow_up.cycle,
        "anchor": msgspec.to_builtins(fact.follow_up.anchor),
        "about": _named(held.about, store),
        "stage": stage_of(event),
        "due_on": held.due_on.isoformat() if held.due_on else None,
        "addressed_to": held.addressed_to,
        "person": _named(held.person, store),
        "reminders": held.reminders or None,
        "snoozed_until": held.snoozed_until.isoformat() if held.snoozed_until else None,
        "link": link(raised.source_id) if link and raised else _path(event),
    }
    return {
        **{name: attributes[name] for name in _ATTRIBUTES},
        "type": f"{WIRE_PREFIX}follow-up.{stage_of(event)}.v1",
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value is not None},
    }


def _raises(event: Recorded, held: FollowUp) -> bool:
    return isinstance(event.fact, FollowUpRaised) and event.fact.follow_up == held.key


def _named(person: UUID | None, store: Municipality) -> dict[str, str] | None:
    return None if person is None else {"source": store.source, "id": str(person)}


def _path(event: Recorded) -> str:
    """Where more is told of it, by ids."""
    if event.topic.startswith("course."):
        return f"/v1/courses/{event.originator_id}/next"
    return "/v1/worklist"
