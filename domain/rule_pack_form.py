"""The form of a rule pack: what its TOML may hold, and where it went wrong."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from domain import codes

LONGEST = 3660  # days: ten years

# The rules that this version plans; `domain/rules.py` has a function for each.
PLANNED = codes.rules.codes

_HEAD = ("pack", "edition", "valid_from", "valid_to", "rules")
_TERMS = (
    "days",
    "working_days",
    "before",
    "first_days",
    "percent",
    "parts",
    "addressed_to",
    "basis",
    "remind",
    "escalate",
)
_SLUG = re.compile(r"[a-z0-9.-]{1,64}")


class Flaw(NamedTuple):
    """A fault of a pack: its line where it can be told (from 1), its place, and what is right."""

    line: int | None
    place: str
    danish: str
    english: str


class RulePackError(ValueError):
    """A pack that can't be adopted, with all its flaws."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = list(flaws)
        super().__init__(
            "; ".join(
                (f"line {f.line}: " if f.line else "") + f"{f.place}: {f.english}"
                for f in self.flaws
            )
        )


class _Wrong(NamedTuple):
    place: tuple[str, ...]
    danish: str
    english: str


def checked_pack(text: str) -> dict[str, Any]:
    """A pack's content when its form is right. Raises RulePackError with every flaw."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulePackError([_not_toml(error)]) from None
    flaws = [
        Flaw(line_of(text, wrong.place), ".".join(wrong.place), wrong.danish, wrong.english)
        for wrong in _wrongs(told)
    ]
    if flaws:
        raise RulePackError(flaws)
    return told


def line_of(text: str, place: tuple[str, ...]) -> int | None:
    """The line, from 1, on which a place such as ("rules", "match-overdue", "days") stands.

    The table's line where the key itself isn't there; None where neither is.
    """
    table: tuple[str, ...] = ()
    nearest: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = tuple(part.strip(" \"'") for part in header[1].split("."))
            if table == place:
                return number
        elif (key := re.match(r"\s*([\w.\"'-]+)\s*=", line)) and (
            (*table, key[1].strip("\"'")) == place
        ):
            return number
        if table and table == place[: len(table)]:
            nearest = nearest or number
    return nearest


def _not_toml(error: tomllib.TOMLDecodeError) -> Flaw:
    line = re.search(r"at line (\d+)", str(error))
    number = int(line[1]) if line else None
    return Flaw(number, "text", "Teksten er ikke gyldig TOML.", f"not valid TOML: {error}")


def _wrongs(told: Mapping[str, Any]) -> Iterator[_Wrong]:
    yield from _unknown(told, _HEAD, ())
    for key in ("pack", "edition"):
        if not (isinstance(told.get(key), str) and _SLUG.fullmatch(told[key])):
            yield _Wrong(
                (key,),
                "Skal være 1-64 tegn af a-z, 0-9, punktum og bindestreg.",
                "must be 1-64 of a-z, 0-9, dot and hyphen",
            )
    yield from _dates(told)
    rules = told.get("rules")
    if not isinstance(rules, dict):
        yield _Wrong(("rules",), "Skal være en tabel af regler.", "must be a table of rules")
        return
    for rule, terms in rules.items():
        yield from _rule(rule, terms)


def _unknown(
    told: Mapping[str, Any], known: tuple[str, ...], place: tuple[str, ...]
) -> Iterator[_Wrong]:
    for key in told:
        if key not in known:
            allowed = ", ".join(known)
            yield _Wrong(
                (*place, key), f"Ukendt. Tilladt er: {allowed}.", f"unknown; allowed: {allowed}"
            )


def _dates(told: Mapping[str, Any]) -> Iterator[_Wrong]:
    for key in ("valid_from", "valid_to"):
        value = told.get(key)
        if not _is_day(value) and (key == "valid_from" or value is not None):
            yield _Wrong((key,), "Skal være en dato, 2026-01-31.", "must be a date, 2026-01-31")
    first, end = told.get("valid_from"), told.get("valid_to")
    if _is_day(first) and _is_day(end) and end <= first:  # type: ignore[operator]  # both are days
        yield _Wrong(("valid_to",), "Skal ligge efter `valid_from`.", "must lie after `valid_from`")


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _rule(rule: str, terms: object) -> Iterator[_Wrong]:
    place = ("rules", rule)
    if rule not in PLANNED:
        allowed = ", ".join(PLANNED)
        yield _Wrong(
            place, f"Ukendt regel. Kendte er: {allowed}.", f"unknown rule; known: {allowed}"
        )
        return
    if not isinstance(terms, dict):
        yield _Wrong(place, "Skal være en tabel.", "must be a table")
        return
    yield from _unknown(terms, _TERMS, place)
    if "days" in terms and not _is_days(terms["days"]):
        yield _days_wrong((*place, "days"))
    if terms.get("addressed_to") not in codes.staff_functions:
        yield _function_wrong((*place, "addressed_to"))
    if not (isinstance(terms.get("basis"), str) and terms["basis"].strip()):
        yield _Wrong(
            (*place, "basis"),
            "Skal sige, hvor tallet kommer fra.",
            "must say where the number comes from",
        )
    yield from _stages(terms, place)


def _stages(terms: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[_Wrong]:
    remind, escalate = terms.get("remind", []), terms.get("escalate", [])
    if not (isinstance(remind, list) and all(_is_days(day) for day in remind)):
        yield _days_wrong((*place, "remind"))
    elif remind != sorted(set(remind)):
        yield _rising((*place, "remind"))
    if not isinstance(escalate, list) or not all(_is_escalation(step) for step in escalate):
        yield _Wrong(
            (*place, "escalate"),
            'Skal være en liste af { after = dage, to = "funktion" }.',
            'must be a list of { after = days, to = "function" }',
        )
        return
    after, to = [step["after"] for step in escalate], [step["to"] for step in escalate]
    if after != sorted(set(after)) or len(set(to)) < len(to):
        yield _rising((*place, "escalate"))


def _is_escalation(step: object) -> bool:
    return (
        isinstance(step, dict)
        and set(step) == {"after", "to"}
        and _is_days(step["after"])
        and step["to"] in codes.staff_functions
    )


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST


def _days_wrong(place: tuple[str, ...]) -> _Wrong:
    return _Wrong(
        place,
        f"Skal være hele dage fra 1 til {LONGEST}.",
        f"must be whole days from 1 to {LONGEST}",
    )


def _function_wrong(place: tuple[str, ...]) -> _Wrong:
    allowed = ", ".join(codes.staff_functions.codes)
    return _Wrong(place, f"Skal være en af: {allowed}.", f"must be one of: {allowed}")


def _rising(place: tuple[str, ...]) -> _Wrong:
    return _Wrong(
        place,
        "Skal stige fra trin til trin, og hvert trin kun stå én gang.",
        "must rise from step to step, and each step stand once",
    )
