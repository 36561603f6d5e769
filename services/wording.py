"""Answers in words, for screen and sheet: headings, terms for codes, what is withheld."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from services.rendering import Month, Row, as_csv
from services.view_list.shape import Column
from services.words import Words


class Wording(StrEnum):
    """What a sheet's headings and codes are written in."""

    DA = "da"
    EN = "en"  # codes are English as they are
    CODES = "codes"  # the names and codes of JSON


WITHHELD = Words("skjult (< 5)", "withheld (< 5)")
"""In place of a figure of fewer than five people, or one that would give such a figure away."""

_INTERNAL = Words("internt id", "internal id")


def as_sheet(rows: Iterable[Row], columns: Sequence[Column], wording: Wording) -> str:
    """Rows as CSV. No two headings are the same: a column of internal ids says that it is one."""
    names = [column.name for column in columns]
    if wording is Wording.CODES:
        return as_csv(list(rows), names)
    told = [in_words(row, columns, wording) for row in rows]
    return as_csv(told, names, [_heading(column, wording) for column in columns])


def _heading(column: Column, language: str) -> str:
    heading = column.heading.say(language)
    return f"{heading}, {_INTERNAL.say(language)}" if column.is_named else heading


def in_words(row: Row, columns: Iterable[Column], language: str, *, on_screen: bool = False) -> Row:
    """The row with these columns in words; on a screen references are their ids, months words."""
    return {**row, **{one.name: _said(row, one, language, on_screen=on_screen) for one in columns}}


def _said(row: Row, column: Column, language: str, *, on_screen: bool) -> Any:
    value = row.get(column.name)
    if value is None and column.may_be_withheld and row.get("withheld"):
        return WITHHELD.say(language)
    if on_screen and column.is_reference:
        return _each(value, lambda one: one.partition(" ")[2])
    if on_screen and isinstance(value, Month):
        return value.english if language == "en" else value.danish
    if language == "en":
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return termed(value, column.terms) if column.terms else value


def termed(value: Any, terms: Mapping[str, str]) -> Any:
    """A code, several, or what is counted by codes, in Danish; None stays None."""
    if isinstance(value, Mapping):
        return {terms.get(code, code): count for code, count in value.items()}
    return _each(value, lambda one: terms.get(one, one))


def _each(value: Any, said: Any) -> Any:
    if isinstance(value, list | tuple):
        return [said(one) for one in value]
    return None if value is None else said(value)
