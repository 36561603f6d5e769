"""Corrections as machines get them: one object a line."""

from typing import Any

from services.audit.changes.corrections import Changed, Correction
from services.audit.changes.figures import Figure
from services.audit.replaying.plain import as_json
from services.audit.replaying.says import reason_of
from services.audit.replaying.telling import Reader, event_as_json

Row = dict[str, Any]


def correction_as_json(
    one: Correction, figures: list[Figure] | None, code: str, reader: Reader
) -> Row:
    """A correction of a municipality's; `figures` are those that it changed, where asked for."""
    return {
        "municipality": code,
        "stream": reader.of(one.thread.stream),
        "correction": event_as_json(one.amendment, reader),
        "reason": reason_of(one.amendment),
        "retracted": one.retracts,
        "holds": one.holds,
        "original": event_as_json(one.original, reader) if one.original else None,
        "changed": [_changed_as_json(changed, reader) for changed in one.changed],
        "figures": None if figures is None else [_figure_as_json(one, reader) for one in figures],
    }


def _changed_as_json(changed: Changed, reader: Reader) -> Row:
    before, after = reader.of(changed.before), reader.of(changed.after)
    return {"field": changed.field, "before": before, "after": after}


def _figure_as_json(figure: Figure, reader: Reader) -> Row:
    return {
        "view": figure.view,
        "by": figure.by,
        "row": {name: as_json(value, reader.names) for name, value in figure.row.items()},
        "column": figure.column or None,
        "before": as_json(figure.before, reader.names),
        "after": as_json(figure.after, reader.names),
    }
