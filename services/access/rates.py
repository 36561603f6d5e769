"""How much each token, and each address that isn't let in, may ask.

In memory, so that no request waits for it. What tokens have taken of other processes of the
interface is told to this one each second (`sharing.py`) and taken of their buckets here too.
It keeps one sender from taking the others' place, it is no quota: a new process begins anew.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from services.tokens import Token

BURST = 10.0  # seconds of its rate that may come at once
_MOST = 10_000  # buckets kept
FAILURES = 5.0  # a second and address


class Bucket:
    """Fills steadily up to its brim. What is taken of it may be more than it held (a debt)."""

    def __init__(self, a_second: float, now: float) -> None:
        self.a_second = a_second
        self.brim = max(1.0, a_second * BURST)
        self._level = self.brim
        self._at = now
        self._spilt = 0.0  # what has run over since others were last heard of

    def level(self, now: float) -> float:
        """What is in it."""
        full = self._level + max(0.0, now - self._at) * self.a_second
        self._level = min(self.brim, full)
        self._spilt += full - self._level
        self._at = now
        return self._level

    def take(self, amount: float, now: float) -> None:
        """Take so much of it."""
        self._level = self.level(now) - amount

    def others_took(self, amount: float, now: float, since: float) -> None:
        """So much was taken elsewhere since then. What has run over here meanwhile wouldn't have,
        had there been one bucket: it is taken of that first."""
        level = self.level(now)
        spilt = min(self._spilt, max(0.0, now - since) * self.a_second)
        self._level, self._spilt = level - max(0.0, amount - spilt), 0.0

    def wait(self, now: float) -> float:
        """Seconds until there is one in it."""
        return max(0.0, (1.0 - self.level(now)) / self.a_second)


class Limits(NamedTuple):
    """A second; 0 = no bound."""

    requests: float
    events: float


class Taken(NamedTuple):
    """What a token has taken."""

    requests: int = 0
    events: int = 0


class Allowance:
    """What one token has left; the buckets that are bounded, by name.

    `token` is the one that these limits were last worked out for, `taken` what wasn't told to the
    other processes yet.
    """

    token: Token | None = None
    taken = Taken()

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self.limits = limits
        self._now = now
        self._buckets = {
            name: Bucket(rate, now()) for name, rate in limits._asdict().items() if rate > 0
        }

    def enter(self) -> tuple[str, float] | None:
        """Take one request, or what there is too little of and the seconds until it is there."""
        now = self._now()
        for name, bucket in self._buckets.items():
            if (seconds := bucket.wait(now)) > 0:
                return name, seconds
        if requests := self._buckets.get("requests"):
            requests.take(1, now)
        if self._buckets:
            self.taken = Taken(self.taken.requests + 1, self.taken.events)
        return None

    def took(self, events: int) -> None:
        """Pay for events that were taken in, whatever became of them."""
        if bucket := self._buckets.get("events"):
            bucket.take(events, self._now())
        if self._buckets:
            self.taken = Taken(self.taken.requests, self.taken.events + events)

    def others_took(self, taken: Taken, since: float) -> None:
        """So much was taken of other processes since then."""
        now = self._now()
        for name, bucket in self._buckets.items():
            bucket.others_took(getattr(taken, name), now, since)

    def wait(self, name: str) -> float:
        """Seconds until there is some of it again: `events`, `requests`."""
        bucket = self._buckets.get(name)
        return bucket.wait(self._now()) if bucket else 0.0

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers)."""
        if not self._buckets:
            return []
        now = self._now()
        left = ", ".join(
            f'"{name}";r={max(0, int(level))};t={math.ceil((b.brim - level) / b.a_second)}'
            for name, b in self._buckets.items()
            for level in (b.level(now),)
        )
        return [(b"ratelimit-policy", _policy(self.limits)), (b"ratelimit", left.encode())]


@lru_cache(maxsize=1024)
def _policy(limits: Limits) -> bytes:
    units = {"requests": "", "events": ';qu="events"'}
    return ", ".join(
        f'"{name}";q={max(1, int(rate * BURST))};w={int(BURST)}{units[name]}'
        for name, rate in limits._asdict().items()
        if rate > 0
    ).encode()


class Rates:
    """The allowances of all tokens, and what addresses have failed."""

    def __init__(self, default: Limits, now: Callable[[], float] = monotonic) -> None:
        self._default = default
        self._now = now
        self._of: OrderedDict[UUID, Allowance] = OrderedDict()
        self._failed: OrderedDict[str, Bucket] = OrderedDict()

    def of(self, token: Token) -> Allowance:
        """What a token has left."""
        found = self._of.get(token.id)
        if found is not None and found.token is token:
            return found
        limits = Limits(
            _or(token.requests_a_second, self._default.requests),
            _or(token.events_a_second, self._default.events),
        )
        if found is None or found.limits != limits:
            found = self._of[token.id] = Allowance(limits, self._now)
            _bounded(self._of)
        found.token = token
        return found

    def told(self) -> dict[UUID, Taken]:
        """What each token has taken here since this was last asked."""
        found = {}
        for token, allowance in self._of.items():
            if any(allowance.taken):
                found[token], allowance.taken = allowance.taken, Taken()
        return found

    def others_took(self, token: UUID, taken: Taken, since: float) -> None:
        """A token has taken so much of other processes since then. One that has asked nothing of
        this one yet has its bucket full when it does."""
        if (allowance := self._of.get(token)) is not None:
            allowance.others_took(taken, since)

    def failed(self, address: str) -> float | None:
        """Note that somebody there wasn't let in; seconds to stay away if it happens too often."""
        now, place = self._now(), _place(address)
        bucket = self._failed.setdefault(place, Bucket(FAILURES, now))
        self._failed.move_to_end(place)
        _bounded(self._failed)
        if (seconds := bucket.wait(now)) > 0:
            return seconds
        bucket.take(1, now)
        return None


def _or(given: float | None, default: float) -> float:
    return default if given is None else given


def _bounded(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _place(address: str) -> str:
    """An address; of IPv6 its /64, which one customer has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return parsed.packed[:8].hex() if isinstance(parsed, IPv6Address) else address
