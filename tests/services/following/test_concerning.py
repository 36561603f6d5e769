"""Whom news concerns: also those whose own stream tells nothing new."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.calendar import day_of
from services.following.concerning import Concerned
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import TEAM


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """Two courses with a mentor each, one without, one closed."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.established(-100)
    for mentor in ("m-31", "m-32"):
        town.employed(mentor, -100)
    for course in ("with-31", "with-32", "alone", "closed"):
        town.intake(course, -30)
    town.matched("with-31", -20, "m-31")
    town.matched("with-32", -20, "m-32")
    town.matched("closed", -20, "m-31")
    town.closed("closed", -10)
    return town


class Listening:
    """What was told since it was made, by the senders' names."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._concerned = Concerned(town.municipality)
        self._from = town.municipality.head().position

    def heard(self) -> set[str]:
        """Of those that are over, nobody is woken."""
        needing = self._concerned.needing(datetime.now(UTC))
        return self.told() & {self._name(subject) for subject in needing}

    def told(self) -> set[str]:
        head = self._town.municipality.head().position
        now = datetime.now(UTC)
        spans, _ = self._concerned.by(self._from, head, now)
        assert all(span.first == span.last == head for span in spans.values())
        return {self._name(subject) for subject in spans}

    def _name(self, subject: str) -> str:
        names = {self._town.subject(c): c for c in ("with-31", "with-32", "alone", "closed")}
        return names.get(subject, subject)


def test_a_fact_of_a_course_concerns_that_course(town: Town) -> None:
    listening = Listening(town)
    town.worked("with-31", -1)
    assert listening.heard() == {"with-31"}


def test_a_mentor_who_leaves_concerns_the_team_and_the_courses_with_a_match(town: Town) -> None:
    listening = Listening(town)
    town.tell("mentor.left", "m-31", -1, to=town.day(0).isoformat(), reason="other-job")
    assert listening.heard() == {TEAM, "with-31"}


def test_that_a_mentor_is_employed_after_all_concerns_them_too(town: Town) -> None:
    listening = Listening(town)
    town.employed("m-32", -50)
    assert listening.heard() == {TEAM, "with-32"}


def test_a_retraction_in_a_mentor_s_stream_concerns_them_too(town: Town) -> None:
    left = town.tell("mentor.left", "m-31", -1, to=town.day(0).isoformat(), reason="other-job")
    listening = Listening(town)
    town.tell("mentor.event-retracted", "m-31", 0, retracts={"id": left}, reason="wrong-subject")
    assert listening.heard() == {TEAM, "with-31"}


def test_a_mentor_under_another_id_is_the_same_mentor(town: Town) -> None:
    town.tell("team.identity-linked", "team", -1, **LINKED)
    listening = Listening(town)
    town.tell("mentor.left", "other-31", -1, to=town.day(0).isoformat(), reason="other-job")
    assert listening.heard() == {TEAM, "with-31"}


LINKED: dict[str, Any] = {"person": {"id": "m-31"}, "alias": {"id": "other-31"}, "basis": "manual"}


def test_other_news_of_a_mentor_concerns_the_team_alone(town: Town) -> None:
    listening = Listening(town)
    town.tell(
        "mentor.hours-changed",
        "m-31",
        -1,
        from_=town.day(0).isoformat(),
        weekly_minutes=600,
        reason="other",
    )
    assert listening.heard() == {TEAM}


@pytest.mark.parametrize("tell", ["matched", "ended", "closed", "retracted"])
def test_what_changes_who_follows_whom_concerns_the_team(town: Town, tell: str) -> None:
    listening = Listening(town)
    match tell:
        case "matched":
            town.matched("with-31", -1, "m-32")
        case "ended":
            ended: dict[str, Any] = {
                "match": {"id": "match-with-31--20"},
                "to": town.day(0).isoformat(),
            }
            town.tell("course.match-ended", "with-31", -1, reason="other", **ended)
        case "closed":
            town.closed("with-31", -1)
        case "retracted":
            gone: dict[str, Any] = {"retracts": {"id": "ev-8"}, "reason": "wrong-subject"}
            town.tell("course.event-retracted", "with-31", -1, **gone)
    assert listening.heard() - {"with-31"} == {TEAM}


def linked(town: Town, course: str, alias: str) -> str:
    told: dict[str, Any] = {"what": "course", "alias": {"id": alias}, "basis": "cpr"}
    return town.tell("course.identity-linked", course, -1, 7, **told)


def unlinked(town: Town, course: str, alias: str) -> str:
    told: dict[str, Any] = {"what": "course", "alias": {"id": alias}}
    return town.tell("course.identity-unlinked", course, -1, 8, **told)


def retracted(town: Town, course: str, id: str) -> str:
    told: dict[str, Any] = {"retracts": {"id": id}, "reason": "wrong-subject"}
    return town.tell("course.event-retracted", course, 0, **told)


@pytest.mark.parametrize(("teller", "other"), [("with-31", "alone"), ("alone", "with-31")])
def test_that_courses_are_one_no_more_concerns_both_whichever_tells_it(
    town: Town, teller: str, other: str
) -> None:
    linked(town, "with-31", "alone")
    listening = Listening(town)
    unlinked(town, teller, other)
    assert listening.heard() == {TEAM, "with-31", "alone"}


def test_that_a_link_never_was_concerns_both(town: Town) -> None:
    link = linked(town, "with-31", "alone")
    listening = Listening(town)
    retracted(town, "with-31", link)
    assert listening.heard() == {TEAM, "with-31", "alone"}


def test_that_they_were_one_all_along_concerns_the_one_and_what_followed_the_other(
    town: Town,
) -> None:
    linked(town, "with-31", "alone")
    unlink = unlinked(town, "alone", "with-31")
    listening = Listening(town)
    retracted(town, "alone", unlink)
    assert listening.heard() == {TEAM, "with-31"}  # which they are followed as
    assert listening.told() == {TEAM, "with-31", "alone"}  # the other's workflow is to end


def test_a_corrected_link_concerns_whom_it_linked_and_whom_it_links(town: Town) -> None:
    link = linked(town, "with-31", "alone")
    listening = Listening(town)
    town.tell(
        "course.event-corrected",
        "with-31",
        0,
        corrects={"id": link},
        reason="wrong-subject",
        replacement={
            "type": "course.identity-linked.v1",
            "time": f"{town.day(-1).isoformat()}T07:00:00+01:00",
            "data": {
                "actor": {"id": "s-12", "function": "caseworker"},
                "what": "course",
                "alias": {"id": "with-32"},
                "basis": "cpr",
            },
        },
    )
    assert listening.heard() == {TEAM, "with-31", "alone"}
    assert listening.told() == {TEAM, "with-31", "alone", "with-32"}


def test_of_three_courses_that_were_one_all_are_concerned_when_the_middle_lets_go(
    town: Town,
) -> None:
    linked(town, "with-31", "alone")
    linked(town, "alone", "with-32")
    listening = Listening(town)
    unlinked(town, "with-31", "alone")
    assert listening.heard() == {TEAM, "with-31", "alone"}
    assert listening.told() == {TEAM, "with-31", "alone", "with-32"}


def test_other_links_are_no_news_to_courses_that_stay_as_they_are(town: Town) -> None:
    linked(town, "with-31", "alone")
    listening = Listening(town)
    linked(town, "with-32", "closed")
    assert listening.told() == {TEAM, "with-32", "closed"}


def test_new_rules_concern_every_open_course(town: Town) -> None:
    listening = Listening(town)
    town.adopt(FOUR_RULES)
    assert listening.heard() == {TEAM, "with-31", "with-32", "alone"}
