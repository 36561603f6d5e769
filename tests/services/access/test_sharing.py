"""A token has one rate, however many processes of the interface it asks."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.access.rates import Limits, Rates
from services.access.sharing import Sharing
from services.store.server import Server
from services.tokens import Token
from tests.services.access.conftest import Seconds

SENDER = Token(id=uuid4(), municipality="0860", created_at=datetime.now(UTC))


class Process:
    """One of those that answer."""

    def __init__(self, server: Server, seconds: Seconds, limits: Limits) -> None:
        self.rates = Rates(limits, seconds)
        self.sharing = Sharing(server.pool, self.rates, seconds)

    def ask(self, times: int, events: int = 0) -> int:
        """How many of so many requests are let in."""
        allowance, let_in = self.rates.of(SENDER), 0
        for _ in range(times):
            if allowance.enter() is None:
                allowance.took(events)
                let_in += 1
        return let_in

    def exchange(self) -> None:
        """What is done each second."""
        self.sharing.take_down()
        self.sharing.note(self.sharing.exchange())


@pytest.fixture
def processes(server: Server, seconds: Seconds) -> list[Process]:
    """Two on one database, which know of each other."""
    found = [Process(server, seconds, Limits(10, 0)) for _ in range(2)]
    for one in (*found, *found):
        one.ask(1)
        one.exchange()
    seconds.at += 60  # full again
    for one in found:
        one.exchange()
    return found


def test_over_any_longer_time_two_give_what_one_would(
    processes: list[Process], seconds: Seconds
) -> None:
    let_in = 0
    for _ in range(60):
        seconds.at += 1
        let_in += sum(one.ask(10) for one in processes)
        for one in processes:
            one.exchange()
    # 10 a second for 60 seconds, 100 at once at the beginning; and what the last second gave that
    # wasn't heard of yet.
    assert 690 <= let_in <= 720


def test_who_asks_only_one_of_them_has_the_whole_rate(
    processes: list[Process], seconds: Seconds
) -> None:
    first, second = processes
    let_in = 0
    for _ in range(60):
        seconds.at += 1
        let_in += first.ask(30)
        for one in processes:
            one.exchange()
    assert let_in == 10 * 60 + 90  # the bucket was full, and what flowed in first ran over
    assert second.ask(100) <= 10  # all but what may have run over in the second before


def test_what_ran_over_meanwhile_is_no_debt(processes: list[Process], seconds: Seconds) -> None:
    first, second = processes
    for _ in range(100):
        seconds.at += 1
        assert first.ask(10) == 10  # exactly the rate
        first.exchange()
    second.exchange()  # hears of 1,000 at once, in a time in which 1,000 have flowed in
    assert second.ask(100) == 100


def test_a_batch_taken_of_one_is_paid_for_at_the_other(server: Server, seconds: Seconds) -> None:
    first, second = (Process(server, seconds, Limits(0, 100)) for _ in range(2))
    for one in (first, second, second):
        one.ask(1)
        one.exchange()
    assert first.ask(1, events=5000) == 1  # of 1,000
    first.exchange()
    second.exchange()
    assert second.rates.of(SENDER).enter() == ("events", 40.01)


def test_what_was_let_go_in_the_database_begins_anew(
    processes: list[Process], server: Server, seconds: Seconds
) -> None:
    first, second = processes
    with server.pool.connection() as conn:
        conn.execute("DELETE FROM roedtraad.rates")
    second.exchange()
    first.ask(40)
    first.exchange()
    second.exchange()
    assert second.ask(100) == 60


def test_without_the_database_what_was_taken_is_told_later(
    processes: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = processes
    first.ask(40)
    first.sharing.take_down()
    first.ask(20)
    first.exchange()  # tells of both
    second.exchange()
    assert second.ask(100) == 40


def test_who_has_no_bound_is_not_told_of(server: Server, seconds: Seconds) -> None:
    free = Process(server, seconds, Limits(0, 0))
    assert free.ask(5, events=10) == 5
    assert free.rates.told() == {}
