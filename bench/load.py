"""A lean client of `POST /v1/events`, in a process of its own: `python -m bench.load < JOB`.

Requests are made before the clock starts, and an answer is read no further than its status and
its length, so that what is measured is the server.
"""

import asyncio
import sys
import time
from collections import Counter, deque
from itertools import islice
from pathlib import Path

import msgspec

_SINGLE, _BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_ENOUGH = 600.0  # seconds


class File(msgspec.Struct, frozen=True):
    """Lines of a file to be sent with a token: `take` of them after the first `skip`."""

    path: str
    secret: str
    skip: int
    take: int


class Job(msgspec.Struct, frozen=True):
    """What to send, `of` events a request. At a `rate` a second, else as fast as it is answered."""

    port: int
    files: list[File]
    of: int = 1
    clients: int = 50
    rate: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How long all of it took, the answers by status, and how long each one took, in ms."""

    seconds: float
    statuses: dict[str, int]
    delays: list[float]


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._begun = 0.0
        self._read = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def send(self, request: bytes, begun: float) -> None:
        """Send one, whose time runs from `begun`."""
        assert self._transport is not None
        self._begun, self._read = begun, b""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._read.index(b"content-length: ") + len(b"content-length: ")
        length = int(self._read[at : self._read.index(b"\r\n", at)])
        if len(self._read) >= head + 4 + length:
            self._load.answered(self, self._read[9:12].decode(), self._begun)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody should cut it before all is answered."""
        self._load.lost()


class Load:
    """All requests of a job, on their way."""

    def __init__(self, requests: list[bytes]) -> None:
        self._waiting = deque(requests)
        self._late: deque[float] = deque()
        self._idle: deque[Connection] = deque()
        self._left = len(requests)
        self._paced = False
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.statuses: Counter[str] = Counter()
        self.delays: list[float] = []

    def answered(self, connection: Connection, status: str, begun: float) -> None:
        """One is answered: the connection takes the next that is due."""
        now = time.perf_counter()
        self.delays.append(1000 * (now - begun))
        self.statuses[status] += 1
        self._left -= 1
        if not self._left:
            self._done.set_result(None)
        elif self._paced and not self._late:
            self._idle.append(connection)
        elif self._waiting:
            begun = self._late.popleft() if self._paced else now
            connection.send(self._waiting.popleft(), begun)

    def lost(self) -> None:
        """A connection was cut."""
        if not self._done.done():
            self._done.set_exception(ConnectionError("cut before all was answered"))

    async def flat_out(self, connections: list[Connection]) -> None:
        """Every connection sends its next when it is answered."""
        for connection in connections[: len(self._waiting)]:
            connection.send(self._waiting.popleft(), time.perf_counter())
        await asyncio.wait_for(self._done, _ENOUGH)

    async def paced(self, connections: list[Connection], rate: float) -> None:
        """Each at its time, whether or not others are answered; its delay runs from that time."""
        self._paced = True
        self._idle.extend(connections)
        began, count = time.perf_counter(), len(self._waiting)
        for n in range(count):
            due = began + n / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            if self._idle:
                self._idle.popleft().send(self._waiting.popleft(), due)
            else:
                self._late.append(due)
        await asyncio.wait_for(self._done, _ENOUGH)


def requests_of(job: Job) -> list[bytes]:
    """The requests' bytes."""
    made = []
    for file in job.files:
        with Path(file.path).open("rb") as lines:
            chosen = islice((line.rstrip() for line in lines), file.skip, file.skip + file.take)
            while taken := list(islice(chosen, job.of)):
                body = taken[0] if job.of == 1 else b"[" + b",".join(taken) + b"]"
                made.append(_request(file.secret, body, _SINGLE if job.of == 1 else _BATCH))
    return made


def _request(secret: str, body: bytes, kind: str) -> bytes:
    head = (
        "POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"authorization: Bearer {secret}\r\ncontent-type: {kind}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def carry_out(job: Job) -> Outcome:
    """Send all of it."""
    load = Load(requests_of(job))
    loop = asyncio.get_running_loop()
    connections = []
    for _ in range(job.clients):
        _, connection = await loop.create_connection(
            lambda: Connection(load), "127.0.0.1", job.port
        )
        connections.append(connection)
    begun = time.perf_counter()
    if job.rate is None:
        await load.flat_out(connections)
    else:
        await load.paced(connections, job.rate)
    return Outcome(time.perf_counter() - begun, dict(load.statuses), load.delays)


if __name__ == "__main__":
    told = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(carry_out(told))))
