"""A team followed by some of the rules only, from all the streams around it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.envelope import Recorded
from domain.events.team import RoleFollowUpHeld, RoleWorkshopHeld
from domain.folding import Persons, Telling
from domain.follow_ups import Plan, TeamSeen, plan_team
from domain.matches import folded_matches
from domain.mentor import fold_mentor
from domain.raised import FollowUps
from domain.rule_packs import RuleBook
from domain.spells import folded_spells
from domain.team import fold_team
from tests.domain.engine import CALENDAR, Arrival, Engine, Planner
from tests.domain.facts import TEAM
from tests.domain.rules.following import arrivals
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, fact_at


def seen_of(known: Sequence[Recorded], book: RuleBook) -> TeamSeen:
    """What the rules see of these events: of the one team, of mentors and of courses."""
    streams: dict[str, dict[UUID, list[Recorded]]] = {"team": {}, "mentor": {}, "course": {}}
    for event in known:
        kind = event.topic.split(".")[0]
        id = TEAM if kind == "team" else event.originator_id
        streams[kind].setdefault(id, []).append(event)
    team = fold_team(streams["team"].get(TEAM, []))
    persons = Persons(team.same)
    mentors: dict[UUID, list[Recorded]] = {}
    for mentor, told in streams["mentor"].items():
        mentors.setdefault(persons.id(mentor), []).extend(told)
    matches = {}
    for course, told in streams["course"].items():
        telling = Telling(told)
        matches[course] = folded_matches(telling, folded_spells(telling), persons)
    return TeamSeen(team, book, {one: fold_mentor(told) for one, told in mentors.items()}, matches)


def team_planner(book: RuleBook) -> Planner:
    """Plans a team by a book."""

    def plan(known: list[Recorded], now: datetime) -> Plan:
        return plan_team(seen_of(known, book), CALENDAR, now)

    return plan


def follow_ups(known: Sequence[Recorded], book: RuleBook) -> FollowUps:
    """What was written of the team."""
    return seen_of(known, book).team.follow_ups


def followed(*events: Recorded | Arrival, by: RuleBook, until: str) -> list[str]:
    """What is written of a team in the end."""
    return Engine(team_planner(by)).run(arrivals(events), until).log


def workshop(when: str, id: str = "workshop") -> Recorded:
    fact = RoleWorkshopHeld(
        actor=COORDINATOR, occasion="establishment", participants=(MENTOR, CASEWORKER), minutes=180
    )
    return fact_at(when, fact, id=id, stream=TEAM)


def role_follow_up(when: str, id: str) -> Recorded:
    fact = RoleFollowUpHeld(actor=COORDINATOR, participants=(MENTOR, CASEWORKER), outcome="clear")
    return fact_at(when, fact, id=id, stream=TEAM)
