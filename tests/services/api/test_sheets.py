"""A sheet holds rows alone: what it reflects, and whether it is stale, stands in its headers."""

import json
from datetime import timedelta
from typing import Any

import httpx

from services.freshness import STALE_AFTER
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.api.sending import event, send
from tests.services.test_projector_parked import BROKEN, closing, poison, tell

_TOLD = ("position", "head", "age-seconds", "parked", "stale")


async def both(client: httpx.AsyncClient, path: str) -> tuple[dict[str, Any], httpx.Headers]:
    """The answer for machines, and the headers of the same as a sheet."""
    answer = (await client.get(path)).json()
    sheet = await client.get(path, params={"format": "csv"})
    assert sheet.status_code == 200 and sheet.text.startswith("\ufeffKommune;")
    told = {name: json.loads(sheet.headers[f"x-{name}"]) for name in _TOLD}
    assert told == {name: answer[name.replace("-", "_")] for name in _TOLD}
    return answer, sheet.headers


async def test_a_sheet_says_what_is_parked_and_for_how_long_it_is_behind(
    client: httpx.AsyncClient, municipality: Municipality, database_url: str, clock: Clock
) -> None:
    prepare(municipality)
    await send(client, event("ev-1"))
    catch_up(municipality)
    answer, headers = await both(client, "/v1/caseload")
    assert (answer["stale"], answer["parked"]) == (False, 0)
    assert "x-stale-because" not in headers
    tell(municipality)
    poison(database_url, BROKEN)
    catch_up(municipality)
    municipality.append([closing("late-b", "b")])  # and nobody projects it
    clock.now += timedelta(seconds=STALE_AFTER + 1)
    answer, headers = await both(client, "/v1/caseload")
    assert (answer["head"], answer["stale"], answer["parked"]) == (answer["position"] + 1, True, 1)
    assert headers["x-stale-because"] == (
        "Bag loggen i 6 sekunder. (Behind the log for 6 seconds.)"
        " Noget kan ikke indarbejdes: 1 parkeret, se roedtraad projections parked."
        " (Something can't be brought in: 1 parked, see roedtraad projections parked.)"
    )


async def test_a_sheet_of_several_municipalities_tells_each_ones_position(
    client: httpx.AsyncClient, server: Server, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    for store in (municipality, server.municipality("0851")):
        prepare(store)
        catch_up(store)
    answer, headers = await both(client, "/v1/municipalities")
    position = answer["position"]["0860"]
    assert position > 0 and json.loads(headers["x-head"]) == {"0851": 0, "0860": position}


async def test_the_contract_names_every_header_that_a_sheet_has(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    document = (await client.get("/openapi.json")).json()
    for path in ("/v1/caseload", "/v1/caseload/explain", "/v1/views/{view}"):
        said = document["paths"][path]["get"]["responses"]["200"]["headers"]
        named = {f"X-{name.title()}" for name in (*_TOLD, "stale-because", "total-count")}
        assert set(said) == {"Link", *named}, path
