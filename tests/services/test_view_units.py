"""What a column is counted in is said in Danish to people, to programs in one and the same word."""

import re

import pytest

from domain import codes
from services.view_list.units import has_words, unit_in
from services.views import VIEWS

COLUMNS = [
    (view.name, column)
    for view in VIEWS.values()
    for level in view.levels.values()
    for column in level.columns
]


def test_every_unit_has_danish_words() -> None:
    units = {column.unit for _, column in COLUMNS}
    assert len(units) > 80
    assert {one for one in units if not has_words(one)} == set()


@pytest.mark.parametrize(
    ("unit", "danish"),
    [
        ("minutes a week", "minutter om ugen"),
        ("code of rules", "kode fra rules"),
        ("codes of match-reasons", "koder fra match-reasons"),
        ("attempts by code of attempt-outcomes", "forsøg efter kode fra attempt-outcomes"),
    ],
)
def test_a_unit_in_danish_and_as_it_is(unit: str, danish: str) -> None:
    assert unit_in(unit, "da") == danish
    assert unit_in(unit, "en") == unit


def test_every_column_of_codes_from_a_list_has_the_lists_danish_words() -> None:
    found = 0
    for view, column in COLUMNS:
        if named := re.search(r"\bcodes? of (\S+)", column.unit):
            assert set(column.terms) <= set(codes.ALL[named[1]].danish), (view, column.name)
            assert column.terms, (view, column.name)
            found += 1
    assert found > 40


def test_what_a_column_is_has_its_source_in_the_language_asked_for_and_its_unit_as_it_is() -> None:
    told = {column.name: column for column in VIEWS["activities"].levels["municipality"].columns}
    column = told["attempts_by_outcome"]
    danish, english = column.described("da"), column.described("en")
    assert (danish["source"], english["source"]) == ("projektets egen regel", "project rule")
    assert danish["unit"] == english["unit"] == "attempts by code of attempt-outcomes"
