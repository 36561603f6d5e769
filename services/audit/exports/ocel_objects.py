"""What becomes of an exported history's objects: their attributes by time, and their relations."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from domain.calendar import start_of
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpReminded,
    FollowUpResolved,
    FollowUpSnoozed,
    FollowUpWithdrawn,
)
from domain.events.course import (
    Closed,
    GoalReviewed,
    GoalSet,
    GrantAppliedFor,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    HandoverAccepted,
    HandoverOffered,
    HandoverRejected,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    CaseloadPolicySet,
    MatchingMeetingHeld,
    PersonAssigned,
    PersonReleased,
    SupervisionArranged,
    SupervisionSessionHeld,
)
from services.audit.exports.ocel_types import (
    FOLLOW_UP,
    OBJECT_TYPES,
    STAFF_FUNCTIONS,
    THINGS,
    Attribute,
    attributes_of,
    moment,
)

SUBJECT = "subject"
PERSON = "person"
_STATUS = "status"


class Tells(NamedTuple):
    """What an event says of an object: which (`subject`, `person`, `follow-up`, or a field that
    names a thing), its attributes that become the object's, and a status of its own; from the
    beginning of the day in `from_`, or from when it happened."""

    of: str
    attributes: tuple[str, ...] = ()
    status: str | None = None
    from_: str | None = None


_VOLUME = ("weekly_minutes", "total_minutes", "amount_oere")
_PERIOD = ("period.from", "period.to")
TELLS: Mapping[type[Fact], Tells] = {
    IntakeRegistered: Tells(SUBJECT, status="open"),
    Closed: Tells(SUBJECT, ("reason",), "closed", "to"),
    Reopened: Tells(SUBJECT, status="open", from_="from_"),
    MentorMatched: Tells("match", ("from", "method"), "open", "from_"),
    MatchEnded: Tells("match", ("to", "reason"), "ended", "to"),
    GoalSet: Tells("goal", ("directions", "target_date"), "set"),
    GoalReviewed: Tells("goal", ("outcome",), "reviewed"),
    GrantAppliedFor: Tells("grant", ("kind", *_PERIOD), "applied-for"),
    GrantDecided: Tells("grant", ("kind", "outcome", "reason", *_PERIOD, *_VOLUME), "decided"),
    GrantExtended: Tells("grant", (*_PERIOD, *_VOLUME), "extended"),
    GrantEnded: Tells("grant", ("to", "reason"), "ended", "to"),
    HandoverOffered: Tells("handover", ("function", "from"), "offered"),
    HandoverAccepted: Tells("handover", (), "accepted"),
    HandoverRejected: Tells("handover", ("reason",), "rejected"),
    Employed: Tells(SUBJECT, ("weekly_minutes",), "employed", "from_"),
    HoursChanged: Tells(SUBJECT, ("weekly_minutes",), None, "from_"),
    Left: Tells(SUBJECT, ("reason",), "left", "to"),
    PersonAssigned: Tells(PERSON, ("employment", "dedicated"), "assigned", "from_"),
    PersonReleased: Tells(PERSON, ("reason",), "released", "to"),
    SupervisionArranged: Tells(SUBJECT, ("model", "cadence_weeks"), None, "from_"),
    CaseloadPolicySet: Tells(SUBJECT, ("lowest", "highest"), None, "from_"),
    SupervisionSessionHeld: Tells("session", ("form", "minutes"), "held"),
    MatchingMeetingHeld: Tells("meeting", ("kind", "minutes"), "held"),
    FollowUpRaised: Tells(FOLLOW_UP, ("rule", "cycle", "due_on", "addressed_to"), "raised"),
    FollowUpReminded: Tells(FOLLOW_UP, ("rule", "cycle"), "reminded"),
    FollowUpEscalated: Tells(FOLLOW_UP, ("rule", "cycle", "addressed_to"), "escalated"),
    FollowUpSnoozed: Tells(FOLLOW_UP, ("rule", "cycle", "until"), "snoozed"),
    FollowUpResolved: Tells(FOLLOW_UP, ("rule", "cycle"), "resolved"),
    FollowUpWithdrawn: Tells(FOLLOW_UP, ("rule", "cycle", "reason"), "withdrawn"),
}


def told_by(event: Recorded) -> tuple[Tells, datetime, Iterator[tuple[str, str]]] | None:
    """Of which object an event tells, from when, and its attributes; None of no object."""
    found = _tells(type(event.fact))
    if found is None:
        return None
    tells, attributes = found
    day: date | None = getattr(event.fact, tells.from_) if tells.from_ else None
    since = event.occurred_at if day is None or day == date.min else start_of(day)
    return tells, since, _values(tells, attributes, event.fact)


def _values(
    tells: Tells, attributes: tuple[Attribute, ...], fact: Fact
) -> Iterator[tuple[str, str]]:
    if tells.status is not None:
        yield _STATUS, tells.status
    for name, _, read in attributes:
        if (value := read(fact)) is not None:
            yield name, value


@cache
def _tells(type_: type[Fact]) -> tuple[Tells, tuple[Attribute, ...]] | None:
    tells = next((TELLS[base] for base in type_.__mro__ if base in TELLS), None)
    if tells is None:
        return None
    attributes = {one.name: one for one in attributes_of(type_)}
    return tells, tuple(attributes[name] for name in tells.attributes)


def object_attributes() -> dict[str, dict[str, str]]:
    """The attributes of each type of object, with their types."""
    found: dict[str, dict[str, str]] = {name: {} for name in OBJECT_TYPES}
    for type_, tells in TELLS.items():
        for name in _types_told_of(type_, tells):
            if tells.status is not None:
                found[name][_STATUS] = "string"
            types = {one.name: one.type for one in attributes_of(type_)}
            found[name].update({each: types[each] for each in tells.attributes})
    return found


def _types_told_of(type_: type[Fact], tells: Tells) -> tuple[str, ...]:
    if issubclass(type_, FollowUpEvent):
        return (FOLLOW_UP,)
    if tells.of == PERSON:
        return STAFF_FUNCTIONS
    return (type_.NAME.partition(".")[0] if tells.of == SUBJECT else THINGS[tells.of],)


Object = dict[str, Any]


class Objects:
    """Objects as they are met, each once, in the order in which they are met."""

    def __init__(self) -> None:
        self._found: dict[str, _Object] = {}

    def meet(self, kind: str, id_: str) -> "_Object":
        """The object of that id."""
        found = self._found.get(id_)
        if found is None:
            found = self._found[id_] = _Object(kind)
        return found

    def ids(self) -> list[str]:
        """The ids of all."""
        return list(self._found)

    def __iter__(self) -> Iterator[Object]:
        for id_, each in self._found.items():
            yield each.as_json(id_)


class _Object:
    """What is told of one object."""

    __slots__ = ("_kind", "_related", "_told")

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._told: list[tuple[datetime, str, str]] = []
        self._related: dict[tuple[str, str], None] = {}

    def tell(self, since: datetime, name: str, value: str) -> None:
        """An attribute has a value from then on."""
        self._told.append((since, name, value))

    def relate(self, other: str, qualifier: str) -> None:
        """It has to do with another object."""
        self._related[other, qualifier] = None

    def as_json(self, id_: str) -> Object:
        """As it stands in the file; attributes by when they began to hold."""
        told = sorted(self._told, key=lambda one: one[0])
        return {
            "id": id_,
            "type": self._kind,
            "attributes": [
                {"name": name, "time": moment(since), "value": value} for since, name, value in told
            ],
            "relationships": [
                {"objectId": other, "qualifier": qualifier} for other, qualifier in self._related
            ],
        }
