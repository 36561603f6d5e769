"""Adopting rule packs: what is refused and why, what lies on top, what the system adopts."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from domain.adoptions import (
    adopted,
    adoption_id,
    default_adoption,
    digest_of,
    overlapping,
    rule_book,
)
from domain.decisions import Refused, name_of
from domain.decisions.rules import ADOPT_RULES
from domain.envelope import Recorded
from domain.events.team import RulesAdopted
from domain.follow_up_acts import SYSTEM, Act
from domain.rule_packs import default_pack, default_text, parse_pack
from domain.team import fold_team
from domain.values import Actor, Period
from tests.domain.engine import only
from tests.domain.spec import CASEWORKER, COORDINATOR, LEADER, day, fact_at, instant, person

TEAM = person("the team")
NOW = instant("2026-06-01 09:00")
TODAY = day("2026-06-01")
MATCH = only("match-overdue").replace('"default"', '"ours"').replace("2000-01-01", "2026-01-01")


def text_of(edition: str, days: int = 14) -> str:
    return MATCH.replace('"3"', f'"{edition}"').replace("days = 14", f"days = {days}")


def pack(edition: str, from_: str, to: str | None = None, *, days: int = 14) -> RulesAdopted:
    """A pack of the municipality's own, as the leader would adopt it."""
    text = text_of(edition, days)
    period = Period(day(from_), day(to) if to else None)
    return adopted(parse_pack(text), text, period, LEADER)


def by_system(edition: str, days: int = 14, from_: str = "2000-01-01") -> RulesAdopted:
    text = default_text().replace('"3"', f'"{edition}"').replace("days = 14", f"days = {days}", 1)
    return adopted(parse_pack(text), text, Period(day(from_)), SYSTEM)


def told(*facts: RulesAdopted) -> Sequence[Recorded]:
    """Adopted in this order."""
    return [
        fact_at(f"2026-05-{n:02}", fact, id=f"adopted-{n}", stream=TEAM)
        for n, fact in enumerate(facts, start=1)
    ]


def recorded(*facts: RulesAdopted) -> Act | None:
    """What the system records today, when these were adopted."""
    return default_adoption(fold_team(told(*facts)).adoptions, TODAY)


def days_on(facts: Sequence[Recorded], text: str) -> int | None:
    book, unreadable = rule_book(fold_team(facts).adoptions)
    assert unreadable == []
    held = book.terms("match-overdue", day(text))
    return held[1].days if held else None


# The decision


def test_a_leader_and_a_coordinator_adopt_a_pack_before_anything_is_said_of_the_team() -> None:
    for actor in (LEADER, COORDINATOR):
        command = replace(pack("1", "2026-07-01"), actor=actor)
        [fact] = ADOPT_RULES.decide(fold_team([]), command, now=NOW)
        assert isinstance(fact, RulesAdopted)
        assert (fact.actor, fact.text) == (actor, command.text)
        assert fact.sha256 == digest_of(fact.text)


