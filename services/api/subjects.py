"""What a command is about: a course, the team, or a follow-up of either."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.course import fold_course
from domain.decisions import FollowUpSeen
from domain.envelope import Recorded
from domain.events.common import FollowUpRaised
from domain.folding import Telling
from domain.raised import folded_follow_ups
from domain.team import fold_team
from domain.values import FollowUpKey
from services.api.courses import the_course
from services.api.problems import ApiError
from services.api.state import Desk
from services.words import Words

Fold = Callable[[list[Recorded], Mapping[UUID, UUID]], Any]
_NAMES = {"course": Words("Forløbet", "The course"), "team": Words("Teamet", "The team")}


class Subject(Struct, frozen=True, kw_only=True):
    """The stream that is written to, and how its events are folded to the state to decide on.

    `kind` is course or team: the names of its events begin so. `given` are the fields of the event
    that are said by what is asked about, as a sender would write them.
    """

    kind: str
    stream: UUID
    fold: Fold
    given: Mapping[str, Any] = {}

    @property
    def name(self) -> Words:
        """What its stream is called, at the head of a sentence."""
        return _NAMES[self.kind]

    def state(self, desk: Desk, own: list[Recorded]) -> Any:
        """The state after the events of its own stream, and of the courses that are one with it.

        Staff are each read by one id.
        """
        store = desk.store
        events = list(own)
        if self.kind == "course":
            for other in desk.streams.now().same_course(self.stream):
                events += store.read_stream(other) if other != self.stream else []
        team = store.team()
        return self.fold(events, fold_team(store.read_stream(team)).same if team else {})


def course(desk: Desk, id_: str, source: str | None) -> Subject:
    """The course of that id. Raises ApiError 404."""
    _, stream = the_course([desk], id_, source)
    return Subject(kind="course", stream=stream, fold=fold_course)


def team(desk: Desk, id_: str, source: str | None) -> Subject:
    """The municipality's team: there is one, so its id isn't asked for."""
    return Subject(
        kind="team", stream=desk.store.opened_team(), fold=lambda events, _: fold_team(events)
    )


def follow_up(desk: Desk, id_: str, source: str | None) -> Subject:
    """The follow-up that was raised by the event of that id. Raises ApiError 404.

    The id is ours, whatever `source` the persons in the body are from.
    """
    raised = desk.store.read_event(desk.store.source, id_)
    if raised is None or not isinstance(raised.fact, FollowUpRaised):
        raise ApiError(
            "not-found", Words("Ingen opfølgning har det id.", "No follow-up has that id.")
        )
    kind = raised.topic.partition(".")[0]
    key = raised.fact.follow_up
    return Subject(
        kind=kind,
        stream=raised.originator_id,
        fold=_follow_up_seen(kind, key),
        # `about` is left out: it is a person by our own id.
        given={
            "follow_up": {
                "rule": key.rule,
                "anchor": {"source": key.anchor.source, "id": key.anchor.id},
                "cycle": key.cycle,
            }
        },
    )


def _follow_up_seen(kind: str, key: FollowUpKey) -> Fold:
    def fold(events: list[Recorded], same: Mapping[UUID, UUID]) -> FollowUpSeen:
        follow_up = folded_follow_ups(Telling(events)).get(key)
        return FollowUpSeen(key=key, subject=kind, follow_up=follow_up, same=same)

    return fold
