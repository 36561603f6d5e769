"""Pages of a list (*sider*): which part of an answer is wanted, read no further than that.

A list is told by subjects, such as the courses of a municipality in their order. Where they are
known before what is told of them is read, a page begins at its own subject, and a late page costs
what the first one does. What a position and a moment answer is the same for ever, so a place in it
is two numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeVar

S = TypeVar("S", bound=tuple[Any, ...])
L = TypeVar("L")
_CHUNK = 256  # subjects whose details are read at once, at most


class Place(NamedTuple):
    """Of a row in a list: its subject's number, and how many rows of that subject come before."""

    subject: int = 0
    rows: int = 0


FIRST = Place()


@dataclass(frozen=True)
class Page:
    """So many rows, or all, from a place on; `only` those whose columns pass these tests.

    Without `behind` nobody will ask for the events behind, so that rows needn't keep what they
    were worked out from.
    """

    start: Place = FIRST
    limit: int | None = None
    only: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    behind: bool = True

    def has(self, row: Mapping[str, Any]) -> bool:
        """Whether a row, as far as its columns are there, passes the tests."""
        return all(test(row[name]) for name, test in self.only.items() if name in row)


WHOLE = Page()


class Reading:
    """One reading of a list, as far as a page goes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._subject = 0

    def in_chunks(
        self,
        subjects: Sequence[S],
        lines_of: Callable[[Sequence[S]], Iterable[Iterable[L]]],
        columns: Sequence[str],
    ) -> Iterator[L]:
        """The lines of subjects in their order: `lines_of` gives those of some, subject by subject.

        It is called with the next ones only when they are wanted. `columns` are the names under
        which a subject's first parts stand in its rows, so that one that no test lets pass is never
        read.
        """
        page = self.page
        tests = [(n, page.only[name]) for n, name in enumerate(columns) if name in page.only]
        wanted = (
            number
            for number in range(page.start.subject, len(subjects))
            if all(test(subjects[number][n]) for n, test in tests)
        )
        size = min(page.limit or _CHUNK, _CHUNK)
        while chunk := list(islice(wanted, size)):
            told = lines_of([subjects[number] for number in chunk])
            for self._subject, lines in zip(chunk, told, strict=True):
                yield from lines
            size = min(2 * size, _CHUNK)

    def placed(self, lines: Iterable[L]) -> Iterator[tuple[Place, L]]:
        """Lines from the page's start on, each with its place."""
        at = Place(self._subject, -1)
        for line in lines:
            at = Place(self._subject, at.rows + 1 if self._subject == at.subject else 0)
            if at >= self.page.start:
                yield at, line
