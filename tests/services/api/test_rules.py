"""Rule packs over HTTP: checked and adopted; from a case system, never."""

import json
from typing import Any

import httpx

from domain.adoptions import digest_of
from domain.events.team import RulesAdopted
from domain.rule_packs import default_pack
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.domain.engine import only
from tests.services.store.sending import SOURCE

OURS = only("match-overdue").replace('"default"', '"ours"').replace("2000-01-01", "2026-01-01")
OURS = OURS.replace(f'"{default_pack().edition}"', '"2"')


def adoptions(municipality: Municipality) -> list[RulesAdopted]:
    stream = municipality.team()
    facts = [e.fact for e in municipality.read_stream(stream)] if stream else []
    return [fact for fact in facts if isinstance(fact, RulesAdopted)]


async def adopt(
    client: httpx.AsyncClient, key: str = "k-1", version: str = "*", **other: Any
) -> httpx.Response:
    body = {
        "actor": {"id": "l-01", "function": "leader"},
        "pack": "ours",
        "edition": "2",
        "period": {"from": "2026-07-01"},
        "text": OURS,
        **other,
    }
    headers = {"idempotency-key": key, "if-match": version}
    return await client.post(
        "/v1/rules",
        json={"sha256": digest_of(body["text"]), **body},
        headers=headers,
        params={"source": SOURCE},
    )


async def test_a_pack_is_checked_over_http(client: httpx.AsyncClient) -> None:
    right = await client.post("/v1/rules/check", content=OURS.encode())
    wrong = await client.post("/v1/rules/check", content=OURS.replace("14", "0", 1).encode())
    large = await client.post("/v1/rules/check", content=b"#" * 100_000)

    assert right.json() | {"left_out": []} == {
        "ok": True,
        "flaws": [],
        "pack": "ours",
        "edition": "2",
        "left_out": [],
        "warnings": [],
    }
    doubtful = OURS.replace('"leader"', '"supervisor"').encode("utf-8-sig")
    warned = (await client.post("/v1/rules/check", content=doubtful)).json()["warnings"]
    assert [one.partition(":")[0] for one in warned] == ["match-overdue"]
    [flaw] = wrong.json()["flaws"]
    assert flaw["line"] == OURS.splitlines().index("days = 14") + 1
    assert flaw["place"] == "rules.match-overdue.days"
    assert [flaw["detail"] for flaw in large.json()["flaws"]] == ["at most 65536 bytes"]


async def test_a_pack_is_adopted_over_http_once(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    first, again, other_key = await adopt(client), await adopt(client), await adopt(client, "k-2")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() | {"status": ""} == again.json() | {"status": ""}
    assert other_key.status_code == 422
    assert other_key.json()["rule"] == "a-pack-that-holds-is-not-adopted-again"
    assert [fact.text for fact in adoptions(municipality)] == [OURS]


async def test_a_pack_is_adopted_on_the_version_that_was_read(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    early = await adopt(client, version='"1"')
    first = await adopt(client, version='"0"')
    late = await adopt(client, "k-2", version='"0"', period={"from": "2027-01-01"})

    assert [answer.status_code for answer in (early, first, late)] == [412, 201, 412]
    assert first.headers["etag"] == late.headers["etag"] == '"1"'


async def test_a_broken_pack_is_refused_over_http_with_its_line(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    answer = await adopt(client, text=OURS.replace("days = 14", "days = 0"))

    line = OURS.splitlines().index("days = 14") + 1
    assert answer.status_code == 422
    assert answer.json()["rule"] == "an-adopted-pack-can-be-read"
    assert f"line {line}: rules.match-overdue.days" in answer.json()["detail"]
    assert adoptions(municipality) == []


async def test_a_case_system_does_not_send_rules_not_even_as_a_correction(
    client: httpx.AsyncClient, server: Server, clock: Clock, municipality: Municipality
) -> None:
    _, secret = Tokens(server).create(municipality="0860", now=clock(), source_prefix=SOURCE)
    data = {
        "actor": {"id": "l-01", "function": "leader"},
        "pack": "ours",
        "edition": "2",
        "period": {"from": "2026-07-01"},
        "sha256": digest_of("days = -1"),
        "text": "days = -1",
    }
    type_, time = "dk.roedtraad.team.rules-adopted.v1", clock().isoformat()
    correction = {
        "actor": data["actor"],
        "corrects": {"id": "ev-1"},
        "reason": "typing-error",
        "replacement": {"type": type_, "time": time, "data": data},
    }
    for sent_type, sent in (
        (type_, data),
        ("dk.roedtraad.team.event-corrected.v1", correction),
    ):
        event = {
            "specversion": "1.0",
            "type": sent_type,
            "source": SOURCE,
            "id": "ev-2",
            "subject": "team",
            "time": time,
            "municipality": "0860",
            "data": sent,
        }
        answer = await client.post(
            "/v1/events",
            content=json.dumps(event),
            headers={
                "authorization": f"Bearer {secret}",
                "content-type": "application/cloudevents+json",
            },
        )
        assert answer.status_code == 422
        assert [flaw["code"] for flaw in answer.json()["errors"]] == ["only-here"]
    assert adoptions(municipality) == []
