"""How a team is led: meetings on matching, other actors, leadership acts, training (*ledelse*)."""

from domain.events.mentor import TrainingAttended
from domain.events.team import (
    ExternalCoordinationHeld,
    LeadershipActRecorded,
    MatchingMeetingHeld,
)
from projections.copying import Kind
from projections.table import FactTable, Values, key, people

MATCHING_MEETINGS = FactTable(
    "matching_meetings",
    {
        "meeting": Kind.TEXT,
        "kind": Kind.CODE,
        "actor": Kind.UUID,  # who held it
        "actor_function": Kind.CODE,
        "participants": Kind.UUIDS,
        "functions": Kind.CODES,  # of the participants, in their order
        "minutes": Kind.INT,
        "courses_discussed": Kind.INT,
    },
)
EXTERNAL_COORDINATIONS = FactTable(
    "external_coordinations",
    {
        "speaker": Kind.UUID,
        "speaker_function": Kind.CODE,
        "other_actors": Kind.CODES,
        "minutes": Kind.INT,
    },
)
LEADERSHIP_ACTS = FactTable(
    "leadership_acts",
    {
        "actor": Kind.UUID,
        "actor_function": Kind.CODE,
        "act": Kind.CODE,
        "minutes": Kind.INT,
    },
)
# Whoever was there is the stream.
TRAININGS = FactTable(
    "trainings",
    {
        "training": Kind.TEXT,
        "kind": Kind.CODE,
        "from_day": Kind.DATE,
        "to_day": Kind.DATE,
        "minutes": Kind.INT,
        "together_with": Kind.CODES,
    },
)

ALL = (MATCHING_MEETINGS, EXTERNAL_COORDINATIONS, LEADERSHIP_ACTS, TRAININGS)


@MATCHING_MEETINGS.row_from(MatchingMeetingHeld)
def _meeting(fact: MatchingMeetingHeld) -> Values:
    by, there = fact.actor, people(fact.participants)
    told = (key(fact.meeting), fact.kind, by.id, by.function)
    return (*told, *there, fact.minutes, fact.courses_discussed)


@EXTERNAL_COORDINATIONS.row_from(ExternalCoordinationHeld)
def _external(fact: ExternalCoordinationHeld) -> Values:
    return (fact.speaker.id, fact.speaker.function, fact.other_actors, fact.minutes)


@LEADERSHIP_ACTS.row_from(LeadershipActRecorded)
def _act(fact: LeadershipActRecorded) -> Values:
    # Whose act it is, the actor's function says, not the speaker's.
    return (fact.actor.id, fact.actor.function, fact.act, fact.minutes)


@TRAININGS.row_from(TrainingAttended)
def _training(fact: TrainingAttended) -> Values:
    days = fact.period
    told = (key(fact.training), fact.kind, days.from_, days.to)
    return (*told, fact.minutes, fact.together_with)
