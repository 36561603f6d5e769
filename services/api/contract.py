"""The OpenAPI document, with the ways in that this installation has."""

from typing import Any

from fastapi import FastAPI

from services.access.verifying import DECIDE, READ, SEND, WEBHOOKS, Verifier
from services.api.security import BEARER
from services.audit.access.looking import LONGEST_PURPOSE
from services.settings import Settings

_NAME = "ClientCredentials"
_FRAMES = "HTTPValidationError"
_PURPOSE = {
    "name": "Purpose",
    "in": "header",
    "required": False,
    "description": "What the answer is for, to the access log; the token's label if left out.",
    "schema": {"type": "string", "maxLength": LONGEST_PURPOSE},
}
_SCOPES = {
    SEND: "Narrows the token to what is named: send events",
    READ: "The same: read",
    DECIDE: "The same: give commands",
    WEBHOOKS: "The same: set up webhooks",
}


def describe_access(made: FastAPI, settings: Settings, verifier: Verifier) -> None:
    """Tell of the issuer's tokens, once it is known where they are had."""
    plain = made.openapi

    def document() -> dict[str, Any]:
        found = plain()
        _without_the_frames(found)
        _with_purposes(found)
        known = (issuer.token_url for issuer in verifier.issuers.values())
        token_url = settings.token_url or next(filter(None, known), None)
        if token_url is None:
            return found
        flow = {"tokenUrl": token_url, "scopes": _SCOPES}
        schemes = found["components"]["securitySchemes"]
        schemes[_NAME] = {"type": "oauth2", "flows": {"clientCredentials": flow}}
        for path in found["paths"].values():
            for operation in path.values():
                ways = operation.get("security")
                if ways and {_NAME: []} not in ways and {BEARER.scheme_name: []} in ways:
                    ways.append({_NAME: []})
        return found

    made.openapi = document  # type: ignore[method-assign]


def _with_purposes(document: dict[str, Any]) -> None:
    """Whoever asks or decides may say what for; it is read of the headers."""
    for path in document["paths"].values():
        for method, operation in path.items():
            known = operation.setdefault("parameters", [])
            may = method == "get" or "commands" in operation.get("tags", ())
            if may and operation.get("security") and _PURPOSE not in known:
                known.append(_PURPOSE)


def _without_the_frames(document: dict[str, Any]) -> None:
    """Leave out the answer that the frame would give to wrong parameters: it is never given."""
    for path in document["paths"].values():
        for operation in path.values():
            told = operation["responses"].get("422", {}).get("content", {})
            if _FRAMES in str(told.get("application/json", "")):
                del operation["responses"]["422"]
    for name in (_FRAMES, "ValidationError"):
        document["components"]["schemas"].pop(name, None)
