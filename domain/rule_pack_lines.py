"""Where things stand in a TOML text: the line of each table, key and element."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

Place = tuple[str | int, ...]
"""Keys, and numbers from 0 of elements: `("rules", "match-overdue", 1, "days")`."""

_DEEPEST = 8  # deeper places are told by what they stand in
_PART = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_BLANK = re.compile(r"(?:\s+|#[^\n]*)*")
# A text of several lines may end in up to two quotes of its own.
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def places(text: str) -> dict[Place, int]:
    """The line, from 1, on which each place of a text that `tomllib` has read is first named."""
    return _Reader(text).read()


class _Reader:
    """Goes through a text once. What isn't a key or a bracket is stepped over."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [n for n, sign in enumerate(text) if sign == "\n"]
        self._lines: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}  # of arrays of tables

    def read(self) -> dict[Place, int]:
        table: Place = ()
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()
        return self._lines

    def _header(self) -> Place:
        several = self._text.startswith("[[", self._at)
        self._at += 1 + several
        self._skip()
        line, parts = self._line(), self._key()
        table: Place = ()
        for n, part in enumerate(parts):
            table += (part,)
            self._told(table, line)
            if several and n == len(parts) - 1:
                self._counts[table] = self._counts.get(table, 0) + 1
            if table in self._counts:
                table += (self._counts[table] - 1,)
                self._told(table, line)
        self._skip()
        self._at += 1 + several
        return table

    def _pair(self, table: Place) -> None:
        line = self._line()
        for part in self._key():
            table += (part,)
            self._told(table, line)
        self._skip()
        self._at += 1  # =
        self._skip()
        self._value(table)

    def _value(self, place: Place) -> None:
        sign = self._text[self._at]
        if sign in "[{" and len(place) >= _DEEPEST:
            self._step_over()
        elif sign == "[":
            self._elements(place)
        elif sign == "{":
            self._within("}", lambda _: self._pair(place))
        elif text := _TEXT.match(self._text, self._at):
            self._at = text.end()
        else:
            self._at = self._match(_SCALAR).end()

    def _elements(self, place: Place) -> None:
        def element(number: int) -> None:
            self._told((*place, number), self._line())
            self._value((*place, number))

        self._within("]", element)

    def _within(self, end: str, read: Callable[[int], None]) -> None:
        """Everything up to a closing bracket, by its number from 0."""
        number = 0
        self._at += 1
        self._skip()
        while self._text[self._at] != end:
            read(number)
            number += 1
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
                self._skip()
        self._at += 1

    def _step_over(self) -> None:
        """To the end of a list or table, however deep it is."""
        depth = 0
        while True:
            sign = self._text[self._at]
            depth += (sign in "[{") - (sign in "]}")
            text = _TEXT.match(self._text, self._at)
            self._at = text.end() if text else self._at + 1
            if depth == 0:
                return
            self._skip()

    def _key(self) -> list[str]:
        """The parts of the key that stands here, read by the library."""
        key = self._match(_KEY)
        self._at = key.end()
        told: Any = tomllib.loads(f"{key[0]} = 0")
        parts: list[str] = []
        while isinstance(told, dict) and len(parts) < _DEEPEST:
            [(part, told)] = told.items()
            parts.append(part)
        return parts

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        assert found is not None
        return found

    def _skip(self) -> None:
        self._at = self._match(_BLANK).end()

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1

    def _told(self, place: Place, line: int) -> None:
        if len(place) <= _DEEPEST:
            self._lines.setdefault(place, line)
