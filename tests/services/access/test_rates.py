"""How much one token, and one address, may ask."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.access.rates import FAILURES, Limits, Rates
from services.tokens import Token
from tests.services.access.conftest import Seconds


def token(**rates: float | None) -> Token:
    return Token(id=uuid4(), municipality="0860", created_at=datetime.now(UTC), **rates)  # type: ignore[arg-type]


def test_ten_seconds_of_a_rate_may_come_at_once_and_then_as_much_as_flows_in(
    seconds: Seconds,
) -> None:
    sender = Rates(Limits(2, 0), seconds).of(token())
    assert [sender.enter() for _ in range(20)] == [None] * 20  # 2 a second, ten seconds
    assert sender.enter() == ("requests", 0.5)
    seconds.at += 0.25  # half a request has flowed in
    assert sender.enter() == ("requests", 0.25)
    seconds.at += 0.75  # two have
    assert [sender.enter(), sender.enter()] == [None, None]
    assert sender.enter() == ("requests", 0.5)


def test_a_large_batch_is_taken_whole_and_paid_back_before_the_next(seconds: Seconds) -> None:
    sender = Rates(Limits(0, 100), seconds).of(token())
    assert sender.enter() is None
    sender.took(5000)  # of 1,000: a debt of 4,000
    assert sender.enter() == ("events", 40.01)  # 4,001 must flow in, 100 a second
    seconds.at += 40.02
    assert sender.enter() is None


def test_a_tokens_own_rate_goes_before_the_default_and_nought_is_no_bound(
    seconds: Seconds,
) -> None:
    rates = Rates(Limits(1, 1), seconds)
    own, free = token(requests_a_second=3), token(requests_a_second=0, events_a_second=0)
    assert rates.of(own).limits == Limits(3, 1)
    rates.of(free).took(10**6)
    assert all(rates.of(free).enter() is None for _ in range(1000))
    assert rates.of(free).headers() == []


def test_tokens_do_not_pay_for_each_other(seconds: Seconds) -> None:
    rates = Rates(Limits(1, 0), seconds)
    one, other = token(), token()
    while rates.of(one).enter() is None:
        pass
    assert rates.of(other).enter() is None


def test_what_is_left_is_told_in_the_draft_standards_header_fields(seconds: Seconds) -> None:
    sender = Rates(Limits(5, 0.25), seconds).of(token())
    sender.enter()
    sender.took(7)
    # 49 of 50 requests, full again in a fifth of a second; events: 2.5 - 7, full again in 28.
    assert dict(sender.headers()) == {
        b"ratelimit-policy": b'"requests";q=50;w=10, "events";q=2;w=10;qu="events"',
        b"ratelimit": b'"requests";r=49;t=1, "events";r=0;t=28',
    }


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", True),  # one /64
        ("2001:db8:1:1::1", "2001:db8:1:2::1", False),
        ("", "testclient", True),  # what has no address is one
    ],
)
def test_addresses_are_told_to_stay_away_one_by_one(
    seconds: Seconds, one: str, other: str, alike: bool
) -> None:
    rates = Rates(Limits(0, 0), seconds)
    tries = int(FAILURES * 10)
    assert [rates.failed(one) for _ in range(tries)] == [None] * tries
    assert rates.failed(one) == 1 / FAILURES
    assert (rates.failed(other) is not None) is alike
