"""Of a team and its people: *supervision*."""

from collections.abc import Iterator
from uuid import UUID

from msgspec.structs import replace

from domain.calendar import covers
from domain.mentor import Service
from domain.rules.duties import Duty, Ended, Met, TeamSeen, chained
from domain.supervision import cadence_on, supervised_sessions
from domain.team import TeamState
from domain.values import Period


def supervision_overdue(seen: TeamSeen) -> Iterator[Duty]:
    """Each mentor is supervised (*supervision mangler*), at the cadence agreed, else the pack's.

    Hangs on the mentor's employment, return from leave, or the team's start, whichever came last,
    then on each session; met by the next that an actual supervisor of that day held.
    """
    held = supervised_sessions(seen.team.sessions, seen.team.functions_on)
    for mentor, state in sorted(seen.mentors.items()):
        for service in state.services:
            first = _supervised_from(seen.team, mentor, service)
            sessions = [
                Met(session.ref, session.day)
                for session in held
                if mentor in session.mentors
                and covers(Period(first.since, service.days.to), session.day)
            ]
            for duty in chained(first, sessions):
                yield _at_agreed_cadence(duty, seen.team)


def _supervised_from(team: TeamState, mentor: UUID, service: Service) -> Duty:
    """The first duty of a stretch of work."""
    anchor, since = service.begun_by, service.days.from_
    if team.start is not None and team.start.from_ > since:
        anchor, since = team.start.ref, team.start.from_
    ended = None
    if service.days.to is not None:
        reason = "person-left" if service.left else "no-longer-applies"
        ended = Ended(service.days.to, reason, service.ended_by)
    return Duty(
        rule="supervision-overdue",
        anchor=anchor,
        since=since,
        about=mentor,
        people={"mentor": mentor},
        ended=ended,
    )


def _at_agreed_cadence(duty: Duty, team: TeamState) -> Duty:
    """The cadence that was agreed on the day that the duty hangs on, where any was."""
    weeks = cadence_on(team.arrangements, duty.since)
    return replace(duty, every=weeks * 7) if weeks else duty
