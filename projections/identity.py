"""Which ids are one: staff members, courses, citizens that have been linked (*sammenkobling*).

Who somebody is has no time: a link holds for every moment asked about, once it is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.linking import Link, one_of_each
from domain.values import Ref
from projections.asking import Question
from projections.facts.courses import COURSE_LINKS
from projections.facts.staff import STAFF_LINKS
from projections.selecting import Wanted

_STAFF = Wanted(STAFF_LINKS, ("person", "alias", "linked"))
_COURSES = Wanted(COURSE_LINKS, ("stream", "what", "alias", "linked"))
_LINKING = (
    Wanted(STAFF_LINKS, ("person", "alias", "linked", "source", "event_id")),
    Wanted(COURSE_LINKS, ("stream", "what", "alias", "linked", "source", "event_id")),
)
READ = (_STAFF, _COURSES)
"""What all of this is read from."""


class Identities(Mapping[UUID, UUID]):
    """From any id to the one that stands for all of its like; an unlinked id is its own."""

    def __init__(self, links: Iterable[Link]) -> None:
        """`links` in fold order: of several about the same two, the last holds."""
        self._one = one_of_each(links)

    def __getitem__(self, id_: UUID) -> UUID:
        # Where none is linked an id needn't be hashed, which takes longer than all else here.
        return self._one.get(id_, id_) if self._one else id_

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._one)

    def __len__(self) -> int:
        return len(self._one)

    @property
    def linked(self) -> Set[UUID]:
        """The ids that are linked to another."""
        return self._one.keys()

    def of(self, id_: UUID | None) -> UUID | None:
        """The one that stands for it; nobody stays nobody."""
        return None if id_ is None else self[id_]

    def subjects(self, ids: Iterable[UUID]) -> list[tuple[UUID]]:
        """Those that stand for any of these, each once, in the order in which lists tell them."""
        ones = {self[id_] for id_ in ids} if self._one else set(ids)
        return [(one,) for one in sorted(ones, key=attrgetter("int"))]

    def like(self, id_: UUID) -> set[UUID]:
        """All ids that are one with this, itself included."""
        one = self[id_]
        return {id_, one, *(other for other in self._one if self[other] == one)}

    def all_like(self, ids: Iterable[UUID]) -> set[UUID]:
        """All ids that are one with any of these, themselves included."""
        several = set(ids)
        if not self._one:
            return several
        ones = {self[id_] for id_ in several}
        return several | ones | {other for other, one in self._one.items() if one in ones}


def staff(question: Question) -> Identities:
    """The staff members of a municipality."""
    (rows,) = question.each([_STAFF])
    return Identities(Link(row.person, row.alias, row.linked) for row in rows)


def courses(question: Question) -> Identities:
    """The courses: ids that are the same course."""
    return _said_of("course", question)


def citizens(question: Question) -> Identities:
    """The citizens, each known by one of their courses: the same course or the same citizen."""
    # A link of one kind isn't undone by taking back one of the other kind.
    several = (question.once(courses), _said_of("citizen", question))
    return Identities(
        Link(one, alias)
        for identities in several
        for alias, one in identities.items()
        if alias != one
    )


def links_behind(question: Question, ids: Set[UUID]) -> list[Ref]:
    """The events by which any of these ids, of staff members or courses, is one with others."""
    several = (question.once(staff), question.once(courses))
    linked = {other for one in several for id_ in one.linked & ids for other in one.like(id_)}
    if not linked:
        return []
    held = question.once(_held)
    return [ref for pair, ref in held.items() if pair & linked]


def _held(question: Question) -> dict[frozenset[UUID], Ref]:
    """Of each two ids that are one the event that says so last."""
    of_staff, of_courses = question.each(_LINKING)
    told = {frozenset((row.person, row.alias)): row for row in of_staff} | {
        frozenset((row.stream, row.alias)): row for row in of_courses if row.what == "course"
    }
    return {pair: Ref(row.source, row.event_id) for pair, row in told.items() if row.linked}


def _said_of(kind: str, question: Question) -> Identities:
    rows = question.once(_links)
    return Identities(Link(r.stream, r.alias, r.linked) for r in rows if r.what == kind)


def _links(question: Question) -> Sequence[Any]:
    (rows,) = question.each([_COURSES])
    return rows
