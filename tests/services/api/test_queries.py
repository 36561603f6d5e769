"""What is answered to those who ask."""

import asyncio
import csv
import io
from datetime import timedelta
from itertools import product

import httpx
import pytest

from services.freshness import wait_for
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.views import VIEWS
from tests.conftest import Clock
from tests.services.api.sending import SOURCE, event, send
from tests.services.store.sending import intake


async def test_nobody_is_told_who_answered_a_survey(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/barriers/explain")).json()
    # Nothing is known yet: of a municipality that told nothing there is no row to explain.
    assert (answer["rows"], answer["figures"]) == ([], [])


async def test_every_view_has_a_short_path_and_says_what_it_reflects(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    position = (await send(client, event("ev-1"))).json()["position"]
    catch_up(municipality)
    listed = (await client.get("/v1/views")).json()["rows"]
    assert {row["path"] for row in listed} == {f"/v1/{view}" for view in VIEWS}
    for view in VIEWS:
        short = await client.get(f"/v1/{view}", params={"as_of": "2026-03-31"})
        assert short.status_code == 200, (view, short.text)
        answer = short.json()
        assert (answer["position"], answer["age_seconds"]) == (position, 0), view
        long = await client.get(f"/v1/views/{view}", params={"as_of": "2026-03-31"})
        assert long.json() == answer, view


async def test_a_view_can_be_had_as_a_spreadsheet(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    catch_up(municipality)
    answer = await client.get("/v1/caseload", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";")
    assert row["Kommune"] == "Hjørring"
    coded = await client.get("/v1/caseload", params={"format": "csv", "words": "codes"})
    [row] = csv.DictReader(io.StringIO(coded.text.removeprefix("\ufeff")), delimiter=";")
    assert row["municipality"] == "Hjørring"


async def test_a_municipality_of_which_nothing_was_told_has_no_row_and_no_total(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    answer = (await client.get("/v1/caseload")).json()
    assert (answer["position"], answer["rows"], answer["total"]) == (0, [], 0)


async def test_a_page_tells_how_many_rows_there_are(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    for number in (1, 2, 3):
        await send(client, event(f"ev-{number}", subject=f"c-{number}"))
    catch_up(municipality)
    page = (await client.get("/v1/matching", params={"limit": 2})).json()
    assert (len(page["rows"]), page["total"]) == (2, 3)
    asked = {"limit": 2, "cursor": page["next"]}
    rest = (await client.get("/v1/matching", params=asked)).json()
    assert (len(rest["rows"]), rest["total"], rest["next"]) == (1, 3, None)
    sheet = await client.get("/v1/matching", params={"limit": 2, "format": "csv"})
    assert sheet.headers["x-total-count"] == "3"


async def test_a_view_behind_the_log_says_how_old_it_is(
    client: httpx.AsyncClient, municipality: Municipality, clock: Clock
) -> None:
    await send(client, event("ev-1"))
    catch_up(municipality)
    known = clock()
    clock.now += timedelta(minutes=1)
    await send(client, event("ev-2"))
    clock.now += timedelta(minutes=1)
    answer = (await client.get("/v1/caseload")).json()
    assert answer["age_seconds"] >= 60
    then = await client.get("/v1/caseload", params={"known_at": known.isoformat()})
    assert then.status_code == 200
    assert then.json()["age_seconds"] == 0


async def test_a_reader_waits_for_their_own_write(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    position = (await send(client, event("ev-1"))).json()["position"]
    asked = asyncio.create_task(client.get("/v1/caseload", params={"after": position}))
    await asyncio.sleep(0.2)
    assert not asked.done()
    await asyncio.to_thread(catch_up, municipality)
    answer = (await asked).json()
    assert (answer["position"], answer["head"], answer["stale"]) == (position, position, False)
    assert not wait_for(municipality, position + 1, seconds=0.05)


async def test_a_part_of_a_view_can_be_asked_for_and_explained(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    for number in (1, 2):
        matched = event(
            f"ev-{number}",
            "course.mentor-matched",
            subject=f"c-{number}",
            data={
                "actor": {"id": "s-12", "function": "caseworker"},
                "match": {"id": f"match-{number}"},
                "mentor": {"id": "m-31"},
                "from": "2026-01-12",
                "method": "by-profile",
            },
        )
        await send(client, matched)
    catch_up(municipality)
    asked = {"where": "course_id=c-2", "as_of": "2026-01-20"}
    rows = (await client.get("/v1/role-clarity", params=asked)).json()["rows"]
    assert [row["course_id"] for row in rows] == ["c-2"]
    events = (await client.get("/v1/role-clarity/explain", params=asked)).json()["rows"]
    assert [one["id"] for one in events] == ["ev-2"]
    sheet = await client.get("/v1/role-clarity/explain", params=asked | {"format": "csv"})
    assert "ev-2" in sheet.text and "ev-1" not in sheet.text
    # How figures are made stands in the same sheet, under columns of its own.
    heading, *lines = sheet.text.splitlines()
    assert heading.startswith("\ufeffRække;Kommune;") and ";Tal;Regnestykke;" in heading
    [balance] = [line for line in lines if "Ukendt: ingen sagsbehandler." in line]
    assert balance.startswith("1;Hjørring;") and ";Balance;" in balance


async def test_a_view_can_be_asked_about_any_day_of_three_centuries(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    catch_up(municipality)
    for view, as_of in product(VIEWS, ("1900-01-01", "2199-12-31T12:00:00Z")):
        answer = await client.get(f"/v1/{view}", params={"as_of": as_of, "known_at": as_of})
        assert answer.status_code == 200, (view, as_of)


@pytest.mark.parametrize(
    "parameters",
    [
        {"as_of": "yesterday"},
        {"as_of": "2026-03-31T12:00:00"},
        {"known_at": "0001-01-01T00:00:00+14:00"},
        {"as_of": "9999-12-31"},
        {"asof": "2026-03-31"},
        {"format": "xml"},
        {"words": "fr"},
        {"as_of": ""},
        {"by": "shoe-size"},
        {"where": "shoe_size=42"},
        {"from": "2026-01-01"},
        {"from": "2026-02-01", "to": "2026-01-01"},
        {"course": "c-1"},
        {"after": "-1"},
    ],
)
async def test_a_parameter_that_cannot_be_used_is_refused_and_not_repeated(
    client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    answer = await client.get("/v1/caseload", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert "yesterday" not in answer.text and "xml" not in answer.text


async def test_of_an_unknown_parameter_the_known_ones_are_told(client: httpx.AsyncClient) -> None:
    [flaw] = (await client.get("/v1/worklist", params={"foo": "1"})).json()["errors"]
    assert flaw["code"] == "unknown-parameter" and "foo" not in flaw["detail"]
    known = flaw["detail"].partition(": ")[2].rstrip(".").split(", ")
    assert {"municipality", "as_of", "from", "where", "limit"} <= set(known)


async def test_a_course_is_found_by_its_senders_id_and_by_ours(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    data = {"actor": {"id": "s-12", "function": "caseworker"}, "caseworker": {"id": "s-12"}}
    sent = event("ev-1", subject="c/1?x", data=data | {"note": "Hemmelig"})
    stream = (await send(client, sent)).json()["stream"]
    catch_up(municipality)
    by_sender = await client.get("/v1/courses/c%2F1%3Fx", params={"source": SOURCE})
    by_us = await client.get(f"/v1/courses/{stream}")
    assert by_sender.status_code == 200, by_sender.text
    assert by_sender.json() == by_us.json()
    [line] = by_us.json()["rows"]
    assert line["event"] == "course.intake-registered"
    assert line["actor"] == {"source": SOURCE, "id": "s-12"}
    assert line["has_note"] and "note" not in line
    assert by_us.json()["version"] == 1
    for unknown in ("c-9", "00000000-0000-0000-0000-000000000000", "%00", "%ff"):
        assert (await client.get(f"/v1/courses/{unknown}")).status_code == 404


async def test_the_operators_see_that_it_lives_and_how_far_it_has_come(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await send(client, event("ev-1"))
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    [row] = (await client.get("/readyz")).json()["municipalities"]
    assert (row["municipality_code"], row["up_to_date"]) == ("0860", False)
    catch_up(municipality)
    [row] = (await client.get("/readyz")).json()["municipalities"]
    assert row["up_to_date"]
    text = (await client.get("/metrics")).text
    assert 'roedtraad_receipts_total{municipality="0860",status="stored"} 1.0' in text
    assert 'route="/v1/events"' in text
    assert "roedtraad_projection_position" in text


async def test_a_path_or_method_that_is_not_ours_is_a_problem_document_too(
    client: httpx.AsyncClient,
) -> None:
    for answer in (await client.get("/v2"), await client.delete("/v1/events")):
        assert answer.status_code in (404, 405)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_long_list_comes_in_pages_and_a_link_tells_of_the_next(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    for number in range(1, 4):
        await send(client, event(f"ev-{number}", subject=f"c-{number}"))
    catch_up(municipality)
    asked = {"by": "citizen", "where": "since_reason=intake", "limit": "2", "as_of": "2026-03-31"}
    whole = (await client.get("/v1/matching", params=asked | {"limit": "3"})).json()
    assert (len(whole["rows"]), whole["next"]) == (3, None)
    first = await client.get("/v1/matching", params=asked)
    assert len(first.json()["rows"]) == 2
    assert httpx.URL(first.links["next"]["url"]).params["cursor"] == first.json()["next"]
    second = await client.get(first.links["next"]["url"])
    assert first.json()["rows"] + second.json()["rows"] == whole["rows"]
    assert second.json()["next"] is None and "link" not in second.headers
    sheet = await client.get(first.links["next"]["url"] + "&format=csv")
    assert "link" not in sheet.headers and len(sheet.text.splitlines()) == 2
    asked = {"by": "citizen", "as_of": "2026-03-31", "format": "csv"}
    assert len((await client.get("/v1/matching", params=asked)).text.splitlines()) == 4
    sheet = await client.get("/v1/matching", params=asked | {"limit": "1"})
    assert len(sheet.text.splitlines()) == 2 and "next" in sheet.links


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("cursor", "no-cursor"), ("limit", "0"), ("limit", "1001"), ("limit", "x")],
)
async def test_a_page_that_cannot_be_is_refused(
    client: httpx.AsyncClient, municipality: Municipality, parameter: str, value: str
) -> None:
    answer = await client.get("/v1/matching", params={parameter: value})
    assert answer.status_code == 400
    [flaw] = answer.json()["errors"]
    assert flaw["pointer"].endswith(f"/{parameter}")


async def test_a_page_has_a_hundred_rows_unless_told_otherwise(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    prepare(municipality)
    municipality.append([intake(f"ev-{number}", f"c-{number}") for number in range(101)])
    catch_up(municipality)
    first = (await client.get("/v1/matching")).json()
    assert len(first["rows"]) == 100
    rest = (await client.get("/v1/matching", params={"cursor": first["next"]})).json()
    assert (len(rest["rows"]), rest["next"]) == (1, None)
