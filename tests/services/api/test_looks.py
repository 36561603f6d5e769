"""Whoever is told something personal over HTTP is recorded first; else nothing is told."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.api.command_list import COMMANDS
from services.api.described import EXAMPLE
from services.projector import catch_up
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.commanding import ROUTES, SUBJECT, give, the_stream
from tests.services.api.sending import batch, event, send
from tests.services.audit.access.naming import People
from tests.services.audit.access.reading import ids, last, locked, looks

# What is told of nobody: what the interface is, and how much of what was sent came in.
_TELL_NOTHING = {
    "GET /v1/views",
    "GET /v1/imports",
    "GET /v1/imports/{id}",
    "HEAD /v1/imports/{id}",
    "POST /v1/imports",
    "PATCH /v1/imports/{id}",
    "POST /v1/events",
    "POST /v1/refused/{id}/retry",
    "DELETE /v1/refused/{id}",
    "POST /v1/rules/check",
    "GET /v1/audit/log/{log}/checkpoint",  # hashes and signatures
    "GET /v1/audit/log/{log}/tile/{level}/{tile}",
}
_OF_WEBHOOKS = "/v1/webhooks"  # where systems are sent what, and how that goes
_COMMANDS = {f"POST {route.path.replace(':path', '')}" for route in COMMANDS}
_NEEDS_A_COURSE = {"course": SUBJECT}
_OF_NOBODY_KNOWN = ("/v1/refused", "/v1/refused/{id}")  # what couldn't be read
_EXPLAINS_NOTHING = 400  # a confidential view's events behind


def reads(api: FastAPI) -> Iterator[str]:
    """The path of everything that is read with a token, as the contract has it."""
    for path, operations in api.openapi()["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            tells = name not in _TELL_NOTHING | _COMMANDS and not path.startswith(_OF_WEBHOOKS)
            if operation.get("security") and tells:
                assert method == "get", f"{name}: is it recorded, or does it tell nothing?"
                yield path


@pytest.fixture
async def told(course: httpx.AsyncClient, municipality: Municipality) -> httpx.AsyncClient:
    """A client of a municipality of which there is something to read."""
    await batch(course, event("ev-9", subject=None))  # is refused
    catch_up(municipality)
    return course


@pytest.fixture
def leader(tokens: Tokens, clock: Clock) -> dict[str, str]:
    """The headers of the municipality's leader."""
    functions = ("leader",)
    _, key = tokens.create(municipality="0860", now=clock(), may_read=True, functions=functions)
    return {"authorization": f"Bearer {key}"}


async def ask(client: httpx.AsyncClient, path: str, leader: dict[str, str]) -> httpx.Response:
    """Ask what a path tells, of the course where one must be named, as whoever may."""
    id_ = "1" if "refused" in path else SUBJECT
    whole = path.replace("{id}", id_).replace("{view}", "worklist")
    headers = leader if path.startswith("/v1/audit") else {}
    answer = await client.get(whole, headers=headers)
    if answer.status_code == 400:
        answer = await client.get(whole, params=_NEEDS_A_COURSE, headers=headers)
    return answer


async def test_every_answer_to_a_question_is_recorded_and_with_the_log_locked_none_is_given(
    api: FastAPI, told: httpx.AsyncClient, municipality: Municipality, leader: dict[str, str]
) -> None:
    paths = list(reads(api))
    assert len(paths) > 20
    unread, told_of, people = [], set[UUID](), People(municipality)
    for path in paths:
        before = last(municipality)
        answer = await ask(told, path, leader)
        assert answer.status_code in (200, _EXPLAINS_NOTHING), (path, answer.text)
        found = [one for one in looks(municipality, before) if one.record.what == f"GET {path}"]
        if not found:
            unread.append(path)
        if path not in _OF_NOBODY_KNOWN:
            named = people.named_in(f"{answer.text} {answer.url}")
            assert named <= ids(found), path
            told_of |= named
    assert not unread and len(told_of) > 2

    with locked(municipality):
        several = await asyncio.gather(*(ask(told, path, leader) for path in paths))
    for path, answer in zip(paths, several, strict=True):
        assert answer.status_code == 503, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "2"
        assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert any("access log" in answer.json()["detail"] for answer in several)


