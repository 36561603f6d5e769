"""What counts for a pair is what the two of them did, not those who were there before."""

import pytest

from domain.envelope import Recorded
from domain.events.course import CaseworkerChanged
from domain.role_clarity import Balance
from domain.values import Actor
from tests.domain.facts import activity, closed, coordination, intake, matched
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, day, fact_at, person
from tests.domain.test_role_clarity import WORKED, grant_by, pairs, read

NEXT = Actor("caseworker", person("s-2"))
CHANGED = fact_at(
    "2026-02-18 10:00",
    CaseworkerChanged(
        actor=CASEWORKER, caseworker=person("s-2"), from_=day("2026-02-20"), reason="reorganised"
    ),
)
TALKED = [intake(), matched(), coordination("2026-02-16 10:00", MENTOR, CASEWORKER, form="phone")]


def test_contact_with_the_former_caseworker_is_not_the_new_pairs() -> None:
    before = read([*TALKED, CHANGED], "2026-02-19 12:00").seen.contacts
    after = read([*TALKED, CHANGED]).seen.contacts

    assert (before.days_since, before.by_form) == (3, {"phone": 1})
    assert (after.days_since, after.by_form) == (None, {})


@pytest.mark.parametrize("all_of", [(MENTOR, CASEWORKER, NEXT), (MENTOR, COORDINATOR, NEXT)])
def test_a_talk_is_of_everybody_who_took_part_also_before_they_were_a_pair(
    all_of: tuple[Actor, ...],
) -> None:
    together = coordination("2026-02-19 10:00", *all_of)  # 12 days before 3 March

    contacts = read([*TALKED, CHANGED, together]).seen.contacts
    assert (contacts.days_since, contacts.by_form) == (12, {"informal": 1})


def test_a_talk_with_a_stand_in_is_not_between_the_two() -> None:
    stand_in = coordination("2026-03-01 10:00", MENTOR, Actor("caseworker", person("s-9")))
    nameless = coordination("2026-03-02 10:00", MENTOR, Actor("caseworker"))

    assert read([*TALKED, stand_in, nameless]).seen.contacts.days_since == 15


def test_a_new_caseworker_has_four_weeks_as_a_new_mentor_has() -> None:
    # One pair since 20 February: 28 days by 20 March. The talk of 16 February was another pair's.
    told = [*TALKED, CHANGED]

    assert read(told, "2026-03-20 12:00").balance is Balance.UNKNOWN
    assert read(told, "2026-03-21 12:00").balance is Balance.TOO_LOOSE


def test_crossings_are_of_the_two_and_of_who_is_neither() -> None:
    of_the_former = [
        activity("2026-02-12 09:00", by=CASEWORKER),
        activity("2026-02-13 09:00", by=CASEWORKER),
    ]
    told = [
        *WORKED,
        *of_the_former,
        CHANGED,
        activity("2026-02-24 09:00", by=NEXT),
        activity("2026-02-25 09:00", by=Actor("caseworker", person("s-9")), on_behalf_of=NEXT),
        grant_by("2026-02-25 14:00", MENTOR),
        grant_by("2026-02-26 14:00", COORDINATOR, "b-2"),
        grant_by("2026-02-27 14:00", Actor("mentor", person("m-32")), "b-3"),
    ]

    # Before the change those of s-1; after it those of s-2, of m-31 and of the coordinator.
    assert read(told, "2026-02-19 12:00").seen.crossings == {"mentor-work": 2}
    assert read(told).seen.crossings == {"authority": 2, "mentor-work": 2}


@pytest.mark.parametrize("missing", ["mentor", "caseworker"])
def test_who_has_no_other_side_has_no_contact_and_no_balance(missing: str) -> None:
    told: list[Recorded] = [*TALKED, closed("2026-02-20 10:00", "2026-02-20")]
    if missing == "caseworker":
        told = TALKED[1:]  # no intake

    (pair,) = pairs(told, "2026-04-20 12:00")
    clarity = read(told, "2026-04-20 12:00")
    assert (pair.contacts, pair.since) == ((), None)
    assert clarity.balance is Balance.UNKNOWN
