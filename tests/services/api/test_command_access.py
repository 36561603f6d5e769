"""Who may give commands: in which functions, and whose ids they may name."""

from typing import Any

import httpx
from fastapi import FastAPI

from domain.events.course import GoalReviewed
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.commanding import (
    AS_MENTOR,
    OF_COURSE,
    OF_TEAM,
    ROUTES,
    give,
    the_stream,
    walk,
)
from tests.services.api.sending import SOURCE, event, send
from tests.services.api.test_security import asking


async def test_a_token_decides_as_the_functions_it_is_bound_to_in_every_command(
    course: httpx.AsyncClient, api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    _, key = tokens.create(
        municipality="0860", now=clock(), may_decide=True, functions=["supervisor"]
    )
    async with asking(api, key) as supervisors:
        for route in (*OF_COURSE, *OF_TEAM):
            answer = await give(supervisors, route)
            assert answer.status_code == 403, route.name
            assert [e["pointer"] for e in answer.json()["errors"]] == ["/actor/function"]


async def test_a_token_that_is_bound_to_a_source_names_only_ids_of_that_or_ours(
    course: httpx.AsyncClient, api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    rights: dict[str, Any] = {"municipality": "0860", "now": clock(), "may_decide": True}
    _, another = tokens.create(**rights, source_prefix="https://tid.example")
    _, people = tokens.create(**rights)
    _, own = tokens.create(**rights, source_prefix=SOURCE)
    route = ROUTES["propose-match"]
    async with asking(api, another) as client:
        refused = await give(client, route)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
        [flaw] = refused.json()["errors"]
        assert (flaw["pointer"], flaw["code"]) == ("/source", "outside-prefix")
        ours = await give(client, route, source="urn:roedtraad:0860")
        assert ours.status_code == 404  # the course is known by the case system's id
        others = await give(client, route, source="urn:roedtraad:0851")
        assert others.status_code == 403
    for n, token in enumerate((people, own)):
        async with asking(api, token) as client:
            assert (await give(client, route, key=f"k-{n}")).status_code == 201


async def test_such_a_token_names_no_other_ids_by_leaving_source_out(
    course: httpx.AsyncClient, api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    await walk(course, upto="review-goal")
    rights: dict[str, Any] = {"municipality": "0860", "now": clock(), "may_decide": True}
    _, another = tokens.create(**rights, source_prefix="https://tid.example")
    _, own = tokens.create(**rights, source_prefix=SOURCE)
    route = ROUTES["review-goal"]
    review = {**route.example, "goal": {"source": SOURCE, "id": "goal-1"}, **AS_MENTOR}
    review["participants"] = [AS_MENTOR["actor"]]
    async with asking(api, another) as client:
        # The course is known by the case system's id only.
        assert (await give(client, route, review, source=None)).status_code == 404
    async with asking(api, own) as client:
        assert (await give(client, route, review, source=None)).status_code == 201


async def test_such_a_token_names_no_others_in_the_body_either(
    course: httpx.AsyncClient,
    api: FastAPI,
    tokens: Tokens,
    clock: Clock,
    municipality: Municipality,
) -> None:
    await walk(course, upto="review-goal")
    _, key = tokens.create(
        municipality="0860", now=clock(), may_decide=True, source_prefix="https://tid.example"
    )
    route, stream = ROUTES["review-goal"], the_stream(municipality)
    path = route.path.replace("{id:path}", str(stream))  # ours

    async def asked(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
        headers = {"idempotency-key": "k-1", "if-match": "*"}
        return await client.post(path, json={**route.example, **body}, headers=headers)

    mentor, goal = AS_MENTOR["actor"], {"id": "goal-1"}
    async with asking(api, key) as client:
        theirs = {"source": SOURCE}
        refused = await asked(
            client,
            actor={**mentor, **theirs},
            goal={**goal, **theirs},
            participants=[{**mentor, **theirs}],
        )
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
        assert {(e["pointer"], e["code"]) for e in refused.json()["errors"]} == {
            ("/actor/source", "outside-prefix"),
            ("/goal/source", "outside-prefix"),
            ("/participants/0/source", "outside-prefix"),
        }
        # Nor whom another system has told of, by an id alone; which systems there are isn't said.
        unknown = await asked(client, actor=mentor, participants=[mentor])
        assert unknown.status_code == 422
        assert [e["code"] for e in unknown.json()["errors"]] == ["which-source"] * 2
        assert SOURCE not in unknown.text


async def test_without_source_everybody_who_is_named_is_whom_one_system_has_told_of(
    course: httpx.AsyncClient, municipality: Municipality
) -> None:
    await walk(course, upto="review-goal")
    goal = {"goal": {"source": SOURCE, "id": "goal-1"}}
    review = {**ROUTES["review-goal"].example, **goal, "actor": AS_MENTOR["actor"]}
    nobody = {"participants": [AS_MENTOR["actor"], {"id": "s-99", "function": "caseworker"}]}
    refused = await give(course, ROUTES["review-goal"], {**review, **nobody}, source=None)
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/participants/1/source"]
    assert (await give(course, ROUTES["review-goal"], review, source=None)).status_code == 201
    fact = municipality.read_stream(the_stream(municipality))[-1].fact
    assert isinstance(fact, GoalReviewed)
    assert [actor.id for actor in fact.participants] == [
        municipality.find("person", id_, SOURCE) for id_ in ("m-31", "s-12")
    ]


async def test_a_mentor_is_employed_by_whichever_of_their_ids_it_was_told(
    course: httpx.AsyncClient, api: FastAPI, tokens: Tokens, clock: Clock
) -> None:
    linked = {
        "actor": {"id": "k-02", "function": "coordinator"},
        "person": {"id": "m-31"},
        "alias": {"source": "https://tid.example", "id": "t-31"},
        "basis": "manual",
    }
    proposed = {"mentor": linked["alias"], "actor": {"id": "k-02", "function": "coordinator"}}
    route = ROUTES["propose-match"]
    # Somebody's way in: a system's own would name that system's ids only.
    _, key = tokens.create(municipality="0860", now=clock(), may_decide=True)
    async with asking(api, key) as people:
        stranger = await give(people, route, {**route.example, **proposed})
        assert stranger.json()["rule"] == "the-mentor-is-employed"
        assert (
            await send(course, event("l-1", "team.identity-linked", subject="team", data=linked))
        ).status_code == 201
        assert (await give(people, route, {**route.example, **proposed})).status_code == 201