async def test_a_record_says_who_asked_in_which_function_and_what_for(
    api: FastAPI, told: httpx.AsyncClient, municipality: Municipality, tokens: Tokens, clock: Clock
) -> None:
    token, key = tokens.create(
        municipality="0860",
        now=clock(),
        may_read=True,
        functions=("caseworker",),
        label="Jobcentrets fagsystem",
    )
    headers = {"authorization": f"Bearer {key}"}
    where = {"where": ["course_id=c-1", "days_overdue>=0"], "limit": "5"}
    await told.get("/v1/worklist", params=where, headers=headers)
    said = [*headers.items(), ("purpose", "Møde på fredag")]
    await told.get("/v1/worklist", headers=httpx.Headers(said, encoding="utf-8"))
    one, other = looks(municipality)[-2:]
    assert (one.record.what, one.record.token) == ("GET /v1/worklist", token.id)
    assert one.record.functions == ("caseworker",)
    assert one.private.purpose == "Jobcentrets fagsystem"
    assert one.private.criteria == where
    assert other.private.purpose == "Møde på fredag"
    told_wrong = await told.get("/v1/worklist", headers={"purpose": "x" * 201})
    assert told_wrong.status_code == 400 and "200" in told_wrong.text


async def test_whose_data_is_told_stands_by_internal_ids(
    told: httpx.AsyncClient, municipality: Municipality
) -> None:
    course, mentor = the_stream(municipality), municipality.find("person", "m-31")
    caseworker = municipality.find("person", "s-12")
    before = last(municipality)
    rows = (await told.get(f"/v1/courses/{SUBJECT}")).json()["rows"]
    [look] = looks(municipality, before)
    assert look.record.rows == len(rows) == 1
    assert set(look.record.whose) == {course, caseworker}
    await told.get("/v1/caseload", params={"by": "mentor"})
    assert ids(looks(municipality, look.id)) == {mentor}


async def test_who_may_read_of_all_municipalities_is_recorded_in_each_that_was_asked(
    told: httpx.AsyncClient,
    server: Server,
    municipality: Municipality,
    tokens: Tokens,
    clock: Clock,
) -> None:
    other = server.municipality("0751")
    _, key = tokens.create(municipality="all", now=clock(), may_read=True)
    headers, before = {"authorization": f"Bearer {key}"}, last(municipality)
    await told.get(f"/v1/courses/{SUBJECT}", headers=headers)
    await told.get("/v1/worklist", params={"municipality": "0751"}, headers=headers)
    [here] = looks(municipality, before)
    there, asked = looks(other)
    assert the_stream(municipality) in here.record.whose
    assert not there.record.whose  # it was looked for there as well
    assert [there.record.what, asked.record.what] == ["GET /v1/courses/{id}", "GET /v1/worklist"]
    with locked(other):
        answer = await told.get("/v1/caseload", headers=headers)
    assert answer.status_code == 503


async def test_a_search_that_found_nobody_is_a_look_too(
    told: httpx.AsyncClient, municipality: Municipality
) -> None:
    before = last(municipality)
    assert (await told.get("/v1/courses/c-unknown")).status_code == 404
    assert (await told.get("/v1/courses/c-unknown/next")).status_code == 404
    asked = {"by": "course", "course": "c-unknown"}
    assert (await told.get("/v1/matching", params=asked)).status_code in (400, 404)
    found = looks(municipality, before)
    assert [one.private.criteria.get("id") for one in found[:2]] == ["c-unknown", "c-unknown"]
    assert len(found) >= 2 and not ids(found)
    # Known by name only: that nothing is told of them is told of them.
    known = municipality.identity("course", "c-known", EXAMPLE["source"])
    assert (await told.get("/v1/courses/c-known")).status_code == 404
    assert ids(looks(municipality, found[-1].id)) == {known}


async def test_a_command_is_a_look_at_its_course_and_is_not_carried_out_unrecorded(
    told: httpx.AsyncClient, municipality: Municipality
) -> None:
    before, version = last(municipality), municipality.head()
    with locked(municipality):
        answer = await give(told, ROUTES["close"])
    assert answer.status_code == 503
    assert municipality.head() == version and last(municipality) == before
    answer = await give(told, ROUTES["close"])
    [look] = looks(municipality, before)
    assert look.record.whose == (the_stream(municipality),)
    assert look.record.what == f"POST {ROUTES['close'].path.replace(':path', '')}"


