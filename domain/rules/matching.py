"""From intake to a running match: *match, første møde, kontakt*."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.calendar import day_of
from domain.course import CourseState
from domain.matches import Match
from domain.rules.duties import (
    CourseSeen,
    Duty,
    Met,
    chained,
    closed_after,
    longest_first,
    match_ended,
)
from domain.values import Ref


def match_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """A citizen without a mentor gets one (*match mangler*).

    Hangs on the intake, on each reopening, and on the end of each match that the course outlived.
    Met by the decision of a match that covers days after that.
    """
    course = seen.course
    for anchor, since in _without_mentor(course):
        yield Duty(
            rule="match-overdue",
            anchor=anchor,
            since=since,
            met=_matched_after(course.matches, since),
            ended=closed_after(course, since),
        )


def first_meeting_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """Citizen and mentor meet soon after the match (*første møde mangler*).

    Hangs on the match. Met by their first meeting ever; an activity isn't one.
    """
    for match in seen.course.matches:
        meetings = (
            Met(contact.ref, contact.day)
            for contact in seen.course.contacts
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
            ended=match_ended(match),
        )


def no_mentor_contact(seen: CourseSeen) -> Iterator[Duty]:
    """Mentor and citizen stay in touch (*ingen kontakt mellem mentor og borger*).

    Hangs first on the match, then on each contact while it lasts; met by the next one. A contact
    within two matches with one mentor is the longer one's.
    """
    for match in longest_first(seen.course.matches):
        contacts = [
            Met(contact.ref, contact.day)
            for contact in seen.course.contacts
            if contact.mentor == match.mentor and match.is_open_on(contact.day)
        ]
        first = Duty(
            rule="no-mentor-contact",
            anchor=match.ref,
            since=match.days.from_,
            people={"mentor": match.mentor},
            ended=match_ended(match),
        )
        yield from chained(first, contacts)


def chemistry_check_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """The citizen is asked whether the chemistry is there (*kemitjek mangler*).

    Hangs on the match. Met when the citizen was asked about this mentor, now or ever before,
    whatever the answer; the mentor's side doesn't meet it. Ended with the match. Source: the
    report, in which chemistry decides; that it is asked is this project's.
    """
    for match in seen.course.matches:
        asked = (
            Met(check.ref, check.day)
            for check in seen.course.chemistry
            if check.asked == "citizen"
            and check.mentor == match.mentor
            and (match.days.to is None or check.day < match.days.to)
        )
        yield Duty(
            rule="chemistry-check-overdue",
            anchor=match.ref,
            since=match.days.from_,
            people={"mentor": match.mentor},
            met=next(asked, None),
            ended=match_ended(match),
        )


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
