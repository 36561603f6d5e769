"""In whose functions a token may speak."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.tokens import Token

MENTOR = {"id": "m-31", "function": "mentor"}
CASEWORKER = {"id": "s-12", "function": "caseworker"}
SYSTEM = {"function": "system"}


@pytest.mark.parametrize(
    ("functions", "actor", "on_behalf_of", "strangers"),
    [
        ((), CASEWORKER, None, []),  # bound to none: every one
        (("mentor",), MENTOR, None, []),
        (("mentor",), CASEWORKER, None, ["actor"]),
        (("mentor",), MENTOR, CASEWORKER, ["on_behalf_of"]),  # it would be the caseworker's
        (("mentor",), CASEWORKER, MENTOR, ["actor"]),
        (("mentor", "caseworker"), MENTOR, CASEWORKER, []),
        (("mentor",), SYSTEM, MENTOR, []),  # a system does it for the mentor
        (("mentor",), SYSTEM, CASEWORKER, ["on_behalf_of"]),
        (("mentor",), SYSTEM, None, ["actor"]),  # by itself it is no mentor
        (("system",), SYSTEM, None, []),
        (("mentor",), MENTOR, SYSTEM, ["on_behalf_of"]),
    ],
)
def test_a_token_speaks_for_its_functions_only(
    functions: tuple[str, ...],
    actor: dict[str, Any],
    on_behalf_of: dict[str, Any] | None,
    strangers: list[str],
) -> None:
    token = Token(
        id=uuid4(), municipality="0860", functions=functions, created_at=datetime.now(UTC)
    )
    assert token.strangers({"actor": actor, "on_behalf_of": on_behalf_of}) == strangers
