"""The follow-up rules (*opfølgningsregler*): one named function each.

A rule says which duties there are, on which event each hangs, what met it and what ended it. It
knows no dates of its own: how many days a duty has stands in the rule pack, and whether anything
is raised is decided in `follow_ups`.

To add a rule: give it a code and a Danish name in `codes/follow_ups.py`, write its function here,
put it in `COURSE_RULES` or `TEAM_RULES` with its wording in `WORDING`, name it in
`rule_pack_form.PLANNED`, and give it terms in `default_rules.toml`. What it reads of a course that
the state doesn't hold yet is folded in `course.py`; the events it reads name it in `READ_BY` (then
`make docs`). Courses that run already get it at their next pull; a municipality with a pack of its
own gets it when that pack gives it terms.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import covers, day_of
from domain.course import CourseState
from domain.matches import Match
from domain.mentor import MentorState, Service
from domain.spells import close_of
from domain.supervision import cadence_on, supervised_sessions
from domain.team import TeamState
from domain.values import Period, Ref


class Met(Struct, frozen=True):
    """The event that met a duty, and the day on which it did."""

    by: Ref
    on: date


class Ended(Struct, frozen=True):
    """From this day on there is no duty any more: why, and because of which event."""

    on: date
    reason: str
    because: Ref | None = None


class Duty(Struct, frozen=True, kw_only=True):
    """Something that should happen some days after `since`, the day of the anchoring event.

    `about` is the person when it isn't about the stream's own subject; `people` who holds a
    function in this duty; `every` the days agreed, where they go before the pack's.
    """

    rule: str
    anchor: Ref
    since: date
    about: UUID | None = None
    people: Mapping[str, UUID] = {}
    every: int | None = None
    met: Met | None = None
    ended: Ended | None = None


class TeamAndMentors(Struct, frozen=True):
    """A team, and its mentors by the one id that each is read as."""

    team: TeamState
    mentors: Mapping[UUID, MentorState] = {}


class Wording(NamedTuple):
    """What the worklist says of a duty. `{days}` is the days from its anchor until it was due."""

    danish: str
    english: str


WORDING = {
    "match-overdue": Wording(
        "Borgeren har ikke fået en mentor inden for {days} dage.",
        "The citizen was not matched with a mentor within {days} days.",
    ),
    "first-meeting-overdue": Wording(
        "Borger og mentor har ikke holdt første møde inden for {days} dage efter matchet.",
        "Citizen and mentor did not meet within {days} days of the match.",
    ),
    "no-mentor-contact": Wording(
        "Mentor og borger har ikke haft kontakt i {days} dage.",
        "Mentor and citizen have had no contact for {days} days.",
    ),
    "supervision-overdue": Wording(
        "Mentor har ikke fået supervision af en egentlig supervisor i {days} dage.",
        "The mentor has had no supervision by an actual supervisor for {days} days.",
    ),
}


def why(rule: str, days: int) -> Wording:
    """Why a duty of this rule was due, in Danish and English."""
    wording = WORDING[rule]
    return Wording(wording.danish.format(days=days), wording.english.format(days=days))


# --- of a course --------------------------------------------------------------------------------


def match_overdue(course: CourseState) -> Iterator[Duty]:
    """A citizen without a mentor gets one (*match mangler*).

    Hangs on the intake, on each reopening, and on the end of each match that the course outlived.
    Met by the decision of a match that covers days after that.
    """
    for anchor, since in _without_mentor(course):
        yield Duty(
            rule="match-overdue",
            anchor=anchor,
            since=since,
            met=_matched_after(course.matches, since),
            ended=_closed_after(course, since),
        )


def first_meeting_overdue(course: CourseState) -> Iterator[Duty]:
    """Citizen and mentor meet soon after the match (*første møde mangler*).

    Hangs on the match. Met by their first meeting ever; an activity isn't one.
    """
    for match in course.matches:
        meetings = (
            Met(contact.ref, contact.day)
            for contact in course.contacts
            if contact.is_first_meeting
            and contact.mentor == match.mentor
            and (match.days.to is None or contact.day < match.days.to)
        )
        yield Duty(
            rule="first-meeting-overdue",
            anchor=match.ref,
            since=match.days.from_,
            people={"mentor": match.mentor},
            met=next(meetings, None),
            ended=_match_ended(match),
        )


def no_mentor_contact(course: CourseState) -> Iterator[Duty]:
    """Mentor and citizen stay in touch (*ingen kontakt mellem mentor og borger*).

    Hangs first on the match, then on each contact while it lasts; met by the next one. A contact
    within two matches with one mentor is the longer one's.
    """
    for match in sorted(course.matches, key=_lasts, reverse=True):
        contacts = [
            Met(contact.ref, contact.day)
            for contact in course.contacts
            if contact.mentor == match.mentor and match.is_open_on(contact.day)
        ]
        first = Duty(
            rule="no-mentor-contact",
            anchor=match.ref,
            since=match.days.from_,
            people={"mentor": match.mentor},
            ended=_match_ended(match),
        )
        yield from _chained(first, contacts)


# --- of a team ----------------------------------------------------------------------------------


def supervision_overdue(seen: TeamAndMentors) -> Iterator[Duty]:
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
            for duty in _chained(first, sessions):
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


# --- shared -------------------------------------------------------------------------------------


def _chained(first: Duty, links: Sequence[Met]) -> Iterator[Duty]:
    """Duties of which each hangs on what met the one before; the last isn't met yet."""
    duty = first
    for link in links:
        yield replace(duty, met=link)
        duty = replace(first, anchor=link.by, since=link.on)
    yield duty


def _without_mentor(course: CourseState) -> Iterator[tuple[Ref, date]]:
    """The events after which the citizen needs a mentor, each with its day."""
    if course.intake is not None:
        yield course.intake.ref, course.intake.day
    for spell in course.spells:
        if spell.begun_by is not None:
            yield spell.begun_by, spell.days.from_
    for match in course.matches:
        if match.ended_by and match.days.to and not match.by_close and not match.covers_no_day:
            yield match.ended_by, match.days.to


def _matched_after(matches: Iterable[Match], since: date) -> Met | None:
    """The first decision of a match that covers that day, or days after it."""
    lasting = (
        Met(match.ref, day_of(match.at))
        for match in matches
        if not match.covers_no_day and (match.days.to is None or match.days.to > since)
    )
    return min(lasting, key=lambda met: met.on, default=None)


def _closed_after(course: CourseState, since: date) -> Ended | None:
    """The close of the open spell that something belongs to."""
    spell = close_of(course.spells, since)
    return (
        Ended(spell.days.to, "course-closed", spell.ended_by) if spell and spell.days.to else None
    )


def _lasts(match: Match) -> date:
    return match.days.to or date.max


def _match_ended(match: Match) -> Ended | None:
    if match.days.to is None:
        return None
    reason = "course-closed" if match.by_close else "no-longer-applies"
    return Ended(match.days.to, reason, match.ended_by)


CourseRule = Callable[[CourseState], Iterator[Duty]]
TeamRule = Callable[[TeamAndMentors], Iterator[Duty]]

COURSE_RULES: Mapping[str, CourseRule] = {
    "match-overdue": match_overdue,
    "first-meeting-overdue": first_meeting_overdue,
    "no-mentor-contact": no_mentor_contact,
}
TEAM_RULES: Mapping[str, TeamRule] = {
    "supervision-overdue": supervision_overdue,
}
