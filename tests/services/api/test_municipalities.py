"""The one view that crosses municipalities, as a reader of one of them may have it."""

import csv
import io
from datetime import timedelta

import httpx
import pytest

from domain.calendar import day_of
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.town import Town

MENTORS, ENOUGH = 5, 60


@pytest.fixture
def others(server: Server, municipality: Municipality, clock: Clock) -> list[Municipality]:
    """Aalborg with five mentors of twelve citizens each, and Vejle with one of three; Hjørring has
    told of its team alone."""
    prepare(municipality)
    Town(municipality, day_of(clock.now)).established(-60)
    catch_up(municipality)
    stores = []
    for code, mentors, citizens in (("0851", MENTORS, ENOUGH), ("0630", 1, 3)):
        store = server.municipality(code)
        prepare(store)
        town = Town(store, day_of(clock.now))
        town.established(-60)
        for number in range(mentors):
            town.employed(f"m-{number}", -60)
        for number in range(citizens):
            town.intake(f"c-{number}", -60)
            town.matched(f"c-{number}", -60, mentor=f"m-{number % mentors}")
        catch_up(store)
        stores.append(store)
    return stores


async def test_a_reader_of_one_municipality_sees_the_bands_of_all(
    client: httpx.AsyncClient, others: list[Municipality]
) -> None:
    answer = (await client.get("/v1/municipalities")).json()
    bands = {row["municipality"]: (row["band"], row["withheld"]) for row in answer["rows"]}
    few = ["few-citizens", "few-citizens-now"]
    assert bands == {"Hjørring": (None, few), "Vejle": (None, few), "Aalborg": ("10-14", [])}
    assert set(answer["position"]) == {"0860", "0630", "0851"}
    one = await client.get("/v1/municipalities", params={"municipality": "0851"})
    assert [row["municipality"] for row in one.json()["rows"]] == ["Aalborg"]


async def test_the_other_views_stay_each_municipalitys_own(
    client: httpx.AsyncClient, others: list[Municipality]
) -> None:
    answer = await client.get("/v1/caseload", params={"municipality": "0851"})
    assert answer.status_code == 403
    own = (await client.get("/v1/caseload")).json()["rows"]
    assert [row["municipality"] for row in own] == ["Hjørring"]


async def test_nothing_of_few_people_comes_out_by_another_way(
    client: httpx.AsyncClient, others: list[Municipality]
) -> None:
    for condition in ("band=<10", "band_now<=9", "participants=3"):
        asked = await client.get("/v1/municipalities", params={"where": condition})
        told = asked.json().get("rows", [])
        assert "Vejle" not in [row["municipality"] for row in told], condition
    sheet = await client.get("/v1/municipalities", params={"format": "csv", "words": "codes"})
    rows = csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff")), delimiter=";")
    assert {row["municipality"]: row["band"] for row in rows} == {
        "Hjørring": "",
        "Vejle": "",
        "Aalborg": "10-14",
    }
    period = {"from": "2026-01-01", "to": "2026-01-02"}
    assert (await client.get("/v1/municipalities", params=period)).status_code == 400


async def test_where_nothing_can_be_judged_yet_nothing_is_said_of_supervision(
    client: httpx.AsyncClient, others: list[Municipality], clock: Clock
) -> None:
    # The teams began sixty days ago: on their sixth day no window is over, and nothing was held.
    asked = {"as_of": (clock.now - timedelta(days=55)).isoformat()}
    names = ("model", "partial", "requirement_met")
    rows = (await client.get("/v1/municipalities", params=asked)).json()["rows"]
    assert [[row[name] for name in names] for row in rows] == [[None] * 3] * 3
    [own] = (await client.get("/v1/supervision", params=asked)).json()["rows"]
    assert [own[name] for name in (*names, "conflict_of_interest")] == [None] * 4
    for words in ("codes", "da", "en"):
        sheet = await client.get(
            "/v1/municipalities", params={"format": "csv", "words": words, **asked}
        )
        told = list(csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff")), delimiter=";"))
        assert [row[-3:] for row in told[1:]] == [[""] * 3] * 3


async def test_what_is_behind_a_row_is_told_in_its_own_municipality_only(
    client: httpx.AsyncClient, others: list[Municipality]
) -> None:
    for path in ("/v1/municipalities/explain", "/v1/views/municipalities/explain"):
        answer = (await client.get(path)).json()
        assert {row["municipality"] for row in answer["rows"]} == {"Hjørring"}, path
        assert "team.established" in {row["event"] for row in answer["rows"]}
        said: dict[str, list[tuple[int, str, str]]] = {
            name: [] for name in ("Hjørring", "Vejle", "Aalborg")
        }
        for one in answer["figures"]:
            said[one["municipality"]].append((one["row"], one["column"], one["en"]))
        # Numbered as the rows are: Hjørring, Vejle, Aalborg.
        assert tuple(column for _, column, _ in said["Hjørring"]) == (
            *("withheld", "model", "partial"),
        )
        for place, name, code in ((2, "Vejle", "0630"), (3, "Aalborg", "0851")):
            [(row, column, english)] = said[name]
            assert (row, column) == (place, "municipality")
            assert english.endswith(f"told there only: ask with an access to municipality {code}.")
    elsewhere = {"municipality": "0851"}
    answer = (await client.get("/v1/municipalities/explain", params=elsewhere)).json()
    assert answer["rows"] == [] and len(answer["figures"]) == 1
    sheet = await client.get("/v1/municipalities/explain", params={"format": "csv"})
    for number, name, code in ((2, "Vejle", "0630"), (3, "Aalborg", "0851")):
        [line] = [one for one in sheet.text.splitlines() if name in one]
        # No event of theirs, but why not.
        assert line.startswith(f"{number};{name};;;;")
        assert f"spørg med en adgang til kommune {code}." in line


async def test_a_municipality_is_asked_about_by_its_name_too(
    client: httpx.AsyncClient, others: list[Municipality]
) -> None:
    named = await client.get("/v1/municipalities", params={"municipality": "aalborg"})
    assert [row["municipality"] for row in named.json()["rows"]] == ["Aalborg"]
    own = await client.get("/v1/caseload", params={"municipality": "Hjørring"})
    assert [row["municipality"] for row in own.json()["rows"]] == ["Hjørring"]
    assert (await client.get("/v1/caseload", params={"municipality": "Vejle"})).status_code == 403
    unknown = await client.get("/v1/caseload", params={"municipality": "Hjorring"})
    assert unknown.status_code == 404
    assert "Vejle" in unknown.json()["detail"] and "Hjorring" not in unknown.text


async def test_asking_about_a_municipality_that_isnt_there_makes_none(
    client: httpx.AsyncClient, others: list[Municipality], server: Server
) -> None:
    answer = await client.get("/v1/municipalities", params={"municipality": "0101"})
    assert answer.json()["rows"] == []
    assert "0101" not in {store.code for store in server.municipalities()}
