"""From obligations and the follow-ups written so far to the acts still to be written.

It asks only what holds: the same facts give the same acts whenever it is asked, so a planner that
was away, or asks twice, ends at the same follow-ups.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import Calendar
from domain.events.common import FollowUpResolved, FollowUpWithdrawn
from domain.follow_up_acts import CLOSED, RAISED, SYSTEM, Act, ActKinds, act
from domain.obligations import Base, Obligation, Slot, base_of, was_told_as
from domain.raised import FollowUp, FollowUps
from domain.values import FollowUpKey, Ref


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be written now, when to ask again, and whether all is over.

    `wake_at` is an instant in UTC; None where only a new fact can change anything. `obligations`
    are those that it was planned from, met or not.
    """

    acts: tuple[Act, ...] = ()
    wake_at: datetime | None = None
    finished: bool = False
    obligations: Sequence[Obligation] = ()


class Setting(Struct, frozen=True, kw_only=True):
    """What planning depends on beside the obligations.

    `today` is the day in Copenhagen, `reached` the last one whose morning is past: from then on,
    what is due on it is raised.
    `rules` are those planned here, so that another version's follow-ups are left alone; `people`
    who holds which function now; `amended` which correction holds, by the event it amends;
    `left_out` what the rule book doesn't ask for.
    """

    kinds: ActKinds
    rules: frozenset[str]
    calendar: Calendar
    today: date
    reached: date
    people: Mapping[str, UUID] = {}
    amended: Mapping[Ref, Ref] = {}
    left_out: frozenset[Base] = frozenset()

    def has_come(self, day: date) -> bool:
        """Whether the morning of that day is past."""
        return day <= self.reached


class _Stage(Struct, frozen=True):
    """A reminder or an escalation that isn't written yet, with the day on which it comes."""

    on: date
    name: str
    number: int | None = None
    to: str | None = None


def plan(obligations: Sequence[Obligation], written: FollowUps, setting: Setting) -> Plan:
    """The acts for these obligations, and the next instant at which there will be others."""
    recurring = _recurring(obligations)
    latest = latest_of(written, obligations)
    cycles: Counter[Base] = Counter()
    for one in written.values():
        cycles[base_of(one)] = max(cycles[base_of(one)], one.key.cycle)
    acts: list[Act] = []
    wakes: list[datetime] = []
    for obligation in obligations:
        follow_up = latest.pop(obligation.slot, None)
        acts += _acts(obligation, follow_up, cycles, setting)
        wakes += _wakes(obligation, follow_up, setting)
    for (base, _), orphan in latest.items():
        acts += _orphaned(orphan, recurring.get(base, ()), setting)
    return Plan(acts=tuple(acts), wake_at=min(wakes, default=None), obligations=obligations)


def latest_of(written: FollowUps, obligations: Iterable[Obligation]) -> dict[Slot, FollowUp]:
    """Of each follow-up the latest cycle, by the obligation that it is of, or was."""
    asked = list(obligations)
    recurring = _recurring(asked)
    latest: dict[Slot, FollowUp] = {}
    for one in sorted(written.values(), key=lambda one: one.key.cycle):
        base = base_of(one)
        slot = (base, _since(one, recurring[base]) if base in recurring else None)
        earlier = latest.get(slot)
        if earlier is not None and earlier.is_open:
            latest[base, earlier.due_on] = earlier  # doubled: it has no place of its own
        latest[slot] = _as_put_off(one, earlier) if earlier else one
    _go_on(latest, asked)
    return latest


