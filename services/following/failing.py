"""How an activity fails: by the kind of its error."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from temporalio.exceptions import ApplicationError

log = structlog.get_logger()


@contextmanager
def told_by_kind(what: str) -> Iterator[None]:
    """Fail with the kind of an error only; where it arose stands in our own log.

    Words of an error can hold what somebody wrote; Temporal keeps them for years.
    """
    try:
        yield
    except Exception as error:
        kind = type(error).__name__
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        log.warning("an activity fails", of=what, kind=kind, where=where)
        raise ApplicationError(kind, type=kind) from None
