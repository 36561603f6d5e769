"""What role clarity is read from: statements, goals, coordination, friction, acts of authority."""

from collections.abc import Iterable
from typing import Any

from domain.events.course import (
    CoordinationHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    RolesStated,
)
from domain.events.team import RoleFollowUpHeld, RoleWorkshopHeld
from domain.values import Actor
from projections.copying import Kind
from projections.table import FactTable, Values, key

_SPEAKER = {"speaker": Kind.UUID, "speaker_function": Kind.CODE}
_PARTICIPANTS = {"participants": Kind.UUIDS, "functions": Kind.CODES}  # in the same order

STATEMENTS = FactTable(
    "role_statements",
    {
        **_SPEAKER,
        "counterpart": Kind.UUID,
        "responsibilities": Kind.CODES,
        "holders": Kind.CODES,  # of the responsibilities, in their order
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
# Authority is read from the actor's function, not the speaker's.
AUTHORITY_ACTS = FactTable(
    "authority_acts",
    {"act": Kind.CODE, "grant_key": Kind.TEXT, "actor": Kind.UUID, "actor_function": Kind.CODE},
)
WORKSHOPS = FactTable(
    "role_workshops", {"occasion": Kind.CODE, **_PARTICIPANTS, "minutes": Kind.INT}
)
FOLLOW_UPS = FactTable(
    "role_follow_ups", {**_PARTICIPANTS, "outcome": Kind.CODE, "minutes": Kind.INT}
)

ALL = (
    STATEMENTS,
    GOALS,
    ACKNOWLEDGEMENTS,
    REVIEWS,
    COORDINATIONS,
    FRICTIONS,
    AUTHORITY_ACTS,
    WORKSHOPS,
    FOLLOW_UPS,
)


def _people(actors: Iterable[Actor]) -> tuple[list[Any], list[str]]:
    several = list(actors)
    return [actor.id for actor in several], [actor.function for actor in several]


@STATEMENTS.row_from(RolesStated)
def _statement(fact: RolesStated) -> Values:
    who = fact.speaker
    answers = sorted(fact.answers.items())
    asked, answered = [code for code, _ in answers], [holder for _, holder in answers]
    return (who.id, who.function, fact.counterpart, asked, answered)


@GOALS.row_from(GoalSet)
def _goal(fact: GoalSet) -> Values:
    who = fact.speaker
    thing = key(fact.goal)
    return (who.id, who.function, thing, fact.directions, fact.text, fact.target_date)


@ACKNOWLEDGEMENTS.row_from(GoalAcknowledged)
def _acknowledgement(fact: GoalAcknowledged) -> Values:
    return (fact.speaker.id, fact.speaker.function, key(fact.goal))


@REVIEWS.row_from(GoalReviewed)
def _review(fact: GoalReviewed) -> Values:
    return (key(fact.goal), fact.outcome, *_people(fact.participants))


@COORDINATIONS.row_from(CoordinationHeld)
def _coordination(fact: CoordinationHeld) -> Values:
    return (fact.form, *_people(fact.participants), fact.topics, fact.minutes)


@FRICTIONS.row_from(FrictionReported)
def _friction(fact: FrictionReported) -> Values:
    who = fact.speaker
    return (who.id, who.function, fact.kind, fact.responsibility, *_people(fact.between))


def _act(name: str, fact: GrantDecided | GrantExtended | GrantEnded) -> Values:
    return (name, key(fact.grant), fact.actor.id, fact.actor.function)


@AUTHORITY_ACTS.row_from(GrantDecided)
def _decision(fact: GrantDecided) -> Values:
    return _act("grant-decided", fact)


@AUTHORITY_ACTS.row_from(GrantExtended)
def _extension(fact: GrantExtended) -> Values:
    return _act("grant-extended", fact)


@AUTHORITY_ACTS.row_from(GrantEnded)
def _end(fact: GrantEnded) -> Values:
    return _act("grant-ended", fact)


@WORKSHOPS.row_from(RoleWorkshopHeld)
def _workshop(fact: RoleWorkshopHeld) -> Values:
    return (fact.occasion, *_people(fact.participants), fact.minutes)


@FOLLOW_UPS.row_from(RoleFollowUpHeld)
def _follow_up(fact: RoleFollowUpHeld) -> Values:
    return (*_people(fact.participants), fact.outcome, fact.minutes)
