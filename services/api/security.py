"""What a token allows: to send, to read, to decide; from whom, of which events, for whom."""

from collections.abc import Mapping
from typing import Any

from fastapi.security import HTTPBearer

from domain.events.base import WIRE_PREFIX
from services.api.problems import ApiError
from services.edge.attributes import OURS
from services.edge.incoming import Incoming
from services.edge.problems import Flaw, Problem
from services.tokens import ALL, Token
from services.words import Words

AUDITOR = "leader"
"""The function in which is controlled who looked."""

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="Bearer",
    description="An API key, `roedtraad token create …`, or a JWT of a configured issuer.",
)
"""For OpenAPI; what is checked is checked by the gate."""


def may_send(token: Token) -> None:
    """Raises ApiError 403 unless the token is a sender's."""
    if token.source_prefix is None or not token.sends or token.municipality == ALL:
        raise _not("sende hændelser", "send events")


def may_read(token: Token) -> None:
    """Raises ApiError 403 unless the token may ask."""
    if not token.may_read:
        raise _not("læse", "read")


def may_audit(token: Token) -> None:
    """Raises ApiError 403 unless the token may read as the municipality's leader."""
    if not (token.may_read and AUDITOR in token.functions):
        raise _not("se adgangsloggen uden funktionen leder", "audit unless bound as a leader")


def may_decide(token: Token) -> None:
    """Raises ApiError 403 unless the token may give commands."""
    if not token.may_decide or token.municipality == ALL:
        raise _not("træffe afgørelser", "give commands")


def may_forward(token: Token) -> None:
    """Raises ApiError 403 unless the token may have what is stored sent elsewhere."""
    if not token.may_forward or token.municipality == ALL:
        raise _not("opsætte webhooks", "set up webhooks")


def may_name(token: Token, source: str) -> None:
    """Raises ApiError 403 unless the token may say of ids in a command that they are `source`'s.

    One that is bound to a source speaks of that source's ids, or of those given here. One that
    isn't is a person's way in, and people work with all the systems there are: the ids of staff
    and courses are always some case system's.
    """
    if is_named_by(token, source):
        return
    flaw = _outside(token)
    raise ApiError(
        "not-allowed", Words(flaw.danish, flaw.english), errors=[flaw], reason="outside-prefix"
    )


def is_named_by(token: Token, source: str) -> bool:
    """Whether ids in the token's commands may be those of that source."""
    ours = f"{OURS}{token.municipality}"
    return token.source_prefix is None or token.speaks_for(source) or source == ours


def not_named_by(token: Token, data: Any, at: str = "") -> list[Flaw]:
    """Each source that references in `data`, which stands at `at`, may not be said to be of."""
    if isinstance(data, list):
        return [
            flaw for n, one in enumerate(data) for flaw in not_named_by(token, one, f"{at}/{n}")
        ]
    if not isinstance(data, dict):
        return []
    flaws = [
        flaw for name, one in data.items() for flaw in not_named_by(token, one, f"{at}/{name}")
    ]
    source = data.get("source")
    if isinstance(source, str) and not is_named_by(token, source):
        flaws.append(_outside(token, f"{at}/source"))
    return flaws


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
            reason="other-municipality",
        )
    return token.municipality


def not_senders(token: Token, event: Incoming) -> Problem | None:
    """The problem with an event that this sender may not send."""
    flaws = []
    if not token.speaks_for(event.source):
        flaws.append(_outside(token))
    flaws += _not_sent(token, "/type", event.topic)
    if token.binds_facts:
        flaws += not_spoken_for(token, event.data, "/data")
    replacement = event.data.get("replacement")
    if isinstance(replacement, dict):
        # What may not be sent may not be put in the place of something else either.
        at = "/data/replacement"
        flaws += _not_sent(token, f"{at}/type", replacement["type"].removeprefix(WIRE_PREFIX))
        if token.binds_facts:
            flaws += not_spoken_for(token, replacement["data"], f"{at}/data")
    if not flaws:
        return None
    return Problem(kind="not-allowed", errors=tuple(flaws), source=event.source, id=event.id)


def depends_on_data(token: Token, event: Incoming) -> bool:
    """Whether more than its source and type says if the sender may send the event."""
    return token.binds_facts or "replacement" in event.data


def not_spoken_for(token: Token, data: Mapping[str, Any], at: str = "") -> list[Flaw]:
    """Each function in which the token may not speak; `data`, that of an event, stands at `at`."""
    allowed = ", ".join(token.functions)
    return [
        Flaw(
            f"{at}/{name}/function",
            "function-not-for-token",
            f"Adgangen taler kun for: {allowed}.",
            f"The access speaks only for: {allowed}.",
        )
        for name in token.strangers(data)
    ]


def _outside(token: Token, place: str = "/source") -> Flaw:
    return Flaw(
        place,
        "outside-prefix",
        f"Skal ligge under {token.source_prefix}, som adgangen gælder.",
        f"Must lie under {token.source_prefix}, which the access is for.",
    )


def _not_sent(token: Token, place: str, topic: str) -> list[Flaw]:
    if token.may_send(topic.rsplit(".v", 1)[0]):
        return []
    allowed = ", ".join(token.events)
    return [
        Flaw(
            place,
            "not-for-token",
            f"Adgangen gælder kun: {allowed}.",
            f"The access is only for: {allowed}.",
        )
    ]


def _not(danish: str, english: str) -> ApiError:
    return ApiError(
        "not-allowed",
        Words(f"Adgangen må ikke {danish}.", f"The token may not {english}."),
        reason=f"may-not-{english.partition(' ')[0]}",
    )
