"""What role clarity says of its columns is what it goes by."""

import re

import pytest

from domain.role_clarity import ASSUMED
from domain.role_division import Overall, worst_of
from services.view_list.role_clarity import CLARITY
from services.view_list.shape import columns_of

COLUMNS = columns_of("role_clarity")


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_numbers_behind_the_balance_are_told(language: str) -> None:
    """So many days without contact, so many crossings in so many days, so many days at first."""
    loose, tight = ASSUMED.loose_after, (ASSUMED.tight_from, ASSUMED.crossings_in)
    told = {
        "balance": [loose, *tight, loose],
        "courses_too_loose": [loose],
        "courses_too_tight": [*tight],
        "courses_balance_unknown": [loose],
        "crossings": [ASSUMED.crossings_in],
        "frictions": [ASSUMED.frictions_in],
        "contacts_lately": [ASSUMED.contacts_in],
    }
    for name, numbers in told.items():
        column = COLUMNS[name]
        said = column.meaning.say(language)
        assert [int(number) for number in re.findall(r"\d+", said)] == numbers, name


def test_the_order_among_how_clear_roles_are_is_told() -> None:
    worst_first = [Overall.UNCLEAR, Overall.ONE_SIDED, Overall.UNKNOWN, Overall.CLEAR]
    for place, state in enumerate(worst_first):
        assert worst_of(worst_first[place:]) is state
    said = COLUMNS["overall"].meaning
    for language, names in (("en", worst_first), ("da", [CLARITY[one] for one in worst_first])):
        places = [re.search(rf"\b{name}\b", said.say(language)) for name in names]
        found = [place.start() for place in places if place]
        assert len(found) == len(names) and found == sorted(found), language
