"""When what an event tells begins to hold (*hvornår det gælder fra*)."""

from datetime import date, datetime
from typing import Any

from domain.calendar import ALWAYS, start_of
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import (
    CaseworkerChanged,
    Closed,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    CaseloadPolicySet,
    Established,
    PersonAssigned,
    PersonReleased,
    RulesAdopted,
    SupervisionArranged,
)

_FROM = (
    *(MentorMatched, CaseworkerChanged, Reopened, Employed, HoursChanged),
    *(Established, PersonAssigned, SupervisionArranged, CaseloadPolicySet),
)
_TO = (MatchEnded, Closed, GrantEnded, Left, PersonReleased)
_PERIOD = (GrantDecided, GrantExtended, RulesAdopted)


def day_it_holds_from(fact: Fact) -> date | None:
    """The day from which the folds read what it tells; None where that is when it happened."""
    told: Any = fact
    if isinstance(fact, _FROM):
        day: date = told.from_
        return day
    if isinstance(fact, _TO):
        return told.to  # type: ignore[no-any-return]
    if isinstance(fact, _PERIOD) and told.period is not None:
        return told.period.from_  # type: ignore[no-any-return]
    return None


def begins(event: Recorded) -> datetime:
    """When it happened, or began to hold where that is earlier: what is told afterwards."""
    day = day_it_holds_from(event.fact)
    if day is None or day == ALWAYS:
        return event.occurred_at
    return min(event.occurred_at, start_of(day))


def has_begun(event: Recorded, at: datetime) -> bool:
    """Whether it had happened by a moment, or what it tells held by then."""
    return event.occurred_at <= at or begins(event) <= at
