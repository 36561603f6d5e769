"""A municipality's team and mentors, folded from rows: what several views begin with."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from domain.envelope import Recorded
from domain.mentor import MentorState, fold_mentor
from domain.team import TeamState, fold_team
from projections.asking import Question
from projections.facts.roles import FOLLOW_UPS, WORKSHOPS
from projections.facts.staff import (
    ASSIGNMENTS,
    BEGINNINGS,
    DEPARTURES,
    EMPLOYMENTS,
    HOURS_CHANGES,
    RELEASES,
    STAFF_LINKS,
)
from projections.facts.supervision import ARRANGEMENTS, SESSIONS

TABLES = (
    BEGINNINGS,
    ASSIGNMENTS,
    RELEASES,
    STAFF_LINKS,
    ARRANGEMENTS,
    SESSIONS,
    WORKSHOPS,
    FOLLOW_UPS,
)


@dataclass(frozen=True)
class Team:
    """The team, and every mentor by the one id that all of a person's ids are read as."""

    state: TeamState
    mentors: dict[UUID, MentorState]

    def one(self, person: UUID) -> UUID:
        """The id that stands for a person."""
        return self.state.same.get(person, person)


def team_of(question: Question) -> Team:
    """Fold the team's rows, and each mentor's."""
    state = team_state(question)
    return Team(state, _mentors(question, state))


def team_state(question: Question) -> TeamState:
    """Fold the team's rows only."""
    return fold_team(question.facts(*TABLES))


def _mentors(question: Question, state: TeamState) -> dict[UUID, MentorState]:
    by_person: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(EMPLOYMENTS, HOURS_CHANGES, DEPARTURES):
        stream = event.originator_id
        by_person[state.same.get(stream, stream)].append(event)
    return {person: fold_mentor(events) for person, events in by_person.items()}
