"""Replies to the survey, read from rows; linked ids are one respondent."""

from collections.abc import Sequence
from datetime import datetime

from domain.surveys import Reply, Round, rounds_begun
from projections import identity
from projections.asking import Question
from projections.facts.activities import ANSWERS


def rounds_of(question: Question, before: datetime | None = None) -> Sequence[Round]:
    """The rounds begun by the moment asked about, and before that instant; each whole."""
    begun = rounds_begun(question.once(_replies), question.as_of)
    return [one for one in begun if before is None or one.begun < before]


def _replies(question: Question) -> list[Reply]:
    staff = question.once(identity.staff)
    rows = question.rows(ANSWERS, "occurred_at", "stream", "survey", "questions", "degrees")
    return [
        Reply(
            staff[row.stream],
            row.survey,
            row.occurred_at,
            dict(zip(row.questions, row.degrees, strict=True)),
        )
        for row in rows
    ]
