"""Tables fit the window: no word is broken, and no row is lost."""

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from domain.values import Period
from services.cli import show
from services.cli.answers import circumstances, period_of
from services.views import VIEWS

HEADINGS = {"place": "Kommune", "load": "Borgere pr. fuldtidsmentor", "on": "Dag"}
ROWS = [
    {"place": "Hjørring", "load": 12, "on": date(2026, 3, 31)},
    {"place": "Aalborg", "load": 21, "on": None},
]


def printed(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    text = io.StringIO()
    monkeypatch.setattr(show, "out", Console(file=text, width=width, markup=False))
    show.print_table("Belastning", HEADINGS, ROWS)
    return text.getvalue()


def test_a_window_that_is_wide_enough_has_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    # Hjørring, fuldtidsmentor and 31.03.2026 are 8 + 14 + 10 signs; three columns have 10 more.
    assert "┃" in printed(monkeypatch, 42)


def test_in_a_narrow_one_each_row_has_its_columns_below_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = printed(monkeypatch, 41).splitlines()
    assert not any("┃" in line for line in lines)
    assert [line.split()[-1] for line in lines if line.strip()] == [
        "Belastning",
        *("Hjørring", "12", "31.03.2026"),
        *("Aalborg", "21", "–"),
    ]


def test_a_long_column_beside_does_not_break_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    headings = {"month": "Måned", "fte": "Fuldtidsmentorer", "said": "Bemærkning"}
    row = {"month": "november 2026", "fte": 1, "said": "noget, der fylder meget " * 8}
    text = io.StringIO()
    # The first column, the longest words and ten more are 13 + 16 + 10 + 10 signs.
    monkeypatch.setattr(show, "out", Console(file=text, width=49, markup=False))
    show.print_table("Belastning", headings, [row])
    assert "┃" in text.getvalue() and "Fuldtidsmentorer" in text.getvalue()


# Words that can't be broken, most of them about as long as their column, as a mentor's row has.
UNBREAKABLE = {
    "id": "Mentor",
    **{f"word-{n}": word for n, word in enumerate(("fuldtidsmentor nu", "Borgere", "Interval"))},
    **{f"more-{n}": word for n, word in enumerate(("mentorkoordinator og team", "Fra", "Også"))},
    **{f"last-{n}": word for n, word in enumerate(("Borgere i perioden", "Minutter", "Orlov"))},
}
UNBREAKABLE_ROW = dict.fromkeys(UNBREAKABLE, "12,50") | {
    "id": "m-31",
    "more-0": "mentorkoordinator, sagsbehandler og borger",
    "last-1": "20 og derover",
}


@pytest.mark.parametrize("width", range(60, 221))
def test_no_column_is_lost_at_the_edge(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    text = io.StringIO()
    monkeypatch.setattr(show, "out", Console(file=text, width=width, markup=False))
    show.print_table("Belastning", UNBREAKABLE, [UNBREAKABLE_ROW])
    _, *lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    # The words of the columns are 6, 14, 7, 8, 18, 5, 5, 8, 8, 5 signs at least, and 31 more.
    assert ("┃" in text.getvalue()) == (width >= 84 + 31)
    if "┃" in text.getvalue():
        assert {line[-1] for line in lines} <= set("┓┃┩│┘")


def test_a_pipe_has_a_table_as_wide_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(show, "out", show.Pipe(file=text, width=60, markup=False))
    show.print_table("Belastning", UNBREAKABLE, [UNBREAKABLE_ROW])
    _, *lines = text.getvalue().splitlines()
    assert {len(line) for line in lines} == {84 + 31}
    assert "mentorkoordinator," in text.getvalue()


def test_a_title_says_what_was_asked() -> None:
    noon = datetime(2026, 3, 31, 10, tzinfo=UTC)
    days = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert circumstances("0860", days, noon, noon, "da") == (
        ", Hjørring, i perioden 01.01.2026–31.03.2026, pr. 31.03.2026 12.00,"
        " som kendt 31.03.2026 12.00"
    )
    assert circumstances(None, None, None, None, "da") == ""


def test_a_period_that_nobody_gave_is_told_where_the_rows_have_the_same() -> None:
    whole = {"since": date(2024, 9, 27), "until": date(2026, 11, 27)}
    other = {"since": date(2025, 1, 1), "until": date(2026, 11, 27)}
    mentors = VIEWS["caseload"].levels["mentor"]
    days = period_of([whole, whole], mentors)
    assert circumstances(None, days, None, None, "da") == ", i perioden 27.09.2024–26.11.2026"
    assert period_of([whole, other], mentors) is None
    assert period_of([], mentors) is None
    # On the worklist `since` is something else.
    assert period_of([whole], VIEWS["worklist"].levels["follow-up"]) is None


def test_caseload_says_which_figures_are_the_periods_and_which_the_days() -> None:
    of_mentors = {one.name: one.heading.da for one in VIEWS["caseload"].levels["mentor"].columns}
    assert of_mentors["participants"] == "Borgere i perioden"
    assert of_mentors["participants_now"] == "Borgere nu"
    assert of_mentors["per_fte"] == "Pr. fuldtidsmentor i perioden"
