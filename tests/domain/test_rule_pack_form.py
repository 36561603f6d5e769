"""A rule pack that is wrong is refused, with the line of each flaw."""

import pytest

from domain.rule_pack_form import RulePackError
from domain.rule_packs import parse_pack
from tests.domain.engine import DEFAULT_TEXT
from tests.domain.test_rule_packs import HEAD, LAW, MATCH


def refused(text: str) -> RulePackError:
    with pytest.raises(RulePackError) as told:
        parse_pack(text)
    return told.value


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("days = 14", "days = -14", "rules.match-overdue.days"),
        ("days = 14", "days = 0", "rules.match-overdue.days"),
        ("days = 14", "days = 1.5", "rules.match-overdue.days"),
        ("days = 14", "days = true", "rules.match-overdue.days"),
        ("days = 14", "days = 3661", "rules.match-overdue.days"),
        ("days = 14", "dayz = 14", "rules.match-overdue.dayz"),
        ("days = 14", "days = 14\npercent = 50", "rules.match-overdue.percent"),
        ("days = 14", "days = 14\nfirst_days = 7", "rules.match-overdue.first_days"),
        ("days = 14", "days = 14\nparts = ['goal']", "rules.match-overdue.parts"),
        ("[rules.match-overdue]", "[rules.match-late]", "rules.match-late"),
        ("first_days = 14", "first_days = -1", "rules.role-statement-overdue.first_days"),
        ("working_days = 5", "working_days = -5", "rules.role-disagreement.working_days"),
        ('addressed_to = "caseworker"', 'addressed_to = "system"', "rules.match-overdue.addr"),
        ('addressed_to = "caseworker"', "addressed_to = []", "rules.match-overdue.addr"),
        ("valid_from = 2000-01-01", 'valid_from = "2000-01-01"', "valid_from"),
        ("valid_from = 2000-01-01", "valid_from = 2000-01-01T00:00:00Z", "valid_from"),
        ('pack = "default"', 'pack = "My Pack"', "pack"),
        ('edition = "3"', "edition = 2", "edition"),
        ('edition = "3"', 'edition = "3"\nclosed = [2026-12-24, "x"]', "closed[2]"),
        ('edition = "3"', 'edition = "3"\nclosed = [2026-12-24, 2026-12-24]', "closed"),
        ('edition = "3"', 'edition = "3"\non_closed_days = "move"', "on_closed_days"),
        ('edition = "3"', 'edition = "3"\nvalid_till = 2027-01-01', "valid_till"),
        ("after = 7, to", "after = 70, to", "rules.match-overdue.escalate"),
        ("after = 7, to", "by = 7, to", "rules.match-overdue.escalate[1]"),
        ("after = 7, to", "after = -7, to", "rules.match-overdue.escalate[1].after"),
        ('after = 7, to = "coord', 'after = 7, to = "casew', "rules.match-overdue.escalate[1].to"),
        ("after = 40, to", "after = 42, to", "rules.grant-running-out.escalate[2].after"),
        ('basis = "assumption"', 'basis = ""', "rules.match-overdue.basis"),
        ("before = [42, 14]", "before = [14, 42]", "rules.grant-running-out.before"),
        ("before = [42, 14]", "before = [14, 14]", "rules.grant-running-out.before"),
        ("before = [42, 14]", "before = [42, 0]", "rules.grant-running-out.before[2]"),
        ("before = [42, 14]", "before = []", "rules.grant-running-out.before"),
        ("before = [42, 14]", "before = 42", "rules.grant-running-out.before"),
        ("before = [42, 14]", "before = [42]\nremind = [7]", "rules.grant-running-out.remind"),
        ("percent = 50", "percent = 0", "rules.hours-below-grant.percent"),
        ("percent = 50", "percent = 101", "rules.hours-below-grant.percent"),
        ('parts = ["goal",', 'parts = ["aim",', "rules.agreement-incomplete.parts[1]"),
        ('parts = ["goal",', 'parts = ["goal", "goal",', "rules.agreement-incomplete.parts"),
        ("remind = [10]", "remind = [10, 5]", "rules.first-meeting-overdue.remind"),
        ("remind = [10]", "remind = [-10]", "rules.first-meeting-overdue.remind[1]"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_line_and_place(
    right: str, wrong: str, place: str
) -> None:
    text = DEFAULT_TEXT.replace(right, wrong, 1)

    error = refused(text)
    flaw = error.flaws[0]
    assert flaw.place.startswith(place)
    assert flaw.line == line_of(DEFAULT_TEXT, right) + wrong.count("\n")
    assert flaw.danish
    assert f"line {flaw.line}: {flaw.place}" in str(error)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("match-overdue", "days"),
        ("match-overdue", "addressed_to"),
        ("match-overdue", "basis"),
        ("grant-running-out", "before"),
        ("hours-below-grant", "percent"),
        ("coordinator-overloaded", "percent"),
        ("agreement-incomplete", "parts"),
        ("role-disagreement", "working_days"),
    ],
)
def test_what_a_rule_needs_is_missed_at_the_line_of_its_table(rule: str, key: str) -> None:
    head, _, rest = DEFAULT_TEXT.partition(f"[rules.{rule}]\n")
    section, bracket, others = rest.partition("\n[")
    kept = "\n".join(line for line in section.split("\n") if not line.startswith(f"{key} ="))
    [flaw] = refused(f"{head}[rules.{rule}]\n{kept}{bracket}{others}").flaws

    assert flaw.line == line_of(DEFAULT_TEXT, f"[rules.{rule}]")
    assert flaw.place.startswith(f"rules.{rule}")


