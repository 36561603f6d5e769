"""Grants (*bevillinger*).

`grant` is the case system's one id, from application to end. A grant that runs out needs no event:
its period says so.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import CourseFact, Finding
from domain.events.checks import both_days, not_both_volumes
from domain.fields import Sealed, Under
from domain.values import Ciphertext, Date, Oere, Span, Thing, TotalMinutes, WeeklyMinutes

_READERS = ("grants", "role-clarity", "grant-running-out", "hours-below-grant")
_VOLUME = ("period", "weekly_minutes", "total_minutes", "amount_oere")


class GrantAppliedFor(CourseFact, frozen=True, kw_only=True):
    """A grant is applied for. [P]

    *ansøgning*.
    """

    NAME = "course.grant-applied-for"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("grants",)

    grant: Thing
    kind: Annotated[str, codes.grant_kinds]
    period: Span | None = None
    provider: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None


class GrantDecided(CourseFact, frozen=True, kw_only=True):
    """The caseworker grants or refuses. [R]

    *bevilling, afgørelse*. `continues`: the grant that this one carries on under a new id. An
    actor who isn't a caseworker reads as a boundary crossing.
    """

    NAME = "course.grant-decided"
    SENT_BY = ("CS",)
    HERE = ("caseworker",)
    READ_BY = _READERS

    grant: Thing
    kind: Annotated[str, codes.grant_kinds]
    outcome: Annotated[str, codes.grant_outcomes]
    reason: Annotated[str | None, codes.refusal_reasons] = None
    legal_basis: Annotated[Ciphertext | None, Sealed("law", Under.CITIZEN)] = None
    period: Span | None = None
    weekly_minutes: WeeklyMinutes | None = None
    total_minutes: TotalMinutes | None = None
    amount_oere: Oere | None = None
    provider: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None
    continues: Thing | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """Granted or partly: `period` with both days; for `mentor-hours` also exactly one of
        `weekly_minutes` and `total_minutes`. Refused or dismissed: `reason`, no period, volume or
        amount.
        """
        if form.outcome in ("granted", "partly-granted"):
            yield from _granted(form)
        else:
            yield from _refused(form)


class GrantExtended(CourseFact, frozen=True, kw_only=True):
    """The same grant gets a new period. [P]

    *forlængelse*. Volume and amount are the new period's; left out, the volume goes on as before.
    """

    NAME = "course.grant-extended"
    SENT_BY = ("CS",)
    HERE = ("caseworker",)
    READ_BY = _READERS

    grant: Thing
    period: Span
    legal_basis: Annotated[Ciphertext | None, Sealed("law", Under.CITIZEN)] = None
    weekly_minutes: WeeklyMinutes | None = None
    total_minutes: TotalMinutes | None = None
    amount_oere: Oere | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """`period` with both days; not both `weekly_minutes` and `total_minutes`."""
        yield from both_days(form.period, "period")
        yield from not_both_volumes(form)


class GrantEnded(CourseFact, frozen=True, kw_only=True):
    """A grant ends before its period does, or is carried through. [P]

    *ophør*.
    """

    NAME = "course.grant-ended"
    SENT_BY = ("CS",)
    HERE = ("caseworker",)
    READ_BY = _READERS

    grant: Thing
    to: Date
    reason: Annotated[str, codes.grant_end_reasons]


def _granted(form: Any) -> Iterator[Finding]:
    if form.period is None:
        yield Finding(
            "period",
            "En bevilling har en periode med første og sidste dag.",
            "A grant has a period with both its days.",
        )
    yield from both_days(form.period, "period")
    if form.kind != "mentor-hours":
        return
    yield from not_both_volumes(form)
    if form.weekly_minutes is None and form.total_minutes is None:
        yield Finding(
            "weekly_minutes",
            "Mentorstøtte bevilges i minutter: enten `weekly_minutes` eller `total_minutes`.",
            "Mentor hours are granted in minutes: either `weekly_minutes` or `total_minutes`.",
        )


def _refused(form: Any) -> Iterator[Finding]:
    if form.reason is None:
        yield Finding(
            "reason", "Et afslag skal have en begrundelse.", "A refusal needs its reason."
        )
    for field in _VOLUME:
        if getattr(form, field) is not None:
            yield Finding(
                field,
                "Et afslag har hverken periode, omfang eller beløb.",
                "A refusal has no period, volume or amount.",
            )


EVENTS = (GrantAppliedFor, GrantDecided, GrantExtended, GrantEnded)
