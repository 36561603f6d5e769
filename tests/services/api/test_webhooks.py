"""Webhooks are set up, changed and looked after over HTTP, by whoever may."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import WebhookVerificationError

from services.api.app import create_app
from services.root import App
from services.settings import Settings
from services.store.municipality import Municipality
from services.tokens import Tokens
from services.webhooks.addresses import networks_of
from services.webhooks.delivering import Turn
from services.webhooks.hooks import MOST, Hooks
from services.webhooks.signing import MOST_OLD
from tests.conftest import Clock
from tests.services.store.sending import intake
from tests.services.store.test_sealing import dump
from tests.services.webhooks.receiving import Receiver, receiving

PATH = "/v1/webhooks"
URL = "https://93.184.216.34/hooks/hemmelig"
AT_ANY = {"if-match": "*"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


async def made(
    client: httpx.AsyncClient, key: str = "k-1", expected: int = 201, **asked: Any
) -> dict[str, Any]:
    """The answer to a webhook asked for by that key."""
    headers = {"idempotency-key": key}
    answer = await client.post(PATH, json={"url": URL} | asked, headers=headers)
    assert answer.status_code == expected, answer.text
    found: dict[str, Any] = answer.json()
    return found


def turn(municipality: Municipality, hook: dict[str, Any], clock: Clock) -> None:
    """Send what there is to send."""
    [found] = [one for one in Hooks(municipality).all() if str(one.id) == hook["id"]]
    Turn(municipality, found.id, networks_of("127.0.0.0/8"), clock=clock).take()


def flaws(answer: httpx.Response) -> dict[str, str]:
    """The places of what is wrong, with the codes."""
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


async def test_a_webhook_is_set_up_read_changed_and_removed(client: httpx.AsyncClient) -> None:
    hook = await made(client, types=["course.*"], label="Datavarehus")
    assert hook["secret"].startswith("whsec_")
    assert (hook["address"], hook["state"]) == ("https://93.184.216.34:443", "active")
    one = await client.get(f"{PATH}/{hook['id']}")
    assert one.headers["etag"] == f'"{hook["version"]}"'
    assert one.json() == {name: hook[name] for name in hook if name != "secret"}
    assert (await client.get(PATH)).json() == {"rows": [one.json()]}
    at = {"if-match": one.headers["etag"]}
    change = {"types": ["team.*"], "paused": True, "label": ""}
    changed = await client.patch(f"{PATH}/{hook['id']}", json=change, headers=at)
    assert changed.status_code == 200, changed.text
    told = changed.json()
    assert (told["types"], told["state"], told["label"]) == (["team.*"], "paused", "")
    late = await client.patch(f"{PATH}/{hook['id']}", json={"paused": False}, headers=at)
    assert (late.status_code, late.json()["version"]) == (412, told["version"])
    assert (await client.delete(f"{PATH}/{hook['id']}", headers=at)).status_code == 412
    assert (await client.delete(f"{PATH}/{hook['id']}")).status_code == 428
    again = await client.patch(
        f"{PATH}/{hook['id']}", json={"paused": False, "url": f"{URL}/2"}, headers=AT_ANY
    )
    assert again.json()["state"] == "active"
    at = {"if-match": again.headers["etag"]}
    assert (await client.delete(f"{PATH}/{hook['id']}", headers=at)).status_code == 204
    assert (await client.get(f"{PATH}/{hook['id']}")).status_code == 404


async def test_asked_for_twice_by_one_key_it_is_set_up_once(client: httpx.AsyncClient) -> None:
    hook = await made(client)
    again = await made(client, expected=200)
    assert again["id"] == hook["id"] and "secret" not in again
    other = await made(client, expected=409, label="en anden")
    assert other["errors"][0]["pointer"] == "/idempotency-key"
    assert (await client.post(PATH, json={"url": URL})).status_code == 400
    assert len((await client.get(PATH)).json()["rows"]) == 1


async def test_each_wrong_field_is_named_and_never_repeated(client: httpx.AsyncClient) -> None:
    async def refused(content: bytes, method: str = "POST", path: str = PATH) -> httpx.Response:
        headers = {"idempotency-key": "k-9", **AT_ANY}
        answer = await client.request(method, path, content=content, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "hemmelig" not in answer.text and "010190" not in answer.text
        return answer

    wrong = b'{"types": "course.*", "after": -1, "label": "010190-1234", "follow_ups": 1}'
    assert flaws(await refused(wrong)) == {
        "/url": "missing",
        "/types": "field",
        "/after": "field",
        "/label": "field",
        "/follow_ups": "field",
    }
    for url, code in (
        ("http://example.dk/hemmelig", "not-https"),
        ("https://10.0.0.1/hemmelig", "not-public"),
        ("https://u:hemmelig@example.dk/", "form"),
        ("\\u0000", "form"),
    ):
        assert flaws(await refused(f'{{"url": "{url}"}}'.encode())) == {"/url": code}
    known = f'"url": "{URL}"'
    for extra, told in (
        ('"types": ["course.closd"]', {"/types": "unknown-type"}),
        ('"types": ["course.*"], "follow_ups": true', {"/types": "not-with-follow-ups"}),
        ('"after": 1000000', {"/after": "ahead"}),
        ('"hemmelig": 1', {"": "unknown-field"}),
        ('"label": "\\ud800"', {"": "not-json"}),
    ):
        assert flaws(await refused(f"{{{known}, {extra}}}".encode())) == told
    for body in (b"[]", b"{", b"\xff", b"[" * 10_000):
        assert flaws(await refused(body)) == {"": "not-json"}
    hook = await made(client, follow_ups=True)
    path = f"{PATH}/{hook['id']}"
    types = b'{"types": ["course.*"]}'
    assert flaws(await refused(types, "PATCH", path)) == {"/types": "not-with-follow-ups"}
    assert flaws(await refused(b'{"overlap_hours": 721}', "POST", f"{path}/secret")) == {
        "/overlap_hours": "field"
    }
    assert flaws(await refused(b"{}", "POST", f"{path}/replay")) == {"/after": "missing"}


async def test_nobody_is_sent_to_this_machine_over_http_unless_that_was_set(
    app: App, client: httpx.AsyncClient, receiver: Receiver, clock: Clock
) -> None:
    # Made on the server itself, a webhook may go to the machine that it is tried on.
    unset = Settings(home=app.settings.home, keys=app.settings.keys)
    assert unset.webhook_networks_allowed == networks_of("127.0.0.0/8 ::1/128")
    plain = create_app(replace(app, settings=unset), clock=clock)
    transport = httpx.ASGITransport(app=plain)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=client.headers
    ) as outside:
        answer = await made(outside, expected=400, url=receiver.url)
    assert [error["code"] for error in answer["errors"]] == ["not-public"]
    await made(client, url=receiver.url)


async def test_only_whoever_may_sees_or_changes_a_municipalitys_webhooks(
    client: httpx.AsyncClient, tokens: Tokens, clock: Clock
) -> None:
    hook = await made(client)
    _, reader = tokens.create(
        municipality="0860", now=clock(), may_read=True, may_decide=True, source_prefix="https://x"
    )
    _, elsewhere = tokens.create(municipality="0851", now=clock(), may_forward=True)
    path = f"{PATH}/{hook['id']}"
    asked = [
        ("GET", PATH),
        ("POST", PATH),
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/replay"),
        ("POST", f"{path}/secret"),
        ("GET", f"{path}/dead-letters"),
        ("POST", f"{path}/dead-letters/retry"),
        ("POST", f"{path}/dead-letters/1/retry"),
    ]
    headers = {"authorization": f"Bearer {reader}", "idempotency-key": "k", **AT_ANY}
    for method, each in asked:
        answer = await client.request(method, each, json={"url": URL}, headers=headers)
        assert answer.status_code == 403, (method, each, answer.text)
    headers["authorization"] = f"Bearer {elsewhere}"
    for method, each in asked[2:]:
        body = {"after": 0} if each.endswith("replay") else {}
        answer = await client.request(method, each, json=body, headers=headers)
        assert answer.status_code == 404, (method, each, answer.text)
    assert (await client.get(PATH, headers=headers)).json() == {"rows": []}
    with pytest.raises(ValueError, match="may only read"):
        tokens.create(municipality="all", now=clock(), may_forward=True)


async def test_a_rotated_secret_is_signed_with_until_its_time_and_the_new_one_from_now(
    client: httpx.AsyncClient,
    municipality: Municipality,
    receiver: Receiver,
    clock: Clock,
    database_url: str,
) -> None:
    clock.now = datetime.now(UTC)  # signatures are good for five minutes of the real time
    hook = await made(client, url=receiver.url)
    path = f"{PATH}/{hook['id']}/secret"
    first = hook["secret"]
    answer = await client.post(path, json={"overlap_hours": 0.02}, headers=AT_ANY)
    assert answer.headers["cache-control"] == "no-store"
    second, until = answer.json()["secret"], answer.json()["old_secret_ends_at"]
    assert datetime.fromisoformat(until) == clock.now + timedelta(seconds=72)
    municipality.append([intake("ev-0", "c-1")])
    turn(municipality, hook, clock)
    both = receiver.letters[-1]
    assert both.verified(first) == both.verified(second)
    clock.now += timedelta(seconds=72)
    municipality.append([intake("ev-1", "c-1")])
    turn(municipality, hook, clock)
    assert receiver.letters[-1].verified(second)["id"] == "ev-1"
    with pytest.raises(WebhookVerificationError):
        receiver.letters[-1].verified(first)
    # One that others know ends at once, and so does each before it.
    third = (await client.post(path, headers=AT_ANY)).json()["secret"]
    answer = await client.post(path, json={"overlap_hours": 0}, headers=AT_ANY)
    fourth = answer.json()["secret"]
    assert answer.json()["old_secret_ends_at"] is None
    municipality.append([intake("ev-2", "c-1")])
    turn(municipality, hook, clock)
    assert receiver.letters[-1].verified(fourth)["id"] == "ev-2"
    for old in (second, third):
        with pytest.raises(WebhookVerificationError):
            receiver.letters[-1].verified(old)
    held = "\n".join(dump(database_url))
    assert not any(secret in held for secret in (first, second, third, fourth))


async def test_so_many_old_secrets_hold_at_most(client: httpx.AsyncClient) -> None:
    hook = await made(client)
    path = f"{PATH}/{hook['id']}/secret"
    for _ in range(MOST_OLD):
        assert (await client.post(path, headers=AT_ANY)).status_code == 200
    assert (await client.post(path, headers=AT_ANY)).status_code == 422
    ended = await client.post(path, json={"overlap_hours": 0}, headers=AT_ANY)
    assert ended.status_code == 200


async def test_what_wasnt_taken_is_listed_and_sent_again_and_all_is_replayed(
    client: httpx.AsyncClient,
    municipality: Municipality,
    receiver: Receiver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.now = datetime.now(UTC)
    monkeypatch.setattr("services.webhooks.waits.REFUSED", ())
    hook = await made(client, url=receiver.url)
    path = f"{PATH}/{hook['id']}"
    receipts = municipality.append([intake(f"ev-{n}", "c-1") for n in range(3)])
    receiver.reply = lambda _: (422, {})
    for _ in receipts:
        turn(municipality, hook, clock)
    page = (await client.get(f"{path}/dead-letters", params={"limit": 2})).json()
    assert [row["position"] for row in page["rows"]] == [one.position for one in receipts[:2]]
    assert (page["rows"][0]["told"], page["rows"][0]["event"]) == (
        "422",
        "course.intake-registered.v1",
    )
    rest = await client.get(f"{path}/dead-letters", params={"after": page["next"], "limit": 2})
    assert (len(rest.json()["rows"]), rest.json()["next"]) == (1, None)
    assert (await client.get(path)).json()["dead_letters"] == 3
    receiver.reply, receiver.letters[:] = lambda _: (200, {}), []
    number = page["rows"][1]["number"]
    one = await client.post(f"{path}/dead-letters/{number}/retry")
    assert (one.status_code, one.json()) == (202, {"asked": 1})
    turn(municipality, hook, clock)
    assert receiver.ids == ["ev-1"]
    for gone in (str(number), "0", "x", "9" * 40):
        assert (await client.post(f"{path}/dead-letters/{gone}/retry")).status_code == 404
    assert (await client.post(f"{path}/dead-letters/retry")).json() == {"asked": 2}
    turn(municipality, hook, clock)
    assert receiver.ids == ["ev-1", "ev-0", "ev-2"]
    after = {"after": receipts[0].position}
    version = (await client.get(path)).headers["etag"]
    again = await client.post(f"{path}/replay", json=after, headers={"if-match": version})
    assert again.json()["position"] == after["after"]
    turn(municipality, hook, clock)
    assert receiver.ids[3:] == ["ev-1", "ev-2"]
    assert {letter.id for letter in receiver.letters[3:]} <= {
        one.id for one in receiver.letters[:3]
    }


async def test_a_municipality_has_so_many_at_most(
    client: httpx.AsyncClient, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 100
    monkeypatch.setattr("services.webhooks.hooks.MOST", 2)
    for number in range(2):
        await made(client, f"k-{number}")
    await made(client, "k-2", expected=422)


async def test_what_isnt_there_isnt_found(client: httpx.AsyncClient) -> None:
    for id_ in ("x", str(uuid4())):
        assert (await client.get(f"{PATH}/{id_}")).status_code == 404
        assert (await client.get(f"{PATH}/{id_}/dead-letters")).status_code == 404
        answer = await client.post(f"{PATH}/{id_}/secret", headers=AT_ANY)
        assert answer.status_code == 404
