"""What must hold of a run, whatever happened in it. Each fault found names the seed.

What should be open is read from the facts alone, by the duties that the rules make of them; no
part of the planner is asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.calendar import day_of
from domain.envelope import Recorded
from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpReminded,
    FollowUpResolved,
    FollowUpWithdrawn,
)
from domain.follow_ups import Obligation
from domain.obligations import Slot
from domain.raised import FollowUp, FollowUps
from domain.values import FollowUpKey
from services.follow_ups import calendar_of
from tests.follow_ups.belonging import as_put_off, slots_of
from tests.follow_ups.memory import Sight

Expected = dict[Slot, Obligation]
Opened = dict[Slot, list[FollowUp]]
Stages = set[str]
Matter = tuple[str, UUID | None, tuple[tuple[str, UUID], ...]]
"""What is asked of whom: the rule, whom it is about, and the match's or pair's people."""


class Broken(AssertionError):  # noqa: N818  # what broke, and in which run
    """A run in which something doesn't hold."""

    def __init__(self, seed: int, what: str) -> None:
        super().__init__(
            f"seed {seed}: {what}; see `python -m tests.follow_ups.run --seed {seed} --verbose`"
        )


class Span(NamedTuple):
    """From the morning on which an obligation is due until the day on which it is met or ends."""

    slot: Slot
    of: Obligation
    from_: date
    until: date | None


class Known(NamedTuple):
    """What is asked of a subject, and what of it is due, not met and not ended."""

    asked: list[Obligation]
    due: Expected


