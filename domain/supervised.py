"""How each mentor is supervised: when last, how often agreed, and when next (*kadence*)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct

from domain.calendar import Calendar, covers
from domain.mentor import MentorState
from domain.obligations import obligations
from domain.rule_packs import RuleBook
from domain.rules.duties import Duty
from domain.supervision import WEEKS_BETWEEN, Session, cadence_on
from domain.team import TeamState
from domain.values import Period, Ref

RULE = "supervision-overdue"


class Cadence(Struct, frozen=True, kw_only=True):
    """When a mentor is to be supervised next, and what that is counted from.

    `since` is the day of the last session, else of the employment, of coming back from leave or of
    the team's start, whichever came last; `basis` is `agreed`, `rules` or `six-weeks`.
    """

    since: date
    anchor: Ref
    due_on: date
    basis: str

    @property
    def days(self) -> int:
        """Days from `since` until it is due."""
        return (self.due_on - self.since).days

    def is_overdue_on(self, day: date) -> bool:
        """Whether it is due and not held: on the day on which the follow-up is raised, too."""
        return self.due_on <= day


def cadences(
    team: TeamState,
    mentors: Mapping[UUID, MentorState],
    held: Mapping[UUID, Sequence[Session]],
    book: RuleBook,
    day: date,
) -> dict[UUID, Cadence]:
    """The cadence of each mentor who is at work on that day; nothing is asked of one on leave.

    `held` are the sessions by an actual supervisor up to that day. It is what the rule
    `supervision-overdue` asks for; where the rule pack leaves that out, the cadence agreed, else
    six weeks.
    """
    duties = {
        mentor: duty
        for mentor, state in mentors.items()
        if (duty := _duty(team, mentor, state, held.get(mentor, ()), day))
    }
    asked = {one.duty.about: one.due_on for one in obligations(duties.values(), book, Calendar())}
    return {mentor: _cadence(duty, asked.get(mentor)) for mentor, duty in duties.items()}


def _duty(
    team: TeamState, mentor: UUID, state: MentorState, held: Sequence[Session], day: date
) -> Duty | None:
    """What the rule asks for of this mentor and isn't met yet on that day."""
    service = next((one for one in state.services if covers(one.days, day)), None)
    if service is None:
        return None
    since, anchor = service.days.from_, service.begun_by
    if team.start is not None and team.start.from_ > since:
        since, anchor = team.start.from_, team.start.ref
    within = Period(since, service.days.to)
    last = next((s for s in reversed(held) if covers(within, s.day)), None)
    if last is not None:
        since, anchor = last.day, last.ref
    weeks = cadence_on(team.arrangements, since)
    return Duty(
        rule=RULE, anchor=anchor, since=since, about=mentor, every=weeks * 7 if weeks else None
    )


def _cadence(duty: Duty, due_on: date | None) -> Cadence:
    basis = "agreed" if duty.every else "rules" if due_on else "six-weeks"
    days = duty.every or WEEKS_BETWEEN * 7
    return Cadence(
        since=duty.since,
        anchor=duty.anchor,
        due_on=due_on or duty.since + timedelta(days=days),
        basis=basis,
    )
