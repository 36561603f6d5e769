"""The demo's tables name a municipality by what it was judged to be."""

import io

import pytest
from rich.console import Console

from services.cli import demo_tables, show


def test_a_municipality_that_cant_be_judged_yet_isnt_named_as_without_supervision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=160, markup=False)
    for module in (demo_tables, show):
        monkeypatch.setattr(module, "out", console)
    told = (
        ("Hjørring", 4, False, False),
        ("Holbæk", 2, False, True),
        ("Vejle", None, None, None),
    )
    names = ("municipality", "model", "partial", "requirement_met")
    demo_tables.table_25([dict(zip(names, row, strict=True)) for row in told])
    text = printed.getvalue()
    assert "ikke opfyldt: Hjørring\n" in text
    assert "Holbæk" in text and "Vejle" not in text
