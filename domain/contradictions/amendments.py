"""Corrections and retractions of what never came (*rettelse*, *tilbagekaldelse*)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.contradictions.base import Contradiction
from domain.values import Ref


class Amends(Struct, frozen=True, kw_only=True):
    """An amendment of what isn't known. `course` and `person` tell whose stream it is.

    `names_amendment` where what it names is itself an amendment, and not an original.
    """

    target: Ref
    ref: Ref
    at: datetime
    course: UUID | None = None
    person: UUID | None = None
    names_amendment: bool = False


def amendment_of_nothing(several: Iterable[Amends], as_of: datetime) -> Iterator[Contradiction]:
    """What is corrected or retracted and was never told, or is a correction itself.

    All amendments of one event are one contradiction.
    """
    missing: dict[Ref, list[Amends]] = {}
    for one in several:
        if one.at <= as_of:
            missing.setdefault(one.target, []).append(one)
    for target, amendments in missing.items():
        first = min(amendments, key=lambda one: (one.at, one.ref))
        amended = any(one.names_amendment for one in amendments)
        yield Contradiction(
            kind="amendment-of-amendment" if amended else "amendment-of-nothing",
            since=day_of(first.at),
            events=tuple(sorted(one.ref for one in amendments)),
            course=first.course,
            person=first.person,
            thing=target,
        )
