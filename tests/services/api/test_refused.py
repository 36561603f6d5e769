"""A sender sees what of theirs was refused, and sends it again."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE, STRUCTURED, batch, event, send

OTHER = "https://jobcenter.example"


@pytest.fixture
def other(tokens: Tokens, clock: Clock) -> dict[str, str]:
    """The headers of another system of Hjørring's."""
    _, key = tokens.create(municipality="0860", now=clock(), source_prefix=OTHER)
    return {"authorization": f"Bearer {key}"}


def stored(municipality: Municipality) -> list[str]:
    return [each.source_id for each in municipality.read_from(0, 100)]


async def refused(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/refused", params=asked)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


async def retry(client: httpx.AsyncClient, id_: int, mended: Any = None) -> httpx.Response:
    if mended is None:
        return await client.post(f"/v1/refused/{id_}/retry")
    content, headers = json.dumps(mended), {"content-type": STRUCTURED}
    return await client.post(f"/v1/refused/{id_}/retry", content=content, headers=headers)


async def test_what_was_refused_is_listed_with_every_field_that_is_wrong_in_both_languages(
    client: httpx.AsyncClient,
) -> None:
    await batch(client, event("ev-1"), event("ev-2", subject=None, time="i går"))
    [row] = await refused(client)
    assert (row["source"], row["event_id"]) == (SOURCE, "ev-2")
    assert {flaw["pointer"] for flaw in row["problem"]["errors"]} == {"/subject", "/time"}
    assert "i går" not in json.dumps(row, ensure_ascii=False)
    english = (await client.get(f"/v1/refused/{row['id']}")).json()
    assert english == row
    danish = await client.get(f"/v1/refused/{row['id']}", headers={"accept-language": "da"})
    assert danish.json()["problem"]["title"] == "Hændelsen kan ikke modtages"
    assert english["problem"]["title"] == "The event cannot be taken"


async def test_the_mended_event_is_stored_with_a_receipt_and_what_was_kept_is_gone(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1", subject=None))
    [row] = await refused(client)
    answer = await retry(client, row["id"], event("ev-1"))
    assert (answer.status_code, answer.json()["status"]) == (201, "stored")
    assert stored(municipality) == ["ev-1"]
    assert await refused(client) == []
    assert (await retry(client, row["id"], event("ev-1"))).status_code == 404


async def test_what_is_refused_again_is_kept_once_with_the_new_reason(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1", subject=None, time="i går"))
    [row] = await refused(client)
    assert (await retry(client, row["id"])).status_code == 422
    half = await retry(client, row["id"], event("ev-1", time="i går"))
    assert half.status_code == 422
    [again] = await refused(client)
    assert again["id"] == row["id"]
    assert [flaw["pointer"] for flaw in again["problem"]["errors"]] == ["/time"]
    # The same sent by itself in the meantime is the same one.
    await send(client, event("ev-1", time="i går"))
    assert len(await refused(client)) == 1
    assert stored(municipality) == []


async def test_an_event_that_waited_for_something_is_sent_again_as_it_was(
    client: httpx.AsyncClient, municipality: Municipality, clock: Clock
) -> None:
    # Ten minutes ahead: the sender's clock was wrong.
    await send(client, event("ev-1", time="2026-01-12T09:10:00+01:00"))
    [row] = await refused(client)
    clock.now += timedelta(minutes=10)
    assert (await retry(client, row["id"])).status_code == 201
    assert stored(municipality) == ["ev-1"]


async def test_a_conflict_stays_until_it_has_an_id_of_its_own(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await batch(client, event("ev-1"), event("ev-1", subject="c-2"))
    [row] = await refused(client)
    assert (await retry(client, row["id"])).status_code == 409
    assert len(await refused(client)) == 1
    assert (await retry(client, row["id"], event("ev-2", subject="c-2"))).status_code == 201
    assert stored(municipality) == ["ev-1", "ev-2"]
    assert await refused(client) == []


async def test_what_was_stored_meanwhile_is_a_duplicate_and_kept_no_longer(
    client: httpx.AsyncClient,
) -> None:
    await send(client, event("ev-1", subject=None))
    await send(client, event("ev-1"))
    [row] = await refused(client)
    answer = await retry(client, row["id"], event("ev-1"))
    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")
    assert await refused(client) == []


async def test_another_senders_are_neither_shown_nor_sent_nor_deleted(
    client: httpx.AsyncClient,
    municipality: Municipality,
    other: dict[str, str],
    tokens: Tokens,
    clock: Clock,
) -> None:
    # It says another's source, and is refused: it is whose token sent it, not whose name it bears.
    await send(client, event("ev-1", source=OTHER))
    [row] = await refused(client)
    assert row["problem"]["status"] == 403
    path = f"/v1/refused/{row['id']}"
    assert (await client.get("/v1/refused", headers=other)).json()["rows"] == []
    assert (await client.get(path, headers=other)).status_code == 404
    assert (await client.post(f"{path}/retry", headers=other)).status_code == 404
    assert (await client.delete(path, headers=other)).status_code == 404
    _, elsewhere = tokens.create(municipality="0751", now=clock(), source_prefix=SOURCE)
    headers = {"authorization": f"Bearer {elsewhere}"}
    assert (await client.get(path, headers=headers)).status_code == 404
    _, reader = tokens.create(municipality="0860", now=clock(), may_read=True)
    headers = {"authorization": f"Bearer {reader}"}
    assert (await client.get("/v1/refused", headers=headers)).status_code == 403
    # Nor has it become right by having been kept.
    assert (await retry(client, row["id"])).status_code == 403
    assert stored(municipality) == []
    assert len(await refused(client)) == 1


async def test_a_new_token_of_the_same_system_sees_what_the_old_one_sent(
    client: httpx.AsyncClient, tokens: Tokens, clock: Clock
) -> None:
    await send(client, event("ev-1", subject=None))
    _, key = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    headers = {"authorization": f"Bearer {key}"}
    assert len((await client.get("/v1/refused", headers=headers)).json()["rows"]) == 1


async def test_the_list_comes_in_pages_and_ends_after_thirty_days(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await batch(client, *(event(f"ev-{n}", subject=None) for n in range(3)))
    page = (await client.get("/v1/refused", params={"limit": 2})).json()
    assert [row["event_id"] for row in page["rows"]] == ["ev-0", "ev-1"]
    rest = (await client.get("/v1/refused", params={"limit": 2, "after": page["next"]})).json()
    assert [row["event_id"] for row in rest["rows"]] == ["ev-2"] and rest["next"] is None
    assert (await client.delete(f"/v1/refused/{rest['rows'][0]['id']}")).status_code == 204
    assert len(await refused(client)) == 2
    clock.now += timedelta(days=30)
    assert await refused(client) == []


async def test_what_cant_be_read_at_all_is_mended_too(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, b'{"specversion": "1.0", ')
    [row] = await refused(client)
    assert (row["source"], row["event_id"], row["has_event"]) == (None, None, True)
    too_large = await retry(client, row["id"], event("ev-1", note="x" * 200_000))
    assert too_large.status_code == 413
    assert (await retry(client, row["id"], event("ev-1"))).status_code == 201
    for wrong in ("0", "x", "9" * 40, "-1"):
        assert (await client.get(f"/v1/refused/{wrong}")).status_code == 404
    assert stored(municipality) == ["ev-1"]


async def test_what_was_stored_since_says_so_and_only_to_whose_it_is(
    client: httpx.AsyncClient, other: dict[str, str], clock: Clock
) -> None:
    await send(client, event("ev-1", time="i går"))
    await send(client, event("ev-2", time="i går"))
    await client.post("/v1/events", json=event("ev-1", time="i går"), headers=other)
    clock.now += timedelta(minutes=1)
    receipt = (await send(client, event("ev-1"))).json()
    first, second = await refused(client)
    assert (first["stored_at"], second["stored_at"]) == (receipt["recorded_at"], None)
    assert (await client.get(f"/v1/refused/{first['id']}")).json() == first
    # Another system that has named that source and id isn't told what is stored of it.
    [theirs] = (await client.get("/v1/refused", headers=other)).json()["rows"]
    assert (theirs["source"], theirs["event_id"]) == (SOURCE, "ev-1")
    assert theirs["stored_at"] is None
    # What was known before it was refused hasn't been mended by that.
    clock.now += timedelta(minutes=1)
    await send(client, event("ev-1", subject=None))
    assert (await refused(client))[-1]["stored_at"] is None
