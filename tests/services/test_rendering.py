"""What people read of lists: what is counted and what is said can be told apart."""

from typing import Any

import pytest

from services.rendering import danish


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["a", "b"], "a, b"),
        ({"video": 1, "telefon": 2}, "video: 1, telefon: 2"),
        # A comma between would be taken for one of its own.
        ({"uformelt, »kigge ind«": 1, "video": 1}, "uformelt, »kigge ind«: 1; video: 1"),
        (
            ["den, der ringes til, når problemer opstår", "mål"],
            "den, der ringes til, når problemer opstår; mål",
        ),
        (
            ["Ingen mentor.", "Intet møde, heller ikke aftalt."],
            "Ingen mentor. Intet møde, heller ikke aftalt.",
        ),
        (
            [{"ansvar": "mål", "læses": "hul"}, {"ansvar": "tid"}],
            "ansvar: mål, læses: hul; ansvar: tid",
        ),
        (
            {"mål": {"enige": 2, "hul": 1}, "tid": {"enige": 3}},
            "mål: enige: 2, hul: 1; tid: enige: 3",
        ),
        ([], "–"),
        ({}, "–"),
    ],
)
def test_a_list_has_semicolons_where_what_it_lists_has_commas(value: Any, told: str) -> None:
    assert danish(value) == told
