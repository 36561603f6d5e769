"""A page of a list reads what it tells, and little more, wherever in the list it begins."""

from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from projections.paging import Page, Place, Reading, Window

Subject = tuple[int]


class Courses:
    """A thousand subjects with so many lines each; what was read of them is counted."""

    def __init__(self, *lines: int) -> None:
        self.lines = lines
        self.read: list[int] = []
        self.found: list[tuple[int, int | None]] = []

    def lines_of(self, subjects: Sequence[Subject]) -> Iterator[list[str]]:
        self.read += [number for (number,) in subjects]
        for (number,) in subjects:
            yield [f"{number}.{n}" for n in range(self.lines[number % len(self.lines)])]

    def find(self, over: int, many: int | None) -> tuple[list[Subject], int | None]:
        self.found.append((over, many))
        found = [(n,) for n in range(1000)][over : None if many is None else over + many]
        return found, 1000 if found else None

    def page(self, page: Page) -> list[tuple[Place, str]]:
        """Up to the limit, as a view takes them."""
        reading = Reading(page)
        told = reading.in_chunks(Window(self.find), self.lines_of, ("number",))
        placed = (one for one in reading.placed(told) if one[0] >= page.start)
        return list(islice(placed, page.limit))

    def total(self, page: Page, *, listed: bool = False, one_each: bool = True) -> int | None:
        """How many rows there are, as told when a page was read; of a list or of the database's."""
        reading = Reading(page)
        subjects = [(number,) for number in range(1000)] if listed else Window(self.find)
        told = reading.in_chunks(subjects, self.lines_of, ("number",), one_each=one_each)
        list(islice(reading.placed(told), page.limit))
        return reading.total()


@pytest.mark.parametrize("start", [0, 500, 990])
def test_a_page_reads_its_own_subjects_and_no_others(start: int) -> None:
    courses = Courses(1)
    rows = courses.page(Page(Place(start), 10))
    assert [row for _, row in rows] == [f"{n}.0" for n in range(start, start + 10)]
    assert courses.read == list(range(start, start + 10))
    # The keys of those it needs, and of a few that may take the place of some that have no row.
    assert courses.found == [(start, 42)]


def test_a_page_begins_amid_the_rows_of_its_subject() -> None:
    """Courses have two rows and three by turns: 2 + 3 + 2 are seven, so the eighth is 3.0."""
    rows = Courses(2, 3).page(Page(limit=8))
    assert rows[-1] == (Place(3, 0), "3.0")
    rows = Courses(2, 3).page(Page(Place(3, 1), 3))
    assert rows == [(Place(3, 1), "3.1"), (Place(3, 2), "3.2"), (Place(4, 0), "4.0")]


def test_where_many_have_no_row_a_page_reads_on_until_it_is_full() -> None:
    courses = Courses(1, 0, 0, 0, 0, 0, 0)
    rows = courses.page(Page(limit=10))
    assert [row for _, row in rows] == [f"{n}.0" for n in range(0, 70, 7)]
    # 10 have two rows, 32 more six in all, 64 more the other four.
    assert len(courses.read) == 10 + 32 + 64


def test_subjects_that_cannot_pass_are_never_read() -> None:
    courses = Courses(1)
    page = Page(limit=3, only={"number": lambda number: number % 100 == 0})
    assert [row for _, row in courses.page(page)] == ["0.0", "100.0", "200.0"]
    assert courses.read == [0, 100, 200]


def test_a_whole_list_is_read_in_parts() -> None:
    courses = Courses(1)
    assert len(courses.page(Page())) == 1000
    assert courses.read == list(range(1000)) and courses.found == [(0, None)]


def test_a_page_beyond_the_end_is_empty() -> None:
    assert Courses(1).page(Page(Place(1000), 5)) == []
    assert Courses(1).page(Page(Place(999, 1), 5)) == []


def test_how_many_rows_there_are_shows_where_each_subject_has_one() -> None:
    courses, page = Courses(1), Page(Place(500), 10)
    assert courses.total(page) == courses.total(page, listed=True) == 1000
    assert len(courses.found) == 1 and len(courses.read) == 20  # nothing was read to count
    assert courses.total(page, one_each=False) is None


def test_of_rows_that_must_pass_tests_those_are_counted_that_subjects_tell_of() -> None:
    hundreds = {"number": lambda number: number % 100 == 0}
    courses, page = Courses(1), Page(Place(500), 2, only=hundreds)
    assert courses.total(page, listed=True) == 10
    assert courses.total(page) is None  # the database would have to give them all
    other = Page(limit=2, only=hundreds | {"stage": lambda stage: stage == "raised"})
    assert courses.total(other, listed=True) is None
    place = Page(limit=2, only={"municipality": lambda name: name == "Vejle"})
    assert courses.total(place) == 1000
