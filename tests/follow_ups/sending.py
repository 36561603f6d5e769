"""A script's facts as a case system sends them: people, course and team by its own ids."""

from typing import Any

import msgspec

from domain.envelope import Recorded
from domain.events.codec import encode_fact
from services.edge.incoming import Incoming
from tests.domain.spec import COURSE, person
from tests.follow_ups.surroundings import TEAM

COURSE_ID = "c-4711"
_PEOPLE = ("s-12", "s-13", "m-31", "m-32", "k-02", "k-03", "l-01", "v-01", "nobody")
_IDS = {str(person(name)): name for name in _PEOPLE}
_SUBJECTS = {str(COURSE): COURSE_ID, str(TEAM): "team", **_IDS}


def sent_as(event: Recorded) -> Incoming:
    """The event on its way to a store."""
    data = _sendable(msgspec.json.decode(encode_fact(event.fact)))
    subject = _SUBJECTS[str(event.originator_id)]
    return Incoming(
        topic=event.topic,
        source=event.source,
        id=event.source_id,
        subject=subject,
        subject_source=None,
        time=event.occurred_at,
        sequence=event.sequence,
        correlation=None,
        data=data,
        body=msgspec.json.encode([event.topic, subject, event.occurred_at, data]),
    )


def _sendable(value: Any) -> Any:
    match value:
        case {"function": function, "id": id}:
            return {"function": function, "id": _IDS[id]}
        case dict():
            return {name: _sendable(one) for name, one in value.items()}
        case list():
            return [_sendable(one) for one in value]
        case str() if value in _IDS:
            return {"id": _IDS[value]}
    return value
