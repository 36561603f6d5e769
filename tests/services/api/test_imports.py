"""Lines of any number over HTTP: stored as they come, gone on with where they were cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services import importing
from services.api import gate, uploading
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE, event
from tests.services.api.test_together import until

LINES = {"content-type": "application/x-ndjson"}
OTHER = "https://jobcenter.example"


def lines(count: int, first: int = 0, **changes: Any) -> bytes:
    several = (event(f"ev-{n}", **changes) for n in range(first, first + count))
    return b"".join(json.dumps(one).encode() + b"\n" for one in several)


def stored(municipality: Municipality) -> list[str]:
    return [each.source_id for each in municipality.read_from(0, 10_000)]


async def begun(client: httpx.AsyncClient) -> str:
    answer = await client.post("/v1/imports")
    assert answer.status_code == 201, answer.text
    assert (answer.headers["upload-offset"], answer.headers["upload-complete"]) == ("0", "?0")
    return answer.headers["location"]


async def go_on(
    client: httpx.AsyncClient, path: str, offset: int, content: Any, *, complete: bool = True
) -> httpx.Response:
    headers = {
        "content-type": "application/partial-upload",
        "upload-offset": str(offset),
        "upload-complete": "?1" if complete else "?0",
    }
    return await client.patch(path, content=content, headers=headers)


async def offset(client: httpx.AsyncClient, path: str) -> int:
    answer = await client.head(path)
    assert answer.status_code == 204
    return int(answer.headers["upload-offset"])


async def cut_off(api: FastAPI, path: str, key: str, at: int, content: bytes) -> None:
    """A PATCH whose connection is gone after these bytes."""
    told = {"authorization": f"Bearer {key}", "upload-offset": str(at)}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    messages = [
        {"type": "http.request", "body": content, "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope: dict[str, Any] = {"type": "http", "method": "PATCH", "path": path, "query_string": b""}
    scope |= {"headers": headers, "http_version": "1.1", "client": ("test", 1), "state": {}}

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        pass

    await api(scope, receive, send)


async def test_an_import_in_one_request_is_stored_and_counted(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    content = lines(3) + lines(1) + lines(1, 1, subject="c-9") + b"\n" + lines(1, 7, time="i går")
    answer = await client.post("/v1/imports", content=content.rstrip(b"\n"), headers=LINES)
    assert answer.status_code == 201
    found = answer.json()
    counts = {name: found[name] for name in ("stored", "duplicate", "conflict", "refused")}
    assert counts == {"stored": 3, "duplicate": 1, "conflict": 1, "refused": 1}
    assert (found["lines"], found["bytes"]) == (7, len(content) - 1)
    assert found["complete"] and answer.headers["upload-complete"] == "?1"
    assert stored(municipality) == ["ev-0", "ev-1", "ev-2"]
    refused = (await client.get(f"/{found['refused_events'].lstrip('/')}")).json()["rows"]
    assert [(row["line"], row["problem"]["status"]) for row in refused] == [(5, 409), (7, 422)]
    assert {row["import"] for row in refused} == {found["id"]}
    again = await client.get(answer.headers["location"])
    assert again.json() == found


async def test_what_is_cut_in_the_middle_of_a_line_goes_on_from_the_last_whole_one(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    path, whole = await begun(client), lines(10)
    first = await go_on(client, path, 0, whole[:2000], complete=False)
    assert first.status_code == 200 and not first.json()["complete"]
    at = await offset(client, path)
    assert at == int(first.headers["upload-offset"]) == whole.rfind(b"\n", 0, 2000) + 1
    assert len(stored(municipality)) == whole[:2000].count(b"\n")
    last = await go_on(client, path, at, whole[at:])
    assert last.json()["complete"] and last.json()["bytes"] == len(whole)
    assert stored(municipality) == [f"ev-{n}" for n in range(10)]
    assert last.json()["stored"] == 10 and last.json()["duplicate"] == 0


async def test_what_came_before_the_connection_was_cut_is_stored_and_not_sent_again(
    client: httpx.AsyncClient, api: FastAPI, secret: str, municipality: Municipality
) -> None:
    path, whole = await begun(client), lines(8)
    await cut_off(api, path, secret, 0, whole[:1500])
    at = await offset(client, path)
    assert at == whole.rfind(b"\n", 0, 1500) + 1
    # Cut where a line might have ended for all the server knows: it is not taken for whole.
    await cut_off(api, path, secret, at, whole[at:].rstrip(b"\n"))
    at = await offset(client, path)
    assert whole[at:].count(b"\n") == 1
    assert (await go_on(client, path, at, whole[at:])).json()["stored"] == 8
    assert stored(municipality) == [f"ev-{n}" for n in range(8)]


async def test_a_chunk_is_stored_before_the_rest_is_read(
    client: httpx.AsyncClient, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_A_TRANSACTION", 5)
    seen: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        for n in range(0, 20, 5):
            yield lines(5, n)
            seen.append(len(stored(municipality)))

    answer = await client.post("/v1/imports", content=pieces(), headers=LINES)
    assert answer.json()["stored"] == 20
    # Each piece is asked for only when the one before is stored.
    assert seen == [5, 10, 15, 20]


async def test_two_who_go_on_from_the_same_place_store_everything_once(
    client: httpx.AsyncClient, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_A_TRANSACTION", 5)
    path, whole = await begun(client), lines(30)
    pieces = [whole[n : n + 700] for n in range(0, len(whole), 700)]

    async def slowly() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
            await asyncio.sleep(0.01)

    answers = await asyncio.gather(*(go_on(client, path, 0, slowly()) for _ in range(4)))
    # 429: the third of a token while two are still under way.
    assert {answer.status_code for answer in answers} <= {200, 409, 429}
    at = await offset(client, path)
    if not (await client.get(path)).json()["complete"]:
        await go_on(client, path, at, whole[at:])
    found = (await client.get(path)).json()
    assert (found["stored"], found["lines"], found["bytes"]) == (30, 30, len(whole))
    assert sorted(stored(municipality)) == sorted(f"ev-{n}" for n in range(30))


async def test_who_asks_how_far_it_is_ends_what_nobody_sends_any_more(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    path, whole = await begun(client), lines(4)

    async def stuck() -> AsyncIterator[bytes]:
        yield whole[:900]
        await asyncio.sleep(60)

    waiting = asyncio.create_task(go_on(client, path, 0, stuck()))
    await asyncio.sleep(0.3)
    assert (await client.get(path)).json()["lines"] == 0  # progress ends nothing
    at = await offset(client, path)
    assert at == whole.rfind(b"\n", 0, 900) + 1 > 0
    assert (await waiting).status_code == 409
    assert (await go_on(client, path, at, whole[at:])).json()["stored"] == 4
    assert stored(municipality) == [f"ev-{n}" for n in range(4)]


async def test_who_is_elsewhere_is_told_where_the_import_is(client: httpx.AsyncClient) -> None:
    path, whole = await begun(client), lines(2)
    await go_on(client, path, 0, whole, complete=False)
    wrong = await go_on(client, path, 7, whole)
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, str(len(whole)))
    assert wrong.json()["type"] == "/problems/wrong-offset"
    assert wrong.json()["expected-offset"] == len(whole)
    assert (await go_on(client, path, len(whole), b"")).json()["complete"]
    done = await go_on(client, path, len(whole), whole)
    assert (done.status_code, done.json()["type"]) == (409, "/problems/import-completed")
    for headers in ({}, {"upload-offset": "-1"}, {"upload-offset": "0", "upload-complete": "yes"}):
        assert (await client.patch(path, content=b"", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/x-ndjson", "content-encoding": "gzip"},
    ],
)
async def test_what_isnt_plain_lines_is_not_begun_to_be_read(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/v1/imports", content=lines(1), headers=headers)
    assert answer.status_code == 415


async def test_a_tokens_rights_hold_for_every_line(
    client: httpx.AsyncClient, municipality: Municipality, tokens: Tokens, clock: Clock
) -> None:
    _, key = tokens.create(
        municipality="0860", now=clock(), source_prefix=SOURCE, events=["course.closed"]
    )
    headers = LINES | {"authorization": f"Bearer {key}"}
    content = lines(2) + lines(1, 5, source=OTHER)
    found = (await client.post("/v1/imports", content=content, headers=headers)).json()
    assert (found["stored"], found["refused"]) == (0, 3)
    refused = (await client.get(found["refused_events"], headers=headers)).json()["rows"]
    assert {row["problem"]["status"] for row in refused} == {403}
    assert stored(municipality) == []


async def test_another_senders_import_is_not_there(
    client: httpx.AsyncClient, tokens: Tokens, clock: Clock
) -> None:
    path = await begun(client)
    _, key = tokens.create(municipality="0860", now=clock(), source_prefix=OTHER)
    _, reader = tokens.create(municipality="0860", now=clock(), may_read=True)
    other = {"authorization": f"Bearer {key}"}
    assert (await client.get(path, headers=other)).status_code == 404
    assert (await client.head(path, headers=other)).status_code == 404
    more = other | {"upload-offset": "0"}
    assert (await client.patch(path, content=lines(1), headers=more)).status_code == 404
    assert (await client.get("/v1/imports", headers=other)).json() == {"rows": []}
    assert len((await client.get("/v1/imports")).json()["rows"]) == 1
    headers = {"authorization": f"Bearer {reader}"}
    assert (await client.post("/v1/imports", headers=headers)).status_code == 403
    for wrong in ("x", "00000000-0000-0000-0000-000000000000"):
        assert (await client.get(f"/v1/imports/{wrong}")).status_code == 404


async def test_a_token_has_two_imports_under_way_at_most(client: httpx.AsyncClient) -> None:
    free, under_way = asyncio.Event(), list[int]()

    async def waiting() -> AsyncIterator[bytes]:
        yield lines(1)
        under_way.append(1)
        await free.wait()

    held = [
        asyncio.create_task(client.post("/v1/imports", content=waiting(), headers=LINES))
        for _ in range(uploading.OF_A_TOKEN)
    ]
    await until(lambda: len(under_way) == uploading.OF_A_TOKEN)
    one_more = await client.post("/v1/imports", content=lines(1), headers=LINES)
    assert one_more.status_code == 429 and one_more.json()["limited"] == "imports"
    free.set()
    assert [answer.status_code for answer in await asyncio.gather(*held)] == [201, 201]
    assert (await client.post("/v1/imports", content=lines(1), headers=LINES)).status_code == 201


async def test_a_token_that_is_revoked_on_the_way_stores_nothing_more(
    client: httpx.AsyncClient,
    municipality: Municipality,
    tokens: Tokens,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "LINES_A_TRANSACTION", 2)
    monkeypatch.setattr(uploading, "_LOOKED_AT", 0.0)
    monkeypatch.setattr(gate, "_REMEMBERED", 0.0)
    token, key = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)

    async def pieces() -> AsyncIterator[bytes]:
        yield lines(2)
        tokens.revoke(token.id, clock())
        yield lines(2, 2)

    headers = LINES | {"authorization": f"Bearer {key}"}
    answer = await client.post("/v1/imports", content=pieces(), headers=headers)
    assert answer.status_code == 401
    assert stored(municipality) == ["ev-0", "ev-1"]
