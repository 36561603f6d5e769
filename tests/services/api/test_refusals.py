"""Over HTTP: what can't be asked so is refused with what would be right, and by its own name."""

import httpx
import pytest

from services.projector import prepare
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.store.sending import intake


@pytest.fixture
def of_all(client: httpx.AsyncClient, tokens: Tokens, clock: Clock) -> httpx.AsyncClient:
    """A client that may read of all municipalities."""
    _, secret = tokens.create(municipality="all", now=clock(), may_read=True)
    client.headers["authorization"] = f"Bearer {secret}"
    return client


async def test_a_course_of_several_municipalities_is_asked_about_in_one_of_them(
    of_all: httpx.AsyncClient, server: Server
) -> None:
    for code in ("0851", "0860"):
        store = server.municipality(code)
        store.append([intake("ev-1", "c-1")])
        prepare(store)
    asked = {"by": "candidate", "course": "c-1"}
    for path in ("/v1/matching", "/v1/views/matching/explain"):
        answer = await of_all.get(path, params=asked)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
        assert answer.json()["detail"] == (await of_all.get("/v1/courses/c-1")).json()["detail"]
        assert (await of_all.get(path, params=asked | {"municipality": "0860"})).status_code == 200
