"""An issuer whose tokens are good here, and its keys: kept, and fetched with restraint."""

import asyncio
from collections.abc import Callable
from time import monotonic

import anyio
import anyio.to_thread
import structlog

from services.access.fetching import Found, KeysUnavailableError, find_keys
from services.access.key_set import Key
from services.access.refusing import NoAccessError, UnsureError
from services.words import Words

FRESH = 300.0  # seconds after which the keys are fetched again, beside the next request
PAUSE = 10.0  # seconds between two attempts, however many unknown keys are named
LASTS = 24 * 3600.0  # seconds that known keys go on while the issuer can't be reached
_SECONDS = 10.0  # of one attempt
_MOST = 1000  # ids of absent keys remembered
log = structlog.get_logger("access")


class Issuer:
    """One issuer, used on the event loop. What it fetches, it fetches in a thread."""

    def __init__(
        self,
        name: str,
        jwks: str | None = None,
        *,
        find: Callable[[str, str | None], Found] = find_keys,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.name = name
        self._jwks = jwks
        self._find = find
        self._now = now
        self._found: Found | None = None
        self._fetched = self._tried = float("-inf")
        self._failed = False
        self._absent: set[str | None] = set()  # ids that the last fetch was asked for in vain
        self._one = anyio.Lock()
        self._beside: asyncio.Task[None] | None = None
        self._under_way: asyncio.Task[Found] | None = None
        self._thread = anyio.CapacityLimiter(1)

    @property
    def token_url(self) -> str | None:
        """Where its clients get tokens, once that has been read."""
        return self._found.token_url if self._found else None

    def holds(self, key: Key) -> bool:
        """Whether a key is still the issuer's, as far as is known."""
        known = self._keys().get((key.id, key.algorithm))
        return known is not None and known.mark == key.mark

    async def key(self, id_: str | None, algorithm: str) -> Key:
        """The key of that id for that algorithm. Raises NoAccessError, UnsureError."""
        asked = self._now()
        if (key := self._known(id_, algorithm)) is not None:
            self._freshen(asked)
            return key
        if id_ in self._absent and asked - self._tried < PAUSE:
            raise _unknown()
        # The first token that is signed by a new key tells of it.
        await self._fetch(asked)
        if (key := self._known(id_, algorithm)) is not None:
            return key
        if self._tried >= asked and not self._failed:
            if len(self._absent) < _MOST:
                self._absent.add(id_)
            raise _unknown()
        # Whether it is there isn't known: the issuer didn't answer, or was asked just before.
        reason = "issuer-down" if self._failed else "issuer-asked-lately"
        raise UnsureError(reason, max(1.0, self._tried + PAUSE - self._now()))

    def _keys(self) -> dict[tuple[str, str], Key]:
        if self._found is None or self._now() - self._fetched >= LASTS:
            return {}
        return dict(self._found.keys)

    def _known(self, id_: str | None, algorithm: str) -> Key | None:
        """Raises NoAccessError where the key of that id is for another algorithm."""
        keys = self._keys()
        if id_ is None:
            # Without a name it is the only key, or none.
            found = next(iter(keys.values())) if len(keys) == 1 else None
        else:
            found = keys.get((id_, algorithm))
            found = found or next((key for key in keys.values() if key.id == id_), None)
        if found is not None and found.algorithm != algorithm:
            raise NoAccessError(
                "wrong-algorithm",
                Words(
                    "Underskriften er lavet med en anden alg end nøglens.",
                    "The signature's alg isn't the one that the key is for.",
                ),
            )
        return found

    def _freshen(self, asked: float) -> None:
        """Fetch beside the request: what a slow issuer costs, nobody waits for."""
        idle = self._beside is None or self._beside.done()
        if idle and asked - self._fetched >= FRESH and asked - self._tried >= PAUSE:
            self._beside = asyncio.get_running_loop().create_task(self._fetch(asked))

    async def _fetch(self, asked: float) -> None:
        async with self._one:
            # Whoever waited here has what was fetched meanwhile.
            if self._tried >= asked or asked - self._tried < PAUSE:
                return
            try:
                with anyio.fail_after(_SECONDS):
                    self._found = await asyncio.shield(self._attempt())
            except (KeysUnavailableError, TimeoutError) as error:
                self._failed = True
                log.warning("issuer's keys can't be had", kind=type(error).__name__)
            else:
                self._failed = False
                self._fetched = self._now()
                self._absent.clear()
            self._tried = self._now()

    def _attempt(self) -> asyncio.Task[Found]:
        """The one that is under way, or a new one: nobody who stops waiting leaves a thread behind
        beside which the next would begin."""
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._asked())
            self._under_way.add_done_callback(_heard)
        return self._under_way

    async def _asked(self) -> Found:
        # Only the end of the process cancels this, and it doesn't wait for the thread.
        return await anyio.to_thread.run_sync(
            self._find, self.name, self._jwks, limiter=self._thread, abandon_on_cancel=True
        )


def _heard(attempt: asyncio.Task[Found]) -> None:
    """Whoever waited for it has been told how it failed, or waits no more."""
    if not attempt.cancelled():
        attempt.exception()


def _unknown() -> NoAccessError:
    return NoAccessError(
        "unknown-key",
        Words(
            "Udstederen har ingen nøgle med det kid; hent en ny adgang.",
            "The issuer has no key of that kid; get a new token.",
        ),
    )
