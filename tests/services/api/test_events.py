"""What a case system is answered when it sends."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from domain.course import fold_course
from services.api.body import LARGEST
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.refused import Refusals
from tests.conftest import Clock
from tests.services.api.sending import BATCH, MENTOR, SOURCE, STRUCTURED, batch, event, grant, send

_RECEIPT = ("source", "id", "stream", "version", "position", "recorded_at")


def stored(municipality: Municipality) -> list[str]:
    return [each.source_id for each in municipality.read_from(0, 10_000)]


def kept(municipality: Municipality, keyring: Keyring) -> list[tuple[str, bytes | None]]:
    refusals = Refusals(keyring.key("0860"), municipality.schema)
    with municipality.transaction() as cursor:
        found = refusals.read(cursor, municipality.clock())
        return [(each.refused.problem.kind, each.refused.event) for each in found]


async def test_an_event_is_stored_before_it_is_answered_with_its_receipt(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    answer = await send(client, event("ev-1"))
    assert answer.status_code == 201
    receipt = answer.json()
    [told] = municipality.read_from(0, 10)
    assert receipt["status"] == "stored"
    assert (receipt["source"], receipt["id"]) == (SOURCE, "ev-1")
    assert (receipt["stream"], receipt["version"]) == (str(told.originator_id), 1)
    assert receipt["position"] == told.position


async def test_the_same_event_again_gets_the_first_receipt(client: httpx.AsyncClient) -> None:
    first = (await send(client, event("ev-1"))).json()
    again = await send(client, event("ev-1"))
    assert again.status_code == 200
    assert again.json()["status"] == "duplicate"
    assert [again.json()[name] for name in _RECEIPT] == [first[name] for name in _RECEIPT]


async def test_other_content_under_a_known_id_is_a_conflict(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    answer = await send(client, event("ev-1", subject="c-2"))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/conflict"
    assert stored(municipality) == ["ev-1"]


async def test_each_event_of_a_batch_is_answered_by_itself_and_the_rest_is_unharmed(
    client: httpx.AsyncClient, municipality: Municipality, keyring: Keyring
) -> None:
    strengths = [{"code": "patient"}] * 6
    profile = {"actor": MENTOR, "education_field": "social", "experience_years": 4}
    wrong: dict[str, tuple[dict[str, Any], str]] = {
        "six strengths": (
            event("b-1", "mentor.profile-completed", subject="m-31")
            | {"data": profile | {"strengths": strengths, "wishes": strengths[:3]}},
            "/data/strengths",
        ),
        "unknown event name": (event("b-2", "course.mentor-mached"), "/type"),
        "time without a zone": (event("b-3", time="2026-01-12T08:30:00"), "/time"),
        "too large": (event("b-4", data={"note": "x" * 2_000_000}), ""),
        "shaped like a CPR number": (event("b-5", subject="010190-1234"), "/subject"),
        "another municipality": (event("b-6", municipality="0851"), "/municipality"),
        "another system": (event("b-7", source=f"{SOURCE}.evil"), "/source"),
    }
    sent = [event("ev-1"), *(each for each, _ in wrong.values()), event("ev-2")]
    answers = await batch(client, *sent)
    assert [a["status"] for a in answers] == ["stored", *["refused"] * len(wrong), "stored"]
    for (name, (_, pointer)), answer in zip(wrong.items(), answers[1:-1], strict=True):
        assert pointer in [e["pointer"] for e in answer["problem"]["errors"]], name
        assert answer["problem"]["errors"][0]["detail"].isascii(), name  # in English, as asked
    assert stored(municipality) == ["ev-1", "ev-2"]
    assert len(kept(municipality, keyring)) == len(wrong)


async def test_a_batch_that_is_right_is_plainly_so(client: httpx.AsyncClient) -> None:
    answer = await send(client, [event("ev-1"), event("ev-1")], "application/json")
    assert answer.status_code == 200
    assert [each["status"] for each in answer.json()["receipts"]] == ["stored", "duplicate"]


async def test_what_is_refused_is_kept_sealed_and_for_thirty_days(
    client: httpx.AsyncClient, municipality: Municipality, keyring: Keyring, clock: Clock
) -> None:
    wrong = event("ev-1", data={"actor": MENTOR, "name": "Test Testesen"})
    assert (await send(client, wrong)).status_code == 422
    [(kind, text)] = kept(municipality, keyring)
    assert kind == "invalid-event"
    assert text is not None and json.loads(text) == wrong
    with municipality.transaction() as cursor:
        cursor.execute(f"SELECT event FROM {municipality.schema}.refusals")
        [(sealed,)] = cursor.fetchall()
    assert b"Testesen" not in bytes(sealed)
    clock.now += timedelta(days=30)
    await send(client, b"{}")
    assert [text for _, text in kept(municipality, keyring)] == [b"{}"]


async def test_a_grant_made_by_a_mentor_is_a_fact_and_is_stored(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    answer = await send(client, event("ev-1", "course.grant-decided", data=grant(MENTOR)))
    assert answer.status_code == 201
    [told] = municipality.read_from(0, 10)
    [decided] = fold_course([told]).grants.values()
    assert decided.decided is not None
    assert told.fact.actor.function == "mentor"


@pytest.mark.parametrize(
    ("body", "kind", "status", "problem"),
    [
        (b"{not json", STRUCTURED, 400, "not-json"),
        (b"", STRUCTURED, 400, "not-json"),
        (b"{}", BATCH, 400, "not-json"),
        (b"<xml/>", "application/xml", 415, "wrong-content-type"),
        (b"{}", f"{STRUCTURED}; charset=latin-1", 415, "wrong-content-type"),
        (b"{" + b" " * 2_000_000 + b"}", STRUCTURED, 413, "too-large"),
        (b"[" + b"{}," * 20_000 + b"{}]", BATCH, 413, "too-large"),
        (b"x" * (LARGEST + 1), BATCH, 413, "too-large"),
    ],
)
async def test_a_body_that_cannot_be_taken_is_answered_clearly(
    client: httpx.AsyncClient, body: bytes, kind: str, status: int, problem: str
) -> None:
    answer = await send(client, body, kind)
    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{problem}"
    assert answer.json()["detail"]


async def test_a_wrong_content_type_is_answered_with_those_that_are_taken(
    client: httpx.AsyncClient,
) -> None:
    [flaw] = (await send(client, b"<xml/>", "application/xml")).json()["errors"]
    assert "application/cloudevents+json" in flaw["detail"]
    assert "application/cloudevents-batch+json" in flaw["detail"]


async def test_packed_content_is_not_taken(client: httpx.AsyncClient) -> None:
    headers = {"content-type": STRUCTURED, "content-encoding": "gzip"}
    answer = await client.post("/v1/events", content=b"\x1f\x8b", headers=headers)
    assert answer.status_code == 415


async def test_answers_are_danish_unless_english_is_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/v1/events",
        content=b"{",
        headers={"content-type": STRUCTURED, "accept-language": "fr, da;q=0.8, en;q=0.5"},
    )
    assert "Indholdet" in answer.json()["title"]
    assert answer.headers["content-language"] == "da"


async def test_eight_clients_sending_the_same_events_at_once_have_one_effect(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    async def one(client_: int) -> list[dict[str, Any]]:
        answers = [await send(client, event(f"ev-{n}", subject=f"c-{n % 3}")) for n in range(10)]
        assert all(answer.status_code in (200, 201) for answer in answers), client_
        return [answer.json() for answer in answers]

    by_client = await asyncio.gather(*(one(n) for n in range(8)))
    statuses = Counter(receipt["status"] for receipts in by_client for receipt in receipts)
    assert statuses == {"stored": 10, "duplicate": 70}
    for receipts in zip(*by_client, strict=True):
        assert len({tuple(r[name] for name in _RECEIPT) for r in receipts}) == 1
    assert sorted(stored(municipality)) == [f"ev-{n}" for n in range(10)]


@pytest.mark.parametrize("bind", [to_structured_event, to_binary_event])
async def test_events_of_the_cloudevents_sdk_arrive(
    client: httpx.AsyncClient, municipality: Municipality, bind: Any
) -> None:
    attributes = event("ev-1", subject="c-æ".replace("æ", "1"))
    data = attributes.pop("data")
    attributes["time"] = datetime.fromisoformat(attributes["time"])
    message: HTTPMessage = bind(CloudEvent(attributes, data))
    # The SDK leaves the type of a body in binary mode to whoever sends it.
    headers = {"content-type": "application/json"} | dict(message.headers)
    answer = await client.post("/v1/events", content=message.body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert stored(municipality) == ["ev-1"]
    again = await send(client, event("ev-1", subject="c-1"))
    assert again.json()["status"] == "duplicate"  # the mode makes no difference


async def test_a_refused_binary_event_is_kept_as_a_whole(
    client: httpx.AsyncClient, municipality: Municipality, keyring: Keyring
) -> None:
    headers = {"content-type": "application/json", "ce-id": "ev-1", "ce-source": SOURCE}
    await client.post("/v1/events", content=b'{"a": 1}', headers=headers)
    [(_, text)] = kept(municipality, keyring)
    assert text is not None
    assert json.loads(text) == {"id": "ev-1", "source": SOURCE, "data": {"a": 1}}
