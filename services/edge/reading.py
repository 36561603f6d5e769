"""Strict reading of JSON: what a lenient reader lets pass is found, with its place.

What is sound is read by msgspec. Else the standard library's scanner reads it, and only when that
meets something that must not be there is the same text read once more, leaving marks, so that every
fault's place can be told and the rest of a batch is unharmed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, NoReturn

import msgspec

from services.edge.problems import Flaw, Problem
from services.edge.sentences import flaw

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_WHITE = re.compile(r"[ \t\n\r]*")
# A quote that begins no whole string is a token too: looking on behind it could take for ever.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|["\[\]{}]', re.DOTALL)
_FIELD = re.compile(r"(?!.*[0-9]{5})[a-z][a-z0-9_]{0,39}", re.DOTALL)
_OBJECT = re.compile(rb"[ \t\n\r]*\{")
_OBJECTS = re.compile(rb"[ \t\n\r]*\[[ \t\n\r]*\{")
LONGEST_EVENT = (
    128 * 1024
)  # bytes as sent; what is longer is not read, as it takes 28 times as much
# Bytes of a batch that is gone through for the elements beside one that isn't JSON, or too deep.
_LONGEST_TEXT = 4 * 1024 * 1024
_BYTE = re.compile(r"\(byte ([0-9]+)\)")
_INNER = bytes(range(0x80, 0xC0))  # of a character of several bytes all but the first
_LONGEST_NUMBER = 30  # digits; what must be read as a number has at most 18


class UnreadableError(ValueError):
    """The text is not JSON, or not as JSON must be sent."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(kind="not-json", errors=(flaw("", code, **values),))


class _SecondLookError(Exception):
    """Something that the fast path doesn't take."""


class _Doubled(dict[str, Any]):
    """An object in which keys stand more than once."""

    doubled: list[str]


class _Mark:
    """A value that isn't one."""

    def __init__(self, code: str) -> None:
        self.code = code


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _SecondLookError
    return found


def _constant(_: str) -> NoReturn:
    raise _SecondLookError


def _marked_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = _Doubled(pairs)
    if len(found) == len(pairs):
        return dict(found)
    found.doubled = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    return found


def _marked_int(digits: str) -> Any:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _Mark("huge-number")


_fast = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_marking = json.JSONDecoder(
    object_pairs_hook=_marked_object,
    parse_constant=lambda _: _Mark("not-a-number"),
    parse_int=_marked_int,
)


def text_of(raw: bytes) -> str:
    """The text of a body. Raises UnreadableError."""
    if not raw or raw.isspace():
        raise UnreadableError("empty")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise UnreadableError("byte-order-mark")
    if b"\0" in raw:
        raise UnreadableError("nul")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("not-utf8", at=error.start) from None
    if text.isspace():
        raise UnreadableError("empty")
    return text


def _at_once(raw: bytes, begins: re.Pattern[bytes] = _OBJECT) -> Any:
    """The object of JSON in which no fault must be looked for; Ellipsis where that isn't sure.

    msgspec takes nothing that the scanner refuses, and reads it alike, but drops doubled keys. A
    colon stands behind each key, or in a text: where one was dropped, what was read has fewer of
    them, unless a text has one that was escaped.
    """
    if begins.match(raw) is None or b"\\u003" in raw:
        return ...
    try:
        value = _decode(raw)
        return value if _encode(value).count(b":") == raw.count(b":") else ...
    except (ValueError, OverflowError, RecursionError):
        return ...


class Read(NamedTuple):
    """A JSON value, and what in it is against the rules of JSON, by place."""

    value: Any
    faults: list[Flaw]


def read_object(raw: bytes) -> Read:
    """The same as `read` of the text of a body, sooner where it is a sound object."""
    value = _at_once(raw)
    return read(text_of(raw)) if value is ... else Read(value, [])


def read(text: str, root: str = "") -> Read:
    """The one JSON value in the text. Raises UnreadableError."""
    value, end, marked = _value(text, _skip(text, 0))
    if (end := _skip(text, end)) != len(text):
        raise _not_json(text, end)
    return Read(value, list(_faults(value, root)) if marked else [])


def read_array(text: str) -> Iterator[tuple[Read | None, str]]:
    """The values of a JSON array, each with its text; None where it is too long to be an event.

    Raises UnreadableError.
    """
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        read(text)  # which says so if it isn't JSON at all
        raise UnreadableError("not-batch")
    at = _skip(text, at + 1)
    more = text[at : at + 1] != "]"
    while more:
        found, end = _element(text, at)
        yield found, text[at:end]
        at = _skip(text, end)
        more = text[at : at + 1] == ","
        if more:
            at = _skip(text, at + 1)
    if text[at : at + 1] != "]" or _skip(text, at + 1) != len(text):
        raise _not_json(text, at)


