"""The worklist as people read it: narrow enough for their window, and no more said than is so."""

from datetime import date
from typing import Any

import pytest

from services.cli.follow_up_words import follow_up_words
from services.cli.worklist import lines


def row(**changes: Any) -> dict[str, Any]:
    """A follow-up with a long sentence, escalated and late."""
    found = {
        "id": "follow-up-3f2a91c0" + "0" * 32,
        "municipality": "Hjørring",
        "rule": "role-disagreement",
        "why": "Mentor og sagsbehandler er uenige om rollerne, og koordinator har ikke taget det"
        " op i 5 dage.",
        "why_english": "Mentor and caseworker disagree.",
        "basis": "report: different perceptions of the roles; number assumed",
        "due_on": date(2026, 3, 2),
        "days_overdue": 120,
        "stage": "escalated",
        "addressed_to": "coordinator",
        "person_id": "k-02",
        "taken_over": False,
        "course_id": "c-4795",
        "about_id": "m-31",
        "snoozed_until": None,
        "snoozed_by_id": None,
        "taken_over_by_id": None,
    }
    return found | changes


@pytest.mark.parametrize(("width", "most"), [(100, 4), (80, 5)])
def test_a_follow_up_takes_few_lines_in_a_narrow_window(width: int, most: int) -> None:
    told = list(
        lines("Opgaveliste", [row(), row(stage="snoozed", snoozed_until=None)], "da", width)
    )
    assert max(map(len, told)) <= width
    first = next(n for n, line in enumerate(told) if line.startswith("3f2a91c0"))
    assert told.index("", first) - first <= most
    words = " ".join(" ".join(told).split())
    assert "mentorkoordinator k-02, eskaleret" in words
    assert "Grundlag: rapporten: forskellige opfattelser af rollerne; tallet er en" in words


def test_who_took_it_over_has_it_and_no_function_is_claimed() -> None:
    taken = row(taken_over=True, addressed_to="leader", stage="raised")
    told = " ".join(lines("Opgaveliste", [taken], "da", 100))
    assert "overtaget af k-02, rejst" in told and "leder" not in told


def test_who_put_it_off_or_gave_it_to_another_is_named() -> None:
    put_off = row(stage="snoozed", snoozed_until=date(2026, 12, 15), snoozed_by_id="s-12")
    assert "k-02, udsat til 15.12.2026 af s-12" in " ".join(lines("O", [put_off], "da", 100))
    taken = row(taken_over=True, stage="raised", taken_over_by_id="k-02")
    assert "overtaget af k-02, rejst" in " ".join(lines("O", [taken], "da", 100))
    given = row(taken_over=True, stage="raised", taken_over_by_id="l-01")
    assert "overtaget af k-02 (meldt af l-01), rejst" in " ".join(lines("O", [given], "da", 100))
    assert "taken over by k-02 (told by l-01), raised" in " ".join(lines("W", [given], "en", 100))


def test_each_municipality_has_a_heading_and_an_empty_list_says_so() -> None:
    told = list(lines("Worklist", [row(), row(municipality="Vejle")], "en", 100))
    assert [line for line in told if line.startswith("Worklist")] == [
        "Worklist, Hjørring: 1",
        "Worklist, Vejle: 1",
    ]
    assert "coordinator k-02, escalated" in " ".join(told)
    assert list(lines("Opgaveliste", [], "da", 80)) == ["Ingen åbne opfølgninger."]


def test_a_page_does_not_say_that_it_is_all() -> None:
    def headings(**page: Any) -> list[str]:
        told = lines("Opgaveliste", [row(), row(), row(municipality="Vejle")], "da", 100, **page)
        return [line for line in told if line.startswith("Opgaveliste")]

    assert headings() == ["Opgaveliste, Hjørring: 2", "Opgaveliste, Vejle: 1"]
    # Hjørring's are all there; of Vejle's there may be more.
    assert headings(more=True) == ["Opgaveliste, Hjørring: 2", "Opgaveliste, Vejle: de første 1"]
    assert headings(begun=True) == ["Opgaveliste, Hjørring: de næste 2", "Opgaveliste, Vejle: 1"]
    # How many there are in two municipalities together is said of neither.
    assert headings(begun=True, total=9) == headings(begun=True)


def test_a_page_says_of_how_many_it_is() -> None:
    danish, *_ = lines("Opgaveliste", [row(), row()], "da", 100, more=True, total=1312)
    english, *_ = lines("Worklist", [row(), row()], "en", 100, begun=True, total=1312)
    whole, *_ = lines("Opgaveliste", [row(), row()], "da", 100, total=2)
    assert danish == "Opgaveliste, Hjørring: de første 2 af 1.312"
    assert english == "Worklist, Hjørring: the next 2 of 1,312"
    assert whole == "Opgaveliste, Hjørring: 2"


def test_a_line_of_the_timeline_names_its_follow_up_in_words() -> None:
    nothing = dict.fromkeys(("due_on", "number", "addressed_to", "person", "until", "reason"))
    event = nothing | {"rule": "match-overdue", "follow_up": row()["id"]}
    snoozed = event | {"until": date(2026, 12, 15), "reason": "citizen-away"}
    raised = event | {"due_on": date(2026, 3, 2), "addressed_to": "caseworker", "person": None}
    assert follow_up_words(snoozed, "da") == (
        "match mangler (3f2a91c0), udsat til 15.12.2026, borgeren er væk"
    )
    assert follow_up_words(raised, "da") == (
        "match mangler (3f2a91c0), frist 02.03.2026, til sagsbehandler"
    )
    assert follow_up_words(nothing | {"rule": None}, "da") == ""