def test_days_and_working_days_are_not_both_given() -> None:
    text = DEFAULT_TEXT.replace("days = 14", "days = 14\nworking_days = 10", 1)

    [flaw] = refused(text).flaws
    assert (flaw.line, flaw.place) == (
        line_of(text, "working_days = 10"),
        "rules.match-overdue.working_days",
    )
    assert "exactly one of: days, working_days" in flaw.english


def test_a_pack_that_ends_before_it_begins_is_refused() -> None:
    text = DEFAULT_TEXT.replace("01-01\n", "01-01\nvalid_to = 1999-12-31\n", 1)

    [flaw] = refused(text).flaws
    assert (flaw.place, flaw.line) == ("valid_to", line_of(text, "valid_to"))
    assert flaw.english == "must lie after `valid_from`"


def test_overlapping_dates_of_a_rule_are_refused_at_the_line_of_the_later() -> None:
    text = LAW.replace("valid_from = 2027-02-01", "valid_from = 2026-12-31")

    [flaw] = refused(text).flaws
    assert flaw.place == "rules.match-overdue[2].valid_from"
    assert flaw.line == line_of(text, "2026-12-31")
    assert flaw.english == "the dates overlap rules.match-overdue[1]"


def test_all_overlaps_are_found_in_whatever_order_they_stand() -> None:
    tables = [
        ("2028-01-01", "2029-01-01"),  # [1]: within [3]
        ("2026-02-01", "2026-03-01"),  # [2]
        ("2027-01-01", "2030-01-01"),  # [3]
        ("2029-06-01", "2031-01-01"),  # [4]: begins within [3], though [1] lies between
        ("2026-03-01", "2027-01-01"),  # [5]: from the end of one to the beginning of another
    ]
    text = HEAD + "".join(
        f"[[rules.match-overdue]]\nvalid_from = {first}\nvalid_to = {end}\n{MATCH}"
        for first, end in tables
    )

    assert [(flaw.place, flaw.english) for flaw in refused(text).flaws] == [
        ("rules.match-overdue[1].valid_from", "the dates overlap rules.match-overdue[3]"),
        ("rules.match-overdue[4].valid_from", "the dates overlap rules.match-overdue[3]"),
    ]


def test_two_tables_without_dates_overlap() -> None:
    text = HEAD + 2 * ("[[rules.match-overdue]]\n" + MATCH)

    [flaw] = refused(text).flaws
    assert flaw.line == 8  # the second table, since the key isn't there


@pytest.mark.parametrize(
    ("dates", "place"),
    [
        ("valid_from = 2025-12-31", "valid_from"),
        ("valid_to = 2028-01-01", "valid_to"),
        ("valid_from = 2027-01-01", "valid_from"),
        ("valid_to = 2026-01-01", "valid_to"),
        ("valid_from = 2026-06-01\nvalid_to = 2026-06-01", "valid_to"),
        ('valid_from = "2026"', "valid_from"),
    ],
)
def test_the_dates_of_a_rule_lie_within_the_packs(dates: str, place: str) -> None:
    text = HEAD + f"valid_to = 2027-01-01\n[rules.match-overdue]\n{dates}\n" + MATCH

    [flaw] = refused(text).flaws
    assert flaw.place == f"rules.match-overdue.{place}"
    assert flaw.line == 6 + dates.count("\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('pack = "x"\nedition = \n', 2),
        ('pack = "x"\npack = "y"\n', 2),
        ("[rules.match-overdue]\n[rules.match-overdue]\n", 2),
        ('a = """\n\n', 1),
        ("a = 1\n\nb = [1,\n", 3),
        (f"a = 1\nb = {'9' * 5000}", 2),
        ("a = 1\nb" + ".b" * 20_000 + " = 1", 2),
        ("a = " + "[" * 30_000, None),
        ("x" * 70_000, None),
        ("a = 1\n# \ud800", 2),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int | None) -> None:
    [flaw] = refused(text).flaws

    assert flaw.line == line
    assert flaw.danish and flaw.english


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ("", ""),
        (" = 1", ""),
        (".match-overdue = 1", ".match-overdue"),
        (".mentor-left = []", ".me"),
    ],
)
def test_something_else_in_the_place_of_rules_is_refused(rules: str, place: str) -> None:
    [flaw] = refused(HEAD + (f"rules{rules}" if rules else "")).flaws

    assert flaw.place.startswith(f"rules{place}")
    assert flaw.line == (4 if rules else None)


def test_a_step_on_the_day_before_the_grant_runs_out_comes_in_time() -> None:
    assert parse_pack(DEFAULT_TEXT.replace("after = 40, to", "after = 41, to"))


def test_a_byte_order_mark_before_the_text_is_passed_over() -> None:
    assert parse_pack("\ufeff" + DEFAULT_TEXT) == parse_pack(DEFAULT_TEXT)
    wrong = DEFAULT_TEXT.replace("days = 14", "days = 0", 1)
    assert refused("\ufeff" + wrong).flaws == refused(wrong).flaws


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = DEFAULT_TEXT.replace("days = 14", "days = -1", 1).replace('pack = "default"', "")

    assert {flaw.place for flaw in refused(text).flaws} == {"pack", "rules.match-overdue.days"}
