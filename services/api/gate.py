"""The gate: who asks, by API key or by an issuer's JWT, and whether they may ask now.

What is known costs no look-up and no signature: a token is remembered for five seconds, so that a
revocation is soon felt, and a JWT that was verified until it ends or its key goes. What isn't good
is turned away without asking the database.
"""

import hashlib
import math
from collections.abc import Callable
from time import monotonic
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace
from starlette.requests import Request

from services.access.rates import Rates
from services.access.refusing import NoAccessError, UnsureError
from services.access.verifying import DECIDE, READ, SEND, WEBHOOKS, Caller, Verifier
from services.api.problems import ApiError
from services.api.threads import in_thread
from services.edge.problems import Flaw
from services.store.writing import Clock
from services.tokens import Token, Tokens
from services.words import Words

_REMEMBERED = 5.0  # seconds until a revocation is felt
_SECONDS = 10.0
_NOTHING = "nothing-shown"
_MOST = 10_000  # of each that are remembered
K = TypeVar("K")
V = TypeVar("V")


class Gate:
    """Lets in whoever shows what holds, as often as they may."""

    def __init__(self, tokens: Tokens, clock: Clock, verifier: Verifier, rates: Rates) -> None:
        self._tokens = tokens
        self._clock = clock
        self._verifier = verifier
        self._rates = rates
        self._seen: dict[object, tuple[Token | None, float]] = {}
        self._verified: dict[bytes, Caller] = {}

    async def enter(self, request: Request) -> Token:
        """The token of a request, which takes one of its requests. Raises ApiError 401 to 503.

        What the token has left is `request.state.allowance` from then on.
        """
        try:
            shown = _shown(request)
            token = self._at_hand(shown) or await self._holding(shown)
        except NoAccessError as error:
            raise self._turned_away(error, request) from None
        except UnsureError as error:
            raise _unsure(error) from None
        allowance, state = self._rates.of(token), request.scope["state"]
        state["allowance"], state["token"] = allowance, token.id
        if lacking := allowance.enter():
            raise _too_many(*lacking)
        return token

    async def still_holds(self, request: Request) -> bool:
        """Whether whoever was let in a while ago would be now, by the same token.

        Another token may stand in its place, with fewer rights or for another municipality.
        Nothing is taken of their bucket. Raises ApiError 503.
        """
        try:
            token = await self._holding(_shown(request))
        except NoAccessError:
            return False
        except UnsureError:
            return True  # the issuer is away: what was known of it a moment ago goes on
        let_in: UUID = request.scope["state"]["token"]
        return token.id == let_in

    def _at_hand(self, key: str) -> Token | None:
        """The token of an API key that was let in just now, as most are."""
        found = self._seen.get(hashlib.sha256(key.encode()).digest())
        if found is None or found[0] is None or monotonic() - found[1] >= _REMEMBERED:
            return None
        return found[0] if found[0].holds_at(self._clock()) else None

    async def _holding(self, shown: str) -> Token:
        """Raises NoAccessError, UnsureError, and ApiError 503 without the database."""
        token = await (self._of_caller(shown) if shown.count(".") == 2 else self._of_key(shown))
        if not token.holds_at(self._clock()):
            raise _ended()
        return token

    async def _of_key(self, key: str) -> Token:
        digest = hashlib.sha256(key.encode()).digest()
        if (token := self._remembered(digest)) is not None:
            return token
        genuine = self._tokens.genuine(key)
        if genuine is None:
            raise _unknown()
        token = await self._looked_up(digest, lambda: self._tokens.shown(genuine))
        if token is None:
            raise _unknown()
        return token

    async def _of_caller(self, text: str) -> Token:
        now, digest = self._clock(), hashlib.sha256(text.encode()).digest()
        caller = self._verified.get(digest)
        if caller is None or not self._verifier.holds(caller, now):
            self._verified.pop(digest, None)
            caller = await self._verifier.caller(text, now)
            _keep(self._verified, digest, caller)
        client = (caller.issuer, caller.client_id)
        token = self._remembered(client)
        token = token or await self._looked_up(client, lambda: self._tokens.client(*client))
        if token is None:
            raise _unregistered()
        return _narrowed(token, caller.scopes)

    def _remembered(self, by: object) -> Token | None:
        """Raises NoAccessError where it was looked up in vain just now."""
        found = self._seen.get(by)
        if found is None or monotonic() - found[1] >= _REMEMBERED:
            return None
        if found[0] is None:
            raise _unregistered() if isinstance(by, tuple) else _unknown()
        return found[0]

    async def _looked_up(self, by: object, look: Callable[[], Token | None]) -> Token | None:
        since = monotonic()
        token = await in_thread(look, seconds=_SECONDS)
        _keep(self._seen, by, (token, since))
        return token

    def _turned_away(self, error: NoAccessError, request: Request) -> ApiError:
        address = request.client.host if request.client else ""
        if seconds := self._rates.failed(address):
            return _too_often(seconds)
        flaws = [] if error.reason == _NOTHING else [_flaw(error)]
        if error.unregistered:
            return ApiError("not-allowed", error.words, errors=flaws, reason=error.reason)
        challenge = 'Bearer realm="roedtraad"' + (', error="invalid_token"' if flaws else "")
        return ApiError(
            "not-signed-in",
            error.words,
            errors=flaws,
            headers={"www-authenticate": challenge},
            reason=error.reason,
        )


