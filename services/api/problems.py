"""Answers that are not what was asked for: problem documents (RFC 9457), Danish or English.

None repeats what was sent, since that may be personal data; each names the place and says what
would be right.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.edge.problems import Flaw, Language, Problem
from services.store.unreadable import waits_for
from services.words import Words

PROBLEM = "application/problem+json"
_PIECE = 256 * 1024  # bytes of a long answer that are sent at a time
KINDS: Mapping[str, tuple[int, Words]] = {
    "invalid-request": (400, Words("Forespørgslen kan ikke læses", "The request cannot be read")),
    "not-signed-in": (401, Words("Gyldig adgang mangler", "No valid access token")),
    "not-allowed": (403, Words("Adgangen gælder ikke dette", "The access does not cover this")),
    "not-found": (404, Words("Findes ikke", "Not found")),
    "wrong-method": (405, Words("Metoden bruges ikke her", "The method is not used here")),
    "too-slow": (408, Words("Indholdet kom for langsomt", "The content came too slowly")),
    "conflict": (409, Words("Id'et er brugt til noget andet", "The id names something else")),
    "set-back": (409, Words("Loggen er sat tilbage", "The log was set back")),
    "wrong-offset": (409, Words("Importen er et andet sted", "The import is elsewhere")),
    "import-completed": (409, Words("Importen er afsluttet", "The import is completed")),
    "version-conflict": (412, Words("Der er sket noget imens", "Something happened meanwhile")),
    "too-large": (413, Words("Indholdet er for stort", "The content is too large")),
    "wrong-content-type": (415, Words("Forkert indholdstype", "Wrong content type")),
    "refused-by-rule": (422, Words("En regel tillader det ikke", "A rule does not allow it")),
    "version-required": (428, Words("If-Match mangler", "If-Match is missing")),
    "too-many-requests": (429, Words("For mange forespørgsler", "Too many requests")),
    "headers-too-large": (431, Words("Headerne er for store", "The headers are too large")),
    "internal": (500, Words("Der skete en fejl hos os", "An error on our side")),
    "busy": (503, Words("Prøv igen om lidt", "Try again shortly")),
    "unreadable-event": (
        503,
        Words("En hændelse i loggen kan ikke læses", "An event of the log cannot be read"),
    ),
}


class ApiError(Exception):
    """Ends a request with a problem document. `members` are added to it.

    `reason` isn't told: it is counted, and logged. `whose` is who it tells of all the same, by
    municipality: that there are several of them, say.
    """

    def __init__(
        self,
        kind: str,
        detail: Words,
        *,
        errors: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        reason: str | None = None,
        whose: Mapping[str, Collection[UUID]] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        self.reason = reason
        self.whose = dict(whose or {})

    def response(self, language: Language) -> Response:
        """The answer."""
        status, title = KINDS[self.kind]
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": title.say(language),
            "status": status,
            "detail": self.detail.say(language),
            **{
                name: value.say(language) if isinstance(value, Words) else value
                for name, value in self.members.items()
            },
        }
        if self.errors:
            document["errors"] = [flaw.as_dict(language) for flaw in self.errors]
        return _response(status, document, language, self.headers)


def problem_response(problem: Problem, language: Language) -> Response:
    """The answer to a body that the edge refuses."""
    return _response(problem.status, problem.as_dict(language), language, {})


def json_response(
    content: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON, written the fast way."""
    body = msgspec.json.encode(content)
    if headers is None:
        return _Json(body, status)
    return Response(body, status, dict(headers), media_type="application/json")


def ready_json(body: bytearray, status: int) -> Response:
    """JSON that was written already, sent no sooner than it is read at the other end."""
    return _Pieces(memoryview(body), status)


class _Json(Response):
    """The same as the frame's, whose headers needn't be worked out."""

    def __init__(self, body: bytes | memoryview, status: int) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"application/json"),
        ]


class _Pieces(_Json):
    """Sent in pieces, each once there is room for it: the server would else hold all of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        body, more = self.body, True
        while more:
            piece, body = body[:_PIECE], body[_PIECE:]
            more = len(body) > 0
            await send({"type": "http.response.body", "body": bytes(piece), "more_body": more})


def language_of(request: Request) -> Language:
    """Danish, unless the client would rather have English."""
    best: tuple[float, Language] = (0.0, "da")
    for part in request.headers.get("accept-language", "").split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        primary = name.partition("-")[0]
        if primary in ("da", "en") and quality > best[0]:
            best = (quality, "en" if primary == "en" else "da")
    return best[1]


def busy(seconds: int = 2, reason: str | None = None) -> ApiError:
    """The store can't be used now. Whether something was stored is told when it is sent again."""
    return ApiError(
        "busy",
        Words(
            "Lageret kan ikke bruges lige nu. Send det samme igen: intet gemmes to gange.",
            "The store can't be used right now. Send the same again: nothing is stored twice.",
        ),
        headers={"retry-after": str(seconds)},
        reason=reason,
    )


def being_rebuilt() -> ApiError:
    """The views' tables are another edition's, and can't be asked until they are rebuilt."""
    return ApiError(
        "busy",
        Words(
            "Overblikkenes tabeller er fra en anden udgave af programmet, til de er bygget om.",
            "The views' tables are another edition's until they are rebuilt.",
        ),
        headers={"retry-after": "5"},
        reason="another-edition",
    )


def unreadable(position: int, topic: str) -> ApiError:
    """What was asked for waits for a stored event that this program can't read."""
    return ApiError(
        "unreadable-event",
        waits_for(position, topic),
        headers={"retry-after": "30"},
        members={"position": position, "event": topic},
        reason="unreadable-event",
    )


def unrecorded() -> ApiError:
    """The look can't be recorded now, so nothing is told."""
    return ApiError(
        "busy",
        Words(
            "Opslaget kan ikke noteres i adgangsloggen lige nu, så intet vises.",
            "The look can't be recorded in the access log right now, so nothing is shown.",
        ),
        headers={"retry-after": "2"},
        reason="access-log",
    )


def _response(
    status: int, document: dict[str, Any], language: Language, headers: dict[str, str]
) -> Response:
    headers = {"content-language": language, "vary": "accept-language", **headers}
    return Response(msgspec.json.encode(document), status, headers, media_type=PROBLEM)
