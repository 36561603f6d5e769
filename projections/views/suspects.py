"""Courses that may hold a contradiction."""

from collections.abc import Mapping
from uuid import UUID

from domain.mentor import MentorState
from projections.asking import Question
from projections.views.courses import TABLES


def suspects(question: Question, mentors: Mapping[UUID, MentorState]) -> set[UUID]:
    """The streams of all courses."""
    return {row.stream for table in TABLES for row in question.rows(table, "stream")}
