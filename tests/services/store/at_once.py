"""Eight threads that read the first event of each kind at the same time, in a process of its own.

`python -m tests.services.store.at_once`; prints how many kinds each of them read.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

import msgspec

from services.store.mapper import EventMapper
from tests.domain.good_data import GOOD

_THREADS = 8
_NOBODY = UUID(int=1)
_NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)


def _state(data: object) -> bytes:
    return msgspec.json.encode(
        {"id": _NOBODY, "at": _NOW, "source": "urn:s", "source_id": "ev-1", "data": data}
    )


def main() -> None:
    """Each thread has a mapper of its own, as each municipality has."""
    sys.setswitchinterval(1e-6)
    states = {topic: _state(data) for topic, data in GOOD.items()}
    together = Barrier(_THREADS)

    def read(mapper: EventMapper) -> int:
        kinds = 0
        for topic, state in states.items():
            together.wait(30)
            # As it was sent, with senders' ids; what is stored has ours.
            with suppress(msgspec.ValidationError):
                mapper.recorded(1, _NOBODY, 1, topic, state, _NOW)
            kinds += 1
        return kinds

    with ThreadPoolExecutor(_THREADS) as threads:
        kinds = threads.map(read, [EventMapper() for _ in range(_THREADS)])
        sys.stdout.write(" ".join(map(str, kinds)))


if __name__ == "__main__":
    main()
