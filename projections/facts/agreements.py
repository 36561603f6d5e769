"""The written agreements with the citizen (*mentoraftaler*)."""

from typing import Any

from domain.events.base import Fact
from domain.events.course import MentorAgreementMade
from domain.values import Period
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values

AGREEMENTS = FactTable(
    "mentor_agreements",
    {
        "mentor": Kind.UUID,
        "parts": Kind.CODES,
        "from_day": Kind.DATE,
        "to_day": Kind.DATE,
        "weekly_minutes": Kind.INT,
        "total_minutes": Kind.INT,
    },
)

ALL = (AGREEMENTS,)


@AGREEMENTS.row_from(MentorAgreementMade)
def _agreement(fact: MentorAgreementMade) -> Values:
    days = (fact.period.from_, fact.period.to) if fact.period else (None, None)
    return (fact.mentor, fact.parts, *days, fact.weekly_minutes, fact.total_minutes)


@AGREEMENTS.read_as
def _read_agreement(row: Any) -> Fact:
    return MentorAgreementMade(
        actor=UNSAID,
        mentor=row.mentor,
        parts=tuple(row.parts),
        period=Period(row.from_day, row.to_day) if row.from_day else None,
        weekly_minutes=row.weekly_minutes,
        total_minutes=row.total_minutes,
    )
