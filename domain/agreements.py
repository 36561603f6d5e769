"""The written agreements with the citizen (*mentoraftaler*), and the work that they are for."""

from uuid import UUID

from domain.cooperation import Happening
from domain.events.course import ActivityRegistered, MentorAgreementMade
from domain.folding import Persons, Telling
from domain.values import Period, Ref


class Agreement(Happening, frozen=True, kw_only=True):
    """An agreement with a mentor, made or renewed. `parts` alone tell what it holds.

    `days` are those it was made for, with so many minutes a week or in all.
    """

    mentor: UUID
    parts: frozenset[str]
    days: Period | None = None
    weekly_minutes: int | None = None
    total_minutes: int | None = None


class Activity(Happening, frozen=True, kw_only=True):
    """Work that a mentor did for the citizen, together or not (*aktivitet*)."""

    mentor: UUID
    minutes: int
    grant: Ref | None = None


def folded_agreements(telling: Telling, persons: Persons) -> tuple[Agreement, ...]:
    """All of a course, in fold order: each replaces the earlier one with its mentor."""
    return tuple(
        Agreement(
            at=t.at,
            ref=t.ref,
            mentor=persons.id(t.fact.mentor),
            parts=frozenset(t.fact.parts),
            days=t.fact.period,
            weekly_minutes=t.fact.weekly_minutes,
            total_minutes=t.fact.total_minutes,
        )
        for t in telling.of(MentorAgreementMade)
    )


def folded_activities(telling: Telling, persons: Persons) -> tuple[Activity, ...]:
    """What was done as mentor, in fold order: the speaker did it."""
    return tuple(
        Activity(
            at=t.at,
            ref=t.ref,
            mentor=persons.id(t.fact.speaker.id),
            minutes=t.fact.minutes,
            grant=t.fact.grant,
        )
        for t in telling.of(ActivityRegistered)
        if t.fact.speaker.id and t.fact.speaker.function == "mentor"
    )
