"""What CloudEvents' HTTP binding and JSON format make of an event on its way, undone."""

import re
from base64 import b64decode
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from services.edge.problems import Flaw
from services.edge.reading import UnreadableError, read, text_of
from services.edge.sentences import flaw

PREFIX = "ce-"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def attributes_in(headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The attributes that stand in headers whose names are in lower case.

    A value may be a quoted string, and is percent-encoded once (HTTP binding, section 3.1.3.2).
    """
    return {
        name.removeprefix(PREFIX): unquote(_unquoted(value))
        for name, value in headers
        if name.startswith(PREFIX)
    }


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value


def with_data(event: dict[str, Any]) -> tuple[dict[str, Any], list[Flaw]]:
    """An event whose data came as bytes (`data_base64`), with the JSON that they are as its `data`.

    So the SDKs send what they are given as bytes in structured mode (JSON format, section 3.1.1).
    """
    if "data" in event:
        return event, [flaw("/data_base64", "data-twice")]
    sent = event["data_base64"]
    try:
        data = read(text_of(b64decode(sent, validate=True)), "/data")
    except UnreadableError as error:
        return event, [each._replace(pointer="/data_base64") for each in error.problem.errors]
    except (TypeError, ValueError):
        return event, [flaw("/data_base64", "not-base64")]
    return event | {"data": data.value}, data.faults
