"""Duties with their days: what the rule book makes of what the rules ask for."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import Calendar
from domain.raised import FollowUp
from domain.rule_packs import RuleBook, RulePack, Terms
from domain.rules import COURSE_RULES, TEAM_RULES, CourseSeen, Duty, Ended, Met, TeamSeen
from domain.values import Ref

Base = tuple[str, Ref, UUID | None]  # a follow-up's key without its cycle
Slot = tuple[Base, date | None]  # and with the day that it counts from, where there are several


def base_of(follow_up: FollowUp) -> Base:
    """What a follow-up has in common with those of other cycles."""
    return (follow_up.key.rule, follow_up.key.anchor, follow_up.about)


def base_of_duty(duty: Duty) -> Base:
    """The key of a duty's follow-ups, without the cycle."""
    return (duty.rule, duty.anchor, duty.about)


def was_told_as(duty: Duty, follow_up: FollowUp) -> bool:
    """Whether a follow-up may be of this duty, told on an event that it hung on while less was
    known. A duty that began after it was due is another matter."""
    rule, anchor, about = base_of(follow_up)
    if (rule, about) != (duty.rule, duty.about) or not (duty.alone or anchor in duty.also):
        return False
    return follow_up.due_on is None or duty.since <= follow_up.due_on


class Obligation(Struct, frozen=True, kw_only=True):
    """A duty with its day, under the pack that holds on the day it hangs on.

    Reminders and escalations come so many days after `counted_from`, where that isn't `due_on`.
    """

    duty: Duty
    due_on: date
    counted_from: date | None = None
    terms: Terms
    pack: RulePack
    calendar: Calendar

    @property
    def base(self) -> Base:
        """The key of its follow-ups, without the cycle."""
        return base_of_duty(self.duty)

    @property
    def slot(self) -> Slot:
        """What tells it from every other obligation of its subject."""
        return (self.base, self.duty.since if self.duty.recurring else None)

    @property
    def addressed_to(self) -> str:
        """The function that it goes to first."""
        return self.duty.addressed_to or self.terms.addressed_to

    @property
    def edition(self) -> tuple[str, str]:
        """The rule pack's slug, and its edition."""
        return (self.pack.pack, self.pack.edition)

    @property
    def days(self) -> int:
        """The days from its anchor until it is due."""
        return (self.due_on - self.duty.since).days

    def met_by(self, today: date) -> Met | None:
        """What met it by then: what meets it on a day ahead hasn't yet."""
        met = self.duty.met
        return met if met and met.on <= today else None

    def after(self, days: int) -> date:
        """The day of a step so many days after it was due."""
        if self.counted_from is None:
            return _moved(_plus(self.due_on, days), self.pack, self.calendar)
        return _moved_back(_plus(self.counted_from, days), self.pack, self.calendar)


def course_duties(seen: CourseSeen) -> list[Duty]:
    """Everything that a course's rules ask for, whatever the rule book says of it."""
    return [duty for rule in COURSE_RULES.values() for duty in rule(seen)]


def team_duties(seen: TeamSeen) -> list[Duty]:
    """Everything that a team's rules ask for, whatever the rule book says of it."""
    return [duty for rule in TEAM_RULES.values() for duty in rule(seen)]


def obligations(duties: Iterable[Duty], book: RuleBook, calendar: Calendar) -> list[Obligation]:
    """Each once, the first; without those that the pack of their day leaves out."""
    found: dict[Slot, Obligation] = {}
    for duty in duties:
        held = book.terms(duty.rule, duty.since)
        if held:
            one = _until_next(_obligation(duty, *held, calendar), book, calendar)
            found.setdefault(one.slot, one)
    return list(found.values())


def left_out(duties: Iterable[Duty], asked: Iterable[Obligation]) -> frozenset[Base]:
    """The duties that the rule book doesn't ask for."""
    return frozenset(map(base_of_duty, duties)) - {one.base for one in asked}


def _obligation(duty: Duty, pack: RulePack, terms: Terms, calendar: Calendar) -> Obligation:
    calendar = replace(calendar, closed=calendar.closed | pack.closed)
    if duty.runs_out is not None:
        return _before_it_runs_out(duty, duty.runs_out, pack, terms, calendar)
    if duty.every is None and terms.working_days is not None and not _takes_first(duty, terms):
        due_on = calendar.working_days_after(duty.since, terms.working_days)
    else:
        due_on = _plus(duty.since, _days(duty, terms))
    due_on = _moved(due_on, pack, calendar)
    return Obligation(duty=duty, due_on=due_on, terms=terms, pack=pack, calendar=calendar)


def _before_it_runs_out(
    duty: Duty, runs_out: date, pack: RulePack, terms: Terms, calendar: Calendar
) -> Obligation:
    """Due the first of the leads ahead that lies within it; at once where none does.

    The steps count from the first lead of all, so that they leave the same days until the end
    however late it began.
    """
    longest = terms.before[0]
    leads = [lead for lead in terms.before if runs_out - timedelta(days=lead) >= duty.since]
    due_on = duty.since
    if leads:
        lead_on = _moved_back(runs_out - timedelta(days=leads[0]), pack, calendar)
        due_on = max(due_on, lead_on)
    return Obligation(
        duty=duty,
        due_on=due_on,
        counted_from=runs_out - timedelta(days=longest),
        terms=replace(terms, remind=tuple(longest - lead for lead in leads[1:])),
        pack=pack,
        calendar=calendar,
    )


def _until_next(one: Obligation, book: RuleBook, calendar: Calendar) -> Obligation:
    """Over on the day on which the next one is due, by the terms of that one's own day."""
    duty, since = one.duty, one.duty.next_since
    if since is None:
        return one
    pack, terms = book.terms(duty.rule, since) or (one.pack, one.terms)
    due = _obligation(replace(duty, since=since), pack, terms, calendar)
    if duty.ended is not None and duty.ended.on <= due.due_on:
        return one
    return replace(one, duty=replace(duty, ended=Ended(due.due_on, "no-longer-applies")))


def _takes_first(duty: Duty, terms: Terms) -> bool:
    return duty.is_first and terms.first_days is not None


def _days(duty: Duty, terms: Terms) -> int:
    if duty.every is not None:
        return duty.every
    days = terms.first_days if _takes_first(duty, terms) else terms.days
    assert days is not None  # the form of a pack sees to it
    return days


def _plus(day: date, days: int) -> date:
    """So many days later; the last day there is where no later one can be told."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def _moved_back(day: date, pack: RulePack, calendar: Calendar) -> date:
    """What is counted back from an end doesn't move towards it."""
    while pack.moves and not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _moved(day: date, pack: RulePack, calendar: Calendar) -> date:
    """The day itself; where the pack says so, the first working day from it on."""
    return calendar.working_day_from(day) if pack.moves else day
