"""From bytes to validated events, or to problems that name every wrong field. Nothing raises."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.edge.attributes import AHEAD, OURS, Attributes, Sound, is_json, sound
from services.edge.binding import attributes_in, with_data
from services.edge.content import Setting, check_data, is_right
from services.edge.incoming import Incoming
from services.edge.models import form_of
from services.edge.problems import Flaw, Problem
from services.edge.reading import (
    LONGEST_EVENT,
    Read,
    UnreadableError,
    objects_at_once,
    read,
    read_object,
    read_objects,
    step,
    text_of,
)
from services.edge.sentences import flaw

MOST_FLAWS = 100  # that are told of one event
MOST_UNKNOWN = 10  # of them, fields that are unknown
# A type's fields stand in their order, the keys of an object are sorted.
_canonical = msgspec.json.Encoder(order="deterministic").encode


class _Content(msgspec.Struct, frozen=True):
    """What an event says, in the alphabet's order, which must never be another."""

    correlationid: str | None
    data: dict[str, Any]
    id: str
    sequence: int | None
    source: str
    subject: str
    subjectsource: str | None
    time: datetime
    type: str


def parse_event(
    raw: bytes, *, municipality: str, now: datetime, here: bool = False
) -> Incoming | Problem:
    """One event in structured mode.

    `municipality` is the code that the credential is for. With `here`, the event is one that is
    decided or registered here, which may be of the types that no sender may send.
    """
    if len(raw) > LONGEST_EVENT:
        return too_large()
    try:
        event = read_object(raw)
    except UnreadableError as error:
        return error.problem
    return _parse(event, municipality, now, here)


def parse_batch(
    raw: bytes, *, municipality: str, now: datetime, here: bool = False
) -> list[Incoming | Problem] | Problem:
    """A JSON array of events: an answer for each, in order, or one if it isn't such an array."""
    if (objects := objects_at_once(raw)) is not None:
        return [_parse(Read(event, []), municipality, now, here) for event in objects]
    answers: list[Incoming | Problem] = []
    try:
        for event, size in read_objects(raw):
            if event is None or size > LONGEST_EVENT:
                answers.append(too_large())
            else:
                answers.append(_parse(event, municipality, now, here))
    except UnreadableError as error:
        return error.problem
    return answers


def parse_binary(
    headers: Mapping[str, str], body: bytes, *, municipality: str, now: datetime
) -> Incoming | Problem:
    """One event in binary mode: the attributes in `ce-` headers, `data` in the body.

    Without a Content-Type the body is JSON, as `datacontenttype` says where it is left out.
    """
    if len(body) > LONGEST_EVENT:
        return too_large()
    pairs = [(name.lower(), value) for name, value in headers.items()]
    names = dict(pairs)
    if not is_json(names.get("content-type", "application/json")):
        return Problem(kind="wrong-content-type", errors=(flaw("", "content-type"),))
    try:
        data = read(text_of(body), "/data")
    except UnreadableError as error:
        return error.problem
    event = attributes_in(names.items()) | {"data": data.value}
    twice = _twice(pairs) if len(names) < len(pairs) else []
    return _parse(Read(event, twice + data.faults), municipality, now, False)


def parse_object(
    event: Any, *, municipality: str, now: datetime, here: bool = False
) -> Incoming | Problem:
    """One event that has been read from JSON elsewhere, with no key doubled."""
    return _parse(Read(event, []), municipality, now, here)


def _parse(event: Read, municipality: str, now: datetime, here: bool) -> Incoming | Problem:
    if not event.faults and type(event.value) is dict:
        found = sound(event.value, municipality, now + AHEAD)
        if found is not None and _may_stand(found, municipality, now, here):
            return _incoming(*found)
    return _looked_into(event, municipality, now, here)


def _may_stand(found: Sound, municipality: str, now: datetime, here: bool) -> bool:
    """Whether nothing is wrong with the data either, and it may be sent, if it was."""
    form = form_of(found.topic)
    if not here and (found.source.startswith(OURS) or not form.sendable):
        return False
    if form.amends is None and not form.joint:
        return is_right(form, found.data)
    setting = Setting(found.source, municipality, now, here)
    return not check_data(form, found.data, setting, "/data")


def _looked_into(event: Read, municipality: str, now: datetime, here: bool) -> Incoming | Problem:
    """The same, the way on which everything that is wrong is found."""
    flaws = event.faults
    if not isinstance(event.value, dict):
        return Problem(kind="invalid-event", errors=(*flaws, flaw("", "not-object"))[:1])
    sent = event.value
    if "data_base64" in sent:
        sent, found = with_data(sent)
        flaws += found
    attributes = Attributes(sent, flaws)
    attributes.fixed(municipality)
    topic = attributes.topic()
    source = attributes.source("source")
    id_ = attributes.id("id")
    subject = attributes.id("subject")
    subject_source = attributes.optional_source("subjectsource")
    time = attributes.time(now)
    sequence = attributes.sequence()
    correlation = attributes.optional_id("correlationid")
    data = attributes.data()
    if not here and source is not None and source.startswith(OURS):
        attributes.refuse("source", "our-source")
    if topic is not None:
        form = form_of(topic)
        if not (form.sendable or here):
            attributes.refuse("type", "only-here", name=form.event.NAME)
        if data is not None:
            flaws += check_data(form, data, Setting(source, municipality, now, here), "/data")
    if flaws or not (topic and source and id_ and subject and time) or data is None:
        return Problem(kind="invalid-event", errors=_one_each(flaws), source=source, id=id_)
    return _incoming(topic, source, id_, subject, subject_source, time, sequence, correlation, data)


def _incoming(
    topic: str,
    source: str,
    id_: str,
    subject: str,
    subject_source: str | None,
    time: datetime,
    sequence: int | None,
    correlation: str | None,
    data: dict[str, Any],
) -> Incoming:
    content = _Content(
        correlation, data, id_, sequence, source, subject, subject_source, time, topic
    )
    return Incoming(
        topic=topic,
        source=source,
        id=id_,
        subject=subject,
        subject_source=subject_source,
        time=time,
        sequence=sequence,
        correlation=correlation,
        data=data,
        body=_canonical(content),
    )


def _one_each(flaws: list[Flaw]) -> tuple[Flaw, ...]:
    """One flaw for each place: the first that was found, nearest to the cause.

    No more than are of use: what is wrong would else take many times the room of what was sent.
    """
    found: dict[str, Flaw] = {}
    unknown, more = 0, False
    for each in flaws:
        if each.pointer in found:
            continue
        unknown += each.code == "unknown-field"
        if len(found) == MOST_FLAWS or (each.code == "unknown-field" and unknown > MOST_UNKNOWN):
            more = True
        else:
            found[each.pointer] = each
    return (*found.values(), flaw("", "more-flaws")) if more else tuple(found.values())


def _twice(headers: list[tuple[str, str]]) -> list[Flaw]:
    """A flaw for each attribute that stands in two headers; which of them was meant isn't known."""
    counted = Counter(name for name, _ in headers if name.startswith("ce-"))
    found = (step("", name[3:]) for name, count in counted.items() if count > 1)
    return [flaw(place, "doubled-key") for place in found]


def too_large() -> Problem:
    """What is longer than any event may be."""
    return Problem(kind="too-large", errors=(flaw("", "too-large", limit=LONGEST_EVENT),))
