"""Where a figure comes from is said in the language of whoever asks."""

import pytest

from services.view_list.sources import has_words, source_in
from services.views import VIEWS

SOURCES = {
    column.source
    for view in VIEWS.values()
    for level in view.levels.values()
    for column in level.columns
    if column.source
}


def test_every_source_has_danish_words() -> None:
    assert len(SOURCES) > 50
    assert {one for one in SOURCES if not has_words(one)} == set()


@pytest.mark.parametrize(
    ("source", "danish"),
    [
        ("project rule", "projektets egen regel"),
        ("Table 25, note 12", "Tabel 25, note 12"),
        ("Figure 8", "Figur 8"),
        ("report, note 10", "rapporten, note 10"),
        ("report: chemistry decides", "rapporten: kemien er afgørende"),
    ],
)
def test_a_source_in_danish_and_as_it_is(source: str, danish: str) -> None:
    assert source_in(source, "da") == danish
    assert source_in(source, "en") == source