def _go_on(latest: dict[Slot, FollowUp], obligations: Sequence[Obligation]) -> None:
    """What is open and hangs on nothing any more goes on, where its matter is still asked for.

    What is learned later can move a duty to another event. What was told on the first one keeps
    its key, its stages, its snooze and whoever took it over. It is now of the last duty of its
    matter that had begun when it was due, and of which nothing is open.
    """
    asked = {one.base for one in obligations}
    homeless = [slot for slot, one in latest.items() if one.is_open and slot[0] not in asked]
    for slot in homeless:
        told = latest[slot]
        homes = [one for one in obligations if was_told_as(one.duty, told)]
        free = (one for one in homes if one.slot not in latest or not latest[one.slot].is_open)
        if home := max(free, key=_since_when, default=None):
            latest[home.slot] = latest.pop(slot)


def _since_when(one: Obligation) -> date:
    return one.duty.since


def _recurring(obligations: Iterable[Obligation]) -> dict[Base, list[Obligation]]:
    """The obligations of which one anchor has several."""
    found: dict[Base, list[Obligation]] = {}
    for one in obligations:
        if one.duty.recurring:
            found.setdefault(one.base, []).append(one)
    return found


def _since(follow_up: FollowUp, several: Sequence[Obligation]) -> date | None:
    """The day that a follow-up counts from, of several: by its own due day, else the last before
    it, since the pack may have had other days."""
    due_on = follow_up.due_on
    exact = (one.duty.since for one in several if one.due_on == due_on)
    before = [one.duty.since for one in several if due_on and one.duty.since <= due_on]
    return next(exact, max(before, default=due_on))


def _as_put_off(one: FollowUp, earlier: FollowUp) -> FollowUp:
    """A snooze holds on in the next cycle where the duty was only told or reckoned anew."""
    told_anew = earlier.withdrawn_as in ("rules-changed", "fact-corrected")
    if told_anew and one.snoozed_until is None:
        return replace(one, snoozed_until=earlier.snoozed_until)
    return one


def _acts(
    obligation: Obligation,
    follow_up: FollowUp | None,
    cycles: Counter[Base],
    setting: Setting,
) -> Iterator[Act]:
    if follow_up is not None and follow_up.is_open:
        if closing := _closing(obligation, follow_up, setting):
            yield closing
            return
        key = follow_up.key
    elif _is_to_be_raised(obligation, setting):
        cycles[obligation.base] += 1
        rule, anchor, about = obligation.base
        key = FollowUpKey(rule, anchor, cycles[obligation.base], about)
        new = FollowUp(key=key)
        follow_up = _as_put_off(new, follow_up) if follow_up else new
        yield _raising(obligation, key, setting)
    else:
        return
    for stage in _stages_left(obligation, follow_up):
        if setting.has_come(stage.on):
            yield _staging(stage, key, setting)


def _is_over(obligation: Obligation, today: date) -> bool:
    """Whether the duty has ended, before anything met it."""
    ended, met = obligation.duty.ended, obligation.met_by(today)
    return ended is not None and ended.on <= today and (met is None or ended.on < met.on)


def _is_to_be_raised(obligation: Obligation, setting: Setting) -> bool:
    if obligation.met_by(setting.today) or _is_over(obligation, setting.today):
        return False
    return setting.has_come(obligation.due_on)


def _raising(obligation: Obligation, key: FollowUpKey, setting: Setting) -> Act:
    to = obligation.addressed_to
    fact = setting.kinds.raised(
        actor=SYSTEM,
        follow_up=key,
        due_on=obligation.due_on,
        addressed_to=to,
        person=obligation.duty.people.get(to) or setting.people.get(to),
        pack=obligation.pack.pack,
        edition=obligation.pack.edition,
    )
    return act(RAISED, fact)


def _closing(obligation: Obligation, follow_up: FollowUp, setting: Setting) -> Act | None:
    """What closes an open follow-up: it ended, it was met, or it isn't due any more."""
    duty, key = obligation.duty, follow_up.key
    met = obligation.met_by(setting.today)
    if duty.ended is not None and _is_over(obligation, setting.today):
        return _withdrawing(key, duty.ended.reason, duty.ended.because, setting)
    if met is not None and met.on < obligation.due_on:
        return _withdrawing(key, "met-before", met.by, setting)
    if met is not None:
        return _resolving(key, met.by, setting)
    # By the day: whose clock is a moment behind, or has another morning, takes nothing back.
    if obligation.due_on <= setting.today:
        return None
    because = setting.amended.get(key.anchor)
    if because is None and follow_up.edition != obligation.edition:
        return _withdrawing(key, "rules-changed", None, setting)
    return _withdrawing(key, "fact-corrected", because, setting)


