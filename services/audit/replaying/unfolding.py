"""A state as its events come, one by one (*trin for trin*): what each of them changed in it.

What an event changes is what hangs on the same thing: the match, the grant, the goal, the follow-up
that it speaks of, or itself. So only the events of that thing are folded anew, by the very
functions that fold the whole, and a stream is gone through in time that grows with its length.
That a state is all of its things' states together is what tests hold.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import FollowUpEvent
from domain.events.course import (
    Closed,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantAppliedFor,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.mentor import fold_mentor
from domain.team import fold_team
from domain.values import Ref
from services.audit.replaying.sheet import Place, Sheet, sheet_of

Fold = Callable[[Iterable[Recorded]], Struct]
_FRAME = (Closed, Reopened)  # they bear on every match
_FRAMED = "match"
_OF_FRAME = "spells"
_MATCHES, _GOALS = (MentorMatched, MatchEnded), (GoalSet, GoalAcknowledged, GoalReviewed)
_GRANTS = (GrantAppliedFor, GrantDecided, GrantExtended, GrantEnded)
_KINDS: dict[str, tuple[type[Fact], ...]] = {
    "frame": _FRAME,
    "match": _MATCHES,
    "grant": _GRANTS,
    "goal": _GOALS,
    "follow-up": (FollowUpEvent,),
    "intake": (IntakeRegistered,),
}


class Change(NamedTuple):
    """A thing before and after; None where it isn't there."""

    place: Place
    before: Any
    after: Any


class Unfolding:
    """The state of one stream, or of several that are one, as events are put into it."""

    def __init__(self, kind: str, same: Mapping[UUID, UUID] | None = None) -> None:
        self._kind = kind
        self._fold = folding(kind, same)
        self._counting: dict[Ref, Recorded] = {}
        self._by_thread: dict[Hashable, dict[Ref, Recorded]] = {}
        self._sheets: dict[Hashable, Sheet] = {}
        self._foreseen: dict[Ref, Sheet] = {}

    def foresee(self, events: Iterable[Recorded]) -> None:
        """Fold at once those of the events to come that hang on nothing but themselves.

        Such an event is what its things are known by, and none that comes later changes them.
        """
        if self._kind != "course":
            return
        alone = [event for event in events if not _hangs_on(type(event.fact))]
        self._foreseen = {event.ref: {} for event in alone}
        for place, thing in sheet_of(self._fold(alone)).items():
            if place.part != _OF_FRAME:
                self._foreseen[place.thing][place] = thing

    def begin(self, events: Iterable[Recorded]) -> None:
        """Put in events of which nobody asks what they change. All of them count."""
        for event in events:
            self._take(event.ref, event)

    def put(self, ref: Ref, event: Recorded | None) -> list[Change]:
        """What is changed by this event being what counts under a reference now; None: nothing."""
        held = self._counting.get(ref)
        if held is None and event is not None and ref in self._foreseen:
            foreseen = self._foreseen.pop(ref)
            self._take(ref, event)
            return [Change(place, None, thing) for place, thing in foreseen.items()]
        touched = self._touched(held, event)
        before = {thread: self._sheet(thread) for thread in touched}
        self._take(ref, event)
        for thread in touched:
            self._sheets.pop(thread, None)
        return [
            change for thread in touched for change in changes(before[thread], self._sheet(thread))
        ]

    def _touched(self, *events: Recorded | None) -> list[Hashable]:
        told = [event for event in events if event is not None]
        threads = dict.fromkeys(self._thread(event) for event in told)
        if _FRAME in threads:
            threads |= dict.fromkeys(t for t in self._by_thread if _is_framed(t))
        return list(threads)

    def _thread(self, event: Recorded) -> Hashable:
        return thread_of(event.fact, event.ref) if self._kind == "course" else self._kind

    def _take(self, ref: Ref, event: Recorded | None) -> None:
        held = self._counting.pop(ref, None)
        if held is not None:
            del self._by_thread[self._thread(held)][ref]
        if event is not None:
            self._counting[ref] = event
            self._by_thread.setdefault(self._thread(event), {})[ref] = event

    def _sheet(self, thread: Hashable) -> Sheet:
        """What hangs on a thing, folded when it is asked for."""
        if thread not in self._sheets:
            events = list(self._by_thread.get(thread, {}).values())
            if not events and thread != _FRAME:
                return {}
            if _is_framed(thread):
                events += self._by_thread.get(_FRAME, {}).values()
            sheet = sheet_of(self._fold(events))
            if self._kind == "course" and thread != _FRAME:
                sheet = {place: one for place, one in sheet.items() if place.part != _OF_FRAME}
            self._sheets[thread] = sheet
        return self._sheets[thread]


def folding(kind: str, same: Mapping[UUID, UUID] | None = None) -> Fold:
    """What folds the events of a course, a mentor or a team."""
    if kind == "course":
        return lambda events: fold_course(events, same)
    return {"mentor": fold_mentor, "team": fold_team}[kind]


def thread_of(fact: Fact, ref: Ref) -> Hashable:
    """The thing on which what an event of a course says hangs: its own reference, if on no other.

    Closes and reopenings share one, since whether the course is open is read from all of them.
    """
    told: Any = fact
    match _hangs_on(type(fact)):
        case "frame":
            return _FRAME
        case "match":
            return _FRAMED, told.match
        case "grant":
            return "grant", told.grant
        case "goal":
            return "goal", told.goal
        case "follow-up":
            return "follow-up", told.follow_up
        case "intake":
            return "intake"
        case _:
            return ref


@cache
def _hangs_on(kind: type[Fact]) -> str:
    """What kind of thing the events of a type speak of; nothing where it is themselves."""
    for name, types in _KINDS.items():
        if issubclass(kind, types):
            return name
    return ""


def _is_framed(thread: Hashable) -> bool:
    return isinstance(thread, tuple) and thread[0] == _FRAMED


def changes(before: Sheet, after: Sheet) -> list[Change]:
    """The things that differ."""
    places = dict.fromkeys([*before, *after])
    return [
        Change(place, before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    ]
