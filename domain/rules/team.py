"""Of a team and its people: *supervision, roller*."""

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
            if first.ended is not None and first.ended.on <= first.since:
                continue  # over before the team began: what hangs on the start is the next one's
            sessions = [
                Met(session.ref, session.day)
                for session in held
                if mentor in session.mentors
                and covers(Period(first.since, service.days.to), session.day)
            ]
            for duty in chained(first, sessions):
                yield _at_agreed_cadence(duty, seen.team)


def role_workshop_overdue(seen: TeamSeen) -> Iterator[Duty]:
    """A workshop on the division of roles is held when a team is set up (*rolleworkshop mangler*).

    Hangs on the start of the effort. Met by the first workshop ever, one before the start too.
    Source: the report, in which workshops secure the division of roles; the number is assumed.
    """
    start = seen.team.start
    if start is not None:
        held = (Met(workshop.ref, workshop.day) for workshop in seen.team.workshops)
        yield Duty(
            rule="role-workshop-overdue",
            anchor=start.ref,
            since=start.from_,
            alone=True,
            met=next(held, None),
        )


def role_follow_up_overdue(seen: TeamSeen) -> Iterator[Duty]:
    """The coordinator follows up on the division of roles, again and again (*opfølgning på
    rollefordelingen mangler*).

    Hangs on the start of the effort, then on each follow-up from then on; met by the next one.
    Source: the report, running follow-up by the coordinator; the number is assumed.
    """
    start = seen.team.start
    if start is not None:
        first = Duty(rule="role-follow-up-overdue", anchor=start.ref, since=start.from_, alone=True)
        held = seen.team.role_follow_ups
        yield from chained(first, [Met(h.ref, h.day) for h in held if h.day >= start.from_])


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
        alone=True,
        ended=ended,
    )


def _at_agreed_cadence(duty: Duty, team: TeamState) -> Duty:
    """The cadence that was agreed on the day that the duty hangs on, where any was."""
    weeks = cadence_on(team.arrangements, duty.since)
    return replace(duty, every=weeks * 7) if weeks else duty
