"""Mentors' competence profiles (*kompetenceprofiler*): codes only, since their texts are sealed."""

from typing import Any

from domain.events.base import Fact
from domain.events.mentor import ProfileCompleted
from domain.values import Item
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values

# Whose profile it is, is the stream.
PROFILES = FactTable(
    "profiles",
    {
        "education_field": Kind.CODE,
        "experience_years": Kind.INT,
        "strengths": Kind.CODES,
        "wishes": Kind.CODES,
    },
)

ALL = (PROFILES,)


@PROFILES.row_from(ProfileCompleted)
def _profile(fact: ProfileCompleted) -> Values:
    strengths, wishes = ([item.code for item in items] for items in (fact.strengths, fact.wishes))
    return (fact.education_field, fact.experience_years, strengths, wishes)


@PROFILES.read_as
def _read_profile(row: Any) -> Fact:
    return ProfileCompleted(
        actor=UNSAID,
        education_field=row.education_field,
        experience_years=row.experience_years,
        strengths=tuple(map(Item, row.strengths)),
        wishes=tuple(map(Item, row.wishes)),
    )