class Checks:
    """Judges one run of one seed."""

    def __init__(self, seed: int, facts: Sight, log: Sight) -> None:
        self.seed = seed
        self._facts = facts
        self._log = log
        self._matters: dict[FollowUpKey, Matter] = {}
        # What was read by subject, beside what it was read from.
        self._spanned: dict[UUID, tuple[list[Obligation], list[Span]]] = {}
        self._held: dict[UUID, tuple[list[Obligation], FollowUps, Opened]] = {}

    def expected(self, subject: UUID, now: datetime) -> Expected:
        """Due, not met, and not ended at that instant: as the facts known so far tell it, and
        nothing of what was done about it."""
        today, reached = day_of(now), calendar_of(subject).reached_by(now)
        if not self._is_open(subject, today):
            return {}
        return {
            span.slot: span.of
            for span in self._spans(subject)
            if span.from_ <= reached and (span.until is None or today < span.until)
        }

    def known(self, subject: UUID, now: datetime) -> Known:
        """What an act of that instant is judged by, though more is learned before it is stored."""
        return Known(self._facts.obligations(subject), self.expected(subject, now))

    def _spans(self, subject: UUID) -> list[Span]:
        asked = self._facts.obligations(subject)
        held = self._spanned.get(subject)
        if held is None or held[0] is not asked:
            held = self._spanned[subject] = (asked, [_span(one) for one in asked])
        return held[1]

    def follow_ups(self, subject: UUID) -> FollowUps:
        """Those of a subject, as they were written."""
        return self._log.follow_ups(subject)

    def is_right(self, subject: UUID, now: datetime) -> None:
        """Open is what should be, with all of its stages whose day has come."""
        calendar, expected = calendar_of(subject), self.expected(subject, now)
        opened, reached = self._opened(subject), calendar.reached_by(now)
        doubled = [slot for slot, several in opened.items() if len(several) > 1]
        self._hold(not doubled, f"open more than once: {_all(doubled)}")
        # On the day on which a course opens again, it is raised in the morning.
        was_open = self._is_open(subject, reached)
        missing = expected.keys() - opened.keys() if was_open else set()
        if extra := opened.keys() - expected.keys():
            # What ends with the day before is closed in the morning, or before if anything asks.
            extra -= self.expected(subject, calendar.morning_of(reached)).keys()
            # What is open stays so where its day has come, though its morning hasn't yet.
            extra -= self.expected(subject, max(now, calendar.morning_of(day_of(now)))).keys()
        self._hold(not missing, f"not raised by {now}: {_all(missing)}")
        self._hold(not extra, f"still open at {now}: {_all(extra)}")
        for slot in expected.keys() & opened.keys():
            obligation, [follow_up] = expected[slot], opened[slot]
            if left := due_stages(obligation, follow_up, reached) - written_stages(follow_up):
                self._hold(False, f"{_words(slot)} lacks {sorted(left)} at {now}")

    def may_be_written(
        self,
        fact: FollowUpEvent,
        subject: UUID,
        by: Known,
        written: FollowUps,
        now: datetime,
    ) -> None:
        """An act, judged by what was known when it was planned."""
        key, words = fact.follow_up, _key_words(fact.follow_up)
        reached = calendar_of(subject).reached_by(now)
        held_now = {**written, key: written.get(key) or FollowUp(key=key)}
        slots = slots_of(held_now, by.asked, self._facts.team().same)
        base, held = slots[key][0], as_put_off(key, held_now, slots)
        several = {slot: one for slot, one in by.due.items() if slot[0] == base}
        if isinstance(fact, FollowUpRaised):
            due = [one.due_on for one in several.values()]
            self._hold(
                fact.due_on in due, f"{words} was raised for {fact.due_on}, though due {due}"
            )
            self._hold(fact.due_on <= reached, f"{words} was raised at {now}, too early")
            raised = next(one for one in several.values() if one.due_on == fact.due_on)
            self._is_told_once(key, raised, by.asked, written)
        elif isinstance(fact, FollowUpResolved | FollowUpWithdrawn):
            stands = slots[key] in several
            self._hold(not stands, f"{words} was closed at {now}, though it still stands")
        elif stage := stage_of(fact):
            days = [due_stages(one, held, reached) for one in several.values()]
            self._hold(
                any(stage in day for day in days), f"{words} was {stage} at {now}, too early"
            )

    def _is_told_once(
        self, key: FollowUpKey, raised: Obligation, asked: Sequence[Obligation], written: FollowUps
    ) -> None:
        """Nothing is open about the same people that this takes the place of.

        What is of another duty has been met or has ended. What began after the other was due is
        another matter. Of what may be asked side by side, what hung on an event that was corrected
        or retracted may be told anew.
        """
        matter = self._matters[key] = _matter(raised)
        amended = self._facts.amended()
        stands = {one.slot for one in asked} - {raised.slot}
        slots = slots_of(written, asked, self._facts.team().same)
        for other, held in written.items():
            if not held.is_open or other == key or self._matters.get(other) != matter:
                continue
            gone = slots[other] not in stands
            later = held.due_on is not None and raised.duty.since > held.due_on
            beside = not raised.duty.alone and other.anchor in amended
            again = gone and not later and not beside
            self._hold(not again, f"{_key_words(key)} tells anew of {_key_words(other)}")

    def is_written_once(self, events: Iterable[Recorded]) -> None:
        """Of each follow-up each stage once, raised first, closed last; one cycle after another."""
        closed: set[FollowUpKey] = set()
        count: Counter[tuple[FollowUpKey, str]] = Counter()
        for event in events:
            fact = event.fact
            if not isinstance(fact, FollowUpEvent) or not (stage := stage_of(fact)):
                continue
            key = fact.follow_up
            count[key, stage] += 1
            words = _key_words(key)
            self._hold(count[key, stage] == 1, f"{words} was {stage} twice")
            self._hold(key not in closed, f"{words} was {stage} after it was closed")
            self._hold(
                stage == "raised" or (key, "raised") in count, f"{words} was {stage} and not raised"
            )
            if stage == "closed":
                closed.add(key)
        for key, stage in count:
            earlier = FollowUpKey(key.rule, key.anchor, key.cycle - 1, key.about)
            if stage == "raised" and key.cycle > 1:
                self._hold((earlier, "raised") in count, f"{_key_words(key)} skips a cycle")

    def is_thrifty(self, count: Mapping[str, int]) -> None:
        """No pull but for a poke with news, for a due time, and for a worker or run that is new."""
        anew = count["pulls for a replay"] + count["pulls for a new run"]
        asked = count["pokes with news"] + count["due times"] + anew
        self._hold(count["pulls"] <= asked, f"{count['pulls']} pulls, though {asked} were needed")

    def _opened(self, subject: UUID) -> Opened:
        """The open follow-ups by what they are about; what recurs, by its day too."""
        written, asked = self._log.follow_ups(subject), self._facts.obligations(subject)
        held = self._held.get(subject)
        if held is not None and held[0] is asked and held[1] is written:
            return held[2]
        slots = slots_of(written, asked, self._facts.team().same)
        opened: Opened = {}
        for key, slot in slots.items():
            if written[key].is_open:
                opened.setdefault(slot, []).append(as_put_off(key, written, slots))
        self._held[subject] = (asked, written, opened)
        return opened

    def _is_open(self, subject: UUID, day: date) -> bool:
        """A team always is; of a course on a day on which it is closed, nothing is asked."""
        return subject != self._facts.course_id or self._facts.course().is_open_on(day)

    def _hold(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise Broken(self.seed, otherwise)


def _span(one: Obligation) -> Span:
    ends = [end.on for end in (one.duty.met, one.duty.ended) if end is not None]
    return Span(one.slot, one, one.due_on, min(ends, default=None))


def _matter(one: Obligation) -> Matter:
    people = tuple(sorted(one.duty.people.items()))
    return (one.duty.rule, one.duty.about, people)


def due_stages(one: Obligation, held: FollowUp, reached: date) -> Stages:
    """Reminders and escalations whose day has come; before a snooze is over, none."""

    def has_come(after: int) -> bool:
        return max(one.after(after), held.snoozed_until or date.min) <= reached

    stages = {f"reminded {n}" for n, after in enumerate(one.terms.remind, 1) if has_come(after)}
    return stages | {f"escalated to {s.to}" for s in one.terms.escalate if has_come(s.after)}


def written_stages(follow_up: FollowUp) -> Stages:
    """The reminders and escalations of a follow-up."""
    stages = {f"reminded {n}" for n in range(1, follow_up.reminders + 1)}
    return stages | {f"escalated to {to}" for to in follow_up.escalated_to}


def stage_of(fact: FollowUpEvent) -> str | None:
    """The stage that the engine writes by this event; None where a person wrote it."""
    match fact:
        case FollowUpRaised():
            return "raised"
        case FollowUpReminded():
            return f"reminded {fact.number}"
        case FollowUpEscalated():
            return f"escalated to {fact.addressed_to}"
        case FollowUpResolved() | FollowUpWithdrawn():
            return "closed"
    return None


def _key_words(key: FollowUpKey) -> str:
    about = f" about {key.about}" if key.about else ""
    return f"{key.rule} on {key.anchor.id}{about} cycle {key.cycle}"


def _words(slot: Slot) -> str:
    (rule, anchor, about), due_on = slot
    return " ".join(str(one) for one in (rule, "on", anchor.id, about, due_on) if one)


def _all(slots: Iterable[Slot]) -> str:
    return ", ".join(sorted(_words(slot) for slot in slots))


def told(fact: FollowUpEvent) -> str:
    """An act in words."""
    words = f"{fact.NAME.partition('.')[2]} {_key_words(fact.follow_up)}"
    match fact:
        case FollowUpRaised():
            return f"{words} due {fact.due_on} to {fact.addressed_to}"
        case FollowUpEscalated():
            return f"{words} to {fact.addressed_to}"
        case FollowUpResolved():
            return f"{words} by {fact.by.id}"
        case FollowUpWithdrawn():
            return f"{words} as {fact.reason}"
    return words
