"""Values as people and machines read them: Danish text, plain JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
OF_FOLLOW_UP = "follow-up-"
"""How the id of a follow-up begins."""
DENMARK = ZoneInfo("Europe/Copenhagen")
_MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)


@dataclass(frozen=True)
class Month:
    """A calendar month, by its first day; `2026-03` for machines, *marts 2026* for readers."""

    first: date

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def danish(self) -> str:
        """As a Danish reader writes it."""
        return f"{_MONTHS[self.first.month - 1]} {self.first.year}"

    @property
    def english(self) -> str:
        """As an English reader does."""
        return f"{self.first:%B %Y}"


def short_id(id_: str) -> str:
    """A follow-up's id as tables and letters show it: enough of it to type."""
    return id_.removeprefix(OF_FOLLOW_UP)[:8]


def of_all(shown: int, total: int | None, language: str) -> str:
    """How many of how many: *200 af 1.312*; without the latter where it isn't known."""
    told = [f"{number:,}" for number in (shown, total) if number is not None]
    return " of ".join(told) if language == "en" else " af ".join(told).replace(",", ".")


def plain(value: Any) -> Any:
    """A value as JSON has it: exact decimals as numbers, times, months and ids as text."""
    match value:
        case Decimal():
            return float(value)
        case datetime() | date():
            return value.isoformat()
        case UUID() | Month():
            return str(value)
        case StrEnum():
            return value.value
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case _:
            return value


def danish(value: Any, empty: str = "–") -> str:
    """A value as a Danish reader writes it."""
    match value:
        case None:
            return empty
        case bool():
            return "ja" if value else "nej"
        case Decimal() | float():
            return f"{value:.2f}".replace(".", ",")
        case datetime():
            return value.astimezone(DENMARK).strftime("%d.%m.%Y %H.%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case Month():
            return value.danish
        case Mapping():
            return _listed(_pairs(value), nested=_nested(value.values())) or empty
        case list() | tuple():
            nested = _nested(value)
            said = [_inner(each) for each in value]
            if not nested and all(one.endswith(".") for one in said):
                return " ".join(said) or empty
            return _listed(said, nested=nested) or empty
        case _:
            return str(value)


def _listed(said: Sequence[str], *, nested: bool) -> str:
    """Commas between; semicolons where what is told has commas of its own."""
    return ("; " if nested or any(", " in one for one in said) else ", ").join(said)


def _pairs(of: Mapping[Any, Any]) -> list[str]:
    return [f"{key}: {_inner(each)}" for key, each in of.items()]


def _inner(value: Any) -> str:
    """What is within another: semicolons stand between those."""
    return ", ".join(_pairs(value)) if isinstance(value, Mapping) else danish(value)


def _nested(values: Iterable[Any]) -> bool:
    return any(isinstance(each, Mapping) for each in values)