BROKEN = text_of("1").replace("days = 14", "days = -14")
DEFAULT_CHANGED = default_text().replace("days = 14", "days = 15", 1)
REFUSED = {
    "a-leader-or-coordinator-adopts": replace(pack("2", "2026-07-01"), actor=CASEWORKER),
    "an-adopted-pack-can-be-read": replace(
        pack("2", "2026-07-01"), text=BROKEN, sha256=digest_of(BROKEN)
    ),
    "a-pack-is-adopted-by-its-own-name": replace(pack("2", "2026-07-01"), edition="3"),
    "a-period-covers-a-day": pack("2", "2026-07-01", "2026-07-01"),
    "an-adoption-lies-within-the-packs-dates": pack("2", "2025-12-31"),
    "the-default-pack-is-the-programs": replace(
        pack("3", "2026-07-01"),
        pack="default",
        text=DEFAULT_CHANGED,
        sha256=digest_of(DEFAULT_CHANGED),
    ),
    "an-edition-has-one-text": pack("1", "2027-07-01", days=7),
    "a-pack-that-holds-is-not-adopted-again": replace(pack("1", "2026-07-01"), actor=COORDINATOR),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_may_not_be_adopted_is_refused_by_its_rule(rule: str) -> None:
    state = fold_team(told(pack("1", "2026-07-01")))

    with pytest.raises(Refused) as refused:
        ADOPT_RULES.decide(state, REFUSED[rule], now=NOW)
    assert refused.value.rule == rule
    assert refused.value.danish and refused.value.danish_remedy
    assert refused.value.english and refused.value.english_remedy


def test_every_rule_of_refusal_is_proved_here() -> None:
    assert list(REFUSED) == [name_of(rule) for rule in ADOPT_RULES.rules]


def test_neither_the_system_nor_somebody_without_a_name_adopts_by_command() -> None:
    for actor in (SYSTEM, Actor("leader")):
        with pytest.raises(Refused, match="a-leader-or-coordinator-adopts"):
            ADOPT_RULES.decide(
                fold_team([]), replace(pack("1", "2026-07-01"), actor=actor), now=NOW
            )


def test_a_broken_pack_is_refused_with_the_line() -> None:
    line = BROKEN.splitlines().index("days = -14") + 1
    with pytest.raises(Refused) as refused:
        ADOPT_RULES.decide(fold_team([]), REFUSED["an-adopted-pack-can-be-read"], now=NOW)

    assert f"linje {line}, rules.match-overdue.days" in refused.value.danish
    assert f"line {line}: rules.match-overdue.days" in refused.value.english


def test_a_pack_that_ends_is_not_adopted_for_longer() -> None:
    text = text_of("1").replace("2026-01-01", "2026-01-01\nvalid_to = 2027-01-01")
    fact = adopted(parse_pack(text), text, Period(day("2026-07-01")), LEADER)

    with pytest.raises(Refused, match="within-the-packs-dates"):
        ADOPT_RULES.decide(fold_team([]), fact, now=NOW)
    within = replace(fact, period=Period(day("2026-07-01"), day("2027-01-01")))
    assert ADOPT_RULES.decide(fold_team([]), within, now=NOW)


def test_an_edition_is_adopted_for_another_period_too() -> None:
    state = fold_team(told(pack("1", "2026-07-01", "2026-08-01")))

    assert ADOPT_RULES.decide(state, pack("1", "2026-10-01"), now=NOW)


def test_the_default_pack_may_be_adopted_as_it_is_to_lie_on_top_again() -> None:
    state = fold_team(told(by_system("2"), pack("1", "2026-01-01", days=3)))
    again = adopted(default_pack(), default_text(), Period(day("2026-06-01")), LEADER)
    facts = told(by_system("2"), pack("1", "2026-01-01", days=3), again)

    assert ADOPT_RULES.decide(state, again, now=NOW)
    assert (days_on(facts, "2026-05-31"), days_on(facts, "2026-06-01")) == (3, 14)


# What holds


def test_the_systems_adoptions_lie_beneath_the_municipalitys_whatever_the_order() -> None:
    own, later_default = pack("1", "2026-07-01", "2026-08-01", days=3), by_system("3", days=20)

    for facts in (told(own, later_default), told(later_default, own)):
        assert [days_on(facts, text) for text in ("2026-06-30", "2026-07-01", "2026-08-01")] == [
            20,
            3,
            20,
        ]


def test_the_newest_edition_of_the_default_lies_on_the_older_ones() -> None:
    older, newer = by_system("2", days=10), by_system("3", days=20, from_="2026-07-01")
    facts = told(older, newer)

    assert (days_on(facts, "2026-06-30"), days_on(facts, "2026-07-01")) == (10, 20)


def test_a_pack_that_cannot_be_read_is_left_out_and_told_and_the_others_hold() -> None:
    broken = replace(pack("2", "2026-01-01"), text="days = -1")
    state = fold_team(told(pack("1", "2026-01-01", days=3), broken))
    book, unreadable = rule_book(state.adoptions)

    assert [one.adoption.edition for one in unreadable] == ["2"]
    held = book.terms("match-overdue", day("2026-02-01"))
    assert held is not None and held[1].days == 3


def test_whoever_adopts_is_told_of_the_municipalitys_own_packs_for_the_same_days() -> None:
    july, autumn = pack("1", "2026-07-01", "2026-08-01"), pack("2", "2026-09-01")
    state = fold_team(told(by_system("2"), july, autumn))

    def editions(from_: str, to: str | None = None) -> list[str]:
        period = Period(day(from_), day(to) if to else None)
        return [one.edition for one in overlapping(state.adoptions, period)]

    assert editions("2026-01-01") == ["1", "2"]
    assert editions("2026-08-01", "2026-09-01") == []
    assert editions("2026-07-31", "2026-08-15") == ["1"]


# The system's


def test_the_default_pack_is_adopted_by_the_system_once_for_each_text() -> None:
    act = recorded(pack("1", "2026-07-01"))

    assert act is not None
    assert isinstance(act.fact, RulesAdopted)
    assert (act.fact.actor, act.fact.text) == (SYSTEM, default_text())
    assert act.fact.period == default_pack().period
    assert len(act.id) <= 64
    assert recorded(act.fact) is None


def test_a_later_edition_of_the_default_holds_from_its_day_and_not_for_what_has_happened() -> None:
    older = by_system("1", days=21)
    act = recorded(older)

    assert act is not None and isinstance(act.fact, RulesAdopted)
    assert (act.fact.edition, act.fact.period) == ("3", Period(TODAY))
    facts = told(older, act.fact)
    assert [days_on(facts, text) for text in ("1999-12-31", "2000-01-01", "2026-05-31")] == [
        None,
        21,
        21,
    ]
    assert days_on(facts, "2026-06-01") == 14
    assert recorded(older, act.fact) is None


def test_a_rule_that_is_new_in_the_later_edition_is_asked_for_what_happens_from_then_on() -> None:
    text = only("match-overdue").replace('"3"', '"1"')
    older = adopted(parse_pack(text), text, Period(day("2000-01-01")), SYSTEM)
    act = recorded(older)
    assert act is not None and isinstance(act.fact, RulesAdopted)
    book, _ = rule_book(fold_team(told(older, act.fact)).adoptions)

    assert book.terms("coordination-overdue", day("2026-05-31")) is None
    assert book.terms("coordination-overdue", TODAY) is not None


def test_when_the_program_is_set_back_its_older_edition_is_recorded_again_under_its_own_id() -> (
    None
):
    first = recorded()
    assert first is not None and isinstance(first.fact, RulesAdopted)
    newer = by_system("4", days=7, from_="2026-05-02")
    again = recorded(first.fact, newer)

    assert again is not None and isinstance(again.fact, RulesAdopted)
    assert (again.fact.text, again.fact.period) == (default_text(), Period(TODAY))
    assert again.id != first.id
    assert recorded(first.fact, newer) == again  # whichever program records it
    facts = told(first.fact, newer, again.fact)
    assert [days_on(facts, text) for text in ("2026-05-01", "2026-05-31", "2026-06-01")] == [
        14,
        7,
        14,
    ]
    assert recorded(first.fact, newer, again.fact) is None


def test_that_the_municipality_adopted_the_default_pack_itself_is_not_the_systems() -> None:
    own = adopted(default_pack(), default_text(), Period(day("2026-07-01")), LEADER)

    assert recorded(own) is not None


def test_the_id_of_an_adoption_is_the_same_whoever_adopts_and_another_for_other_days() -> None:
    one = pack("1", "2026-07-01")
    other_person = adopted(parse_pack(one.text), one.text, one.period, COORDINATOR)

    assert adoption_id(one) == adoption_id(other_person)
    assert adoption_id(one) != adoption_id(pack("1", "2026-07-02"))


def test_a_pack_is_adopted_again_when_another_lies_on_it_and_only_then() -> None:
    one, other = pack("1", "2026-07-01"), pack("2", "2026-08-01", "2026-09-01", days=3)
    with pytest.raises(Refused, match="a-pack-that-holds-is-not-adopted-again"):
        ADOPT_RULES.decide(fold_team(told(other, one)), one, now=NOW)
    state = fold_team(told(one, other))

    assert ADOPT_RULES.decide(state, one, now=NOW)
    assert days_on(told(one, other), "2026-08-31") == 3
    assert days_on(told(one, other, one), "2026-08-31") == 14
    assert adoption_id(one, state.adoptions[-1]) != adoption_id(one)
