"""Conditions on an answer's columns (*afgrænsning*): `person_id=s-12`, `due_on<=2026-12-01`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from services.rendering import Month, plain
from services.words import Words

_FORM = re.compile(r"([a-z_]+)(<=|>=|=)(.*)", re.DOTALL)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TRUTH = {"true": True, "false": False, "ja": True, "nej": False, "yes": True, "no": False}


class AskedWrongError(ValueError):
    """What was asked can't be: `parameter` names what, `words` say what would be right; `whose` is
    who that tells of all the same, by municipality."""

    def __init__(self, parameter: str, words: Words) -> None:
        super().__init__(words.en)
        self.parameter = parameter
        self.words = words
        self.whose: Mapping[str, Collection[UUID]] = {}


@dataclass(frozen=True)
class Condition:
    """One condition. A list meets `=` where it holds the value; nothing meets it with `column=`.

    Where the value `begins` an id, it may be without the words before the id's last hyphen.
    """

    column: str
    sign: str
    value: str
    begins: bool = False

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row meets it."""
        return self.meets(row[self.column])

    def meets(self, value: Any) -> bool:
        """Whether a value does. What there is nothing of is neither more nor less. Raises
        AskedWrongError."""
        if isinstance(value, Month):
            return self._of_month(value)
        found = plain(value)
        if self.sign == "=":
            several = found if isinstance(found, list) else [found]
            return any(self._equals(one) for one in several) or (found == [] and not self.value)
        if found is None or isinstance(found, list | dict | bool):
            return False
        one, other = _comparable(found, self.value)
        return bool(one <= other if self.sign == "<=" else one >= other)

    def _of_month(self, found: Month) -> bool:
        """A month is written `2026-03`, as one of its days, or in Danish."""
        value = self.value[: len("2026-03")]
        if self.sign == "=":
            return str(found) == value or found.danish == self.value.lower()
        return str(found) <= value if self.sign == "<=" else str(found) >= value

    def _equals(self, found: Any) -> bool:
        match found:
            case None:
                return not self.value
            case bool():
                return _TRUTH.get(self.value.lower()) is found
            case int() | float():
                one, other = _comparable(found, self.value)
                return bool(one == other)
            case _ if self.begins:
                digits = str(found).rpartition("-")[2]
                return str(found).startswith(self.value) or digits.startswith(self.value)
            case _:
                return str(found) == self.value


def _comparable(found: Any, value: str) -> tuple[Any, Any]:
    """A number against a number; else text against text, by which dates and times are in order.

    Raises AskedWrongError.
    """
    if not isinstance(found, int | float):
        return str(found), value
    try:
        return Decimal(str(found)), Decimal(value.replace(",", "."))
    except InvalidOperation:
        raise AskedWrongError(
            "where", Words("Skriv et tal efter tegnet.", "Write a number after the sign.")
        ) from None


def conditions(
    texts: Collection[str],
    columns: Collection[str],
    terms: Mapping[str, Mapping[str, str]] | None = None,
    *,
    codes: Mapping[str, Collection[str]] | None = None,
    internal: Collection[str] = (),
    shortened: Collection[str] = (),
) -> list[Condition]:
    """Read conditions on these columns. Raises AskedWrongError.

    Codes may be given by their Danish `terms`, by column, and dates as Danes write them. Columns
    that hold `codes` are asked for those only. Those that are `internal` hold UUIDs; what senders
    call them stands in `<column>_id`. Of those that are `shortened` in tables, the beginning will
    do.
    """
    found = [_condition(text, columns, terms or {}) for text in texts]
    for one in found:
        if one.value and one.sign == "=":
            _check_id(one, internal, columns)
            _check_code(one, (codes or {}).get(one.column, ()))
    return [replace(one, begins=one.column in shortened and bool(one.value)) for one in found]


def _check_id(one: Condition, internal: Collection[str], columns: Collection[str]) -> None:
    if one.column not in internal or _is_uuid(one.value):
        return
    meant = f"{one.column}_id" if f"{one.column}_id" in columns else ""
    da, en = (f" Mente du {meant}?", f" Did you mean {meant}?") if meant else ("", "")
    raise AskedWrongError(
        "where",
        Words(
            f"{one.column} er et internt id, en UUID med små bogstaver.{da}",
            f"{one.column} is an internal id, a UUID in small letters.{en}",
        ),
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _check_code(one: Condition, codes: Collection[str]) -> None:
    if not codes or one.value in codes:
        return
    known = ", ".join(codes)
    raise AskedWrongError(
        "where",
        Words(
            f"{one.column} har ikke den kode. Kendte: {known}.",
            f"{one.column} has no such code. Known: {known}.",
        ),
    )


def _condition(
    text: str, columns: Collection[str], terms: Mapping[str, Mapping[str, str]]
) -> Condition:
    told = _FORM.fullmatch(text)
    if told is None:
        raise AskedWrongError(
            "where",
            Words(
                "Skriv KOLONNE=VÆRDI, KOLONNE<=VÆRDI eller KOLONNE>=VÆRDI.",
                "Write COLUMN=VALUE, COLUMN<=VALUE or COLUMN>=VALUE.",
            ),
        )
    if told[1] not in columns:
        known = ", ".join(columns)
        raise AskedWrongError(
            "where",
            Words(f"Kolonnen findes ikke. Kendte: {known}.", f"No such column. Known: {known}."),
        )
    codes = {danish.casefold(): code for code, danish in terms.get(told[1], {}).items()}
    value = codes.get(told[3].casefold(), told[3])
    if day := _DAY.fullmatch(value):
        value = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    return Condition(told[1], told[2], value)
