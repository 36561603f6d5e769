"""Which days a view that counts over a period counts: those asked about, up to the present day."""

from datetime import date

from domain.caseload import until
from domain.values import Period
from projections.asking import Question


def counted_days(question: Question, start: date | None, asked: Period | None = None) -> Period:
    """From `start` until the day asked about, that day included; of those the days `asked`.

    Where they have none in common, it covers no day. None, no start is known: nothing is before it.
    """
    end = until(question.day)
    if asked is not None and asked.to is not None:
        end = min(end, asked.to)
    first = max((day for day in (start, asked.from_ if asked else None) if day), default=end)
    return Period(min(first, end), end)
