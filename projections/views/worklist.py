"""The worklist (*opgaveliste*): follow-ups that are open, with whom they lie and why."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from domain.follow_ups import why
from domain.raised import FollowUp, Status
from domain.rule_packs import RuleBook, RulePack
from domain.rules import WORDING, Duty
from domain.team import Adoption
from domain.values import Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.table import key
from projections.views import rules, staff
from projections.views.open_duties import Duties, duties_behind, people_behind
from projections.views.open_follow_ups import Open, open_follow_ups, said_of
from projections.views.rules import adopted_for, adoptions_of, book_of

Packs = Mapping[tuple[str, str], RulePack]

_READ = (identity.READ, staff.READ, rules.READ)  # besides what the courses tell
_STAGES = (Status.RAISED, Status.REMINDED, Status.ESCALATED, Status.SNOOZED)


@view
def worklist(question: Question) -> Iterator[Line]:
    """One row for each follow-up open at `as_of`, the longest due first.

    `id` names it in commands. `stage` is raised, reminded, escalated or snoozed. `why` is Danish,
    `why_english` English; None where the duty behind it is gone, and the follow-up about to be
    withdrawn. `person` is who took it over, else who holds the function at `as_of`; where that
    can't be told, to whom it was given. `basis` is what the rule pack says that it rests on under
    which it was raised; None where that pack can't be read. Anybody on the team may put it off, or
    say that somebody takes it over: `snoozed_by` and `taken_over_by` did.
    """
    question.ahead(*_READ)
    several = open_follow_ups(question)
    lines_of = partial(_lines_of, question)
    yield from question.reading.in_chunks(
        several, lines_of, ("id", "subject", "stream"), one_each=True
    )


def _lines_of(question: Question, several: Sequence[Open]) -> Iterator[list[Line]]:
    """The line of each follow-up, with the duties behind all of them read at once."""
    behind = duties_behind(question, several)
    packs = {(pack.pack, pack.edition): pack for pack in question.once(book_of).packs}
    for one in several:
        row = _row(one, question.day, behind, packs)
        yield [Line(row, partial(_told, question, [one]))]


@view
def by_person(question: Question) -> Iterator[Line]:
    """One row for each person who has open follow-ups, and one for what nobody has; whoever has
    the longest due first.

    `functions` are those in which that person has them: whoever took one over has it in their own,
    not in the one it was addressed to. `overdue` are those whose day is past, `escalated` and
    `snoozed` those at that stage.
    """
    question.ahead(*_READ)
    several = open_follow_ups(question)
    behind = people_behind(question, several)
    of_each = defaultdict(list)
    for one in several:
        duty = behind.behind(one.stream, one.follow_up)
        of_each[behind.person(one.stream, one.follow_up, duty)].append(one)
    lines = [
        Line(
            {
                "person": person,
                "functions": sorted(
                    {to for one in own if (to := behind.function(one.stream, one.follow_up))}
                ),
                **_counts(own, question.day),
            },
            partial(_told, question, own),
        )
        for person, own in of_each.items()
    ]
    yield from sorted(lines, key=lambda line: _longest_due(line, str(line.values["person"])))


@view
def by_rule(question: Question) -> Iterator[Line]:
    """One row for each rule with open follow-ups, the longest due first: how many stand at each
    stage, and what the rule pack of the day says that the rule rests on."""
    question.ahead(identity.READ, rules.READ)
    of_each = defaultdict(list)
    for one in open_follow_ups(question):
        of_each[one.follow_up.key.rule].append(one)
    book = question.once(book_of)
    lines = [
        Line(
            {"rule": rule, **_counts(own, question.day), **_in_force(rule, book, question.day)},
            partial(_told_in_force, question, own),
        )
        for rule, own in of_each.items()
    ]
    yield from sorted(lines, key=lambda line: _longest_due(line, line.values["rule"]))


def _counts(several: Collection[Open], day: date) -> dict[str, Any]:
    stages = Counter(one.follow_up.status_on(day) for one in several)
    due = [one.follow_up.due_on for one in several if one.follow_up.due_on]
    return {
        "open": len(several),
        "overdue": sum(due_on < day for due_on in due),
        **{str(stage): stages[stage] for stage in _STAGES},
        "oldest_due": min(due, default=None),
    }


def _in_force(rule: str, book: RuleBook, day: date) -> dict[str, Any]:
    held = book.terms(rule, day)
    return {
        "basis": held[1].basis if held else None,
        "pack": held[0].pack if held else None,
        "edition": held[0].edition if held else None,
    }


def _longest_due(line: Line, name: str) -> tuple[date, str]:
    return (line.values["oldest_due"] or date.max, name)


def _told(question: Question, several: Iterable[Open]) -> list[Ref]:
    """What each hangs on, the rules that it is due by, and what was said of it since."""
    found: dict[Ref, None] = {}
    said = question.once(said_of)
    for one in several:
        found[one.follow_up.key.anchor] = None
        for adoption in question.once(adoptions_of):
            if _is_of(adoption, one.follow_up):
                found[adoption.ref] = None
        found.update(dict.fromkeys(said[one.stream, one.follow_up.key]))
    return list(found)


def _told_in_force(question: Question, several: Iterable[Open]) -> list[Ref]:
    """The same, with the rules of the day."""
    return list(dict.fromkeys([*_told(question, several), *adopted_for(question, question.day)]))


def _is_of(adoption: Adoption, follow_up: FollowUp) -> bool:
    return (adoption.pack, adoption.edition) == follow_up.edition


def _basis(follow_up: FollowUp, duty: Duty | None, packs: Packs) -> str | None:
    """What the terms rest on under which it was raised: those of the day that it counts from."""
    pack = packs.get(follow_up.edition) if follow_up.edition else None
    day = duty.since if duty else follow_up.due_on
    terms = pack.terms(follow_up.key.rule, day) if pack and day else None
    return terms.basis if terms else None


def _row(one: Open, day: date, behind: Duties, packs: Packs) -> dict[str, Any]:
    follow_up = one.follow_up
    duty = behind.behind(one.stream, follow_up)
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
        "basis": _basis(follow_up, duty, packs),
        "due_on": due_on,
        "days_overdue": None if due_on is None else (day - due_on).days,
        "stage": str(follow_up.status_on(day)),
        "addressed_to": follow_up.addressed_to,
        "person": behind.person(one.stream, follow_up, duty),
        "taken_over": follow_up.taken_over,
        "taken_over_by": one.taken_over_by if follow_up.taken_over else None,
        "subject": one.subject,
        "stream": one.stream,
        "course": one.stream if one.subject == "course" else None,
        "about": follow_up.about,
        "since": since,
        "raised_at": follow_up.raised_at,
        "reminders": follow_up.reminders,
        "escalated_to": list(follow_up.escalated_to),
        "snoozed_until": follow_up.snoozed_until,
        "snoozed_by": one.snoozed_by,
        "anchor": key(follow_up.key.anchor),
        "cycle": follow_up.key.cycle,
        "pack": follow_up.edition[0] if follow_up.edition else None,
        "edition": follow_up.edition[1] if follow_up.edition else None,
    }
