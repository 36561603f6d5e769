"""JSON Schema (2020-12) of every event as it is sent, for those who build against us."""

from copy import deepcopy
from functools import cache
from inspect import getdoc
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from services.edge import patterns
from services.edge.example import example_of
from services.edge.models import PREFIX, TYPES, Form, form_of

_ID = {"type": "string", "pattern": patterns.ID}
_SOURCE = {
    "type": "string",
    "format": "uri",
    "pattern": patterns.SOURCE,
    "maxLength": patterns.LONGEST_SOURCE,
}
_TIME = {"type": "string", "format": "date-time", "pattern": patterns.TIME}
_ATTRIBUTES: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "source": _SOURCE,
    "id": _ID,
    "subject": _ID,
    "subjectsource": _SOURCE,
    "time": _TIME,
    "municipality": {"type": "string", "pattern": patterns.MUNICIPALITY},
    "sequence": {"type": "string", "pattern": patterns.SEQUENCE},
    "correlationid": _ID,
    "datacontenttype": {"type": "string"},
}
_REQUIRED = ["specversion", "type", "source", "id", "subject", "time", "municipality", "data"]


class _Generate(GenerateJsonSchema):
    """Without titles made of names, and without defaults: a field is left out, never null."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema_of(topic: str) -> dict[str, Any]:
    """The schema of one event, the whole CloudEvent. Raises UnknownEventError."""
    return deepcopy(_schema_of(topic))


@cache
def _schema_of(topic: str) -> dict[str, Any]:
    form = form_of(topic)
    parts = {topic: form, **(_replacements(form) if "replacement" in form.fields else {})}
    refs, definitions = models_json_schema(
        [(part.model, "validation") for part in parts.values()], schema_generator=_Generate
    )
    found: dict[str, Any] = definitions["$defs"]
    if "Replacement" in found:
        found["Replacement"] = {
            "oneOf": [
                _replacement(other, refs[part.model, "validation"])
                for other, part in parts.items()
                if other != topic
            ]
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:roedtraad:schema:{topic}",
        "title": form.event.NAME,
        "description": _description(form),
        "type": "object",
        "properties": {
            **_ATTRIBUTES,
            "type": {"const": PREFIX + topic},
            "data": refs[form.model, "validation"],
        },
        "required": _REQUIRED,
        "examples": [example_of(topic)],
        "$defs": found,
    }


def _description(form: Form) -> str:
    told = getdoc(form.event) or ""
    return told if form.sendable else f"{told}\n\nWritten here only: not taken from senders."


def all_schemas() -> dict[str, dict[str, Any]]:
    """The schemas of all events by topic."""
    return {topic: schema_of(topic) for topic in TYPES.values()}


def _replacements(form: Form) -> dict[str, Form]:
    """What may stand in the place of an event of the same stream."""
    forms = {topic: form_of(topic) for topic in TYPES.values()}
    return {
        topic: other
        for topic, other in forms.items()
        if other.stream == form.stream and other.replaceable
    }


def _replacement(topic: str, data: JsonSchemaValue) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": PREFIX + topic}, "time": _TIME, "data": data},
        "required": ["type", "time", "data"],
        "additionalProperties": False,
    }
