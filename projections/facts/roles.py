"""What role clarity is read from: statements, goals, coordination, friction, and the support."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from domain import codes
from domain.events.base import Fact
from domain.events.course import (
    CoordinationHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    RolesStated,
)
from domain.events.team import ColocationChanged, RoleFollowUpHeld, RoleWorkshopHeld
from domain.values import Actor
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values, key, people, ref

RESPONSIBILITIES, HOLDERS = codes.responsibilities.codes, codes.holders.codes
_BITS = 4  # of an answer; a column has room for 15 responsibilities
_MASK = (1 << _BITS) - 1
_SPEAKER = {"speaker": Kind.UUID, "speaker_function": Kind.CODE}
_PARTICIPANTS = {"participants": Kind.UUIDS, "functions": Kind.CODES}  # in the same order
_ACTOR = {"actor": Kind.UUID, "actor_function": Kind.CODE}  # who held it for the participants

STATEMENTS = FactTable(
    "role_statements",
    {
        **_SPEAKER,
        "counterpart": Kind.UUID,
        "answers": Kind.LONG,  # as `answers_in` reads them
    },
)
GOALS = FactTable(
    "goals",
    {
        **_SPEAKER,
        "goal": Kind.TEXT,
        "directions": Kind.CODES,
        "text": Kind.TEXT,  # ciphertext
        "target_date": Kind.DATE,
    },
)
ACKNOWLEDGEMENTS = FactTable("goal_acknowledgements", {**_SPEAKER, "goal": Kind.TEXT})
REVIEWS = FactTable("goal_reviews", {"goal": Kind.TEXT, "outcome": Kind.CODE, **_PARTICIPANTS})
COORDINATIONS = FactTable(
    "coordinations",
    {"form": Kind.CODE, **_PARTICIPANTS, "topics": Kind.CODES, "minutes": Kind.INT},
)
FRICTIONS = FactTable(
    "frictions",
    {**_SPEAKER, "kind": Kind.CODE, "responsibility": Kind.CODE, **_PARTICIPANTS},
)
WORKSHOPS = FactTable(
    "role_workshops", {"occasion": Kind.CODE, **_ACTOR, **_PARTICIPANTS, "minutes": Kind.INT}
)
FOLLOW_UPS = FactTable(
    "role_follow_ups", {**_ACTOR, **_PARTICIPANTS, "outcome": Kind.CODE, "minutes": Kind.INT}
)
COLOCATIONS = FactTable(
    "colocations",
    {"from_day": Kind.DATE, "extent": Kind.CODE, "persons": Kind.UUIDS},  # nobody: the whole team
)

ALL = (
    STATEMENTS,
    GOALS,
    ACKNOWLEDGEMENTS,
    REVIEWS,
    COORDINATIONS,
    FRICTIONS,
    WORKSHOPS,
    FOLLOW_UPS,
    COLOCATIONS,
)


def _speaker(row: Any) -> Actor:
    return Actor(row.speaker_function, row.speaker)


def _actors(row: Any) -> tuple[Actor, ...]:
    people = zip(row.functions, row.participants, strict=True)
    return tuple(Actor(function, id_) for function, id_ in people)


def packed_answers(answers: Mapping[str, str]) -> int:
    """Who has each responsibility, four bits for each: 0 unsaid, else a holder's place in its list.

    A number is read, compared and sorted far faster than what it stands for.
    """
    return sum(
        HOLDERS.index(holder) + 1 << _BITS * RESPONSIBILITIES.index(responsibility)
        for responsibility, holder in answers.items()
    )


@lru_cache(4096)
def answers_in(told: int | None) -> Mapping[str, str]:
    """What a side says, by responsibility; nothing where it said nothing."""
    places = ((told or 0) >> _BITS * n & _MASK for n in range(len(RESPONSIBILITIES)))
    return MappingProxyType(
        {one: HOLDERS[at - 1] for one, at in zip(RESPONSIBILITIES, places, strict=True) if at}
    )


@STATEMENTS.row_from(RolesStated)
def _statement(fact: RolesStated) -> Values:
    who = fact.speaker
    return (who.id, who.function, fact.counterpart, packed_answers(fact.answers))


@STATEMENTS.read_as
def _read_statement(row: Any) -> Fact:
    return RolesStated(
        actor=_speaker(row), counterpart=row.counterpart, answers=dict(answers_in(row.answers))
    )


@GOALS.row_from(GoalSet)
def _goal(fact: GoalSet) -> Values:
    who = fact.speaker
    thing = key(fact.goal)
    return (who.id, who.function, thing, fact.directions, fact.text, fact.target_date)


@GOALS.read_as
def _read_goal(row: Any) -> Fact:
    return GoalSet(
        actor=_speaker(row),
        goal=ref(row.goal),
        directions=tuple(row.directions),
        text=row.text,
        target_date=row.target_date,
    )


@ACKNOWLEDGEMENTS.row_from(GoalAcknowledged)
def _acknowledgement(fact: GoalAcknowledged) -> Values:
    return (fact.speaker.id, fact.speaker.function, key(fact.goal))


@ACKNOWLEDGEMENTS.read_as
def _read_acknowledgement(row: Any) -> Fact:
    return GoalAcknowledged(actor=_speaker(row), goal=ref(row.goal))


@REVIEWS.row_from(GoalReviewed)
def _review(fact: GoalReviewed) -> Values:
    return (key(fact.goal), fact.outcome, *people(fact.participants))


@REVIEWS.read_as
def _read_review(row: Any) -> Fact:
    return GoalReviewed(
        actor=UNSAID, goal=ref(row.goal), outcome=row.outcome, participants=_actors(row)
    )


@COORDINATIONS.row_from(CoordinationHeld)
def _coordination(fact: CoordinationHeld) -> Values:
    return (fact.form, *people(fact.participants), fact.topics, fact.minutes)


@COORDINATIONS.read_as
def _read_coordination(row: Any) -> Fact:
    return CoordinationHeld(
        actor=UNSAID,
        form=row.form,
        participants=_actors(row),
        topics=tuple(row.topics),
        minutes=row.minutes,
    )


@FRICTIONS.row_from(FrictionReported)
def _friction(fact: FrictionReported) -> Values:
    who = fact.speaker
    return (who.id, who.function, fact.kind, fact.responsibility, *people(fact.between))


@FRICTIONS.read_as
def _read_friction(row: Any) -> Fact:
    return FrictionReported(
        actor=_speaker(row),
        kind=row.kind,
        responsibility=row.responsibility,
        between=_actors(row),
    )


@WORKSHOPS.row_from(RoleWorkshopHeld)
def _workshop(fact: RoleWorkshopHeld) -> Values:
    by = fact.actor
    return (fact.occasion, by.id, by.function, *people(fact.participants), fact.minutes)


@WORKSHOPS.read_as
def _read_workshop(row: Any) -> Fact:
    return RoleWorkshopHeld(
        actor=Actor(row.actor_function, row.actor),
        occasion=row.occasion,
        participants=_actors(row),
        minutes=row.minutes,
    )


@FOLLOW_UPS.row_from(RoleFollowUpHeld)
def _follow_up(fact: RoleFollowUpHeld) -> Values:
    by = fact.actor
    return (by.id, by.function, *people(fact.participants), fact.outcome, fact.minutes)


@FOLLOW_UPS.read_as
def _read_follow_up(row: Any) -> Fact:
    return RoleFollowUpHeld(
        actor=Actor(row.actor_function, row.actor),
        participants=_actors(row),
        outcome=row.outcome,
        minutes=row.minutes,
    )


@COLOCATIONS.row_from(ColocationChanged)
def _colocation(fact: ColocationChanged) -> Values:
    return (fact.from_, fact.extent, fact.persons)


@COLOCATIONS.read_as
def _read_colocation(row: Any) -> Fact:
    return ColocationChanged(
        actor=UNSAID, from_=row.from_day, extent=row.extent, persons=tuple(row.persons)
    )
