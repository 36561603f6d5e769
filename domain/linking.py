"""Which ids are one (*sammenkobling*), and which of them is read for all."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from domain.envelope import OrderKey
from domain.events.course import IdentityLinked, IdentityUnlinked
from domain.folding import Telling


class Link(NamedTuple):
    """An id and another of the same are said to be one, or no more so."""

    one: UUID
    alias: UUID
    holds: bool = True


def course_links(stream: UUID, telling: Telling) -> Iterator[tuple[OrderKey, Link]]:
    """What a course's own stream says of itself and other courses, each with its place in order."""
    for linked in telling.of(IdentityLinked):
        if linked.fact.what == "course":
            yield linked.order, Link(stream, linked.fact.alias)
    for unlinked in telling.of(IdentityUnlinked):
        if unlinked.fact.what == "course":
            yield unlinked.order, Link(stream, unlinked.fact.alias, holds=False)


def one_of_each(links: Iterable[Link]) -> dict[UUID, UUID]:
    """Every linked id to the one of its group; ids that aren't linked are left out.

    `links` come in fold order: of several about the same two, the last holds. The one is the least
    id that is nobody's alias, so that it is the one that links speak of and doesn't depend on which
    was told first; where every id is somebody's alias, the least.
    """
    told = {frozenset((link.one, link.alias)): link for link in links}
    held = [link for link in told.values() if link.holds]
    aliases = {link.alias for link in held}
    groups: list[set[UUID]] = []
    for link in held:
        pair = {link.one, link.alias}
        joined = pair.union(*(group for group in groups if group & pair))
        groups = [group for group in groups if not group & pair] + [joined]
    return {id_: min(group - aliases or group) for group in groups for id_ in group}
