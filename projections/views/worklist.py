"""The worklist (*opgaveliste*): follow-ups that are open, with whom they lie and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from domain.adoptions import rule_book
from domain.envelope import Recorded
from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.folding import Persons, Telling
from domain.follow_ups import why
from domain.obligations import Base, base_of, base_of_duty, course_duties, team_duties, was_told_as
from domain.raised import FollowUp, folded_follow_ups
from domain.rules import WORDING, CourseSeen, Duty, TeamSeen
from domain.team import Adoption, fold_team
from domain.values import FollowUpKey, Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.facts import follow_ups
from projections.facts.follow_ups import RAISED
from projections.facts.rules import ADOPTIONS
from projections.table import key
from projections.views.courses import courses_of
from projections.views.following import matches_of
from projections.views.team import team_of


class _Open(NamedTuple):
    """An open follow-up, and the stream that it is of: of linked courses the one they are.

    `id` is that of the event that raised it.
    """

    id: str
    told: Sequence[Ref]  # what has been said of it, by our own events
    subject: str  # course, mentor or team
    stream: UUID
    follow_up: FollowUp


class _Behind(NamedTuple):
    """What lies behind open follow-ups: the duties, and who holds which function, by stream.

    `moved` are the duties that may have been told on another event than they hang on now.
    """

    duties: dict[tuple[UUID, Base], list[Duty]]
    moved: dict[UUID, list[Duty]]
    people: dict[UUID, Mapping[str, UUID]]


@view
def worklist(question: Question) -> Iterator[Line]:
    """One row for each follow-up open at `as_of`, the longest due first.

    `id` names it in commands. `stage` is raised, reminded, escalated or snoozed. `why` is Danish,
    `why_english` English; None where the duty behind it is gone, and the follow-up about to be
    withdrawn. `person` is who took it over, else who holds the function at `as_of`; where that
    can't be told, to whom it was given.
    """
    several = _open(question)
    behind = _behind(question, several)
    lines = [
        Line(_row(one, question.day, behind), partial(_told, question, one)) for one in several
    ]
    yield from sorted(lines, key=_place)


def _told(question: Question, one: _Open) -> list[Ref]:
    """What it hangs on, the rules that it is due by, and what was said of it since."""
    adopted = (adoption for adoption in question.once(_adoptions) if _is_of(adoption, one))
    return [one.follow_up.key.anchor, *(adoption.ref for adoption in adopted), *one.told]


def _adoptions(question: Question) -> tuple[Adoption, ...]:
    return fold_team(question.facts(ADOPTIONS)).adoptions


def _is_of(adoption: Adoption, one: _Open) -> bool:
    return (adoption.pack, adoption.edition) == one.follow_up.edition


def _place(line: Line) -> tuple[date, str, str]:
    values = line.values
    return (values["due_on"] or date.max, values["rule"], str(values["stream"]))


def _open(question: Question) -> list[_Open]:
    """What is open. Linked courses are one: what was raised in one is closed in another."""
    linked, persons = question.once(identity.courses), Persons(question.once(identity.staff))
    by_stream: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(*follow_ups.ALL):
        if event.occurred_at <= question.as_of:
            by_stream[linked[event.originator_id]].append(event)
    raised = question.rows(RAISED, "stream", "subject")
    subjects = {linked[row.stream]: row.subject for row in raised}
    return [
        _Open(told[0].id, told, subjects[stream], stream, follow_up)
        for stream, events in by_stream.items()
        for follow_up, told in _raised(Telling(events), persons)
        if follow_up.is_open
    ]


def _raised(telling: Telling, persons: Persons) -> Iterator[tuple[FollowUp, list[Ref]]]:
    """Each follow-up with what was said of it; first what raised it, of several the first."""
    said: dict[FollowUpKey, list[Ref]] = defaultdict(list)
    for raised in telling.of(FollowUpRaised):
        said[raised.fact.follow_up].append(raised.ref)
    for told in telling.of(FollowUpEvent):
        if said.get(told.fact.follow_up) and not isinstance(told.fact, FollowUpRaised):
            said[told.fact.follow_up].append(told.ref)
    for key_, follow_up in folded_follow_ups(telling, persons).items():
        if key_ in said:
            yield follow_up, said[key_]


def _behind(question: Question, several: list[_Open]) -> _Behind:
    """The duties behind open follow-ups, and who would be addressed now."""
    found = _Behind(defaultdict(list), defaultdict(list), {})
    if not several:
        return found
    team = question.once(team_of)
    linked = question.once(identity.courses)
    book, _ = rule_book(question.once(_adoptions))
    departures = {mentor: state.departures for mentor, state in team.mentors.items()}
    staff = team.state.staff_on(question.day)
    streams = {one.stream for one in several if one.subject == "course"}
    states = courses_of(question, team.state.same, streams)
    for stream in streams:
        if state := states.get(linked[stream]):
            _note(found, stream, course_duties(CourseSeen(state, book, departures)))
            caseworker = state.caseworker_on(question.day)
            found.people[stream] = staff | ({"caseworker": caseworker} if caseworker else {})
    if others := {one.stream for one in several} - streams:
        matches = matches_of(question, team.state.same)
        duties = team_duties(TeamSeen(team.state, book, team.mentors, matches))
        for stream in others:
            _note(found, stream, duties)
            found.people[stream] = staff
    return found


def _note(found: _Behind, stream: UUID, duties: Iterable[Duty]) -> None:
    for duty in duties:
        found.duties[stream, base_of_duty(duty)].append(duty)
        if duty.also:
            found.moved[stream].append(duty)


def _duty(one: _Open, behind: _Behind) -> Duty | None:
    """Of what recurs, the last that counts from a day before it was due; None where it is gone."""
    due_on, base = one.follow_up.due_on, base_of(one.follow_up)
    several = behind.duties.get((one.stream, base)) or [
        duty for duty in behind.moved.get(one.stream, ()) if was_told_as(duty, base)
    ]
    counted = [duty for duty in several if due_on is None or duty.since <= due_on]
    return max(counted, key=lambda duty: duty.since, default=None)


def _person(one: _Open, duty: Duty | None, behind: _Behind) -> UUID | None:
    """Who has it now: it goes on to a new caseworker or coordinator without being told so."""
    given, to = one.follow_up.person, one.follow_up.addressed_to
    if one.follow_up.taken_over or to is None:
        return given
    in_duty = duty.people.get(to) if duty else None
    return in_duty or behind.people.get(one.stream, {}).get(to) or given


def _row(one: _Open, day: date, behind: _Behind) -> dict[str, Any]:
    follow_up, duty = one.follow_up, _duty(one, behind)
    due_on, rule = follow_up.due_on, follow_up.key.rule
    since = duty.since if duty else None
    words = None
    if due_on is not None and since is not None and rule in WORDING:
        words = why(rule, (due_on - since).days)
    return {
        "id": one.id,
        "rule": rule,
        "why": words.danish if words else None,
        "why_english": words.english if words else None,
        "due_on": due_on,
        "days_overdue": None if due_on is None else (day - due_on).days,
        "stage": str(follow_up.status_on(day)),
        "addressed_to": follow_up.addressed_to,
        "person": _person(one, duty, behind),
        "taken_over": follow_up.taken_over,
        "subject": one.subject,
        "stream": one.stream,
        "course": one.stream if one.subject == "course" else None,
        "about": follow_up.about,
        "since": since,
        "raised_at": follow_up.raised_at,
        "reminders": follow_up.reminders,
        "escalated_to": list(follow_up.escalated_to),
        "snoozed_until": follow_up.snoozed_until,
        "anchor": key(follow_up.key.anchor),
        "cycle": follow_up.key.cycle,
        "pack": follow_up.edition[0] if follow_up.edition else None,
        "edition": follow_up.edition[1] if follow_up.edition else None,
    }