def read_objects(raw: bytes) -> Iterator[tuple[Read | None, int]]:
    """The values of a JSON array, each with its size in bytes; None where that is too large.

    Read one after the other, so that one at a time is held. Raises UnreadableError.
    """
    parts = parts_of(raw)
    for n, view in enumerate(parts or ()):
        part = bytes(view)
        try:
            found = read_object(part) if len(part) <= LONGEST_EVENT else None
        except (ValueError, RecursionError):
            yield from islice(_carefully(raw), n, None)
            return
        yield found, len(part)
    if parts is None:
        yield from _carefully(raw)


def objects_at_once(raw: bytes) -> list[dict[str, Any]] | None:
    """The values of an array of sound objects; None where that isn't sure, or they are many.

    What is held of it is no more than may be of one event.
    """
    if len(raw) > LONGEST_EVENT:
        return None
    found = _at_once(raw, _OBJECTS)
    return None if found is ... or set(map(type, found)) != {dict} else found


def parts_of(raw: bytes) -> list[msgspec.Raw] | None:
    """The values of a JSON array, unread views; None where it is no array, or broken somewhere."""
    try:
        return _parts(raw)
    except (ValueError, RecursionError):
        return None


def _carefully(raw: bytes) -> Iterator[tuple[Read | None, int]]:
    """The same, the way on which is found where it is broken. Raises UnreadableError."""
    if len(raw) > _LONGEST_TEXT:
        raise _broken(raw)
    return ((found, len(text.encode())) for found, text in read_array(text_of(raw)))


def _broken(raw: bytes) -> UnreadableError:
    """Where it is broken, as msgspec says it: as a text it would take up to four times as much."""
    try:
        _parts(raw)
    except RecursionError:
        return UnreadableError("too-deep")
    except ValueError as error:
        told = _BYTE.search(str(error))
        at = int(told[1]) if told else len(raw)
        line = raw[raw.rfind(b"\n", 0, at) + 1 : at].translate(None, _INNER)
        return UnreadableError("not-json", line=raw.count(b"\n", 0, at) + 1, column=len(line) + 1)
    return UnreadableError("not-json", line=1, column=1)


def _element(text: str, at: int) -> tuple[Read | None, int]:
    """The value that begins here, unless it is longer than an event, and where it ends."""
    if len(text) - at > LONGEST_EVENT and text[at] in "[{":
        try:
            value, length, marked = _value(text[at : at + LONGEST_EVENT], 0)
            end = at + length
        except UnreadableError:
            # Broken, or cut off by us.
            if (end := _end_if_any(text, at)) - at > LONGEST_EVENT:
                return None, end
            value, end, marked = _value(text[: at + LONGEST_EVENT], at)
    else:
        value, end, marked = _value(text, at)
    return Read(value, list(_faults(value, "")) if marked else []), end


def _end_if_any(text: str, at: int) -> int:
    """Where the object or array that begins here ends; where it begins if nothing ends it."""
    try:
        return _end_of(text, at)
    except UnreadableError:
        return at


def _value(text: str, at: int) -> tuple[Any, int, bool]:
    """The value that begins here, where it ends, and whether it holds marks."""
    try:
        try:
            return *_fast.raw_decode(text, at), False
        except json.JSONDecodeError:
            raise
        except (_SecondLookError, ValueError):  # ValueError: more digits than int() takes
            return *_marking.raw_decode(text, at), True
    except json.JSONDecodeError as error:
        raise _not_json(text, error.pos) from None
    except RecursionError:
        return _Mark("too-deep"), _end_of(text, at), True


def _end_of(text: str, at: int) -> int:
    """Where the object or array that begins here ends, without descending into it."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] == '"':
            break
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
            if depth == 0:
                return token.end()
    raise UnreadableError("too-deep")


def _skip(text: str, at: int) -> int:
    white = _WHITE.match(text, at)
    return white.end() if white else at


def _not_json(text: str, at: int) -> UnreadableError:
    line = text.count("\n", 0, at) + 1
    return UnreadableError("not-json", line=line, column=at - text.rfind("\n", 0, at))


def _faults(value: Any, root: str) -> Iterator[Flaw]:
    """The marks that the second look left, with their places."""
    waiting: list[tuple[str, Any]] = [(root, value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, _Mark):
            yield flaw(pointer, value.code)
        elif isinstance(value, dict):
            for key in getattr(value, "doubled", ()):
                yield flaw(step(pointer, key), "doubled-key")
            waiting += [(step(pointer, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/{n}", inner) for n, inner in enumerate(value)]


def step(pointer: str, key: str) -> str:
    """The place of a field; of one whose name could be anything, the place that holds it."""
    return f"{pointer}/{key}" if may_be_named(key) else pointer


def may_be_named(key: str) -> bool:
    """Whether a name that a sender chose may be repeated: it looks like a field, not like data."""
    return _FIELD.fullmatch(key) is not None
