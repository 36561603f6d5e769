"""Conditions on an answer's columns."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.narrowing import AskedWrongError, conditions
from services.rendering import Month

ROW: dict[str, Any] = {
    "person_id": "s-12",
    "due_on": date(2026, 11, 30),
    "load": Decimal("9.50"),
    "reasons": ["work-pressure", "other"],
    "open": True,
    "band": None,
    "band_now": "<10",
    "forms": [],
    "stage": "snoozed",
    "month": Month(date(2026, 3, 1)),
}
TERMS = {
    "stage": {"snoozed": "udsat", "raised": "rejst"},
    "band_now": {"<10": "under 10", "10-14": "10–14"},
}


@pytest.mark.parametrize(
    "condition",
    [
        "person_id=s-12",
        "due_on<=2026-11-30",
        "due_on>=2026-11-01",
        "load=9.5",
        "load<=10",
        "load<=9,5",
        "due_on<=30.11.2026",
        "stage=udsat",
        "stage=snoozed",
        "load>=9",
        "reasons=other",
        "open=ja",
        "open=true",
        "band=",
        "band_now=<10",
        "band_now=under 10",
        "band_now=Under 10",
        "forms=",
        "month=2026-03",
        "month=2026-03-01",
        "month=marts 2026",
        "month>=2026-03-01",
        "month<=2026-03",
    ],
)
def test_a_row_that_meets_a_condition_is_kept(condition: str) -> None:
    [one] = conditions([condition], list(ROW), TERMS)
    assert one.holds(ROW)


@pytest.mark.parametrize(
    "condition",
    [
        "person_id=s-1",
        "person_id=",
        "due_on<=2026-11-29",
        "due_on=2026-11",
        "load<=9.49",
        "load>=10",  # as numbers: as text it would hold
        "reasons=late",
        "reasons=",
        "open=nej",
        "band=10-14",
        "band<=10",
        "open<=1",
        "stage=rejst",
        "due_on<=1.11.2026",
        "month=2026-04",
        "month<=2026-02",
        "month>=2026-04-01",
    ],
)
def test_a_row_that_does_not_is_left_out(condition: str) -> None:
    [one] = conditions([condition], list(ROW), TERMS)
    assert not one.holds(ROW)


def test_a_number_is_compared_with_a_number_only() -> None:
    [one] = conditions(["load<=many"], list(ROW))
    with pytest.raises(AskedWrongError, match="number"):
        one.holds(ROW)


@pytest.mark.parametrize("condition", ["person", "person_id<s-12", "nobody=1", "=1", ""])
def test_what_is_no_condition_on_a_column_is_refused_with_what_would_be_right(
    condition: str,
) -> None:
    with pytest.raises(AskedWrongError) as refused:
        conditions([condition], list(ROW))
    assert refused.value.parameter == "where"
    assert "COLUMN=VALUE" in refused.value.words.en or "person_id" in refused.value.words.en


def test_what_a_sender_calls_somebody_is_refused_where_internal_ids_stand() -> None:
    for asked in ("person=k-02", "person=019A0000-0000-7000-8000-00000000000A"):
        with pytest.raises(AskedWrongError, match="Did you mean person_id") as refused:
            conditions([asked], ["person", "person_id"], internal=["person"])
        assert "Mente du person_id?" in refused.value.words.da
    conditions(["person="], ["person", "person_id"], internal=["person"])
    conditions(["person=019a0000-0000-7000-8000-00000000000a"], ["person"], internal=["person"])
    with pytest.raises(AskedWrongError) as refused:
        conditions(["stream=c-1"], ["stream"], internal=["stream"])
    assert "Mente" not in refused.value.words.da


def test_a_code_that_is_not_of_the_list_is_refused_with_those_that_are() -> None:
    codes = {"stage": ["snoozed", "raised"]}
    for asked in ("stage=udsat", "stage=raised", "stage="):
        conditions([asked], list(ROW), TERMS, codes=codes)
    with pytest.raises(AskedWrongError) as refused:
        conditions(["stage=sleeping"], list(ROW), TERMS, codes=codes)
    assert refused.value.words.da == "stage har ikke den kode. Kendte: snoozed, raised."


def test_the_beginning_of_an_id_that_a_table_shows_will_do() -> None:
    row = {"id": "follow-up-3f2a91c0" + "0" * 32}
    for asked in ("id=3f2a91c0", "id=follow-up-3f2a91c0", f"id={row['id']}"):
        [one] = conditions([asked], ["id"], shortened=["id"])
        assert one.holds(row)
    for asked in ("id=91c0", "id=", "id=3f2a91c1"):
        [one] = conditions([asked], ["id"], shortened=["id"])
        assert not one.holds(row)
