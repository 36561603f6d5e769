"""Rule packs: dated, and refused with the line that is wrong."""

import pytest

from domain.rule_pack_form import RulePackError
from domain.rule_packs import Escalation, parse_pack, rule_book
from domain.values import Period
from tests.domain.engine import DEFAULT, DEFAULT_TEXT
from tests.domain.spec import day


def test_the_default_pack_holds_from_long_ago_and_says_where_its_numbers_come_from() -> None:
    held = DEFAULT.terms("no-mentor-contact", day("2013-05-01"))

    assert held is not None
    pack, terms = held
    assert (pack.pack, pack.edition) == ("default", "2")
    assert terms.days == 7
    assert terms.escalate[0] == Escalation(7, "coordinator")
    assert all(rule.basis for rule in pack.rules.values())


def test_what_happened_on_a_day_is_under_the_pack_of_that_day() -> None:
    ours = DEFAULT_TEXT.replace("days = 14", "days = 21").replace('"default"', '"ours"')
    july = Period(day("2026-07-01"), day("2026-08-01"))
    book = rule_book(DEFAULT.packs[0], [(ours, july)])

    for text, days in (("2026-06-30", 14), ("2026-07-01", 21), ("2026-08-01", 14)):
        held = book.terms("match-overdue", day(text))
        assert held is not None
        assert held[1].days == days


def test_of_overlapping_packs_the_one_adopted_last_holds() -> None:
    first = DEFAULT_TEXT.replace('edition = "2"', 'edition = "2b"')
    second = DEFAULT_TEXT.replace('edition = "2"', 'edition = "3"')
    always = Period(day("2026-01-01"))
    book = rule_book(DEFAULT.packs[0], [(first, always), (second, always)])

    held = book.on(day("2026-02-01"))
    assert held is not None
    assert held.edition == "3"


def test_a_rule_that_a_pack_leaves_out_is_not_asked_for() -> None:
    without = DEFAULT_TEXT[: DEFAULT_TEXT.index("# The cadence")]

    assert rule_book(parse_pack(without)).terms("supervision-overdue", day("2026-01-01")) is None


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(DEFAULT_TEXT.splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("days = 14", "days = -14", "rules.match-overdue.days"),
        ("days = 14", "days = 0", "rules.match-overdue.days"),
        ("days = 14", "days = 1.5", "rules.match-overdue.days"),
        ("days = 14", "dayz = 14", "rules.match-overdue.dayz"),
        ("[rules.match-overdue]", "[rules.match-late]", "rules.match-late"),
        ('addressed_to = "caseworker"', 'addressed_to = "system"', "rules.match-overdue."),
        ("valid_from = 2000-01-01", 'valid_from = "2000-01-01"', "valid_from"),
        ('pack = "default"', 'pack = "My Pack"', "pack"),
        ("after = 7, to", "after = 70, to", "rules.match-overdue.escalate"),
        ("after = 7, to", "by = 7, to", "rules.match-overdue.escalate"),
        ('basis = "assumption"', 'basis = ""', "rules.match-overdue.basis"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_line_and_place(
    right: str, wrong: str, place: str
) -> None:
    text = DEFAULT_TEXT.replace(right, wrong, 1)

    with pytest.raises(RulePackError) as refused:
        parse_pack(text)

    flaw = refused.value.flaws[0]
    assert flaw.place.startswith(place)
    assert flaw.line == line_of(right)
    assert flaw.danish
    assert f"line {flaw.line}: {flaw.place}" in str(refused.value)


def test_a_pack_that_ends_before_it_begins_is_refused() -> None:
    text = DEFAULT_TEXT.replace("01-01\n", "01-01\nvalid_to = 1999-12-31\n", 1)

    with pytest.raises(RulePackError, match="valid_to: must lie after"):
        parse_pack(text)


def test_what_is_not_toml_is_refused_with_its_line() -> None:
    with pytest.raises(RulePackError) as refused:
        parse_pack('pack = "x"\nedition = \n')

    assert refused.value.flaws[0].line == 2


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = DEFAULT_TEXT.replace("days = 14", "days = -1", 1).replace('pack = "default"', "")

    with pytest.raises(RulePackError) as refused:
        parse_pack(text)

    assert {flaw.place for flaw in refused.value.flaws} == {"pack", "rules.match-overdue.days"}
