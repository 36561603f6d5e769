"""A request to a receiver always comes to an answer, and ends when nobody waits for it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from services.webhooks import sending
from services.webhooks.addresses import Target, networks_of, target_of
from services.webhooks.sending import Answer, Receiver
from tests.services.webhooks import receiving as elsewhere
from tests.services.webhooks.receiving import receiving

HERE = networks_of("127.0.0.0/8")
TOO_LATE = "Mon, 1 Jan 99999999999999999999 00:00:00 GMT"


@pytest.fixture
def there() -> Iterator[elsewhere.Receiver]:
    with receiving() as opened:
        yield opened


def found_at(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    monkeypatch.setattr(sending, "looked_up", lambda *_: list(addresses))


def asked(there: elsewhere.Receiver) -> Answer:
    """What it answers to one request over a new connection."""
    with closing(Receiver(target_of(there.url), HERE)) as receiver:
        return receiver.post({}, b"{}")


def test_a_time_that_is_none_is_no_wait(there: elsewhere.Receiver) -> None:
    there.reply = lambda _: (200, {"retry-after": TOO_LATE})
    assert asked(there) == Answer(200)
    there.reply = lambda _: (503, {"retry-after": TOO_LATE})
    assert asked(there) == Answer(503)


def test_a_host_that_is_no_name_is_unknown() -> None:
    target = Target(is_secure=True, host="a..dk", port=443, path="/")
    assert Receiver(target, ()).post({}, b"{}").told == "unknown-host"


def test_a_fault_of_our_own_is_an_answer_too(
    there: elsewhere.Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> float:
        raise RuntimeError("hemmelig")

    with closing(Receiver(target_of(there.url), HERE)) as receiver:
        with monkeypatch.context() as patched:
            patched.setattr(sending, "_pause", broken)
            assert receiver.post({}, b"{}") == Answer(trouble="fault")
        assert receiver.post({}, b"{}").is_taken


def test_who_is_abandoned_during_the_look_up_sends_nothing(
    there: elsewhere.Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(target_of(there.url), HERE)

    def abandoned(*_: Any) -> list[str]:
        receiver.abandon()
        return ["127.0.0.1"]

    monkeypatch.setattr(sending, "looked_up", abandoned)
    assert receiver.post({}, b"{}").told == "no-answer"
    assert there.letters == []


def test_who_is_abandoned_sends_nothing_over_a_connection_that_was_kept(
    there: elsewhere.Receiver,
) -> None:
    receiver = Receiver(target_of(there.url), HERE)
    assert receiver.post({}, b"{}").is_taken
    receiver.abandon()
    assert receiver.post({}, b"{}").told == "no-answer"
    assert len(there.letters) == 1


def test_four_addresses_of_a_host_are_tried(
    there: elsewhere.Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It listens on 127.0.0.1 only.
    deaf = [f"127.0.0.{n}" for n in range(2, 6)]
    found_at(monkeypatch, *deaf[:3], "127.0.0.1")
    assert asked(there).is_taken
    found_at(monkeypatch, *deaf, "127.0.0.1")
    assert asked(there).told == "no-answer"
