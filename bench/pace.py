"""Calling something in this process: as fast as it goes, or at a pace."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.measure import timed

Call = Callable[[int, int], None]
"""Does the nth piece of work as the kth of those who do it at the same time."""


def flat_out(call: Call, count: int, *, at_once: int = 1) -> float:
    """Calls a second; the first of each who calls is to warm up and isn't counted."""
    _each(lambda k: call(k, k), at_once)

    def work(k: int) -> None:
        for n in range(at_once + k, count, at_once):
            call(k, n)

    with timed() as clock:
        _each(work, at_once)
    return (count - at_once) / clock.seconds


def paced(call: Call, begin: int, count: int, rate: float, *, at_once: int = 1) -> list[float]:
    """Milliseconds of each call from when it was due, `rate` a second, until it was done."""
    delays: list[float] = []
    began = time.perf_counter()

    def work(k: int) -> None:
        for n in range(k, count, at_once):
            due = began + n / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            call(k, begin + n)
            delays.append(1000 * (time.perf_counter() - due))

    _each(work, at_once)
    return delays


def _each(work: Callable[[int], None], at_once: int) -> None:
    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(work, range(at_once)))


def middle_and_tail(delays: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    return statistics.median(delays), statistics.quantiles(delays, n=100, method="inclusive")[98]
