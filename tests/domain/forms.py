"""An event's data as it was sent, as the checks read it: attributes, None for what is left out."""

from types import SimpleNamespace
from typing import Any

from domain.events.base import Fact, Finding
from domain.fields import CodeMap, Codes, Many, fields_of


def form(type_: type[Fact], data: dict[str, Any]) -> SimpleNamespace:
    """The form of some sent data. Fails on a field that the event doesn't have."""
    fields = {field.name: field for field in fields_of(type_)}
    values: dict[str, Any] = {f.attribute: _left_out(f.marker) for f in fields.values()}
    for name, value in data.items():
        field = fields[name]
        values[field.attribute] = (
            dict(value) if isinstance(field.marker, CodeMap) else _attributes(value)
        )
    return SimpleNamespace(**values)


def findings(type_: type[Fact], data: dict[str, Any]) -> list[Finding]:
    """What is wrong with some sent data, beyond types and codes."""
    return list(type_.check(form(type_, data)))


def _left_out(marker: Any) -> Any:
    return () if isinstance(marker, Codes | Many) else None


def _attributes(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_attributes, value))
    if not isinstance(value, dict):
        return value
    absent: dict[str, Any] = {"id": None, "to": None, "text": None}
    named = {("from_" if k == "from" else str(k)): _attributes(v) for k, v in value.items()}
    return SimpleNamespace(**(absent | named))
