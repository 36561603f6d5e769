"""From intake to a running match: *match, første møde, kontakt*."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from domain.calendar import covers, day_of
from domain.matches import Match
from domain.mentor import Departure
from domain.rules.duties import (
    CourseSeen,
    Duty,
    Ended,
    Met,
    chained,
    closed_after,
    longest_first,
)
from domain.values import Period, Ref


def match_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """A citizen without a mentor gets one (*match mangler*).

    Hangs on the intake, on each reopening, and on the end of each match that the course outlived;
    not on an end that comes after the mentor left, which `mentor-left` asks about. Of several of
    one day it hangs on one. Met by the decision of a match that covers days after that, unless its
    mentor had left before.
    """
    course = seen.course
    for since, anchor in _without_mentor(seen).items():
        yield Duty(
            rule="match-overdue",
            anchor=anchor,
            since=since,
            alone=True,
            met=_matched_after(seen, course.matches, since),
            ended=closed_after(course, since),
        )


def mentor_left(seen: CourseSeen) -> Iterator[Duty]:
    """The citizen of a mentor who left gets another (*mentor fratrådt, ny mentor mangler*).

    Hangs on the leaving, about that mentor, for whoever had a match with them on their last day or
    gets one while they are gone. Met by a match with somebody who hasn't left, decided after theirs
    was, before the leaving too; not by one that ran beside theirs from before, since each match of
    theirs needs a new one, and not by the match's end, which leaves the citizen alone. Over when
    the mentor is back and the match still runs, and with the course. Source: the report, in which
    mentors quit on the way; the number is assumed.
    """
    course = seen.course
    for mentor in dict.fromkeys(match.mentor for match in course.matches):
        for departure in seen.departures(mentor):
            theirs = [m for m in course.matches if m.mentor == mentor and _falls(m, departure)]
            if not theirs:
                continue
            since = max(departure.on, min(match.days.from_ for match in theirs))
            decided = max(match.at for match in theirs)
            newer = [match for match in course.matches if match.at > decided]
            endings = [closed_after(course, since), _back_in(theirs, departure)]
            yield Duty(
                rule="mentor-left",
                anchor=departure.ref,
                since=since,
                about=mentor,
                alone=True,
                met=_matched_after(seen, newer, since),
                ended=min(filter(None, endings), key=lambda ended: ended.on, default=None),
            )


def first_meeting_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """Citizen and mentor meet soon after the match (*første møde mangler*).

    Hangs on the match. Met by their first meeting ever; an activity isn't one. Ended with the
    match, and when the mentor leaves.
    """
    for match in seen.course.matches:
        meetings = (
            Met(contact.ref, contact.day)
            for contact in seen.course.contacts
            if contact.is_first_meeting
            and contact.mentor == match.mentor
            and (match.days.to is None or contact.day < match.days.to)
        )
        yield _of_match("first-meeting-overdue", seen, match, next(meetings, None))


def no_mentor_contact(seen: CourseSeen) -> Iterator[Duty]:
    """Mentor and citizen stay in touch (*ingen kontakt mellem mentor og borger*).

    Hangs first on the match, then on each contact while it lasts; met by the next one. A contact
    within two matches with one mentor is the longer one's. Ended with the match, and when the
    mentor leaves; who comes back while it runs begins anew, on the new employment.
    """
    for match in longest_first(seen.course.matches):
        theirs = [one for one in seen.course.contacts if one.mentor == match.mentor]
        also = seen.beginnings(match).union(contact.ref for contact in theirs)
        for stretch in seen.stretches(match):
            contacts = [
                Met(contact.ref, contact.day)
                for contact in theirs
                if covers(stretch.days, contact.day)
            ]
            first = Duty(
                rule="no-mentor-contact",
                anchor=stretch.begun_by,
                since=stretch.days.from_,
                people={"mentor": match.mentor},
                also=also,
                ended=stretch.ended,
            )
            yield from chained(first, contacts)


def chemistry_check_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """The citizen is asked whether the chemistry is there (*kemien ikke afklaret*).

    Hangs on the match. Met when the citizen was asked about this mentor within this match, from
    its decision on, whatever the answer; the mentor's side doesn't meet it. Ended with the match,
    and when the mentor leaves. Source: the report, in which chemistry decides; that it is asked is
    this project's.
    """
    for match in seen.course.matches:
        begun = min(day_of(match.at), match.days.from_)
        asked = (
            Met(check.ref, check.day)
            for check in seen.course.chemistry
            if check.asked == "citizen"
            and check.mentor == match.mentor
            and covers(Period(begun, match.days.to), check.day)
        )
        yield _of_match("chemistry-check-overdue", seen, match, next(asked, None))


def _of_match(rule: str, seen: CourseSeen, match: Match, met: Met | None) -> Duty:
    """What a match owes once, from the first day on which its mentor is there."""
    stretch = seen.first_stretch(match)
    return Duty(
        rule=rule,
        anchor=match.ref,
        since=stretch.days.from_,
        people={"mentor": match.mentor},
        met=met,
        ended=stretch.ended,
    )


def _without_mentor(seen: CourseSeen) -> Mapping[date, Ref]:
    """The events after which the citizen needs a mentor, one of each day."""
    course = seen.course
    found: dict[date, Ref] = {}
    if course.intake is not None:
        found[course.intake.day] = course.intake.ref
    for spell in course.spells:
        if spell.begun_by is not None:
            found.setdefault(spell.days.from_, spell.begun_by)
    for match in course.matches:
        if match.by_close or match.covers_no_day or _is_asked_since_leaving(match, seen):
            continue
        if match.ended_by and match.days.to:
            found.setdefault(match.days.to, match.ended_by)
    return found


def _matched_after(seen: CourseSeen, matches: Iterable[Match], since: date) -> Met | None:
    """The first decision of a match that covers that day, or days after it."""
    lasting = (
        Met(match.ref, day_of(match.at))
        for match in matches
        if not match.covers_no_day
        and (match.days.to is None or match.days.to > since)
        and not _is_left(match, since, seen)
    )
    return min(lasting, key=lambda met: met.on, default=None)


def _is_left(match: Match, day: date, seen: CourseSeen) -> bool:
    """Whether a match from before that day has no mentor any more, and gets none back."""
    return match.days.from_ < day and any(
        departure.covers(day) and _back_in([match], departure) is None
        for departure in seen.departures(match.mentor)
    )


def _is_asked_since_leaving(match: Match, seen: CourseSeen) -> bool:
    """Whether the mentor had left when the match ended, so that a new one was asked for then."""
    return any(
        _falls(match, departure)
        and _back_in([match], departure) is None
        and seen.terms("mentor-left", max(departure.on, match.days.from_)) is not None
        for departure in seen.departures(match.mentor)
    )


def _falls(match: Match, departure: Departure) -> bool:
    """Whether a mentor's leaving leaves this match without one: on its last day, or while gone."""
    if match.covers_no_day or (departure.back and match.days.from_ >= departure.back):
        return False
    end = match.days.to
    return end is None or end > departure.on or (end == departure.on and not match.by_close)


def _back_in(matches: Iterable[Match], departure: Departure) -> Ended | None:
    """The mentor's coming back, if one of the matches still runs then."""
    back = departure.back
    if back is None or not any(match.is_open_on(back) for match in matches):
        return None
    return Ended(back, "no-longer-applies", departure.back_by)
