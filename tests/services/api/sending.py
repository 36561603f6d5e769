"""CloudEvents as a case system sends them over HTTP, short to write."""

import json
from typing import Any

import httpx

SOURCE = "https://sagssystem.example"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
CASEWORKER = {"source": SOURCE, "id": "s-12", "function": "caseworker"}
MENTOR = {"source": SOURCE, "id": "m-31", "function": "mentor"}


def event(id_: str, name: str = "course.intake-registered", **changes: Any) -> dict[str, Any]:
    """An intake of course c-1, unless told otherwise."""
    data = {"actor": CASEWORKER, "caseworker": {"id": "s-12"}}
    found = {
        "specversion": "1.0",
        "type": f"dk.roedtraad.{name}.v1",
        "source": SOURCE,
        "id": id_,
        "subject": "c-1",
        "time": "2026-01-12T08:30:00+01:00",
        "municipality": "0860",
        "data": data,
    }
    return found | changes


def grant(actor: dict[str, Any] = CASEWORKER, **changes: Any) -> dict[str, Any]:
    """The fields of a grant as it is decided."""
    found = {
        "actor": actor,
        "grant": {"id": "b-77"},
        "kind": "treatment",
        "outcome": "granted",
        "period": {"from": "2026-01-19", "to": "2026-07-19"},
        "provider": "Klinik for Testesen",
    }
    return found | changes


async def send(client: httpx.AsyncClient, sent: Any, kind: str = STRUCTURED) -> httpx.Response:
    """Post an event, a batch, or bytes."""
    content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return await client.post("/v1/events", content=content, headers={"content-type": kind})


async def batch(client: httpx.AsyncClient, *events: Any) -> list[dict[str, Any]]:
    """Post a batch; what became of each."""
    answer = await send(client, list(events), BATCH)
    assert answer.status_code in (200, 207), answer.text
    receipts: list[dict[str, Any]] = answer.json()["receipts"]
    return receipts
