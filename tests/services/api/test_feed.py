"""The change feed: all that was stored, once, in commit order, and nothing personal."""

import asyncio
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.api import following
from services.api.app import create_app
from services.api.followers import OF_A_TOKEN
from services.feed import reading
from services.root import App
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import CASEWORKER, SOURCE, batch, event, send

NOTE = "Bor hos sin mormor på tredje sal."


def closed(id_: str, subject: str = "c-1") -> dict[str, Any]:
    data = {"actor": CASEWORKER, "reason": "job", "to": "2026-01-12"}
    return event(id_, "course.closed", subject=subject, data=data)


async def ask(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/feed", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["feed-next"] == str(found["next"])
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["events"]]


async def test_all_is_told_once_in_commit_order_a_page_at_a_time(client: httpx.AsyncClient) -> None:
    receipts = await batch(client, *(event(f"ev-{n}", subject=f"c-{n % 3}") for n in range(7)))
    told: list[dict[str, Any]] = []
    after = 0
    while (page := await ask(client, after=after, limit=3))["events"]:
        told += page["events"]
        after = page["next"]
    assert [one["id"] for one in told] == [f"ev-{n}" for n in range(7)]
    assert [int(one["position"]) for one in told] == [one["position"] for one in receipts]
    assert [one["streamversion"] for one in told] == [1, 1, 1, 2, 2, 2, 3]
    assert [one["subject"] for one in told] == [one["stream"] for one in receipts]
    assert after == page["head"] == receipts[-1]["position"]


async def test_a_batch_of_cloudevents_can_be_had_bare(client: httpx.AsyncClient) -> None:
    await batch(client, event("ev-1"), event("ev-2"))
    kind = "application/cloudevents-batch+json"
    answer = await client.get("/v1/feed", headers={"accept": kind})
    assert answer.headers["content-type"] == kind
    assert [one["id"] for one in answer.json()] == ["ev-1", "ev-2"]
    assert (
        answer.headers["feed-next"] == answer.headers["feed-head"] == answer.json()[1]["position"]
    )


async def test_nothing_personal_is_told(client: httpx.AsyncClient) -> None:
    data = {"actor": CASEWORKER, "caseworker": {"id": "s-12"}, "name": "Åse Prøve", "note": NOTE}
    await send(
        client, event("ev-1", subject="course-4711", data=data | {"note_confidential": True})
    )
    answer = await client.get("/v1/feed")
    [one] = answer.json()["events"]
    assert one["data"].keys() == {"actor", "caseworker"}
    for sealed in ("Åse", NOTE, "course-4711", "s-12", "confidential", "s1."):
        assert sealed not in answer.text


async def test_an_event_is_sent_on_to_whoever_waits_for_it(client: httpx.AsyncClient) -> None:
    first = (await send(client, event("ev-1"))).json()["position"]
    waiting = [asyncio.create_task(ask(client, after=first, wait=25)) for _ in range(5)]
    await asyncio.sleep(0.3)
    assert not any(one.done() for one in waiting)
    began = monotonic()
    await send(client, event("ev-2"))
    assert [ids(page) for page in await asyncio.gather(*waiting)] == [["ev-2"]] * 5
    assert monotonic() - began < 20  # and not when the wait is over


async def test_who_waits_in_vain_is_told_where_to_go_on(client: httpx.AsyncClient) -> None:
    first = (await send(client, event("ev-1"))).json()["position"]
    page = await ask(client, after=first, wait=0.2)
    assert page == {"events": [], "next": first, "head": first}


