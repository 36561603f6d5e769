"""Contradictions (*modsigelser*): what was told and can't all be so.

One small named function for each kind. A fact is never refused for what it contradicts, and no
contradiction is stored: each is found when asked, and gone when the missing fact has come.
"""

from collections.abc import Iterator

from domain.contradictions import frame, functions, grants, matches, roles
from domain.contradictions.base import Contradiction, CourseTold, course_told
from domain.contradictions.staff import (
    OF_MENTOR,
    OF_TEAM,
    MentorTold,
    TeamTold,
    team_told,
)

__all__ = [
    "Contradiction",
    "CourseTold",
    "MentorTold",
    "TeamTold",
    "course_told",
    "of_course",
    "of_mentor",
    "of_team",
    "team_told",
]

OF_COURSE = (*frame.ALL, *matches.ALL, *grants.ALL, *roles.ALL, *functions.ALL)


def of_course(told: CourseTold) -> Iterator[Contradiction]:
    """All contradictions of a course."""
    for look in OF_COURSE:
        yield from look(told)


def of_mentor(told: MentorTold) -> Iterator[Contradiction]:
    """All contradictions of a mentor's own streams."""
    for look in OF_MENTOR:
        yield from look(told)


def of_team(told: TeamTold) -> Iterator[Contradiction]:
    """All contradictions of the team's stream."""
    for look in OF_TEAM:
        yield from look(told)
