"""What a command is about: a course, the team, or a follow-up of either."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.decisions.follow_ups import FollowUpSeen
from domain.decisions.seen import CourseSeen, mentors_to_see, see_course
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import FollowUpRaised
from domain.folding import Telling
from domain.mentor import MentorState, fold_mentor
from domain.raised import folded_follow_ups
from domain.team import TeamState, fold_team
from services.api.courses import the_course
from services.api.problems import ApiError
from services.api.state import Desk
from services.store.municipality import Municipality
from services.words import Words

_NAMES = {"course": Words("Forløbet", "The course"), "team": Words("Teamet", "The team")}


class Told(NamedTuple):
    """What a decision is made on: the events of its own stream and of the courses that are one
    with it, and the team."""

    store: Municipality
    events: list[Recorded]
    team: TeamState


Fold = Callable[[Told, Fact], Any]


class Subject(Struct, frozen=True, kw_only=True):
    """The stream that is written to, and how its events are folded to the state to decide on.

    `kind` is course or team: the names of its events begin so. `given` are the fields of the event
    that are said by what is asked about, as a sender would write them; `known` as they are kept.
    """

    kind: str
    stream: UUID
    fold: Fold
    given: Mapping[str, Any] = {}
    known: Mapping[str, Any] = {}

    @property
    def whose(self) -> set[UUID]:
        """Whom it is about: the course, and the person of whom a follow-up is."""
        key = self.known.get("follow_up")
        about = {key.about} if key is not None and key.about else set()
        return about | ({self.stream} if self.kind == "course" else set())

    @property
    def name(self) -> Words:
        """What its stream is called, at the head of a sentence."""
        return _NAMES[self.kind]

    def state(self, desk: Desk, own: list[Recorded], asked: Fact) -> Any:
        """The state that `asked` is decided on, with staff each read by one id.

        Only the version of its own stream is guarded: what comes meanwhile of the team, of a
        mentor, or of another course that is one with it comes after the decision.
        """
        store, events = desk.store, list(own)
        if self.kind == "course":
            for other in desk.streams.now().same_course(self.stream):
                events += store.read_stream(other) if other != self.stream else []
        team = store.team()
        told = Told(store, events, fold_team(store.read_stream(team) if team else ()))
        return self.fold(told, asked)


def course(desk: Desk, id_: str, sources: Collection[str] | None) -> Subject:
    """The course of that id, by one of those sources or ours. Raises ApiError 404."""
    _, stream = the_course([desk], id_, sources)
    return Subject(kind="course", stream=stream, fold=_course_seen)


def _course_seen(told: Told, asked: Fact) -> CourseSeen:
    seen = see_course(told.events, told.team.same)
    return replace(seen, mentors={id_: _mentor(told, id_) for id_ in mentors_to_see(seen, asked)})


def _mentor(told: Told, mentor: UUID) -> MentorState:
    """A mentor, by whichever of their ids employment was told."""
    ids = sorted({mentor, *(id_ for id_, one in told.team.same.items() if one == mentor)})
    return fold_mentor(event for id_ in ids for event in told.store.read_stream(id_))


def team(desk: Desk, id_: str, sources: Collection[str] | None) -> Subject:
    """The municipality's team: there is one, so its id isn't asked for."""
    return Subject(
        kind="team",
        stream=desk.store.opened_team(),
        fold=lambda told, _: fold_team(told.events),
    )


def follow_up(desk: Desk, id_: str, sources: Collection[str] | None) -> Subject:
    """The follow-up that was raised by the event of that id. Raises ApiError 404.

    The id is ours, whatever `sources` the persons in the body are from.
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
        fold=lambda told, _: FollowUpSeen(
            follow_up=folded_follow_ups(Telling(told.events)).get(key), same=told.team.same
        ),
        known={"follow_up": key},
        # `about` is left out: it is a person by our own id.
        given={
            "follow_up": {
                "rule": key.rule,
                "anchor": {"source": key.anchor.source, "id": key.anchor.id},
                "cycle": key.cycle,
            }
        },
    )