def _orphaned(follow_up: FollowUp, others: Sequence[Obligation], setting: Setting) -> Iterator[Act]:
    """An open follow-up that hangs on nothing any more; `others` are what its anchor still has."""
    key = follow_up.key
    if not follow_up.is_open or key.rule not in setting.rules:
        return
    moved = bool(others) and follow_up.edition not in {one.edition for one in others}
    if moved or base_of(follow_up) in setting.left_out:
        yield _withdrawing(key, "rules-changed", None, setting)
    else:
        yield _withdrawing(key, "fact-corrected", setting.amended.get(key.anchor), setting)


def _resolving(key: FollowUpKey, by: Ref, setting: Setting) -> Act:
    fact: FollowUpResolved = setting.kinds.resolved(actor=SYSTEM, follow_up=key, by=by)
    return act(CLOSED, fact)


def _withdrawing(key: FollowUpKey, reason: str, because: Ref | None, setting: Setting) -> Act:
    fact: FollowUpWithdrawn = setting.kinds.withdrawn(
        actor=SYSTEM, follow_up=key, reason=reason, because=because
    )
    return act(CLOSED, fact)


def _stages_left(obligation: Obligation, follow_up: FollowUp | None) -> list[_Stage]:
    """Reminders and escalations not written yet, by day; none before a snooze is over."""
    reminders = follow_up.reminders if follow_up else 0
    escalated_to = follow_up.escalated_to if follow_up else ()
    snoozed_until = follow_up.snoozed_until if follow_up else None
    terms = obligation.terms

    def on(after: int) -> date:
        day = obligation.after(after)
        return max(day, snoozed_until) if snoozed_until else day

    stages = [
        _Stage(on(after), f"reminded-{number}", number=number)
        for number, after in enumerate(terms.remind, start=1)
        if number > reminders
    ]
    stages += [
        _Stage(on(step.after), f"escalated-{step.to}", to=step.to)
        for step in terms.escalate
        if step.to not in escalated_to
    ]
    return sorted(stages, key=lambda stage: stage.on)


def _staging(stage: _Stage, key: FollowUpKey, setting: Setting) -> Act:
    if stage.to is None:
        reminded = setting.kinds.reminded(actor=SYSTEM, follow_up=key, number=stage.number or 1)
        return act(stage.name, reminded)
    escalated = setting.kinds.escalated(
        actor=SYSTEM, follow_up=key, addressed_to=stage.to, person=setting.people.get(stage.to)
    )
    return act(stage.name, escalated)


def _wakes(
    obligation: Obligation, follow_up: FollowUp | None, setting: Setting
) -> Iterable[datetime]:
    """Instants ahead at which this obligation asks for something, if no new fact comes."""
    duty = obligation.duty
    if obligation.met_by(setting.today) or _is_over(obligation, setting.today):
        return []
    open_now = follow_up if follow_up is not None and follow_up.is_open else None
    days = [obligation.due_on, *(stage.on for stage in _stages_left(obligation, open_now))]
    if open_now is not None and open_now.snoozed_until is not None:
        days.append(open_now.snoozed_until)  # it shows again
    if duty.met is not None:  # on a day ahead
        days = [*(day for day in days if day < duty.met.on), duty.met.on]
    if duty.ended is not None:
        days = [day for day in days if day < duty.ended.on]
        if open_now is not None or setting.has_come(obligation.due_on):
            days.append(duty.ended.on)
    return [setting.calendar.morning_of(day) for day in days if not setting.has_come(day)]
