"""What OpenAPI says of the routes whose bodies are read as bytes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel

from services.api.conditions import KEY, MATCH
from services.api.problems import KINDS, PROBLEM
from services.edge.example import example_of
from services.edge.schemas import schema_of
from services.store.receipts import Status

EXAMPLE = example_of("course.intake-registered.v1")
"""An event that can be sent as it stands, with a token for its municipality and source."""


class ReceiptDocument(BaseModel):
    """The first receipt of an event, the same each time; positions are the municipality's own."""

    status: Status
    source: str
    id: str
    stream: UUID
    version: int
    position: int
    recorded_at: datetime


class FlawDocument(BaseModel):
    """One thing that is wrong: its place (JSON Pointer), a code, and what would be right."""

    pointer: str
    code: str
    detail: str


class ProblemDocument(BaseModel):
    """Why something was refused (RFC 9457). `rule` and what satisfies it: of decisions only.

    `position` and `event` are those of a stored event that can't be read, and waits.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: list[FlawDocument] | None = None
    rule: str | None = None
    satisfied_by: str | None = None
    version: int | None = None
    position: int | None = None
    event: str | None = None


class Outcome(BaseModel):
    """What became of one event of a batch: a receipt, or a problem; of a conflict both."""

    status: Literal["stored", "duplicate", "conflict", "refused"]
    source: str | None = None
    id: str | None = None
    stream: UUID | None = None
    version: int | None = None
    position: int | None = None
    recorded_at: datetime | None = None
    problem: ProblemDocument | None = None


class Receipts(BaseModel):
    """One for each event of a batch, in order."""

    receipts: list[Outcome]


class InBothLanguages(BaseModel):
    """A sentence in Danish and in English."""

    da: str
    en: str


class FeedWaits(BaseModel):
    """The event that this release can't read: its position, its type, and what is to be done."""

    position: int
    event: str
    because: InBothLanguages


class FeedPage(BaseModel):
    """Events in commit order, all that were asked for up to `next`; the log ends at `head`.

    `waits` is there only where the next event can't be read, so that none after it is told either.
    """

    events: list[dict[str, Any]]
    next: int
    head: int
    waits: FeedWaits | None = None


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problem documents under these statuses."""
    return {
        status: {
            "description": _titles(status),
            "content": {PROBLEM: {"schema": _PROBLEM, "example": _problem(status)}},
        }
        for status in statuses
    }


def _problem(status: int) -> dict[str, Any]:
    """The first kind of that status, as it would be told."""
    kind, (_, title) = next(each for each in KINDS.items() if each[1][0] == status)
    return {"type": f"/problems/{kind}", "title": title.en, "status": status, "detail": "…"}


def _titles(status: int) -> str:
    return "; ".join(title.en for code, title in KINDS.values() if code == status)


_PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}
_EVENT = {
    "type": "object",
    "description": "A CloudEvent; its schema: /v1/schemas/{topic}",
    "required": ["specversion", "type", "source", "id", "subject", "time", "municipality"],
}
_SHOWN = ("course.intake-registered.v1", "course.mentor-matched.v1", "mentor.employed.v1")
_EXAMPLES = {topic: {"summary": topic, "value": example_of(topic)} for topic in _SHOWN}
EVENTS: dict[str, Any] = {
    "responses": {
        201: {"model": ReceiptDocument, "description": "Stored."},
        200: {
            "model": ReceiptDocument | Receipts,
            "description": "A duplicate's first receipt; or a batch's.",
        },
        207: {"model": Receipts, "description": "A batch of which something was not stored."},
        **refusals(400, 401, 403, 409, 413, 415, 422, 429, 503),
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {"schema": _EVENT, "examples": _EXAMPLES},
                "application/cloudevents-batch+json": {
                    "schema": {"type": "array", "items": _EVENT},
                    "example": [each["value"] for each in _EXAMPLES.values()],
                },
                "application/json": {
                    "schema": {"description": "Binary mode (ce- headers), an event or a batch"},
                    "example": EXAMPLE,
                },
            },
        }
    },
}


FEED: dict[str, Any] = {
    "responses": {
        200: {
            "model": FeedPage,
            "description": "Events, and where to go on; also in headers: Feed-Next, Feed-Head, and"
            " where the next event can't be read, Feed-Waits.",
            "content": {
                "application/cloudevents-batch+json": {
                    "schema": {"type": "array", "items": _EVENT}
                },
                "text/event-stream": {"schema": {"type": "string"}},
            },
        },
        **refusals(400, 401, 403, 404, 409, 503),
    },
}


MENDED: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {"application/cloudevents+json": {"schema": _EVENT, "example": EXAMPLE}},
    }
}
"""The body of what is sent again."""


_COMPLETE = {
    "name": "Upload-Complete",
    "in": "header",
    "required": False,
    "description": "`?0` where more will follow; `?1` (all of it) if left out.",
    "schema": {"type": "string", "pattern": "^[?][01]$"},
}
_OFFSET = {
    "name": "Upload-Offset",
    "in": "header",
    "required": True,
    "description": "Where in the whole this goes on, in bytes: what HEAD answers.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
}
_LINES = {
    "schema": {"type": "string", "description": "CloudEvents in structured mode, one a line"},
    "example": msgspec.json.encode(EXAMPLE).decode() + "\n",
}
LINES: dict[str, Any] = {
    "requestBody": {"required": False, "content": {"application/x-ndjson": _LINES}},
    "parameters": [_COMPLETE],
}
"""The body of an import that begins."""
MORE_LINES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/partial-upload": _LINES,
            "application/x-ndjson": _LINES,
        },
    },
    "parameters": [_OFFSET, _COMPLETE],
}
"""The body of one that goes on."""


def command(topic: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """A command's headers, its body (the `data` of the event that it decides) and its answers.

    Which follow-up it is, the path says.
    """
    schema = schema_of(topic)
    reference = schema["properties"]["data"]["$ref"].rpartition("/")[2]
    body = {**schema["$defs"][reference], "$defs": schema["$defs"]}
    said = {"follow_up"}
    body["properties"] = {k: v for k, v in body["properties"].items() if k not in said}
    body["required"] = [name for name in body["required"] if name not in said]
    return {
        "responses": {
            201: {"model": ReceiptDocument, "description": "Decided and stored."},
            200: {"model": ReceiptDocument, "description": "Asked before: the first receipt."},
            **refusals(400, 401, 403, 404, 409, 412, 413, 422, 428, 429, 503),
        },
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _inlined(body), "example": example}},
            },
            "parameters": [ONCE, at_version("the course or team")],
        },
    }


def at_version(what: str) -> dict[str, Any]:
    """The header that says at which version of something a change was thought out."""
    return _header("If-Match", MATCH, f'The version of {what}, `"7"`, or `*`.')


def _header(name: str, pattern: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": f"^(?:{pattern})$"},
    }


ONCE = _header("Idempotency-Key", KEY, "1–120 visible ASCII; the same at each try.")


def _inlined(schema: dict[str, Any]) -> Any:
    """The schema without references: those would point into the OpenAPI document."""
    definitions = schema.pop("$defs")

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return walk(definitions[value["$ref"].rpartition("/")[2]])
            # A mapping of tags to references has no meaning once they are inlined.
            return {key: walk(each) for key, each in value.items() if key != "discriminator"}
        return [walk(each) for each in value] if isinstance(value, list) else value

    return walk(schema)
