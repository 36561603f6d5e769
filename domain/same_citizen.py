"""Which courses are one citizen's by their CPR numbers (*samme borger*), and what is to be said.

What people and case systems say of two courses always holds over what the numbers say: a link that
somebody has undone isn't made again, and one that somebody has made stays.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.envelope import OrderKey
from domain.events.course import IdentityLinked, IdentityUnlinked
from domain.folding import Telling, Told
from domain.linking import Link

MOST_COURSES = 20
"""More courses than this are no one person's: their number is a dummy, and links nobody."""

Pair = frozenset[UUID]


class Said(NamedTuple):
    """Somebody's word that two courses are one citizen's, or are not; `ours` = told by number."""

    order: OrderKey
    link: Link
    ours: bool

    @property
    def pair(self) -> Pair:
        """The two courses."""
        return frozenset((self.link.one, self.link.alias))


def said_by(stream: UUID, telling: Telling, us: str) -> Iterator[Said]:
    """What a course's own stream says of its citizen; `us` is the source of our own events."""
    for linked in telling.of(IdentityLinked):
        if linked.fact.what == "citizen":
            link = Link(stream, linked.fact.alias)
            yield Said(linked.order, link, _is_ours(linked, us))
    for unlinked in telling.of(IdentityUnlinked):
        if unlinked.fact.what == "citizen":
            link = Link(stream, unlinked.fact.alias, holds=False)
            yield Said(unlinked.order, link, _is_ours(unlinked, us))


def to_be_said(alike: Iterable[Sequence[UUID]], said: Iterable[Said]) -> list[Link]:
    """What must be said so that the right pairs of courses are one citizen's.

    `alike` are courses that have a number in common, in the order in which we learned of them;
    `said` is all that was said of them so far.
    """
    last: dict[Pair, Said] = {}
    theirs: dict[Pair, Said] = {}
    for one in sorted(said):
        last[one.pair] = one
        if not one.ours:
            theirs[one.pair] = one
    parted = {pair for pair, one in theirs.items() if not one.link.holds}
    wanted = {frozenset(link[:2]): link for courses in alike for link in _as_one(courses, parted)}
    told = {pair: one.link for pair, one in last.items()}
    found = []
    for pair, link in (told | wanted).items():
        holds = theirs[pair].link.holds if pair in theirs else pair in wanted
        if holds != (pair in told and told[pair].holds):
            found.append(link._replace(holds=holds))
    return found


def _as_one(courses: Sequence[UUID], parted: Collection[Pair]) -> Iterator[Link]:
    """Each course linked with the first of its like; who was parted from any of them stays so."""
    groups: list[list[UUID]] = []
    for course in courses if len(courses) <= MOST_COURSES else ():
        for group in groups:
            if not any(frozenset((course, other)) in parted for other in group):
                group.append(course)
                break
        else:
            groups.append([course])
    return (Link(group[0], other) for group in groups for other in group[1:])


def _is_ours(told: Told[IdentityLinked] | Told[IdentityUnlinked], us: str) -> bool:
    """People decide here under the same source, but never as the system by itself."""
    return told.ref.source == us and told.fact.speaker.function == "system"
