"""What is known of each mentor for matching: profile, employment, training (*kompetenceprofil*)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from domain.matching import Profile
from domain.values import Ref
from projections.asking import Question
from projections.facts.leadership import TRAININGS
from projections.facts.profiles import PROFILES
from projections.facts.staff import EMPLOYMENTS

JOINT = "mentors-and-caseworkers"


class Known(NamedTuple):
    """A mentor's profile, and the events that say so."""

    profile: Profile
    by: tuple[Ref, ...] = ()


def profiles_of(question: Question, same: Mapping[UUID, UUID]) -> dict[UUID, Known]:
    """All of a municipality, as told by the moment asked about; of several of a kind the last,
    but for the year of birth, which later employments may leave out.

    `same` maps a staff member's other ids to the one they are read as.
    """
    found: dict[UUID, list[Any]] = defaultdict(lambda: [[], None, []])
    told = ("stream", "source", "event_id")
    for row in question.happened(EMPLOYMENTS, *told, "birth_year", "gender"):
        found[same.get(row.stream, row.stream)][0].append(row)
    for row in question.happened(PROFILES, *told, *PROFILES.columns):
        found[same.get(row.stream, row.stream)][1] = row
    for row in question.happened(TRAININGS, *told, "training", "kind", "together_with"):
        found[same.get(row.stream, row.stream)][2].append(row)
    return {person: _known(*several) for person, several in found.items()}


def _known(employed: list[Any], completed: Any, trained: list[Any]) -> Known:
    rows = [*employed, *([completed] if completed else []), *trained]
    born = [row.birth_year for row in employed if row.birth_year is not None]
    together = any(row.kind == JOINT or "caseworker" in row.together_with for row in trained)
    profile = Profile(
        birth_year=born[-1] if born else None,
        gender=employed[-1].gender if employed else None,
        education_field=completed.education_field if completed else None,
        experience_years=completed.experience_years if completed else None,
        strengths=tuple(completed.strengths) if completed else (),
        wishes=tuple(completed.wishes) if completed else (),
        trainings=tuple(dict.fromkeys(row.kind for row in trained)),
        trained_with_caseworkers=together,
    )
    return Known(profile, tuple(Ref(row.source, row.event_id) for row in rows))
