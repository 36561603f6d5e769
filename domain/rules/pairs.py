"""The pairs of a course: a match's mentor, and the caseworker responsible meanwhile (*par*)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import covers, day_of
from domain.cooperation import Statement
from domain.folding import Step
from domain.matches import Match
from domain.rules.duties import CourseSeen, Ended, Stretch
from domain.values import Actor, Ref


class Pair(Struct, frozen=True, kw_only=True):
    """Mentor and caseworker from `since` on, begun by the match, by the coming back of a mentor who
    had left, or by the caseworker's change.

    `also` are the other events that may have begun it while less was known.

    What they say and do as a pair counts from `counts_from`, the day on which it was decided that
    they are one where that lies before, and up to `to`.
    """

    mentor: UUID
    caseworker: UUID
    begun_by: Ref
    also: frozenset[Ref]
    since: date
    counts_from: date
    to: date | None = None
    ended: Ended | None = None

    @property
    def people(self) -> Mapping[str, UUID]:
        """The two by their functions."""
        return {"mentor": self.mentor, "caseworker": self.caseworker}

    def beside(self, person: UUID) -> UUID:
        """The other of the two."""
        return self.caseworker if person == self.mentor else self.mentor

    def counts(self, day: date) -> bool:
        """Whether what happens on that day is theirs."""
        return self.counts_from <= day and (self.to is None or day < self.to)

    def statements(self, several: Iterable[Statement]) -> list[Statement]:
        """What either side said about the other, in fold order."""
        mentor = (Actor("mentor", self.mentor), self.caseworker)
        caseworker = (Actor("caseworker", self.caseworker), self.mentor)
        return [
            one
            for one in several
            if (one.speaker, one.counterpart) in (mentor, caseworker) and self.counts(one.day)
        ]


def pairs_of(seen: CourseSeen) -> Iterator[Pair]:
    """Every pair that a course has had. Who is both mentor and caseworker is none."""
    responsible = _responsible(seen.course.caseworkers)
    for match in seen.course.matches:
        if match.covers_no_day:
            continue
        for stretch in seen.stretches(match):
            for step, later in zip(responsible, [*responsible[1:], None], strict=False):
                pair = _pair(match, stretch, step, later)
                if pair is not None and pair.mentor != pair.caseworker:
                    theirs = {s.ref for s in seen.course.caseworkers if s.value == step.value}
                    yield replace(pair, also=seen.beginnings(match) | theirs)


def _responsible(several: Sequence[Step[UUID]]) -> list[Step[UUID]]:
    """The caseworkers one after the other: of one day the later holds, and each begins once."""
    held: list[Step[UUID]] = []
    for step in several:
        if held and held[-1].from_ == step.from_:
            held.pop()
        if not held or held[-1].value != step.value:
            held.append(step)
    return held


def _pair(
    match: Match, stretch: Stretch, step: Step[UUID], later: Step[UUID] | None
) -> Pair | None:
    """None where the mentor's and the caseworker's days don't meet."""
    by_mentor = stretch.days.from_ >= step.from_
    since = stretch.days.from_ if by_mentor else step.from_
    if (later and later.from_ <= since) or not (by_mentor or covers(stretch.days, since)):
        return None
    to, ended = stretch.days.to, stretch.ended
    if later and (to is None or later.from_ < to):
        to, ended = later.from_, Ended(later.from_, "no-longer-applies", later.ref)
    begun_by = stretch.begun_by if by_mentor else step.ref
    decided = since
    if begun_by == match.ref:
        decided = day_of(match.at)
    elif not by_mentor:
        decided = day_of(step.order[0])
    return Pair(
        mentor=match.mentor,
        caseworker=step.value,
        begun_by=begun_by,
        also=frozenset(),
        since=since,
        counts_from=min(decided, since),
        to=to,
        ended=ended,
    )
