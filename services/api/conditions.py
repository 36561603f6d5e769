"""The two headers of a command: what it is known by, and the version it was thought out at."""

import re

from starlette.requests import Request

from services.api.problems import ApiError
from services.edge.patterns import looks_like_cpr
from services.edge.problems import Flaw
from services.words import Words

_VERSION_FORM = '"(0|[1-9][0-9]{0,17})"'
_VERSION = re.compile(_VERSION_FORM)
KEY = "[!-~]{1,120}"
MATCH = rf"\*|{_VERSION_FORM}"
_KEY = re.compile(KEY)
PREFIX = "command:"
"""Of the ids of decisions, so that none is ever that of an event that is written by itself."""
ANY = -1
_BESIDE = "beside"


def idempotency_key(request: Request) -> str:
    """The id that the decision gets; the same at every retry. Raises ApiError 400."""
    key = request.headers.get("idempotency-key", "")
    if _KEY.fullmatch(key) and not looks_like_cpr(key):
        return PREFIX + key
    raise _wrong(
        "Idempotency-Key",
        Words(
            "Skal være 1–120 synlige ASCII-tegn, den samme ved hvert forsøg, uden CPR-nummer.",
            "Must be 1–120 visible ASCII characters, the same at each try, with no CPR number.",
        ),
    )


def beside(id_: str, number: int) -> str:
    """The id of the event that a decision writes at that place: its own, or one made of it."""
    return f"{_BESIDE}{number}:{id_.removeprefix(PREFIX)}" if number else id_


def if_match(request: Request) -> int:
    """The version of the course or team that it was thought out at, or ANY. Raises ApiError."""
    given = request.headers.get("if-match")
    if given is None:
        raise ApiError(
            "version-required",
            Words(
                'Send If-Match: "<version>" fra ETag i et tidligere svar, eller If-Match: *.',
                'Send If-Match: "<version>" from the ETag of an earlier answer, or If-Match: *.',
            ),
        )
    if given.strip() == "*":
        return ANY
    if version := _VERSION.fullmatch(given.strip()):
        return int(version[1])
    raise _wrong("If-Match", Words('Skal være "<tal>" eller *.', 'Must be "<number>" or *.'))


def _wrong(header: str, words: Words) -> ApiError:
    flaw = Flaw(f"/{header.lower()}", "header", f"{header}: {words.da}", f"{header}: {words.en}")
    return ApiError("invalid-request", Words(flaw.danish, flaw.english), errors=[flaw])
