"""Who asks: the bearer token of a request, and what it allows."""

import time

from fastapi.security import HTTPBearer
from starlette.requests import Request

from services.api.problems import ApiError
from services.api.threads import in_thread
from services.edge.incoming import Incoming
from services.edge.problems import Flaw, Problem
from services.store.writing import Clock
from services.tokens import ALL, Token, Tokens
from services.words import Words

_REMEMBERED = 5.0  # seconds until a revocation is felt
_SECONDS = 10.0
_MOST = 1000  # tokens remembered
BEARER = HTTPBearer(auto_error=False, description="`roedtraad token create …`")
"""For OpenAPI; what is checked is checked by the gate."""


class Gate:
    """Lets in whoever has a token that holds."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._seen: dict[str, tuple[Token, float]] = {}

    async def enter(self, request: Request) -> Token:
        """The token of a request. Raises ApiError 401, or 503."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            token = await self._find(secret.strip())
            if token is not None and token.holds_at(self._clock()):
                return token
        raise ApiError(
            "not-signed-in",
            Words(
                "Send Authorization: Bearer <adgang>, lavet med roedtraad token create.",
                "Send Authorization: Bearer <token>, made with roedtraad token create.",
            ),
            headers={"www-authenticate": 'Bearer realm="roedtraad"'},
        )

    async def _find(self, secret: str) -> Token | None:
        now = time.monotonic()
        if (seen := self._seen.get(secret)) and now - seen[1] < _REMEMBERED:
            return seen[0]
        token = await in_thread(lambda: self._tokens.find(secret), seconds=_SECONDS)
        if len(self._seen) >= _MOST:
            self._seen.clear()
        if token is None:
            self._seen.pop(secret, None)
        else:
            self._seen[secret] = (token, now)
        return token


def may_send(token: Token) -> None:
    """Raises ApiError 403 unless the token is a sender's."""
    if token.source_prefix is None or token.municipality == ALL:
        raise _not("sende hændelser", "send events")


def may_read(token: Token) -> None:
    """Raises ApiError 403 unless the token may ask."""
    if not token.may_read:
        raise _not("læse", "read")


def may_decide(token: Token) -> None:
    """Raises ApiError 403 unless the token may give commands."""
    if not token.may_decide or token.municipality == ALL:
        raise _not("træffe afgørelser", "give commands")


def own_municipality(token: Token, asked: str | None) -> str | None:
    """The municipality to ask about; None = all. Raises ApiError 403."""
    if token.municipality == ALL:
        return asked
    if asked not in (None, token.municipality):
        raise ApiError(
            "not-allowed",
            Words(
                f"Adgangen gælder kommune {token.municipality}.",
                f"The access is for municipality {token.municipality}.",
            ),
            errors=[
                Flaw(
                    "/municipality",
                    "not-own",
                    f"Udelad den, eller skriv {token.municipality}.",
                    f"Leave it out, or write {token.municipality}.",
                )
            ],
        )
    return token.municipality


def not_senders(token: Token, event: Incoming) -> Problem | None:
    """The problem with an event that this sender may not send."""
    flaws = []
    if not token.speaks_for(event.source):
        flaws.append(
            Flaw(
                "/source",
                "outside-prefix",
                f"Skal ligge under {token.source_prefix}, som adgangen gælder.",
                f"Must lie under {token.source_prefix}, which the access is for.",
            )
        )
    if not token.may_send(event.topic.rsplit(".v", 1)[0]):
        allowed = ", ".join(token.events)
        flaws.append(
            Flaw(
                "/type",
                "not-for-token",
                f"Adgangen gælder kun: {allowed}.",
                f"The access is only for: {allowed}.",
            )
        )
    if not flaws:
        return None
    return Problem(kind="not-allowed", errors=tuple(flaws), source=event.source, id=event.id)


def _not(danish: str, english: str) -> ApiError:
    return ApiError(
        "not-allowed", Words(f"Adgangen må ikke {danish}.", f"The token may not {english}.")
    )
