"""Over HTTP: a parameter that means one thing is given once, and none is passed over."""

import httpx
import pytest

from services.projector import prepare
from services.store.municipality import Municipality


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/caseload", "municipality"),
        ("/v1/views/matching/explain", "as_of"),
        ("/v1/courses/c-1", "known_at"),
        ("/v1/feed", "after"),
        ("/readyz", "max_age_seconds"),
    ],
)
async def test_what_means_one_thing_is_given_once(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    values = {"max_age_seconds": "5", "after": "5"}.get(name, "2026-01-01")
    answer = await client.get(path, params={name: [values, values]})
    assert answer.status_code == 400
    [flaw] = answer.json()["errors"]
    assert (flaw["pointer"], flaw["code"]) == (f"/{name}", "repeated-parameter")


async def test_what_may_be_several_is_given_so(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    prepare(municipality)
    asked = {"where": ["participants>=1", "participants<=9"]}
    assert (await client.get("/v1/caseload", params=asked)).status_code == 200
    kinds = {"type": ["course.*", "team.*"]}
    assert (await client.get("/v1/feed", params=kinds)).status_code == 200
