"""Pages of a list (*sider*): which part of an answer is wanted, read no further than that.

A list is told by subjects, such as the courses of a municipality in their order. Where they are
known before what is told of them is read, a page begins at its own subject, and a late page costs
what the first one does. What a position and a moment answer is the same for ever, so a place in it
is two numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

S = TypeVar("S", bound=tuple[Any, ...])
S_co = TypeVar("S_co", bound=tuple[Any, ...], covariant=True)
L = TypeVar("L")
_CHUNK = 256  # subjects whose details are read at once, at most
_MORE = 32  # where some had no row


class Place(NamedTuple):
    """Of a row in a list: its subject's number, and how many rows of that subject come before."""

    subject: int = 0
    rows: int = 0


FIRST = Place()
PLACE = ("municipality", "municipality_code")
"""The columns that are the same in all rows of a list."""


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
    """One reading of a list, as far as a page goes.

    `is_in_chunks` once it is read subject by subject.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_in_chunks = False
        self._subject = 0
        self._count: Callable[[], int | None] = _unknown

    def in_chunks(
        self,
        subjects: "Ordered[S]",
        lines_of: Callable[[Sequence[S]], Iterable[Iterable[L]]],
        columns: Sequence[str],
        *,
        one_each: bool = False,
    ) -> Iterator[L]:
        """The lines of subjects in their order: `lines_of` gives those of some, subject by subject.

        It is called with the next ones only when they are wanted. `columns` are the names under
        which a subject's first parts stand in its rows, so that one that no test lets pass is never
        read. Where each has `one_each`, as many rows pass as subjects do.
        """
        only, start, limit = self.page.only, self.page.start.subject, self.page.limit
        tests = [(n, only[name]) for n, name in enumerate(columns) if name in only]
        self.is_in_chunks = True
        if one_each and only.keys() <= {*columns, *PLACE}:
            self._count = partial(_how_many, subjects, tests)
        numbered = _numbered(subjects, start, None if tests or limit is None else limit + _MORE)
        wanted = (one for one in numbered if all(test(one[1][n]) for n, test in tests))
        for size in _sizes(limit):
            chunk = list(islice(wanted, size))
            told = lines_of([subject for _, subject in chunk]) if chunk else ()
            for (self._subject, _), lines in zip(chunk, told, strict=True):
                yield from lines
            if len(chunk) < size:
                return

    def total(self) -> int | None:
        """How many rows a list has that pass the page's tests, once it was read in chunks; None
        where that doesn't show without reading them all."""
        return self._count()

    def placed(self, lines: Iterable[L]) -> Iterator[tuple[Place, L]]:
        """Lines with their places; those before the page's start too, unless read in chunks."""
        at = Place(self._subject, -1)
        for line in lines:
            at = Place(self._subject, at.rows + 1 if self._subject == at.subject else 0)
            yield at, line


class Ordered(Protocol[S_co]):
    """Subjects in their order, of which a part can be had: a list, or a `Window`."""

    def __getitem__(self, part: slice, /) -> Sequence[S_co]:
        """Those from a number up to another."""


class Window(Generic[S]):
    """Subjects that the database puts in order, and gives no more of than are wanted: `read` takes
    how many to pass over, and how many to give at most, and tells how many there are in all, where
    that is known. `total` is what it told last."""

    def __init__(self, read: Callable[[int, int | None], tuple[Sequence[S], int | None]]) -> None:
        self._read = read
        self.total: int | None = None

    def __getitem__(self, part: slice, /) -> Sequence[S]:
        """Those from a number up to another."""
        first = part.start or 0
        found, total = self._read(first, None if part.stop is None else part.stop - first)
        self.total = self.total if total is None else total
        return found


def _how_many(
    subjects: Ordered[Any], tests: Sequence[tuple[int, Callable[[Any], bool]]]
) -> int | None:
    """The subjects that pass; None where the database would have to give them all to be tested."""
    if isinstance(subjects, Window):
        return None if tests else subjects.total
    if not tests:
        return len(subjects[:])
    return sum(all(test(one[n]) for n, test in tests) for one in subjects[:])


def _unknown() -> None:
    return None


def _numbered(subjects: Ordered[S], first: int, many: int | None) -> Iterator[tuple[int, S]]:
    """Subjects from a number on: so many are read, then twice as many; all at once if None."""
    while True:
        several = subjects[first : None if many is None else first + many]
        yield from enumerate(several, first)
        if many is None or len(several) < many:
            return
        first, many = first + many, 2 * many


def _sizes(limit: int | None) -> Iterator[int]:
    """How many subjects are read at once: as many as there are rows wanted, then a few for those
    that had none, then more and more."""
    left = 0 if limit is None else limit
    while left > 0:
        yield min(left, _CHUNK)
        left -= _CHUNK
    size = _CHUNK if limit is None else _MORE
    while True:
        yield size
        size = min(2 * size, _CHUNK)
