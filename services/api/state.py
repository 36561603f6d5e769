"""What the endpoints work with: the stores, who may enter, what is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import anyio
from starlette.requests import Request

from services.access.rates import Limits, Rates
from services.access.sharing import Sharing
from services.access.verifying import verifier
from services.api.followers import Followers
from services.api.gate import Gate
from services.api.looking import Looker, looker
from services.api.metrics import Metrics
from services.api.security import may_send
from services.api.threads import in_thread
from services.api.waking import Waking
from services.audit.access.looking import Seen
from services.audit.access.looks import Looks
from services.builders import ready
from services.following.streams import Streams
from services.root import App
from services.store.municipality import Municipality
from services.store.refused import Refusals
from services.store.writing import Clock
from services.tokens import Token, Tokens

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """One municipality, as the interface works with it."""

    store: Municipality
    refusals: Refusals
    streams: Streams


class Api:
    """Shared by all endpoints of a process."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        limits = Limits(app.settings.requests_a_second, app.settings.events_a_second)
        self.verifier = verifier(app.settings)
        rates = Rates(limits)
        self.gate = Gate(Tokens(app.server), clock, self.verifier, rates)
        self.sharing = Sharing(app.server.pool, rates)
        self.metrics = Metrics(app.server, clock)
        self.looks = Looks(app.server.pool)
        self._desks: dict[str, Desk] = {}
        self._lock = Lock()
        # Writers queue for locks, so they may never hold all connections: readers need some.
        self.connections_for_lanes = max(1, app.settings.pool_size - 6)
        self.waking = Waking(app.server)
        self.followers = Followers()
        self.is_ending: Callable[[], bool] = lambda: False
        self._writers = anyio.CapacityLimiter(2 if app.settings.pool_size > 6 else 1)
        self._readers = anyio.CapacityLimiter(max(2, app.settings.pool_size))
        # All who follow are woken by the same event: they may not take the others' connections.
        self._followers = anyio.CapacityLimiter(2)

    def desk(self, code: str) -> Desk:
        """The desk of a municipality; made, tables and all, at first use. In a thread only."""
        with self._lock:
            if code not in self._desks:
                store = self.app.server.municipality(code)
                ready(store)  # a rebuild is the projector's; until then answers say why
                refusals = Refusals(store.key, store.schema)
                self._desks[code] = Desk(store, refusals, Streams(store))
            return self._desks[code]

    def desk_at_hand(self, code: str) -> Desk | None:
        """The desk of a municipality that was opened before."""
        return self._desks.get(code)

    async def open_desk(self, code: str) -> Desk:
        """The same, from the event loop. Raises ApiError 503."""
        known = self._desks.get(code)
        return known if known is not None else await in_thread(lambda: self.desk(code))

    async def sender(self, request: Request) -> tuple[Token, Desk]:
        """The token of who may send events, and the desk of its municipality. Raises ApiError."""
        token = await self.gate.enter(request)
        may_send(token)
        return token, await self.open_desk(token.municipality)

    def desks(self, code: str | None) -> list[Desk]:
        """The desk of that code, or of all municipalities that the database knows."""
        if code is not None:
            return [self.desk(code)]
        return [self.desk(store.code) for store in self.app.server.municipalities()]

    async def write(self, work: Callable[[], T]) -> T:
        """Run what decides and stores, in a thread. Raises ApiError 503."""
        return await in_thread(work, limiter=self._writers)

    async def read(self, work: Callable[[], T]) -> T:
        """Run what asks, in a thread. Raises ApiError 503."""
        return await in_thread(work, limiter=self._readers)

    def looker(self, request: Request, token: Token) -> Looker:
        """Whoever asks, whose looks are recorded before they are answered. Raises ApiError 400."""
        return looker(self.looks, request, token)

    async def look(
        self,
        request: Request,
        token: Token,
        desks: Callable[[], list[Desk]],
        work: Callable[[list[Desk]], tuple[T, Mapping[str, Seen]]],
    ) -> T:
        """Run what asks these desks, and record whose data it tells before anybody is told.

        `work` gives the answer, and by municipality what it holds. Raises ApiError, 503 too.
        """
        who = self.looker(request, token)

        def recorded() -> T:
            asked = desks()
            return who.told([desk.store for desk in asked], lambda: work(asked))

        return await self.read(recorded)

    async def follow(self, work: Callable[[], T]) -> T:
        """Run what reads the log for others, in a thread. Raises ApiError 503."""
        return await in_thread(work, limiter=self._followers)
