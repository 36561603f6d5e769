"""Which days a view that counts over a period counts: those asked about, up to the present day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.calendar import instants
from domain.caseload import until
from domain.values import Period
from projections.asking import Question
from projections.table import FactTable


def counted_days(question: Question, start: date | None, asked: Period | None = None) -> Period:
    """From `start` until the day asked about, that day included; of those the days `asked`.

    Where they have none in common, it covers no day. None, no start is known: nothing is before it.
    """
    end = until(question.day)
    if asked is not None and asked.to is not None:
        end = min(end, asked.to)
    first = max((day for day in (start, asked.from_ if asked else None) if day), default=end)
    return Period(min(first, end), end)


def happened_in(
    question: Question, table: FactTable, days: Period | None, *columns: str
) -> Sequence[Any]:
    """Rows of what happened on these days, up to the moment asked about, in fold order."""
    first, end = instants(days)
    last = min(end, question.as_of)
    rows = question.rows(table, "occurred_at", *columns, since=first, until=last)
    return [row for row in rows if row.occurred_at < end]
