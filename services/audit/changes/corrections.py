"""Corrections and retractions (*rettelser*): what stood and stands, who changed it, when, why."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded, amending
from domain.events.base import Fact
from domain.events.common import Amendment
from domain.events.mentor import SurveyAnswered
from domain.events.registry import REGISTRY
from services.audit.replaying.past import Past, Thread
from services.audit.replaying.says import SealedField, replacement_of, says

_AMENDING = sorted(
    topic
    for topic in REGISTRY.topics()
    if topic.endswith((".event-corrected.v1", ".event-retracted.v1"))
)


class Changed(NamedTuple):
    """A field of an event before and after. Of what is sealed before and after nothing is told,
    since nobody can see whether it differs."""

    field: str
    before: Any
    after: Any


class Correction(NamedTuple):
    """An amendment, with its original where that is known. Whether it `holds`: another one may."""

    thread: Thread
    amendment: Recorded
    original: Recorded | None
    replaced: Fact | None
    holds: bool
    changed: list[Changed]

    @property
    def retracts(self) -> bool:
        """Whether it takes the original back."""
        return self.replaced is None

    @property
    def is_withheld(self) -> bool:
        """Whether the figures that it changed would tell who answered what in a survey."""
        said = (self.replaced, self.original.fact if self.original else None)
        return any(isinstance(fact, SurveyAnswered) for fact in said)


def corrections_in(thread: Thread) -> Iterator[Correction]:
    """Those of a stream, in the order in which they were received."""
    held = amending(thread.events)
    originals = {e.ref: e for e in thread.events if not isinstance(e.fact, Amendment)}
    for event in sorted(thread.events, key=lambda event: event.position):
        if isinstance(event.fact, Amendment):
            target = event.fact.target
            yield _correction(thread, event, originals.get(target), held[target] is event)


def corrected(past: Past) -> list[tuple[str, UUID]]:
    """The streams, each with its kind, of which something was corrected or retracted."""
    amending = SQL(
        "SELECT DISTINCT split_part(topic, '.', 1), originator_id FROM {}.events"
        " WHERE topic = ANY(%b) AND notification_id <= %b ORDER BY 2"
    ).format(Identifier(past.store.schema))
    with past.store.transaction() as cursor:
        return cursor.execute(amending, (_AMENDING, past.position)).fetchall()


def all_corrections(
    past: Past, streams: Sequence[tuple[str, UUID]], tell: Callable[[int], None] = lambda done: None
) -> list[Correction]:
    """Those of a municipality's streams, in the order in which they were received; `tell` is called
    with how many streams are read."""
    several: list[Correction] = []
    for thread, done in past.threads(streams):
        several += corrections_in(thread)
        tell(done)
    return sorted(several, key=lambda one: one.amendment.position)


def _correction(
    thread: Thread, amendment: Recorded, original: Recorded | None, holds: bool
) -> Correction:
    new = replacement_of(amendment)
    changed = list(_changed(amendment, original, new))
    return Correction(thread, amendment, original, new, holds, changed)


def _changed(amendment: Recorded, original: Recorded | None, new: Fact | None) -> Iterator[Changed]:
    before = _fields(original.fact) if original else {}
    after = _fields(new) if new is not None else {}
    if original is not None and new is not None:
        time: Any = getattr(amendment.fact, "replacement").time  # noqa: B009 -- corrections have it
        if original.occurred_at != time:
            yield Changed("at", original.occurred_at, time)
        if type(original.fact) is not type(new):
            yield Changed("event", original.fact.NAME, new.NAME)
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was != now and not (isinstance(was, SealedField) and isinstance(now, SealedField)):
            yield Changed(name, was, now)


def _fields(fact: Fact) -> dict[str, Any]:
    who = {"actor": fact.actor, "on_behalf_of": fact.on_behalf_of}
    return {name: value for name, value in who.items() if value is not None} | says(fact)