async def test_who_waits_holds_no_connection(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    first = (await send(client, event("ev-1"))).json()["position"]
    waiting = [asyncio.create_task(ask(client, after=first, wait=25)) for _ in range(15)]
    await asyncio.sleep(0.5)
    # The pool has ten; each who waits would have one, and nobody could send.
    answer = await asyncio.wait_for(send(client, event("ev-2")), 15)
    assert answer.status_code == 201
    assert all(ids(page) == ["ev-2"] for page in await asyncio.gather(*waiting))


async def test_who_waits_asks_the_database_nothing_before_there_is_news(
    client: httpx.AsyncClient, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await send(client, event("ev-1"))).json()["position"]
    read: list[int] = []

    def counting(store: Municipality, after: int, *more: Any) -> reading.Page:
        read.append(after)
        return reading.read_page(store, after, *more)

    monkeypatch.setattr(following, "read_page", counting)
    await ask(client, after=first, wait=2.5)
    # Once, and once more when the log was first looked at.
    assert len(read) <= 2


async def test_the_position_moves_past_what_wasnt_asked_for(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOOKED_THROUGH", 2)
    await batch(client, closed("ev-0"), *(event(f"ev-{n}") for n in range(1, 5)), closed("ev-5"))
    kinds = {"type": ["dk.roedtraad.course.closed.v1", "team.*"]}
    head = (await ask(client))["head"]
    page, told = await ask(client, **kinds), []
    for _ in range(4):
        told += ids(page)
        page = await ask(client, after=page["next"], **kinds)
    assert told == ["ev-0", "ev-5"]
    assert page == {"events": [], "next": head, "head": head}
    assert ids(await ask(client, type="course.intake-*", wait=5)) == ["ev-1"]


async def test_a_misspelled_kind_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/feed", params={"type": "course.closd"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/type"


async def test_a_log_that_was_set_back_is_told_of(client: httpx.AsyncClient) -> None:
    head = (await send(client, event("ev-1"))).json()["position"]
    answer = await client.get("/v1/feed", params={"after": head + 1, "wait": 20})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["type"], problem["head"]) == ("/problems/set-back", head)


async def test_a_survey_is_passed_over(client: httpx.AsyncClient) -> None:
    data = {
        "actor": {"id": "m-31", "function": "mentor"},
        "survey": {"id": "s-1"},
        "answers": {"role-system-guide": "not-at-all"},
    }
    survey = event("ev-1", "mentor.survey-answered", subject="m-31", data=data)
    receipt = (await send(client, survey)).json()
    page = await ask(client)
    assert page == {"events": [], "next": receipt["position"], "head": receipt["position"]}


async def test_who_answered_a_survey_isn_t_told_by_taking_it_back_either(
    client: httpx.AsyncClient,
) -> None:
    def mentors(id_: str, name: str, **data: Any) -> dict[str, Any]:
        actor = {"id": "m-31", "function": "mentor"}
        return event(id_, f"mentor.{name}", subject="m-31", data={"actor": actor} | data)

    def taken_back(id_: str, of: str) -> dict[str, Any]:
        return mentors(id_, "event-retracted", retracts={"id": of}, reason="never-happened")

    answers = {"role-system-guide": "not-at-all"}
    receipts = await batch(
        client,
        mentors("ev-1", "survey-answered", survey={"id": "s-1"}, answers=answers),
        mentors(
            "ev-2", "hours-changed", weekly_minutes=0, reason="leave", **{"from": "2026-01-01"}
        ),
        taken_back("ev-3", "ev-1"),
        taken_back("ev-4", "ev-3"),
        taken_back("ev-5", "ev-2"),
        taken_back("ev-6", "ev-1"),
        taken_back("ev-7", "ev-8"),  # two that take each other back lead nowhere
        taken_back("ev-8", "ev-7"),
        taken_back("ev-9", "ev-unknown"),
    )
    assert [receipt["status"] for receipt in receipts] == ["stored"] * 9
    page = await ask(client)
    assert ids(page) == ["ev-2", "ev-5", "ev-7", "ev-8", "ev-9"]
    assert page["next"] == receipts[-1]["position"]


async def test_an_event_of_a_later_release_holds_the_feed_up_and_is_not_passed_over(
    client: httpx.AsyncClient, municipality: Municipality
) -> None:
    await batch(client, event("ev-1"), event("ev-2"), event("ev-3"))
    second = int((await ask(client))["events"][1]["position"])
    with municipality._datastore.transaction(commit=True) as cursor:
        cursor.execute(
            "UPDATE m0860.events SET topic = 'course.mooned.v1' WHERE notification_id = %s",
            (second,),
        )
    page = await ask(client, limit=1)
    assert "waits" not in page
    page = await ask(client)
    assert ids(page) == ["ev-1"] and page["next"] < second
    waits = page["waits"]
    assert (waits["position"], waits["event"]) == (second, "course.mooned.v1")
    assert "projections parked" in waits["because"]["en"]
    kind = "application/cloudevents-batch+json"
    bare = await client.get("/v1/feed", headers={"accept": kind})
    assert (bare.headers["feed-waits"], len(bare.json())) == (str(second), 1)
    answer = await client.get("/v1/feed", params={"after": page["next"], "wait": 20})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    problem = answer.json()
    assert problem["type"] == "/problems/unreadable-event"
    assert (problem["position"], problem["event"]) == (second, "course.mooned.v1")
    assert problem["detail"] == waits["because"]["en"]


async def test_only_readers_of_the_municipality_are_told(
    api: FastAPI, client: httpx.AsyncClient, tokens: Tokens, clock: Clock
) -> None:
    await send(client, event("ev-1"))
    _, sender = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    _, other = tokens.create(municipality="0851", now=clock(), may_read=True)
    _, all_ = tokens.create(municipality="all", now=clock(), may_read=True)

    async def asked(secret: str, **params: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {secret}"}
        return await client.get("/v1/feed", params=params, headers=headers)

    assert (await asked(sender)).status_code == 403
    assert (await asked(other, municipality="0860")).status_code == 403
    assert (await asked(other)).json()["events"] == []
    assert (await asked(all_)).json()["errors"][0]["pointer"] == "/municipality"
    assert ids((await asked(all_, municipality="Hjørring")).json()) == ["ev-1"]


async def test_followers_are_counted_apart_from_senders(
    app: App, clock: Clock, secret: str, municipality: Municipality
) -> None:
    few = app.settings.model_copy(update={"most_requests": 1, "most_followers": 2})
    made = create_app(App(few, app.server, app.database_url, None), clock=clock)
    headers = {"authorization": f"Bearer {secret}"}
    transport = httpx.ASGITransport(app=made)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers
    ) as client:
        waiting = [asyncio.create_task(ask(client, wait=20)) for _ in range(2)]
        await asyncio.sleep(0.3)
        answer = await client.get("/v1/feed")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (await send(client, event("ev-1"))).status_code == 201
        assert [ids(page) for page in await asyncio.gather(*waiting)] == [["ev-1"]] * 2


async def test_one_token_follows_so_often_at_once(api: FastAPI, client: httpx.AsyncClient) -> None:
    waiting = [asyncio.create_task(ask(client, wait=20)) for _ in range(OF_A_TOKEN)]
    async with asyncio.timeout(15):
        while api.state.api.followers.under_way() < OF_A_TOKEN:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
    answer = await client.get("/v1/feed")
    assert (answer.status_code, answer.json()["limited"]) == (429, "followers")
    await send(client, event("ev-1"))
    await asyncio.gather(*waiting)
    assert ids(await ask(client)) == ["ev-1"]
