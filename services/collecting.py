"""Batches and answers make many small objects, no cycles: the collector would look in vain."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TRIMMED_FROM, _MAPPED_FROM, _ARENAS = -1, -3, -8  # of mallopt(3)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Hold the cyclic garbage collector for one batch or answer; a fifth of ingest's time is saved.

    The collector is the process's: where several hold it, the first to end gives it back.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_what_is_loaded() -> None:
    """Tell the collector that what is there stays: code, for the most part.

    A full collection otherwise goes through all of it, which holds what waits up by 50 ms.
    """
    gc.collect()
    gc.freeze()


def collect_seldom() -> None:
    """For a process that makes and drops much: what is dropped has no cycles, for the most part.

    With 50,000 each collection of the young ones would hold up whoever asks by some 10 ms.
    """
    gc.set_threshold(10_000, 20, 20)


def hold_little() -> None:
    """Have the C library keep little of what is dropped, whatever was asked of it before.

    It would have a heap for each thread, and no longer map what is large by itself once something
    large was dropped. Before the first thread. Nothing where it is another than GNU's.
    """
    if (set_to := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        set_to(_ARENAS, 2)
        set_to(_MAPPED_FROM, 256 * 1024)
        set_to(_TRIMMED_FROM, 1024 * 1024)


def give_back() -> None:
    """Hand to the system what was dropped: the C library keeps it, of each thread by itself.

    It takes some milliseconds, so it is for what is seldom and large.
    """
    gc.collect()
    trim()


def trim() -> None:
    """The same without looking for cycles first. Nothing where it is another than GNU's."""
    if (trimmed := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trimmed(0)
