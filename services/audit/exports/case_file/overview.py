"""The course in short (*kort fortalt*): who, what for, which support, who does what."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain import codes
from domain.calendar import ALWAYS, day_of
from domain.events.course import (
    Closed,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    IntakeRegistered,
    MatchEnded,
    RolesStated,
)
from domain.fields import Sealed, fields_of
from domain.grants import Grant, Granted
from domain.values import Period, Ref
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Html, Part, lines, pairs, section, table, tag
from services.audit.exports.case_file.values import value_of, who_of
from services.audit.exports.case_file.wording import LABELS
from services.audit.replaying.replay import Said

_NOW = "nu"


def in_short(case: Case) -> Html:
    """The section of how the course stands."""
    state, today = case.state, case.today
    caseworker = state.caseworker_on(today)
    mentors = [case.staff.person(match.mentor) for match in state.matches_on(today)]
    goal = next((said for said in reversed(_counting(case, GoalSet))), None)
    minutes = sum(one.minutes for one in state.activities)
    is_open = state.is_open_on(today)
    told: list[tuple[str, Part]] = [
        ("Forløbet", lines(_spells(case))),
        ("Din mentor nu", ", ".join(mentors) or "ingen"),
        (
            "Din sagsbehandler" if is_open else "Din sidste sagsbehandler",
            case.staff.person(caseworker) if caseworker else None,
        ),
        (
            "Målet nu" if is_open else "Det sidste mål",
            _sealed(case, goal, "text") if goal else None,
        ),
        ("Støtte nu", ", ".join(_kind(one) for one in _held(case)) or "ingen"),
        ("Mentorens tid", _time(len(state.activities), minutes)),
        ("Møder og samtaler", f"{len(state.contacts)} gange med din mentor"),
    ]
    return section("kort", "Kort fortalt", pairs(told))


def about_you(case: Case) -> Html | None:
    """The section of what is recorded of the citizen as a person."""
    rows = [
        [LABELS[field.name], value_of(case, field.name, field.marker, sealed), _noted(case, said)]
        for said in _counting(case, IntakeRegistered)
        for field in fields_of(IntakeRegistered)
        if isinstance(field.marker, Sealed) and field.name != "note"
        if (sealed := getattr(said.event.fact, field.attribute)) is not None
    ]
    if not rows:
        return None
    headings = ("Hvad", "Det står der", "Noteret")
    return section("dig", "Oplysninger om dig", table("Navn og kontakt", headings, rows))


def people(case: Case) -> Html | None:
    """The section of who worked with the citizen, and when."""
    rows = [*_mentors(case), *_caseworkers(case)]
    if not rows:
        return None
    headings = ("Hvem", "Som", "Fra", "Til og med", "Hvorfor det sluttede")
    return section("hvem", "Dine medarbejdere", table("Mentor og sagsbehandler", headings, rows))


def goals(case: Case) -> Html | None:
    """The section of the goals that were set."""
    rows = [_goal(case, said) for said in _counting(case, GoalSet)]
    if not rows:
        return None
    headings = ("Målet", "Retning", "Sat", "Godkendt af", "Sidst gennemgået")
    return section("maal", "Dine mål", table("Mål, det nyeste sidst", headings, rows))


def grants(case: Case) -> Html | None:
    """The section of what support was asked for and given."""
    rows = [_grant(case, one) for one in case.state.grants.values()]
    if not rows:
        return None
    headings = ("Støtte", "Afgørelse", "Hvornår og hvor meget", "Sluttede")
    return section("stoette", "Støtte (bevillinger)", table("Bevillinger", headings, rows))


def roles(case: Case) -> Html | None:
    """The section of who says what of who does what."""
    last = {said.event.fact.speaker.function: said for said in _counting(case, RolesStated)}
    if not last:
        return None
    sides = [(name, last[name]) for name in ("mentor", "caseworker") if name in last]
    told: list[dict[str, str]] = [_answers(said) for _, said in sides]
    rows = [
        [_capital(danish), *(_holder(answers.get(code)) for answers in told)]
        for code, danish in codes.responsibilities.danish.items()
        if any(code in answers for answers in told)
    ]
    headings = ("Opgave", *(_said_by(case, said) for _, said in sides))
    return section(
        "roller",
        "Hvem gør hvad",
        tag("p", "Mentor og sagsbehandler siger hver for sig, hvem der har opgaven."),
        table("Det, de sagde sidst", headings, rows),
    )


def _said_by(case: Case, said: Said) -> str:
    return f"{_capital(who_of(case, said.event))}, {dates.day(_day(said))}"


def _answers(said: Said) -> dict[str, str]:
    fact = said.event.fact
    assert isinstance(fact, RolesStated)
    return fact.answers


def _holder(code: str | None) -> str:
    return "ikke sagt" if code is None else codes.holders.danish.get(code, code)


def _counting(case: Case, kind: type[Any]) -> list[Said]:
    return [said for said in case.said if said.counts and isinstance(said.event.fact, kind)]


def _spells(case: Case) -> Iterator[str]:
    reasons = {
        said.event.ref: codes.close_reasons.danish.get(said.event.fact.reason)
        for said in _counting(case, Closed)
        if isinstance(said.event.fact, Closed)
    }
    intake = case.state.intake
    for spell in case.state.spells:
        days = spell.days
        if days.from_ == ALWAYS and intake is not None:
            days = Period(intake.day, days.to)
        if days.to is None:
            begun = "begyndelsen er ikke noteret"
            begun = begun if days.from_ == ALWAYS else f"siden {dates.day(days.from_)}"
            yield f"I gang, {begun}"
        else:
            why = reasons.get(spell.ended_by) if spell.ended_by else None
            yield f"{_capital(dates.period(days))}" + (f" ({why})" if why else "")


def _held(case: Case) -> list[Grant]:
    return [one for one in case.state.grants.values() if one.held_on(case.today)]


def _kind(grant: Grant) -> str:
    kind = grant.kind
    return codes.grant_kinds.danish.get(kind, kind) if kind else "støtte"


def _time(times: int, minutes: int) -> str | None:
    return f"{dates.duration(minutes)}, fordelt på {times} gange" if times else None


def _mentors(case: Case) -> Iterator[list[Part]]:
    ends = {
        said.event.fact.match: codes.match_end_reasons.danish.get(said.event.fact.reason)
        for said in _counting(case, MatchEnded)
        if isinstance(said.event.fact, MatchEnded)
    }
    for match in case.state.matches:
        to = match.days.to
        why = "forløbet sluttede" if match.by_close else ends.get(match.match)
        yield [
            case.staff.person(match.mentor),
            "mentor",
            dates.day(match.days.from_),
            dates.last_day(to) if to else _NOW,
            (why or "–") if to else "–",
        ]


def _caseworkers(case: Case) -> Iterator[list[Part]]:
    held, is_open = case.state.caseworkers, case.state.is_open_on(case.today)
    for step, after in zip(held, [*held[1:], None], strict=True):
        yield [
            case.staff.person(step.value),
            "sagsbehandler",
            dates.day(step.from_),
            dates.last_day(after.from_) if after else _NOW if is_open else "–",
            "en anden tog over" if after else "–" if is_open else "forløbet sluttede",
        ]


def _goal(case: Case, said: Said) -> list[Part]:
    fact = said.event.fact
    assert isinstance(fact, GoalSet)
    directions = ", ".join(codes.goal_directions.danish[one] for one in fact.directions)
    by = [who_of(case, one.event) for one in _of_goal(case, GoalAcknowledged, fact.goal)]
    reviews = _of_goal(case, GoalReviewed, fact.goal)
    return [
        _sealed(case, said, "text"),
        directions,
        _noted(case, said),
        ", ".join(dict.fromkeys(by)) or "–",
        _review(reviews[-1]) if reviews else "–",
    ]


def _of_goal(case: Case, kind: type[Any], goal: Ref) -> list[Said]:
    return [said for said in _counting(case, kind) if getattr(said.event.fact, "goal") == goal]  # noqa: B009


def _review(said: Said) -> str:
    fact = said.event.fact
    assert isinstance(fact, GoalReviewed)
    return f"{dates.day(_day(said))}: {codes.goal_outcomes.danish[fact.outcome]}"


def _grant(case: Case, grant: Grant) -> list[Part]:
    outcome = codes.grant_outcomes.danish.get(grant.outcome or "", "ikke afgjort endnu")
    reason = codes.refusal_reasons.danish.get(grant.reason or "")
    decided = f", {dates.day(grant.decided.day)}" if grant.decided else ""
    end = codes.grant_end_reasons.danish.get(grant.end_reason or "")
    return [
        _capital(_kind(grant)),
        f"{outcome}{decided}" + (f" ({reason})" if reason else ""),
        lines(_granted(one) for one in grant.granted) or "–",
        f"{dates.last_day(grant.ended_on)} ({end})" if grant.ended_on else "–",
    ]


def _granted(granted: Granted) -> str:
    told = []
    if granted.weekly_minutes is not None:
        told.append(f"{dates.duration(granted.weekly_minutes)} om ugen")
    if granted.total_minutes is not None:
        told.append(f"{dates.duration(granted.total_minutes)} i alt")
    if granted.amount_oere is not None:
        told.append(dates.kroner(granted.amount_oere))
    return f"{_capital(dates.period(granted.days))}" + (f": {', '.join(told)}" if told else "")


def _sealed(case: Case, said: Said, name: str) -> str:
    return case.open(name, getattr(said.event.fact, name)) or "(slettet)"


def _noted(case: Case, said: Said) -> str:
    return f"{dates.day(_day(said))} af {who_of(case, said.event)}"


def _day(said: Said) -> date:
    return day_of(said.event.occurred_at)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
