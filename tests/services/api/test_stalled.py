"""Who begins to send and never ends is answered, and holds nobody up."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from services.api import body, uploading
from services.store.municipality import Municipality
from tests.services.api.sending import STRUCTURED, event

_LINE = json.dumps(event("ev-1")).encode() + b"\n"


async def stalled(sent: bytes) -> AsyncIterator[bytes]:
    """So much comes, and then nothing."""
    yield sent
    await asyncio.sleep(60)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second, not a minute."""
    monkeypatch.setattr(body, "_SECONDS", 0.2)
    monkeypatch.setattr(uploading, "_IDLE", 0.2)


def check_too_slow(answer: httpx.Response) -> None:
    assert answer.status_code == 408, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.json()["type"].endswith("too-slow")


async def test_an_event_that_does_not_come_whole_is_answered_408_and_not_stored(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    kind = {"content-type": STRUCTURED}
    answer = await client.post("/v1/events", content=stalled(_LINE[:-10]), headers=kind)
    check_too_slow(answer)
    assert list(municipality.read_from(0, 10)) == []
    again = await client.post("/v1/events", content=_LINE, headers=kind)
    assert again.status_code == 201, again.text


async def test_of_an_import_that_stalls_whole_lines_are_stored_and_it_goes_on_from_there(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    path = (await client.post("/v1/imports")).headers["location"]
    more = {"content-type": "application/partial-upload", "upload-complete": "?1"}
    sent = _LINE + _LINE[:100]
    answer = await client.patch(path, content=stalled(sent), headers=more | {"upload-offset": "0"})
    check_too_slow(answer)
    at = answer.headers["upload-offset"]
    assert (int(at), answer.headers["upload-complete"]) == (len(_LINE), "?0")
    assert [one.source_id for one in municipality.read_from(0, 10)] == ["ev-1"]
    rest = json.dumps(event("ev-2")).encode() + b"\n"
    answer = await client.patch(path, content=rest, headers=more | {"upload-offset": at})
    assert answer.json()["complete"] and answer.json()["stored"] == 2
