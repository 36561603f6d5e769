"""Municipalities by their official names, as people write them."""

import pytest

from services.municipalities import UnknownMunicipalityError, code_of


@pytest.mark.parametrize(
    "text",
    ["0860", "Hjørring", "hjørring", "HJØRRING", "Hjørring Kommune", " Hjørring "],
)
def test_a_municipality_is_known_by_its_code_and_by_its_name(text: str) -> None:
    assert code_of(text) == "0860"


def test_danish_aa_may_be_written_as_two_letters_and_may_come_as_a_letter_and_a_ring() -> None:
    assert code_of("Århus") == code_of("aarhus") == code_of("A\u030arhus") == "0751"
    assert code_of("Ringkøbing-Skjern") == "0760"


def test_a_name_misspelt_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(UnknownMunicipalityError) as refused:
        code_of("Hjorring")
    assert "Mente du (did you mean): Hjørring (0860)" in str(refused.value)


def test_what_is_near_nothing_is_refused_with_all_names() -> None:
    with pytest.raises(UnknownMunicipalityError) as refused:
        code_of("9999")
    told = str(refused.value)
    assert "Kendte: Albertslund, Allerød, Assens, " in told and told.endswith("Aalborg, Aarhus.")
