"""Answers in words, for screen and sheet: headings, terms for codes, what is withheld."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.rendering import Month, Row, short_id
from services.sheets import as_csv
from services.view_list.shape import Column
from services.words import Words


class Wording(StrEnum):
    """What a sheet's headings and codes are written in."""

    DA = "da"
    EN = "en"  # codes are English as they are
    CODES = "codes"  # the column names and codes of JSON; days, numbers, ja and nej as in DA


WITHHELD = Words("skjult (< 5)", "withheld (< 5)")
"""In place of a figure of fewer than five people, or one that would give such a figure away."""

_RANGE = re.compile(r"\A(\d+)-(\d+)\Z")
"""A spreadsheet may make a date of it."""

_NUMBER = re.compile(r"0\d+|\d+e\d+")
"""A spreadsheet would write it in another way."""

_OERE = 100  # to a krone
_INTERNAL = Words("internt id", "internal id")


def as_sheet(rows: Iterable[Row], columns: Sequence[Column], wording: Wording) -> str:
    """Rows as CSV. In words it is of one language, what senders call people and courses stands
    where JSON has internal ids, and those come last. No two headings are the same: a column of
    internal ids says that it is one."""
    if wording is Wording.CODES:
        return as_csv(list(rows), [column.name for column in columns])
    read = [column for column in columns if not column.for_programs]
    several = _ids_last(in_language(read, read, wording))
    told = [in_words(row, several, wording) for row in rows]
    names = [column.name for column in several]
    return as_csv(told, names, [_heading(column, wording) for column in several], kept=True)


def in_language(
    columns: Iterable[Column], every: Iterable[Column], language: str
) -> Iterator[Column]:
    """Columns, of `every` one that there is, without the sentences of the other language."""
    known = {column.name: column for column in every}
    english = {column.in_english for column in known.values() if column.in_english}
    for column in columns:
        if column.in_english and language == "en":
            yield known[column.in_english]
        elif column.name not in english:
            yield column


def _ids_last(columns: Iterable[Column]) -> list[Column]:
    known = {column.name: column for column in columns}
    named = [name for name, column in known.items() if column.is_named and f"{name}_id" in known]
    beside = {name: known.pop(f"{name}_id") for name in named}
    readable = [beside.get(name, one) for name, one in known.items()]
    internal = [one for one in known.values() if one.is_internal]
    return [*(one for one in readable if not one.is_internal), *internal]


def _heading(column: Column, language: str) -> str:
    heading = column.heading.say(language)
    return f"{heading}, {_INTERNAL.say(language)}" if column.is_named else heading


def in_words(row: Row, columns: Iterable[Column], language: str, *, on_screen: bool = False) -> Row:
    """The row with these columns in words; on a screen references are their ids, months words."""
    return {**row, **{one.name: _said(row, one, language, on_screen=on_screen) for one in columns}}


def _said(row: Row, column: Column, language: str, *, on_screen: bool) -> Any:
    value = row.get(column.name)
    if not on_screen and column.unit == "id":
        return _each(value, _short)
    if value is None and column.may_be_withheld and row.get("withheld"):
        return WITHHELD.say(language)
    if on_screen and column.is_reference:
        return _each(value, lambda one: one.partition(" ")[2])
    if on_screen and isinstance(value, Month):
        return value.english if language == "en" else value.danish
    if column.is_money and value is not None:
        return Decimal(value) / _OERE
    if language == "en":
        return _in_english(value) if isinstance(value, bool | str) else value
    return termed(value, column.terms) if column.terms else value


def _in_english(value: bool | str) -> str:
    """Codes are English as they are, but for the hyphen of a range."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _RANGE.sub(r"\1–\2", value)


def _short(id_: str) -> str:
    """As a table on the screen has it; all of it where a spreadsheet would change that."""
    short = short_id(id_)
    return id_ if _NUMBER.fullmatch(short) else short


def termed(value: Any, terms: Mapping[str, str]) -> Any:
    """A code, several, or what is told by codes, in Danish; None stays None, a number a number."""
    match value:
        case Mapping():
            return {terms.get(code, code): termed(told, terms) for code, told in value.items()}
        case list() | tuple():
            return [termed(one, terms) for one in value]
        case str():
            return terms.get(value, value)
        case _:
            return value


def _each(value: Any, said: Any) -> Any:
    if isinstance(value, list | tuple):
        return [said(one) for one in value]
    return None if value is None else said(value)
