"""One process of the interface, for all that is done to it."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import fresh_database
from tests.services.api.attack.wire import PERSONAL, Answer, Connection, head, sent
from tests.services.api.sending import SOURCE, STRUCTURED
from tests.services.api.serving import Served, serving

_NUMBERS = count(1)
_UNBOUNDED = {"ROEDTRAAD_REQUESTS_A_SECOND": "0", "ROEDTRAAD_EVENTS_A_SECOND": "0"}


@dataclass(frozen=True)
class Attacked:
    """The process, a token for Hjørring that may do everything, and what Hjørring has stored."""

    served: Served
    secret: str
    municipality: Municipality
    server: Server

    def connect(self) -> Connection:
        """A new connection."""
        return Connection(self.served.port)

    def head(self, method: str = "POST", path: str = "/v1/events", **headers: object) -> bytes:
        """The head of a request with the token."""
        shown: dict[str, Any] = {"Authorization": f"Bearer {self.secret}", **headers}
        return head(method, path, **shown)

    def told(self, *parts: bytes | Iterable[bytes]) -> Answer | None:
        """What is answered first on a connection on which this was sent."""
        with self.connect() as connection:
            for part in parts:
                connection.send(part)
            return connection.answer()

    def post(
        self, body: bytes, kind: str = STRUCTURED, path: str = "/v1/events", **headers: Any
    ) -> Answer | None:
        """What is answered to a body."""
        told: dict[str, Any] = {"Content_Type": kind, "Content_Length": len(body)} | headers
        return self.told(self.head(path=path, **told), body)

    def get(self, path: str, **headers: Any) -> Answer | None:
        """What is answered to a question."""
        return self.told(self.head("GET", path, **headers))

    def rss(self) -> float:
        """How much memory the process has, in MB."""
        return self._memory("VmRSS:")

    def peak(self) -> float:
        """The most that it ever had, in MB."""
        return self._memory("VmHWM:")

    def _memory(self, what: str) -> float:
        status = Path(f"/proc/{self.served.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith(what)]
        return int(line.split()[1]) / 1000

    def check_well(self) -> None:
        """It still takes events in."""
        answer = self.post(sent(f"well-{next(_NUMBERS)}"))
        assert answer is not None and answer.status == 201, answer


@contextmanager
def attacking(postgres: str) -> Iterator[Attacked]:
    """A process on a database of its own; what it logged is looked through at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(postgres) as url,
        Server(url, Keyring(Path(folder) / "keys")) as server,
    ):
        settings = Settings(home=Path(folder), keys=Path(folder) / "keys")
        municipality = server.municipality("0860")
        _, secret = Tokens(server).create(
            municipality="0860",
            now=datetime.now(UTC),
            source_prefix=SOURCE,
            may_read=True,
            may_decide=True,
            may_forward=True,
        )
        with serving(App(settings, server, url, None), more=_UNBOUNDED) as served:
            yield Attacked(served, secret, municipality, server)
        log = served.log.read_text()
        for secretive in (*PERSONAL, secret, "Traceback", "request-failed", "sagssystem"):
            assert secretive not in log


@pytest.fixture(scope="session")
def attacked(postgres: str) -> Iterator[Attacked]:
    """The same for all tests of a test process."""
    with attacking(postgres) as found:
        yield found


@pytest.fixture(autouse=True)
def _well_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "attacked" in request.fixturenames:
        request.getfixturevalue("attacked").check_well()