def _shown(request: Request) -> str:
    """The key or JWT of a request. Raises NoAccessError."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise _nothing_shown()
    return shown.strip()


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    if len(kept) >= _MOST:
        kept.clear()
    kept[key] = value


def _narrowed(token: Token, scopes: frozenset[str]) -> Token:
    """What is left of a client's token by the scopes of one JWT; nothing is added by any."""
    if not scopes:
        return token
    return replace(
        token,
        sends=SEND in scopes,
        may_read=token.may_read and READ in scopes,
        may_decide=token.may_decide and DECIDE in scopes,
        may_forward=token.may_forward and WEBHOOKS in scopes,
    )


def _flaw(error: NoAccessError) -> Flaw:
    return Flaw("/authorization", error.reason, error.words.da, error.words.en)


def _unsure(error: UnsureError) -> ApiError:
    return ApiError(
        "busy",
        Words(
            "Udstederens nøgler kan ikke hentes lige nu; prøv igen om lidt.",
            "The issuer's keys can't be had right now; try again shortly.",
        ),
        headers={"retry-after": str(math.ceil(error.seconds))},
        reason=error.reason,
    )


_NAMES = {
    "requests": Words("forespørgsler", "requests"),
    "events": Words("hændelser", "events"),
}


def _too_many(what: str, seconds: float) -> ApiError:
    wait, (danish, english) = math.ceil(seconds), _NAMES[what]
    return ApiError(
        "too-many-requests",
        Words(
            f"Adgangen har sendt for mange {danish}; prøv igen om {wait} s. Intet er gemt.",
            f"The token has sent too many {english}; try again in {wait} s. Nothing was stored.",
        ),
        headers={"retry-after": str(wait)},
        members={"limited": what},
        reason=f"rate-{what}",
    )


def _too_often(seconds: float) -> ApiError:
    wait = math.ceil(seconds)
    return ApiError(
        "too-many-requests",
        Words(
            f"For mange forsøg uden gyldig adgang herfra; prøv igen om {wait} s.",
            f"Too many attempts from here without a valid token; try again in {wait} s.",
        ),
        headers={"retry-after": str(wait)},
        reason="address",
    )


def _nothing_shown() -> NoAccessError:
    return NoAccessError(
        _NOTHING,
        Words(
            "Send Authorization: Bearer <adgang>, lavet med roedtraad token create.",
            "Send Authorization: Bearer <token>, made with roedtraad token create.",
        ),
    )


def _unknown() -> NoAccessError:
    return NoAccessError(
        "unknown",
        Words(
            "Adgangen kendes ikke. Den laves med roedtraad token create og er på 74 tegn.",
            "The token isn't known. It is made with roedtraad token create and has 74 characters.",
        ),
    )


def _ended() -> NoAccessError:
    return NoAccessError(
        "ended",
        Words(
            "Adgangen er udløbet eller trukket tilbage.", "The token has run out or was revoked."
        ),
    )


def _unregistered() -> NoAccessError:
    return NoAccessError(
        "unregistered-client",
        Words(
            "Klienten er ikke registreret her: roedtraad token register-client.",
            "The client isn't registered here: roedtraad token register-client.",
        ),
        unregistered=True,
    )
