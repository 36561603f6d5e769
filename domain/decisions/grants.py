"""Deciding a grant (*bevilling*): who may, and what it must name."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from domain.calendar import day_of, is_empty
from domain.course import CourseState
from domain.decisions.refusing import Refusal, Rule, pass_all
from domain.events.base import Fact
from domain.events.course import GrantDecided
from domain.values import Actor, Ciphertext, Period, Ref


class DecideGrant(Struct, frozen=True, kw_only=True):
    """Grant or refuse a course, a treatment, support or mentor hours (*bevilling, afslag*).

    The fields are those of `course.grant-decided`; sealed ones come as ciphertext.
    """

    actor: Actor
    grant: Ref
    kind: str
    outcome: str
    on_behalf_of: Actor | None = None
    reason: str | None = None
    legal_basis: Ciphertext | None = None
    period: Period | None = None
    weekly_minutes: int | None = None
    total_minutes: int | None = None
    amount_oere: int | None = None
    provider: Ciphertext | None = None
    continues: Ref | None = None
    note: Ciphertext | None = None
    note_confidential: bool = False

    @property
    def grants(self) -> bool:
        """Whether it grants anything, in part at least."""
        return self.outcome in ("granted", "partly-granted")


def decide_grant(state: CourseState, command: DecideGrant, *, now: datetime) -> list[Fact]:
    """The grant as decided. Raises Refused by the first rule that forbids it."""
    pass_all(GRANT_RULES, state, command, now)
    fields = {name: getattr(command, name) for name in command.__struct_fields__}
    return [GrantDecided(**fields)]


def only_a_caseworker_grants(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """The caseworker exercises the authority (*myndighedsansvar*), granting included. [R]"""
    if command.actor.function == "caseworker":
        return None
    return Refusal(
        "Kun en sagsbehandler kan træffe afgørelse om en bevilling.",
        "Only a caseworker can decide a grant.",
        "en actor med funktionen caseworker",
        "an actor whose function is caseworker",
    )


def course_is_open(state: CourseState, command: DecideGrant, now: datetime) -> Refusal | None:
    """Nothing new is granted before the intake, or on a course that is closed."""
    if state.intake is not None and state.is_open_on(day_of(now)):
        return None
    return Refusal(
        "Forløbet er ikke åbent.",
        "The course is not open.",
        "course.intake-registered, eller course.reopened efter en afslutning",
        "course.intake-registered, or course.reopened after a close",
    )


def grant_is_not_decided_twice(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """A grant is decided once; what comes after is an extension, an end or a correction."""
    known = state.grants.get(command.grant)
    if known is None or known.decided is None:
        return None
    return Refusal(
        "Der er allerede truffet afgørelse om denne bevilling.",
        "This grant is already decided.",
        "et id af dens eget, eller course.grant-extended for samme bevilling",
        "a grant id of its own, or course.grant-extended for the same grant",
    )


def a_grant_names_its_period(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """What is granted has a first and a last day, so that it can run out."""
    period = command.period
    if not command.grants or (period and period.to and not is_empty(period)):
        return None
    return Refusal(
        "En bevilling skal have en periode med begge dage, og mindst én dag.",
        "A grant needs a period with both days, and one day at least.",
        "period med from og en senere to",
        "period with from and a later to",
    )


def mentor_hours_name_one_volume(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """Mentor support is granted in hours, weekly or in all, so that delivery can be checked."""
    volumes = [command.weekly_minutes, command.total_minutes]
    stated = sum(volume is not None for volume in volumes)
    if stated <= 1 and not (command.grants and command.kind == "mentor-hours" and stated == 0):
        return None
    return Refusal(
        "Mentorstøtte bevilges enten pr. uge eller som et samlet antal minutter.",
        "Mentor hours are granted either a week or in all.",
        "netop én af weekly_minutes og total_minutes",
        "exactly one of weekly_minutes and total_minutes",
    )


def a_refusal_names_its_reason(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """A citizen who is refused is told why."""
    if command.grants or command.reason:
        return None
    return Refusal(
        "Et afslag eller en afvisning skal have en begrundelse.",
        "A refusal or a dismissal needs a reason.",
        "reason",
        "reason",
    )


def a_refusal_grants_nothing(
    state: CourseState, command: DecideGrant, now: datetime
) -> Refusal | None:
    """What is refused has no period, volume or amount."""
    given = (command.period, command.weekly_minutes, command.total_minutes, command.amount_oere)
    if command.grants or all(value is None for value in given):
        return None
    return Refusal(
        "Et afslag kan ikke have periode, timetal eller beløb.",
        "A refusal has no period, volume or amount.",
        "at udelade period, weekly_minutes, total_minutes og amount_oere",
        "leaving out period, weekly_minutes, total_minutes and amount_oere",
    )


GRANT_RULES: Sequence[Rule[CourseState, DecideGrant]] = (
    only_a_caseworker_grants,
    course_is_open,
    grant_is_not_decided_twice,
    a_grant_names_its_period,
    mentor_hours_name_one_volume,
    a_refusal_names_its_reason,
    a_refusal_grants_nothing,
)
