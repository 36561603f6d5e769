"""The follow-ups that are open: found first, so that only what is told of them is read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.folding import Persons, Telling
from domain.raised import FollowUp, folded_follow_ups
from domain.values import FollowUpKey, Ref
from projections import identity
from projections.asking import Question
from projections.facts import follow_ups
from projections.facts.follow_ups import ENDED, RAISED

# Raised and not ended in its own stream; of linked streams the fold tells.
_OPEN = """
with known_ends as materialized (
 select stream, rule, anchor, cycle, about from {ends} where occurred_at <= %(as_of)s and {known})
select distinct r.stream, r.subject, r.rule, r.anchor, r.cycle from {raised} as r
where occurred_at <= %(as_of)s and {known}
and (r.stream = any(%(linked)s) or not exists (select from known_ends e
 where e.stream = r.stream and e.rule = r.rule and e.anchor = r.anchor and e.cycle = r.cycle
 and e.about is not distinct from r.about))"""


class Open(NamedTuple):
    """An open follow-up, and the stream that it is of: of linked courses the one they are.

    `id` is that of the event that raised it.
    """

    id: str
    told: Sequence[Ref]  # what has been said of it, by our own events
    subject: str  # course, mentor or team
    stream: UUID
    follow_up: FollowUp


def open_follow_ups(question: Question) -> list[Open]:
    """What is open at `as_of`; what was raised in a course is closed in one linked to it too."""
    linked, persons = question.once(identity.courses), Persons(question.once(identity.staff))
    asked = _raised_and_not_ended(question)
    if not asked:
        return []
    subjects = {linked[stream]: subject for stream, subject, *_ in asked}
    told = question.tellings(
        *follow_ups.ALL,
        one_of=linked,
        until=question.as_of,
        among=_keys(asked, linked),
    )
    return [
        Open(several[0].id, several, subjects[stream], stream, follow_up)
        for stream, telling in told.items()
        for follow_up, several in _raised(telling, persons)
        if follow_up.is_open
    ]


def _raised_and_not_ended(question: Question) -> list[tuple[Any, ...]]:
    """Stream, kind of stream, rule, anchor and cycle of each that may be open."""
    statement = SQL(_OPEN).format(
        known=SQL("learned <= %(at)s and (superseded is null or superseded > %(at)s)"),
        ends=Identifier(question.schema, ENDED.name),
        raised=Identifier(question.schema, RAISED.name),
    )
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "linked": list(question.once(identity.courses).linked),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return cursor.execute(statement, values, prepare=True).fetchall()


def _keys(
    asked: Sequence[tuple[Any, ...]], linked: identity.Identities
) -> Mapping[str, Sequence[Any]]:
    """The same as columns, each in all streams that are one with its own."""
    streams: dict[UUID, set[UUID]] = defaultdict(set)
    for one in linked.linked:
        streams[linked[one]].add(one)
    keys = {
        (stream, *key) for own, _, *key in asked for stream in {own, *streams.get(linked[own], ())}
    }
    columns = zip(*keys, strict=True)
    return dict(zip(("stream", "rule", "anchor", "cycle"), columns, strict=True))


def _raised(telling: Telling, persons: Persons) -> Iterator[tuple[FollowUp, list[Ref]]]:
    """Each follow-up with what was said of it; first what raised it, of several the first."""
    said: dict[FollowUpKey, list[Ref]] = defaultdict(list)
    for raised in telling.of(FollowUpRaised):
        said[raised.fact.follow_up].append(raised.ref)
    for told in telling.of(FollowUpEvent):
        if said.get(told.fact.follow_up) and not isinstance(told.fact, FollowUpRaised):
            said[told.fact.follow_up].append(told.ref)
    for key_, follow_up in folded_follow_ups(telling, persons).items():
        if key_ in said:
            yield follow_up, said[key_]
