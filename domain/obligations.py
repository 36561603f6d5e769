"""Duties with their days: what the rule book makes of what the rules ask for."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct

from domain.course import CourseState
from domain.rule_packs import RuleBook, RulePack, Terms
from domain.rules import COURSE_RULES, TEAM_RULES, Duty, TeamAndMentors
from domain.values import FollowUpKey, Ref

Base = tuple[str, Ref, UUID | None]  # a follow-up's key without its cycle


def base_of(key: FollowUpKey) -> Base:
    """What a follow-up has in common with those of other cycles."""
    return (key.rule, key.anchor, key.about)


class Obligation(Struct, frozen=True, kw_only=True):
    """A duty with its day, under the pack that holds on the day it hangs on."""

    duty: Duty
    due_on: date
    terms: Terms
    pack: RulePack

    @property
    def base(self) -> Base:
        """The key of its follow-ups, without the cycle."""
        return (self.duty.rule, self.duty.anchor, self.duty.about)

    @property
    def days(self) -> int:
        """The days from its anchor until it is due."""
        return (self.due_on - self.duty.since).days


def course_obligations(course: CourseState, book: RuleBook) -> list[Obligation]:
    """Everything that a course's rules ask for, met or not."""
    return _obligations((d for rule in COURSE_RULES.values() for d in rule(course)), book)


def team_obligations(seen: TeamAndMentors, book: RuleBook) -> list[Obligation]:
    """Everything that a team's rules ask for, met or not."""
    return _obligations((d for rule in TEAM_RULES.values() for d in rule(seen)), book)


def _obligations(duties: Iterable[Duty], book: RuleBook) -> list[Obligation]:
    """Each once, the first; without those that the pack of their day leaves out."""
    found: dict[Base, Obligation] = {}
    for duty in duties:
        if held := book.terms(duty.rule, duty.since):
            pack, terms = held
            due_on = duty.since + timedelta(days=duty.every or terms.days)
            one = Obligation(duty=duty, due_on=due_on, terms=terms, pack=pack)
            found.setdefault(one.base, one)
    return list(found.values())
