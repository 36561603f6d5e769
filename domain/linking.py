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
    group_of: dict[UUID, set[UUID]] = {}
    for link in held:
        one, other = (group_of.setdefault(id_, {id_}) for id_ in (link.one, link.alias))
        if one is not other:
            small, large = sorted((one, other), key=len)
            large |= small
            group_of.update(dict.fromkeys(small, large))
    groups = {id(group): group for group in group_of.values()}.values()
    ones = [(group, min(group - aliases or group)) for group in groups]
    return {id_: one for group, one in ones for id_ in group}
