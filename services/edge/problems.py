"""Clear answers to what cannot be taken: problem documents (RFC 9457) in Danish and English.

The offending value is never repeated, since it may be personal data: an answer names the place
and says what would be right.
"""

from typing import Any, Literal, NamedTuple

from msgspec import Struct

Language = Literal["da", "en"]


class Flaw(NamedTuple):
    """One thing that is wrong. `pointer` is a JSON Pointer (RFC 6901) from the event's root."""

    pointer: str
    code: str
    danish: str
    english: str

    def as_dict(self, language: Language = "da") -> dict[str, str]:
        """The flaw as it stands in a problem document."""
        detail = self.danish if language == "da" else self.english
        return {"pointer": self.pointer, "code": self.code, "detail": detail}


class _Kind(NamedTuple):
    status: int
    danish: str
    english: str


_KINDS = {
    "invalid-event": _Kind(422, "Hændelsen kan ikke modtages", "The event cannot be taken"),
    "not-json": _Kind(
        400, "Indholdet kan ikke læses som JSON", "The content cannot be read as JSON"
    ),
    "too-large": _Kind(413, "Hændelsen er for stor", "The event is too large"),
    "not-allowed": _Kind(403, "Adgangen rækker ikke dertil", "The token does not allow it"),
    "conflict": _Kind(409, "Id'et er brugt til en anden hændelse", "The id names another event"),
    "wrong-content-type": _Kind(415, "Forkert indholdstype", "Wrong content type"),
}


class Problem(Struct, frozen=True, kw_only=True):
    """Why one event, or a whole body, is refused. `source` and `id` are the event's, if known."""

    kind: str
    errors: tuple[Flaw, ...]
    source: str | None = None
    id: str | None = None

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return _KINDS[self.kind].status

    def as_dict(self, language: Language = "da") -> dict[str, Any]:
        """The problem document."""
        kind = _KINDS[self.kind]
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": kind.danish if language == "da" else kind.english,
            "status": kind.status,
            "detail": self._detail(language),
            "errors": [flaw.as_dict(language) for flaw in self.errors],
        }
        if self.source is not None:
            document["source"] = self.source
        if self.id is not None:
            document["id"] = self.id
        return document

    def _detail(self, language: Language) -> str:
        first = self.errors[0]
        sentence = first.danish if language == "da" else first.english
        if len(self.errors) == 1:
            return f"{first.pointer}: {sentence}" if first.pointer else sentence
        count = len(self.errors)
        return f"{count} fejl; se errors." if language == "da" else f"{count} errors; see errors."


def conflict(source: str, id: str) -> Problem:
    """The answer to an event whose id is known with other content. The first stays."""
    told = Flaw(
        "/id",
        "conflict",
        "er modtaget før med et andet indhold; send en rettelse (event-corrected) eller et nyt id",
        "was received before with other content; send a correction (event-corrected) or a new id",
    )
    return Problem(kind="conflict", errors=(told,), source=source, id=id)
