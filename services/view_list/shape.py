"""What a view is to those who ask it: levels, and columns with their units and sources."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from domain import codes
from projections.answering import Ask
from services.view_list.sources import source_in
from services.words import Words

_FOLDER = Path(__file__).parent
_COMMON = "common"
_NAMED = ("person", "course")
_BANDS = {"<10": "under 10", "10-14": "10–14", "15-19": "15–19", "20+": "20+"}
"""A spreadsheet makes a date of a band with a hyphen."""
_DIVISIONS = {
    **codes.responsibilities.danish,
    **codes.holders.danish,
    "responsibility": "ansvar",
    "mentor_says": "mentor siger",
    "caseworker_says": "sagsbehandler siger",
    "reading": "læses",
    "unknown": "ukendt",
    "one-sided": "ensidig",
    "agreed": "enige",
    "overlap": "overlap",
    "gap": "hul",
    "difference": "forskel",
}
_OWN = {"bands": _BANDS, "divisions": _DIVISIONS}
"""Words of what isn't one code list of the catalogue."""


@dataclass(frozen=True)
class Column:
    """One column of an answer.

    `heading` is what a table calls it, `meaning` what it is. `unit` is what its values are counted
    in, or what they are; `source` is where the figure comes from (Table 24, note 7), nothing for
    what merely names the row. `terms` are the Danish words of its codes. Where it
    `may_be_withheld`, the row's `withheld` tells whether it is, or there is nothing to tell.
    What holds Danish sentences names the column that has them `in_english`. What people are told
    in the words of another column is `for_programs` only.
    """

    name: str
    heading: Words
    meaning: Words
    unit: str
    source: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    may_be_withheld: bool = False
    in_english: str = ""
    for_programs: bool = False

    def described(self, language: str) -> dict[str, str | None]:
        """What it is, for those who ask what the columns are. Its unit is the same word in every
        language, which programs may go by."""
        return {
            "column": self.name,
            "heading": self.heading.say(language),
            "meaning": self.meaning.say(language),
            "unit": self.unit,
            "source": source_in(self.source, language) or None,
        }

    @property
    def is_named(self) -> bool:
        """Whether it holds internal ids beside which `<column>_id` stands, the sender's own."""
        return self.unit in _NAMED

    @property
    def is_internal(self) -> bool:
        """Whether it holds internal ids, of whatever they are."""
        return self.is_named or self.unit == "internal id"

    @property
    def is_reference(self) -> bool:
        """Whether it holds what case systems call something: source, a blank, id."""
        return self.unit in ("reference", "references")

    @property
    def is_money(self) -> bool:
        """Whether it holds amounts in øre, which people are told in kroner."""
        return self.unit == "øre (DKK)"

    @property
    def beside(self) -> "Column":
        """The column beside one of internal ids: what the sender calls them."""
        meaning = Words(
            f"{self.meaning.da}; fagsystemets eget id", f"{self.meaning.en}; the sender's own id"
        )
        return Column(f"{self.name}_id", self.heading, meaning, "sender's id")


def titled(
    name: str,
    da: str,
    en: str,
    *,
    unit: str = "text",
    terms: Mapping[str, str] | None = None,
    in_english: str = "",
    for_programs: bool = False,
) -> Column:
    """A column of what is no view, known by its heading."""
    words, codes = Words(da, en), terms or {}
    return Column(
        name, words, words, unit, "", codes, in_english=in_english, for_programs=for_programs
    )


@dataclass(frozen=True)
class Level:
    """One way to divide an answer into rows (*opdeling*): by municipality, by mentor, by course.

    `columns` are those of the rows, in their order; a table on the screen has those that are
    `shown`. By its `keys` a row is known. `accepts` are the names of what else may be asked,
    `period` and `course`; with `needs_course` it is asked about one course only. Where it isn't
    `explained`, nobody is told the events behind, which would tell who answered what: each row
    says how its figures are made, and why no more is told.
    """

    of: Words
    ask: Ask
    columns: Sequence[Column]
    shown: Sequence[Column]
    keys: Sequence[str] = ()
    accepts: Collection[str] = ()
    explained: bool = True
    needs_course: bool = False

    def worded(self, column: str, terms: Mapping[str, str]) -> "Level":
        """The same with these Danish words for the codes of a column."""
        own = {one.name: replace(one, terms=terms) for one in self.columns if one.name == column}
        columns = [own.get(one.name, one) for one in self.columns]
        return replace(self, columns=columns, shown=[own.get(o.name, o) for o in self.shown])

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.columns]

    @property
    def months(self) -> list[str]:
        """The names of those that hold months."""
        return [column.name for column in self.columns if column.unit == "month"]

    @property
    def codes(self) -> dict[str, Collection[str]]:
        """The codes that there are, by column, of those that hold nothing but codes."""
        return {
            one.name: list(one.terms)
            for one in self.columns
            if one.terms and one.unit.split()[0] in ("code", "codes", "band")
        }

    @property
    def internal(self) -> list[str]:
        """The names of those that hold internal ids."""
        return [one.name for one in self.columns if one.is_internal]

    @property
    def shortened(self) -> list[str]:
        """The names of those that hold ids of which a table shows the beginning."""
        return [one.name for one in self.columns if one.unit == "id"]

    @property
    def terms(self) -> dict[str, Mapping[str, str]]:
        """The Danish words of codes, by column."""
        return {column.name: column.terms for column in self.columns if column.terms}


@dataclass(frozen=True)
class View:
    """A view of one or more municipalities.

    Where it `crosses`, whoever may read of one municipality may read of all: it has aggregates
    only, of nobody few.
    """

    name: str
    title: Words
    levels: Mapping[str, Level]
    crosses: bool = False

    @property
    def default(self) -> str:
        """The level that is asked unless another is named: the first."""
        return next(iter(self.levels))


def level(
    view: str,
    of: Words,
    ask: Ask,
    columns: str,
    *,
    shown: str,
    keys: str = "",
    accepts: Collection[str] = (),
    explained: bool = True,
    needs_course: bool = False,
) -> Level:
    """A level of a view, its columns by their names, blanks between them.

    The municipality comes first in every row, and what senders call internal ids last.
    """
    declared = columns_of(view)
    own = [declared[name] for name in ("municipality", "municipality_code", *columns.split())]
    every = [*own, *(column.beside for column in own if column.is_named)]
    by_name = {column.name: column for column in every}
    shows = [by_name[name] for name in shown.split()]
    return Level(of, ask, every, shows, keys.split(), accepts, explained, needs_course)


@cache
def columns_of(view: str) -> dict[str, Column]:
    """What a view's file says of its columns, and the common ones, by name."""
    return {
        name: _column(name, told)
        for file in (_COMMON, view)
        for name, told in tomllib.loads(
            (_FOLDER / f"{file}.toml").read_text(encoding="utf-8")
        ).items()
    }


def _column(name: str, told: dict[str, Any]) -> Column:
    """Words are written `Heading: meaning`; terms are the name of a list, or a table."""
    danish, english = told["da"].split(": ", 1), told["en"].split(": ", 1)
    terms = told.get("terms", {})
    return Column(
        name,
        Words(danish[0], english[0]),
        Words(danish[1], english[1]),
        told["unit"],
        told.get("source", ""),
        _terms(terms) if isinstance(terms, str) else terms,
        told.get("may_be_withheld", False),
        told.get("in_english", ""),
    )


def _terms(name: str) -> Mapping[str, str]:
    """The Danish words of a code list of the catalogue, or of the views' own."""
    return _OWN[name] if name in _OWN else codes.ALL[name].danish
