"""Uploads that would never end: a line without an end is bound as lines are."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services import importing
from services.api import gate, uploading
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE
from tests.services.api.test_imports import LINES, lines, stored

_PIECE = b" " * 1024


class Endless:
    """A whole line, then pieces of another that never ends: some of them, if nobody stops it."""

    def __init__(self) -> None:
        self.given = 0

    async def pieces(self, most: int = 20) -> AsyncIterator[bytes]:
        yield lines(1)
        while self.given < most:
            self.given += 1
            yield _PIECE


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece is looked at."""
    monkeypatch.setattr(uploading, "_HELD_BACK", 0.0)


@pytest.mark.parametrize(
    ("bound", "value", "status", "kind"),
    [("_LONGEST", 5 * len(_PIECE), 413, "too-large"), ("_LASTING", -1.0, 408, "too-slow")],
)
async def test_a_line_without_an_end_ends_the_upload_behind_the_last_whole_one(
    client: httpx.AsyncClient,
    municipality: Municipality,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: float,
    status: int,
    kind: str,
) -> None:
    monkeypatch.setattr(uploading, bound, value)
    endless = Endless()
    answer = await client.post("/v1/imports", content=endless.pieces(), headers=LINES)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert int(answer.headers["upload-offset"]) == len(lines(1))
    assert answer.headers["upload-complete"] == "?0"
    # Six pieces are more than five; a line that must be there at once is late with its first.
    assert endless.given == (6 if status == 413 else 1)
    assert stored(municipality) == ["ev-0"]


async def test_a_line_that_is_merely_too_long_is_refused_and_those_behind_it_are_stored(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    content = b"x" * (2 * importing.LONGEST_LINE) + b"\n" + lines(1)
    answer = (await client.post("/v1/imports", content=content, headers=LINES)).json()
    assert (answer["refused"], answer["stored"]) == (1, 1)
    assert stored(municipality) == ["ev-0"]


async def test_a_token_that_is_revoked_ends_an_upload_in_which_no_line_ends(
    client: httpx.AsyncClient,
    municipality: Municipality,
    tokens: Tokens,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploading, "_LOOKED_AT", 0.0)
    monkeypatch.setattr(gate, "_REMEMBERED", 0.0)
    token, key = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    endless = Endless()

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in endless.pieces():
            if endless.given == 3:
                tokens.revoke(token.id, clock())
            yield piece

    headers = LINES | {"authorization": f"Bearer {key}"}
    answer = await client.post("/v1/imports", content=pieces(), headers=headers)
    assert answer.status_code == 401
    assert endless.given == 3
    assert stored(municipality) == ["ev-0"]
