"""Views that lack something say so: in each answer, to who asks for readiness, and in measures."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest

from services.audit.proof.signer import sign_all
from services.audit.proof.standing import LATE_AFTER
from services.freshness import STALE_AFTER
from services.projector import catch_up, prepare
from services.retrying import retry
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.api.sending import event, send
from tests.services.test_projector_parked import BROKEN, mend, poison, tell


async def said(client: httpx.AsyncClient) -> dict[str, Any]:
    """What is told in all three places: the answer, readiness, and the measures."""
    answer = (await client.get("/v1/caseload")).json()
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    [row] = ready.json()["municipalities"]
    measures = dict(
        line.rsplit(" ", 1)
        for line in (await client.get("/metrics")).text.splitlines()
        if not line.startswith("#")
    )
    return {
        "answer": (answer["parked"], answer["stale"]),
        "ready": (ready.json()["status"], row["parked_streams"], row["stale"]),
        "parked": float(measures['roedtraad_parked_streams{municipality="0860"}']),
        "age": float(measures['roedtraad_projection_age_seconds{municipality="0860"}']),
        "up": (ready.json()["projector"], float(measures["roedtraad_projector_up"])),
        "from": row["parked_from"],
    }


@pytest.fixture
def projector(database_url: str, keyring: Keyring, clock: Clock) -> Iterator[None]:
    """One is connected."""
    with Server(database_url, keyring, clock=clock, role="projector") as opened:
        opened.pool.wait()
        yield


@pytest.mark.usefixtures("projector")
async def test_a_stream_that_waits_shows_until_it_is_mended(
    client: httpx.AsyncClient, municipality: Municipality, database_url: str, clock: Clock
) -> None:
    prepare(municipality)
    tell(municipality)
    # The intakes of a and b came first: the closing of a is the third event.
    third = list(municipality.read_from(0, 10))[2]
    assert third.source_id == "close-a"
    state = poison(database_url, BROKEN)
    catch_up(municipality)
    found = await said(client)
    assert (found["answer"], found["parked"], found["age"]) == ((1, True), 1, 0)
    assert found["ready"] == ("stale", 1, True)
    assert found["from"] == third.position
    assert found["up"] == (True, 1)
    before = (clock() - timedelta(days=1)).isoformat()
    then = (await client.get("/v1/caseload", params={"known_at": before})).json()
    assert (then["parked"], then["stale"]) == (0, False)
    mend(database_url, state)
    assert retry(municipality) == (1, 0)
    found = await said(client)
    assert (found["answer"], found["parked"], found["from"]) == ((0, False), 0, None)
    assert found["ready"] == ("ready", 0, False)


@pytest.mark.parametrize(("more", "stale"), [(0, False), (1, True)])
async def test_with_nobody_to_follow_the_log_an_old_event_makes_the_views_stale(
    client: httpx.AsyncClient, municipality: Municipality, clock: Clock, more: int, stale: bool
) -> None:
    prepare(municipality)
    await send(client, event("ev-1"))
    clock.now += timedelta(seconds=STALE_AFTER + more)
    found = await said(client)
    assert found["answer"] == (0, stale)
    # Where no projector is connected, they are about to be: of the whole that is told at once.
    assert found["ready"] == ("stale", 0, stale)
    assert found["age"] == STALE_AFTER + more
    assert found["up"] == (False, 0)


async def test_a_look_that_nobody_signs_shows_like_an_event(
    client: httpx.AsyncClient, server: Server, municipality: Municipality, clock: Clock
) -> None:
    await send(client, event("ev-1"))
    sign_all(server, municipality, "roedtraad.dk", clock)
    prepare(municipality)
    assert (await client.get("/v1/caseload")).status_code == 200
    clock.now += timedelta(seconds=LATE_AFTER)
    assert await signing(client) == ("in time", 0, LATE_AFTER, LATE_AFTER)
    clock.now += timedelta(seconds=1)
    assert await signing(client) == ("late", 0, LATE_AFTER + 1, LATE_AFTER + 1)
    sign_all(server, municipality, "roedtraad.dk", clock)
    assert await signing(client) == ("in time", 0, 0, 0)
    await send(client, event("ev-2"))
    clock.now += timedelta(seconds=LATE_AFTER + 1)
    assert await signing(client) == ("late", LATE_AFTER + 1, 0, 0)


async def signing(client: httpx.AsyncClient) -> tuple[str, float, float, float]:
    """Whether all is signed in time; for how long an event and a look aren't, and the look as it is
    scraped."""
    ready = (await client.get("/readyz")).json()
    [row] = ready["municipalities"]
    text = (await client.get("/metrics")).text
    [scraped] = re.findall(r"^roedtraad_log_unsigned_look_seconds{[^}]*} (.*)$", text, re.MULTILINE)
    assert not ready["signer"]
    told = (row["unsigned_seconds"], row["unsigned_look_seconds"], float(scraped))
    return (ready["signing"], *told)


async def test_a_municipality_that_cannot_be_read_hides_no_other(
    client: httpx.AsyncClient,
    server: Server,
    municipality: Municipality,
    database_url: str,
    projector: None,
) -> None:
    for code in ("0851", "0861"):  # one before the sound one and one after it
        prepare(server.municipality(code))
    prepare(municipality)
    await send(client, event("ev-1"))
    catch_up(municipality)
    with psycopg.connect(database_url) as admin:
        admin.execute("ALTER TABLE m0851.parked RENAME position TO place")
        admin.execute("REVOKE ALL ON SCHEMA m0861 FROM roedtraad_m0861")
    answer = await client.get("/readyz")
    ready = answer.json()
    assert (answer.status_code, ready["status"]) == (200, "stale")
    rows = {row["municipality_code"]: row for row in ready["municipalities"]}
    unusable = {code: (row["unusable"], row["stale"]) for code, row in rows.items()}
    assert unusable == {
        "0851": ("UndefinedColumn", True),
        "0860": (None, False),
        "0861": ("InsufficientPrivilege", True),
    }
    assert rows["0860"]["position"] == rows["0860"]["head"] == municipality.head().position
    assert "UndefinedColumn" in rows["0851"]["stale_because"][0]["en"]
    assert rows["0851"]["position"] is None
    # Nobody knows how old theirs are.
    assert (await client.get("/readyz", params={"max_age_seconds": 3600})).status_code == 503
    text = (await client.get("/metrics")).text
    for name, values in {
        "roedtraad_projection_stale": {"0851": 1, "0860": 0, "0861": 1},
        "roedtraad_municipality_unusable": {"0851": 1, "0860": 0, "0861": 1},
        "roedtraad_projection_position": {"0860": municipality.head().position},
        "roedtraad_log_signed_events": {"0851": 0, "0860": 0},
        "roedtraad_webhooks": {"0851": 0, "0860": 0},
    }.items():
        found = re.findall(rf'^{name}{{municipality="(\d+)"}} (.*)$', text, re.MULTILINE)
        assert {code: float(value) for code, value in found} == values, name
    assert re.search(r"^roedtraad_projector_up 1", text, re.MULTILINE)
