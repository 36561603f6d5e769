"""What the rules look at: read on bit by bit, it is what is read all at once."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.calendar import day_of
from services.following.matches import Matches
from services.following.seeing import Look, Sight
from services.following.streams import Streams
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.town import COORDINATOR, MENTOR, Town

CASEWORKER = {"id": "s-12", "function": "caseworker"}


class Looked:
    """A town, and eyes on it that were open from the first day."""

    def __init__(self, municipality: Municipality, today: date) -> None:
        self.town = Town(municipality, today)
        self._municipality = municipality
        self._sight = Sight(municipality)

    def look(self) -> Look:
        """The team; as it is seen, too, by who looks for the first time, and so are the courses."""
        first = Sight(self._municipality)
        for course in Streams(self._municipality).now().courses:
            assert self._sight.course(course) == first.course(course)
        look = self._sight.team()
        assert look == first.team()
        return look

    def person(self, id: str) -> UUID:
        found = self._municipality.find("person", id)
        assert found
        return found

    def match_ended(self, course: str, match: str, day: int) -> None:
        to, ended = self.town.day(day).isoformat(), {"id": match}
        self.town.tell("course.match-ended", course, day, match=ended, to=to, reason="mentor-left")

    def linked(self, stream: str, subject: str, event: str = "linked", **data: Any) -> None:
        self.town.tell(f"{stream}.identity-{event}", subject, 20, actor=COORDINATOR, **data)


def test_what_is_read_on_is_what_is_read_all_at_once(
    municipality: Municipality, clock: Clock
) -> None:
    looked = Looked(municipality, day_of(clock.now))
    town = looked.town
    town.intake("c-1")
    looked.look()
    town.employed("m-31")
    town.matched("c-1", 1)
    looked.look()
    town.established()
    town.supervisor()
    town.matched("c-2", 2, mentor="m-32")
    town.employed("m-32", 3)
    look = looked.look()
    assert look.team is not None
    assert len(look.team.mentors) == len(look.team.matches) == 2

    town.tell("mentor.left", "m-32", 9, actor=COORDINATOR, to=_day(town, 9), reason="resigned")
    looked.match_ended("c-1", "match-c-1-1", 9)
    looked.look()
    one, other = {"id": "m-31"}, {"id": "m-32"}
    looked.linked("team", "team", person=one, alias=other, basis="manual")
    look = looked.look()
    assert look.team is not None
    assert set(look.team.mentors) == {looked.person("m-31")}
    assert {m.mentor for several in look.team.matches.values() for m in several} == {
        looked.person("m-31")
    }

    looked.linked("course", "c-1", what="course", alias={"id": "c-2"}, basis="manual")
    look = looked.look()
    assert look.team is not None
    assert [len(several) for several in look.team.matches.values()] == [2]

    looked.linked("course", "c-1", "unlinked", what="course", alias={"id": "c-2"})
    looked.linked("team", "team", "unlinked", person=one, alias=other)
    look = looked.look()
    assert look.team is not None
    assert len(look.team.mentors) == len(look.team.matches) == 2


def test_a_correction_makes_a_match_of_what_was_none_and_a_retraction_unmakes_it(
    municipality: Municipality, clock: Clock
) -> None:
    looked = Looked(municipality, day_of(clock.now))
    town = looked.town
    town.established()
    town.intake("c-1")
    slip = town.met("c-1", 1)
    looked.look()
    match = {"match": {"id": "x"}, "mentor": {"id": "m-31"}, "from": _day(town, 1)}
    replacement = {
        "type": "dk.roedtraad.course.mentor-matched.v1",
        "time": f"{_day(town, 1)}T10:00:00+01:00",
        "data": {"actor": CASEWORKER, "method": "by-profile", **match},
    }
    town.tell(
        "course.event-corrected",
        "c-1",
        2,
        actor=MENTOR,
        corrects={"id": slip},
        replacement=replacement,
        reason="wrong-code",
    )
    look = looked.look()
    assert look.team is not None
    assert [len(several) for several in look.team.matches.values()] == [1]

    town.tell(
        "course.event-retracted",
        "c-1",
        3,
        retracts={"id": slip},
        actor=MENTOR,
        reason="never-happened",
    )
    look = looked.look()
    assert look.team is not None
    assert list(look.team.matches.values()) == [()]


def test_where_nobody_was_told_of_there_is_nobody_to_see(server: Server) -> None:
    nobody = server.municipality("0851")

    assert Sight(nobody).team() == Look(position=0)


def test_without_news_nothing_is_folded_anew(municipality: Municipality, clock: Clock) -> None:
    town = Town(municipality, day_of(clock.now))
    town.matched("c-1", 1)
    matches, streams = Matches(municipality), Streams(municipality)
    held = matches.now(streams.now(), {})
    town.met("c-1", 2)
    town.intake("c-2")

    assert matches.now(streams.now(), {}) is held


def _day(town: Town, number: int) -> str:
    return town.day(number).isoformat()
