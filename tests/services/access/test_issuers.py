"""An issuer's keys: found, kept while it is down, changed when it changes them, asked gently."""

import asyncio
import json
import socket
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from services.access.fetching import Found, KeysUnavailableError, find_keys
from services.access.issuers import FRESH, LASTS, PAUSE, Issuer
from services.access.refusing import NoAccessError, UnsureError
from services.access.verifying import Verifier
from tests.conftest import Clock
from tests.services.access.conftest import Seconds
from tests.services.access.issuer import AUDIENCE, CLIENT, LocalIssuer, fresh

NOW = Clock()()


@pytest.fixture
def verifier(local: LocalIssuer, seconds: Seconds) -> Verifier:
    return Verifier([Issuer(local.name, now=seconds)], AUDIENCE)


async def reason(verifier: Verifier, token: str) -> str:
    """Why it is refused."""
    with pytest.raises(NoAccessError) as told:
        await verifier.caller(token, NOW)
    return told.value.reason


async def unsure(verifier: Verifier, token: str) -> str:
    """Why it can't be told now."""
    with pytest.raises(UnsureError) as told:
        await verifier.caller(token, NOW)
    assert told.value.seconds > 0
    return told.value.reason


async def test_keys_are_fetched_once_for_many_tokens(
    verifier: Verifier, local: LocalIssuer
) -> None:
    tokens = [local.token(NOW, jti=str(n)) for n in range(20)]
    callers = await asyncio.gather(*(verifier.caller(token, NOW) for token in tokens))
    assert {caller.client_id for caller in callers} == {CLIENT}
    assert local.fetches == 1


