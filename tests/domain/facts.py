"""Short forms of the events that the tests of folds and rules tell most."""

from collections.abc import Sequence
from uuid import UUID

from domain.envelope import Recorded
from domain.events.course import (
    ActivityRegistered,
    Closed,
    CoordinationHeld,
    FirstMeetingHeld,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    Established,
    PersonAssigned,
    PersonReleased,
    SupervisionArranged,
    SupervisionSessionHeld,
)
from domain.values import Actor
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    LEADER,
    MENTOR,
    MENTOR_ID,
    SOURCE,
    TIMES,
    day,
    fact_at,
    person,
    ref,
)

TEAM = person("the team")


def intake(when: str = "2026-01-12 09:00", id: str = "ev-101") -> Recorded:
    return fact_at(when, IntakeRegistered(actor=CASEWORKER, caseworker=CASEWORKER_ID), id=id)


def matched(
    when: str = "2026-01-16 14:00",
    from_: str = "2026-01-19",
    *,
    match: str = "match-901",
    mentor: UUID = MENTOR_ID,
    id: str | None = None,
) -> Recorded:
    fact = MentorMatched(
        actor=CASEWORKER, match=ref(match), mentor=mentor, from_=day(from_), method="by-profile"
    )
    return fact_at(when, fact, id=id or f"matched-{match}")


def match_ended(
    when: str, to: str, *, match: str = "match-901", reason: str = "citizen-wish"
) -> Recorded:
    fact = MatchEnded(actor=CASEWORKER, match=ref(match), to=day(to), reason=reason)
    return fact_at(when, fact, id=f"ended-{match}-{to}")


def first_meeting(when: str, *, mentor: UUID = MENTOR_ID, id: str | None = None) -> Recorded:
    fact = FirstMeetingHeld(actor=MENTOR, mentor=mentor, form="in-person")
    return fact_at(when, fact, id=id)


def activity(
    when: str,
    *,
    contact: str = "in-person",
    by: Actor = MENTOR,
    on_behalf_of: Actor | None = None,
    minutes: int = 60,
    id: str | None = None,
) -> Recorded:
    fact = ActivityRegistered(
        actor=by,
        on_behalf_of=on_behalf_of,
        role="not-stated",
        activity="conversation",
        minutes=minutes,
        contact=contact,
    )
    return fact_at(when, fact, id=id, source=TIMES)


def coordination(
    when: str,
    *participants: Actor,
    form: str = "informal",
    topics: Sequence[str] = (),
    id: str | None = None,
) -> Recorded:
    fact = CoordinationHeld(
        actor=COORDINATOR, form=form, participants=participants, topics=tuple(topics)
    )
    return fact_at(when, fact, id=id)


def closed(when: str, to: str, id: str | None = None) -> Recorded:
    return fact_at(when, Closed(actor=CASEWORKER, to=day(to), reason="job"), id=id)


def reopened(when: str, from_: str, id: str | None = None) -> Recorded:
    fact = Reopened(actor=CASEWORKER, from_=day(from_), reason="returned")
    return fact_at(when, fact, id=id)


def employed(
    from_: str, minutes: int = 2220, *, when: str | None = None, mentor: UUID = MENTOR_ID
) -> Recorded:
    fact = Employed(actor=LEADER, from_=day(from_), weekly_minutes=minutes, gender="not-stated")
    return fact_at(when or from_, fact, id=f"employed-{mentor}-{from_}", stream=mentor)


def hours_changed(
    from_: str, minutes: int, *, when: str | None = None, mentor: UUID = MENTOR_ID
) -> Recorded:
    fact = HoursChanged(actor=LEADER, from_=day(from_), weekly_minutes=minutes, reason="agreed")
    at = when or from_
    return fact_at(at, fact, id=f"hours-{mentor}-{from_}-{at}".replace(" ", "-"), stream=mentor)


def left(to: str, *, when: str | None = None, mentor: UUID = MENTOR_ID) -> Recorded:
    fact = Left(actor=LEADER, to=day(to), reason="resigned")
    return fact_at(when or to, fact, id=f"left-{mentor}-{to}", stream=mentor)


def established(from_: str) -> Recorded:
    return fact_at(
        from_, Established(actor=LEADER, from_=day(from_)), id="established", stream=TEAM
    )


def assigned(
    who: str,
    function: str,
    from_: str,
    *,
    employment: str | None = None,
    when: str | None = None,
) -> Recorded:
    fact = PersonAssigned(
        actor=LEADER,
        person=person(who),
        function=function,
        from_=day(from_),
        employment=employment,
    )
    at = when or from_
    return fact_at(at, fact, id=f"assigned-{who}-{function}-{at}".replace(" ", "-"), stream=TEAM)


def released(who: str, function: str, to: str) -> Recorded:
    fact = PersonReleased(
        actor=LEADER, person=person(who), function=function, to=day(to), reason="other-task"
    )
    return fact_at(to, fact, id=f"released-{who}-{function}-{to}", stream=TEAM)


def arranged(
    from_: str, model: str = "external-supervisor", cadence_weeks: int | None = None
) -> Recorded:
    fact = SupervisionArranged(
        actor=LEADER, from_=day(from_), model=model, cadence_weeks=cadence_weeks
    )
    return fact_at(from_, fact, id=f"arranged-{from_}", stream=TEAM)


def session(
    when: str,
    supervisor: str = "sup",
    mentors: Sequence[UUID] = (MENTOR_ID,),
    *,
    minutes: int = 90,
    id: str | None = None,
) -> Recorded:
    name = id or f"session-{when}".replace(" ", "-")
    fact = SupervisionSessionHeld(
        actor=LEADER,
        session=ref(name),
        supervisor=person(supervisor),
        mentors=tuple(mentors),
        form="group",
        minutes=minutes,
    )
    return fact_at(when, fact, id=name, source=SOURCE, stream=TEAM)