async def test_who_looked_at_a_citizen_is_told_to_the_leader_only(
    told: httpx.AsyncClient, municipality: Municipality, leader: dict[str, str]
) -> None:
    await told.get(f"/v1/courses/{SUBJECT}", headers={"purpose": "Aktindsigt"})
    await told.get("/v1/caseload", headers={"purpose": "Tal til ministeriet"})
    asked = {"course": SUBJECT}
    refused = await told.get("/v1/audit/looks", params=asked)
    assert (refused.status_code, "leader" in refused.json()["detail"]) == (403, True)
    before = last(municipality)
    answer = await told.get("/v1/audit/looks", params=asked, headers=leader)
    [row] = answer.json()["rows"]
    assert (row["purpose"], row["code"]) == ("Aktindsigt", "GET /v1/courses/{id}")
    [look] = looks(municipality, before)
    assert look.record.whose == (the_stream(municipality),)
    again = (await told.get("/v1/audit/looks", params=asked, headers=leader)).json()["rows"]
    assert [one["code"] for one in again] == ["GET /v1/courses/{id}", "GET /v1/audit/looks"]


async def test_what_lies_in_the_log_of_looks_is_personal_nowhere(
    told: httpx.AsyncClient, municipality: Municipality
) -> None:
    await told.get(
        f"/v1/courses/{SUBJECT}", params={"source": EXAMPLE["source"]}, headers={"purpose": "Vibe"}
    )
    await told.get("/v1/worklist", params={"where": "person_id=s-12"})
    await told.get("/v1/courses/Vibe%20Testesen")
    for look in looks(municipality):
        for clear in (b"Vibe", b"Testesen", SUBJECT.encode(), b"s-12", b"m-31", b"sagssystem"):
            assert clear not in look.raw


async def test_a_record_is_committed_before_the_first_byte_is_sent(
    api: FastAPI, told: httpx.AsyncClient, municipality: Municipality
) -> None:
    counts: list[int] = []

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            counts.append(len(looks(municipality)))

    for path in ("/v1/worklist", f"/v1/courses/{SUBJECT}", f"/v1/courses/{SUBJECT}/next"):
        before = len(looks(municipality))
        await api(_scope(path, told), _nothing, sending)  # type: ignore[arg-type]
        assert counts.pop() == before + 1


def _scope(path: str, client: httpx.AsyncClient) -> dict[str, Any]:
    headers = [(b"authorization", client.headers["authorization"].encode())]
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
        "scheme": "http",
        "http_version": "1.1",
    }


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_a_new_route_that_records_nothing_is_not_answered(
    api: FastAPI, told: httpx.AsyncClient
) -> None:
    @api.get("/v1/new")
    async def new(request: Request) -> Response:
        await api.state.api.gate.enter(request)
        return Response("personal")

    answer = await told.get("/v1/new")
    assert answer.status_code == 500 and "personal" not in answer.text


async def test_the_feed_records_each_page_that_tells_something(
    told: httpx.AsyncClient, municipality: Municipality
) -> None:
    before = last(municipality)
    page = (await told.get("/v1/feed")).json()
    [look] = looks(municipality, before)
    assert look.record.rows == len(page["events"]) == 2
    mentor, leader = (municipality.find("person", id_) for id_ in ("m-31", "l-01"))
    assert {mentor, leader, the_stream(municipality)} <= set(look.record.whose)
    empty = (await told.get("/v1/feed", params={"after": page["next"], "wait": 0.1})).json()
    assert not empty["events"]
    assert not looks(municipality, look.id)  # who asks every second isn't told of anybody


async def test_a_stream_records_each_batch_before_it_is_sent(
    api: FastAPI, told: httpx.AsyncClient, municipality: Municipality
) -> None:
    before = last(municipality)
    ended, counts = asyncio.Event(), list[int]()
    later: list[asyncio.Task[httpx.Response]] = []

    async def sending(message: dict[str, Any]) -> None:
        if message.get("body", b"").startswith(b"id:"):
            counts.append(sum(one.record.rows for one in looks(municipality, before)))
            if len(counts) == 2:  # the events that there were
                later.append(asyncio.create_task(send(told, event("ev-2"))))
            ended.set() if len(counts) == 3 else None

    async def receiving() -> dict[str, Any]:
        await ended.wait()
        return {"type": "http.disconnect"}

    scope = _scope("/v1/feed", told)
    scope["headers"].append((b"accept", b"text/event-stream"))
    async with asyncio.timeout(60):
        await api(scope, receiving, sending)  # type: ignore[arg-type]
    assert counts == [2, 2, 3] and [task.result().status_code for task in later] == [201]