async def test_the_first_token_by_a_new_key_is_let_in_and_tokens_by_the_old_one_end(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    before = await verifier.caller(local.token(NOW), NOW)
    old, local.signer = local.signer, fresh("k-2")
    local.publish(local.signer)
    seconds.at += PAUSE
    assert await verifier.caller(local.token(NOW), NOW)
    assert local.fetches == 2
    assert not verifier.holds(before, NOW)
    assert await reason(verifier, old.sign(local.claims(NOW))) == "unknown-key"


async def test_a_key_that_was_put_in_anothers_place_under_its_id_ends_what_that_signed(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    before = await verifier.caller(local.token(NOW), NOW)
    local.publish(fresh("k-1"), fresh("k-2"))
    seconds.at += PAUSE
    assert await reason(verifier, fresh("k-3").sign(local.claims(NOW))) == "unknown-key"
    assert not verifier.holds(before, NOW)


async def test_unknown_keys_cost_the_issuer_one_question_in_ten_seconds(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    assert await verifier.caller(local.token(NOW), NOW)
    seconds.at += PAUSE
    made_up = [fresh(f"x-{n}").sign(local.claims(NOW)) for n in range(50)]
    assert await reason(verifier, made_up[0]) == "unknown-key"
    for token in made_up[1:]:
        # The issuer might have the key by now: that can't be known yet.
        seconds.at += 0.1
        assert await unsure(verifier, token) == "issuer-asked-lately"
    assert await reason(verifier, made_up[0]) == "unknown-key"
    assert await verifier.caller(local.token(NOW), NOW)
    assert local.fetches == 2


async def test_while_the_issuer_is_down_known_keys_go_on_and_unknown_ones_are_told_to_wait(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    assert await verifier.caller(local.token(NOW), NOW)
    local.down = True
    seconds.at += FRESH
    assert await verifier.caller(local.token(NOW), NOW)
    unknown = fresh("k-2")
    assert await unsure(verifier, unknown.sign(local.claims(NOW))) == "issuer-down"
    local.down = False
    local.publish(local.signer, unknown)
    seconds.at += PAUSE
    assert await verifier.caller(unknown.sign(local.claims(NOW)), NOW)


async def test_an_issuer_that_was_never_reached_is_no_reason_to_say_that_a_token_is_wrong(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    local.down = True
    for _ in range(3):
        assert await unsure(verifier, local.token(NOW)) == "issuer-down"
    asked = len(local.asked)
    assert asked == 2  # its two places of metadata, once
    local.down = False
    seconds.at += PAUSE
    assert await verifier.caller(local.token(NOW), NOW)


async def test_keys_that_could_not_be_fetched_for_a_day_are_no_longer_trusted(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    before = await verifier.caller(local.token(NOW), NOW)
    local.down = True
    seconds.at += LASTS
    assert not verifier.holds(before, NOW)
    assert await unsure(verifier, local.token(NOW)) == "issuer-down"


async def test_keys_are_fetched_anew_beside_the_requests_after_five_minutes(
    verifier: Verifier, local: LocalIssuer, seconds: Seconds
) -> None:
    before = await verifier.caller(local.token(NOW), NOW)
    local.publish(fresh("k-2"))
    seconds.at += FRESH
    assert await verifier.caller(local.token(NOW), NOW)  # by what is known; nobody waits
    async with asyncio.timeout(10):
        while verifier.holds(before, NOW):  # noqa: ASYNC110  # a thread is waited for
            await asyncio.sleep(0.01)
    assert local.fetches == 2


async def test_another_issuers_key_of_the_same_id_is_not_taken_for_this_ones(
    local: LocalIssuer, seconds: Seconds
) -> None:
    other = LocalIssuer(1)
    verifier = Verifier(
        [Issuer(local.name, now=seconds), Issuer(other.name, f"{local.name}/none", now=seconds)],
        AUDIENCE,
    )
    assert await verifier.caller(local.token(NOW), NOW)
    assert await unsure(verifier, local.signer.sign(other.claims(NOW))) == "issuer-down"


def test_metadata_is_found_where_oauth_puts_it_too(local: LocalIssuer) -> None:
    issuer = f"{local.name}/realms/kommune"
    local.documents["/.well-known/oauth-authorization-server/realms/kommune"] = {
        "issuer": issuer,
        "jwks_uri": f"{local.name}/keys",
    }
    assert len(find_keys(issuer, None).keys) == 1


def test_keys_are_read_from_a_file_or_an_address_where_one_is_set(
    local: LocalIssuer, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [local.signer.jwk()]}))
    assert find_keys(local.name, str(file)).keys.keys() == {("k-1", "EdDSA")}
    assert find_keys(local.name, f"{local.name}/keys").keys.keys() == {("k-1", "EdDSA")}
    assert local.asked == ["/keys"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "http://evil.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"jwks_uri": None},
    ],
)
def test_metadata_that_leads_elsewhere_is_not_followed(
    local: LocalIssuer, metadata: dict[str, Any]
) -> None:
    local.documents["/.well-known/openid-configuration"] |= metadata
    with pytest.raises(KeysUnavailableError):
        find_keys(local.name, None)
    assert local.fetches == 0


def test_a_redirect_is_not_followed(local: LocalIssuer) -> None:
    local.redirects["/keys"] = f"{local.name}/other"
    local.documents["/other"] = local.documents["/keys"]
    with pytest.raises(KeysUnavailableError, match="HTTP 302"):
        find_keys(local.name, None)
    assert "/other" not in local.asked


@pytest.mark.parametrize("document", [[], {}, {"keys": []}, {"keys": 7}, {"keys": ["x" * 600_000]}])
def test_what_is_no_key_set_is_refused(local: LocalIssuer, document: Any) -> None:
    local.documents["/keys"] = document
    with pytest.raises(KeysUnavailableError):
        find_keys(local.name, None)


async def test_an_issuer_that_never_ends_keeps_one_thread_and_is_heard_when_it_ends_after_all(
    local: LocalIssuer, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.access.issuers._SECONDS", 0.05)
    began, free = list[str](), Event()

    def slow(name: str, jwks: str | None) -> Found:
        began.append(name)
        free.wait(60)
        return find_keys(name, jwks)

    verifier = Verifier([Issuer(local.name, find=slow, now=seconds)], AUDIENCE)
    token = local.token(NOW)
    try:
        for _ in range(5):
            assert await unsure(verifier, token) == "issuer-down"
            seconds.at += PAUSE
        assert len(began) == 1
    finally:
        free.set()
    monkeypatch.setattr("services.access.issuers._SECONDS", 10.0)
    assert await verifier.caller(token, NOW)
    assert len(began) == 1


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_whoever_sends_a_byte_now_and_then_is_hung_up_on(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.access.fetching._IN_ALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        hung_up = Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(begun)
                while not hung_up.wait(0.02):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        hung_up.set()

        thread = Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(KeysUnavailableError):
            find_keys("http://x", f"http://127.0.0.1:{server.getsockname()[1]}/keys")
        assert hung_up.wait(30)
        thread.join(30)
