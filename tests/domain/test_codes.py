"""The code lists: closed, Danish throughout, and Figure 8 in its structure."""

import re

import pytest

from domain import codes
from domain.codes import activities_under
from domain.fields import CodeList

EVERY_LIST = pytest.mark.parametrize("list_", codes.ALL.values(), ids=lambda list_: list_.name)


@EVERY_LIST
def test_a_code_is_english_kebab_case_with_a_danish_term(list_: CodeList) -> None:
    for code, danish in list_.danish.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
        assert danish.strip() == danish != ""


@EVERY_LIST
def test_danish_terms_tell_codes_apart(list_: CodeList) -> None:
    assert len(set(list_.danish.values())) == len(list_.codes)


@EVERY_LIST
def test_what_the_report_names_is_in_the_list(list_: CodeList) -> None:
    assert list_.from_report <= set(list_.codes)


def test_there_are_as_many_lists_as_the_catalogue_has() -> None:
    assert len(codes.ALL) == 63


def test_every_activity_stands_in_one_place_of_figure_8_or_is_common() -> None:
    placed = [code for group in codes.ACTIVITIES_OF.values() for code in group]

    assert sorted([*placed, *codes.COMMON_ACTIVITIES]) == sorted(codes.activities.codes)
    assert {role for role, _ in codes.ACTIVITIES_OF} == set(codes.mentor_roles.codes)
    assert {area for _, area in codes.ACTIVITIES_OF if area} == set(codes.activity_areas.codes) - {
        "not-stated"
    }


@pytest.mark.parametrize(
    ("role", "area", "yes", "no"),
    [
        ("personal-guide", "household", "making-a-budget", "sleep-rhythm"),
        ("personal-guide", "body-and-mind", "hotline-call", "making-a-budget"),
        ("personal-guide", "not-stated", "sleep-rhythm", "small-steps"),
        ("system-guide", None, "explaining-rules", "sleep-rhythm"),
        ("motivating-partner", None, "not-stated", "first-day-at-work"),
        ("induction-guide", None, "first-day-at-work", "explaining-rules"),
    ],
)
def test_an_activity_belongs_under_its_role_and_area(
    role: str, area: str | None, yes: str, no: str
) -> None:
    allowed = activities_under(role, area)

    assert yes in allowed
    assert no not in allowed


def test_with_no_role_stated_any_activity_goes() -> None:
    assert activities_under("not-stated", None) == set(codes.activities.codes)
