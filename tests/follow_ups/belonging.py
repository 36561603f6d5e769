"""Which obligation each follow-up is of, read from what was written and what the facts ask for."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from domain.follow_ups import Obligation
from domain.obligations import Base, Slot
from domain.raised import FollowUp, FollowUps
from domain.values import FollowUpKey


def slots_of(
    written: FollowUps, asked: Sequence[Obligation], same: Mapping[UUID, UUID]
) -> dict[FollowUpKey, Slot]:
    """What each is of, its person by the one id that they are read as: what hangs on its
    event; what is open and hangs on none, the last of its matter that it can be due of, and of
    which nothing is open."""
    hang = {one.base for one in asked}
    months: dict[Base, list[Obligation]] = {}
    for one in asked:
        if one.duty.recurring:
            months.setdefault(one.base, []).append(one)
    found: dict[FollowUpKey, Slot] = {}
    homeless: list[FollowUp] = []
    for key, held in written.items():
        about = same.get(key.about, key.about) if key.about else None
        base = (key.rule, key.anchor, about)
        found[key] = (base, _month(held.due_on, months.get(base, ())))
        if held.is_open and base not in hang:
            homeless.append(held)
    taken = {found[key] for key, held in written.items() if held.is_open}
    for held in sorted(homeless, key=lambda held: held.key.cycle):
        (rule, anchor, about), _ = found[held.key]
        several = [
            one
            for one in asked
            if (one.duty.rule, one.duty.about) == (rule, about)
            and (one.duty.alone or anchor in one.duty.also)
            and (held.due_on is None or one.duty.since <= held.due_on)
            and one.slot not in taken
        ]
        if home := max(several, key=lambda one: one.duty.since, default=None):
            found[held.key] = home.slot
            taken.add(home.slot)
    return found


def as_put_off(key: FollowUpKey, written: FollowUps, slots: Mapping[FollowUpKey, Slot]) -> FollowUp:
    """A follow-up with the snooze that holds for it: what was put off, withdrawn as corrected or
    for other rules, and raised again, stays put off."""
    held = written[key]
    several = [one for one, slot in slots.items() if slot == slots[key] and one.cycle < key.cycle]
    earlier = max(several, key=lambda one: one.cycle, default=None)
    if held.snoozed_until is not None or earlier is None:
        return held
    if written[earlier].withdrawn_as not in ("fact-corrected", "rules-changed"):
        return held
    return replace(held, snoozed_until=as_put_off(earlier, written, slots).snoozed_until)


def _month(due_on: date | None, several: Sequence[Obligation]) -> date | None:
    """Of the months of one anchor the one that it is about: the last that it can be due of."""
    if not several:
        return None
    exact = [one.duty.since for one in several if one.due_on == due_on]
    before = [one.duty.since for one in several if due_on and one.duty.since <= due_on]
    return max(exact or before, default=due_on)
