"""A course of which something was corrected and something retracted, in a store of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.services.store.sending import intake, sent

CODE = "0860"
COORDINATOR = {"id": "k-02", "function": "coordinator"}
MENTOR = {"id": "m-31", "function": "mentor"}
# When what was received when: day by day in February, long after it happened.
FIRST, MATCHED, WORKED, CORRECTED, RETRACTED = (
    datetime(2026, 2, day, 8, tzinfo=UTC) for day in (2, 3, 4, 5, 6)
)


def match(mentor: str, from_: str) -> dict[str, Any]:
    """A decided match."""
    return {
        "match": {"id": "match-1"},
        "mentor": {"id": mentor},
        "from": from_,
        "method": "by-profile",
    }


def tell(store: Municipality, clock: Clock) -> None:
    """An intake on 12 January, a match from the 15th, corrected to another mentor from the 19th,
    work on the 20th, and a chemistry check that never was."""
    clock.now = FIRST
    store.append([intake("ev-1", "c-1")])
    clock.now = MATCHED
    at = "2026-01-14T10:00:00+01:00"
    store.append(
        [sent("ev-2", "course.mentor-matched.v1", "c-1", at, **match("m-30", "2026-01-15"))]
    )
    clock.now = WORKED
    did: dict[str, Any] = {
        "role": "system-guide",
        "activity": "other",
        "minutes": 45,
        "contact": "phone",
    }
    at = "2026-01-20T10:00:00+01:00"
    chemistry: dict[str, Any] = {"mentor": {"id": "m-31"}, "asked": "citizen", "result": "good"}
    store.append(
        [
            sent("ev-3", "course.activity-registered.v1", "c-1", at, actor=MENTOR, **did),
            sent("ev-4", "course.chemistry-checked.v1", "c-1", at, **chemistry),
        ]
    )
    clock.now = CORRECTED
    right = {"actor": COORDINATOR, **match("m-31", "2026-01-19")}
    at = "2026-01-14T10:00:00+01:00"
    replacement = {"type": "dk.roedtraad.course.mentor-matched.v1", "time": at, "data": right}
    fields: dict[str, Any] = {
        "corrects": {"id": "ev-2"},
        "reason": "wrong-person",
        "replacement": replacement,
    }
    at = "2026-02-05T08:30:00+01:00"
    store.append(
        [sent("ev-5", "course.event-corrected.v1", "c-1", at, actor=COORDINATOR, **fields)]
    )
    clock.now = RETRACTED
    fields = {"retracts": {"id": "ev-4"}, "reason": "never-happened"}
    at = "2026-02-06T08:30:00+01:00"
    store.append([sent("ev-6", "course.event-retracted.v1", "c-1", at, **fields)])


@contextmanager
def told(postgres: str, folder: Path) -> Iterator[tuple[Municipality, dict[str, str]]]:
    """The store, and the environment in which commands find it."""
    clock = Clock()
    with (
        fresh_database(postgres) as url,
        Server(url, Keyring(folder / "keys"), clock=clock) as server,
    ):
        store = server.municipality(CODE)
        tell(store, clock)
        yield (
            store,
            {
                "DATABASE_URL": url,
                "ROEDTRAAD_HOME": str(folder / "home"),
                "ROEDTRAAD_KEYS": str(folder / "keys"),
                "COLUMNS": "120",
            },
        )
