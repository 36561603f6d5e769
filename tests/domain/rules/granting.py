"""Grants in short forms."""

from domain.envelope import Recorded
from domain.events.course import ActivityRegistered, GrantDecided, GrantEnded, GrantExtended
from domain.values import Actor, Period
from tests.domain.spec import CASEWORKER, MENTOR, TIMES, day, fact_at, ref


def period(from_: str, to: str) -> Period:
    return Period(day(from_), day(to))


def granted(
    when: str,
    from_: str,
    to: str,
    *,
    grant: str = "b-77",
    weekly: int | None = None,
    total: int | None = None,
    continues: str | None = None,
    id: str | None = None,
) -> Recorded:
    """Mentor hours where a volume is given, else a treatment."""
    fact = GrantDecided(
        actor=CASEWORKER,
        grant=ref(grant),
        kind="treatment" if weekly is None and total is None else "mentor-hours",
        outcome="granted",
        period=period(from_, to),
        weekly_minutes=weekly,
        total_minutes=total,
        continues=ref(continues) if continues else None,
    )
    return fact_at(when, fact, id=id or f"granted-{grant}")


def refused(when: str, grant: str, *, continues: str | None = None) -> Recorded:
    fact = GrantDecided(
        actor=CASEWORKER,
        grant=ref(grant),
        kind="treatment",
        outcome="refused",
        reason="not-needed",
        continues=ref(continues) if continues else None,
    )
    return fact_at(when, fact, id=f"refused-{grant}")


def extended(
    when: str,
    from_: str,
    to: str,
    *,
    grant: str = "b-77",
    weekly: int | None = None,
    total: int | None = None,
    id: str | None = None,
) -> Recorded:
    fact = GrantExtended(
        actor=CASEWORKER,
        grant=ref(grant),
        period=period(from_, to),
        weekly_minutes=weekly,
        total_minutes=total,
    )
    return fact_at(when, fact, id=id or f"extended-{grant}-{to}")


def grant_ended(when: str, to: str, *, grant: str = "b-77") -> Recorded:
    fact = GrantEnded(actor=CASEWORKER, grant=ref(grant), to=day(to), reason="goal-reached")
    return fact_at(when, fact, id=f"ended-{grant}")


def worked(
    when: str,
    minutes: int,
    *,
    by: Actor = MENTOR,
    grant: str | None = None,
    contact: str = "in-person",
    id: str | None = None,
) -> Recorded:
    fact = ActivityRegistered(
        actor=by,
        role="not-stated",
        activity="conversation",
        minutes=minutes,
        contact=contact,
        grant=ref(grant) if grant else None,
    )
    return fact_at(when, fact, id=id, source=TIMES)
