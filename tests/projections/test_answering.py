"""What is left of a question once it is answered."""

import gc
import weakref
from collections.abc import Iterator, Sequence
from datetime import date

from projections.answering import Line, view
from projections.asking import Question
from projections.paging import Page
from tests.projections.conftest import Connection
from tests.projections.story import HERE, noon


def test_a_page_that_was_read_leaves_nothing_for_the_garbage_collector(
    connection: Connection,
) -> None:
    asked: list[weakref.ref[Question]] = []

    @view
    def three(question: Question) -> Iterator[Line]:
        asked.append(weakref.ref(question))

        def lines_of(several: Sequence[tuple[int]]) -> Iterator[list[Line]]:
            for (number,) in several:
                yield [Line({"number": number})]

        yield from question.in_chunks([(1,), (2,), (3,)], lines_of, ("number",), one_each=True)

    gc.disable()
    try:
        answer = three(connection, HERE, as_of=noon(date(2026, 3, 2)), page=Page(limit=2))
        assert [row["number"] for row in answer.rows] == [1, 2]
        assert answer.total == 3
        assert asked[0]() is None
    finally:
        gc.enable()
