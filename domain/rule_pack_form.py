"""The form of a rule pack: what its TOML may hold, and where it went wrong."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.rule_pack_lines import Place, places
from domain.rule_pack_values import HEAD, KEYS, NEEDED, PLANNED, TERMS, Keys, Wrong, is_day

LARGEST = 64 * 1024  # bytes of a text

_MOST_DOTS = 100  # in a line; the reader of TOML takes too much memory for very long dotted keys
_HUGE = re.compile(r"[0-9_]{4000}")


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


def checked_pack(text: str) -> dict[str, Any]:
    """A pack's content when its form is right. Raises RulePackError with every flaw.

    A byte order mark, as Windows' editors put it, isn't part of it.
    """
    text = text.removeprefix("\ufeff")
    told = _read(text)
    if wrongs := list(_pack(told)):
        lines = places(text)
        raise RulePackError(
            Flaw(_line(lines, w.place), _named(w.place), w.danish, w.english) for w in wrongs
        )
    return told


def tables(terms: object) -> list[Any]:
    """The tables of a rule: one, or several with dates of their own (`[[rules.x]]`)."""
    return terms if isinstance(terms, list) else [terms]


def _line(lines: Mapping[Place, int], place: Place) -> int | None:
    """The line of a place, or of what it stands in."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def _named(place: Place) -> str:
    """A place as people write it; elements count from 1."""
    told = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in place)
    return told.removeprefix(".")


# The text


def _read(text: str) -> dict[str, Any]:
    """What the text tells. Raises RulePackError where it isn't TOML."""
    _check_size(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else _line_at(text, len(text.rstrip()))
        raise _unreadable(line, "Er ikke gyldig TOML.", f"not valid TOML: {error}") from None
    except RecursionError:
        raise _unreadable(None, "Lister og tabeller er for dybe.", "nested too deep") from None
    except ValueError:  # a number of thousands of digits
        huge = _HUGE.search(text)
        line = _line_at(text, huge.start() if huge else 0)
        raise _unreadable(line, "Tallet er for stort.", "a number is too long") from None


def _check_size(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = _line_at(text, error.start)
        raise _unreadable(line, "Et tegn er ikke gyldigt.", "not valid Unicode") from None
    if size > LARGEST:
        raise _unreadable(None, f"Må højst fylde {LARGEST} bytes.", f"at most {LARGEST} bytes")
    for number, one in enumerate(text.split("\n"), start=1):
        if one.count(".") > _MOST_DOTS:
            raise _unreadable(number, "For mange punktummer i linjen.", "too many dots in the line")


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _unreadable(line: int | None, danish: str, english: str) -> RulePackError:
    return RulePackError([Flaw(line, "text", danish, english)])


# The pack


def _pack(told: Mapping[str, Any]) -> Iterator[Wrong]:
    yield from _unknown(told, (*HEAD, "rules"), ())
    for key in NEEDED:
        if key not in told:
            yield _missing((key,))
    for key, check in HEAD.items():
        if key in told:
            yield from check(told[key], (key,))
    yield from _ends_after_it_begins(told, ())
    rules = told.get("rules", {})
    if not isinstance(rules, dict):
        yield Wrong(("rules",), "Skal være en tabel af regler.", "must be a table of rules")
        return
    for rule, terms in rules.items():
        yield from _rule(rule, terms, told)


def _rule(rule: str, terms: object, pack: Mapping[str, Any]) -> Iterator[Wrong]:
    place = ("rules", rule)
    if rule not in PLANNED:
        allowed = ", ".join(PLANNED)
        yield Wrong(
            place, f"Ukendt regel. Kendte er: {allowed}.", f"unknown rule; known: {allowed}"
        )
        return
    several = tables(terms)
    if not several or not all(isinstance(one, dict) for one in several):
        yield Wrong(
            place,
            f"Skal være en tabel, [rules.{rule}], eller flere med hver sine datoer,"
            f" [[rules.{rule}]].",
            f"must be a table, [rules.{rule}], or several with dates, [[rules.{rule}]]",
        )
        return
    places_ = [(*place, n) if isinstance(terms, list) else place for n in range(len(several))]
    for one, at in zip(several, places_, strict=True):
        yield from _terms(KEYS[rule], one, at)
        yield from _within_the_pack(one, at, pack)
    yield from _overlaps(several, places_, pack)


def _terms(keys: Keys, terms: Mapping[str, Any], place: Place) -> Iterator[Wrong]:
    yield from _unknown(terms, keys.all, place)
    when = [key for key in keys.when if key in terms]
    if len(when) != 1:
        named = ", ".join(keys.when)
        yield Wrong(
            (*place, *when[1:2]),
            f"Skal have netop én af: {named}.",
            f"must have exactly one of: {named}",
        )
    for key in keys.needs:
        if key not in terms:
            yield _missing((*place, key))
    for key in keys.all:
        if key in terms:
            yield from TERMS[key](terms[key], (*place, key))
    yield from _ends_after_it_begins(terms, place)
    yield from _escalates_in_vain(terms, place)


def _escalates_in_vain(terms: Mapping[str, Any], place: Place) -> Iterator[Wrong]:
    """Each step to those who have it already, or after what runs out has run out."""
    if any(key in terms and list(TERMS[key](terms[key], ())) for key in ("escalate", "before")):
        return  # told already
    longest = terms.get("before", [None])[0]
    for n, step in enumerate(terms.get("escalate", ())):
        at = (*place, "escalate", n)
        if step["to"] == terms.get("addressed_to"):
            yield Wrong(
                (*at, "to"),
                "Opfølgningen ligger der allerede, se addressed_to.",
                "the follow-up lies there already, see addressed_to",
            )
        if longest is not None and step["after"] >= longest:
            yield Wrong(
                (*at, "after"),
                f"Skal være under {longest}: da er bevillingen udløbet.",
                f"must be less than {longest}: by then the grant has run out",
            )


# Dates


def _bounds(terms: Mapping[str, Any], pack: Mapping[str, Any]) -> tuple[date, date] | None:
    """The days of a table, half-open, open ends far away; None where they aren't right."""
    first = terms.get("valid_from", pack.get("valid_from"))
    end = terms.get("valid_to", pack.get("valid_to", date.max))
    return (first, end) if is_day(first) and is_day(end) and first < end else None


def _within_the_pack(
    terms: Mapping[str, Any], place: Place, pack: Mapping[str, Any]
) -> Iterator[Wrong]:
    if (whole := _bounds({}, pack)) is None:
        return
    first: Any = terms.get("valid_from")
    end: Any = terms.get("valid_to")
    outside = []
    if is_day(first) and not whole[0] <= first < whole[1]:
        outside.append("valid_from")
    if is_day(end) and not whole[0] < end <= whole[1]:
        outside.append("valid_to")
    for key in outside:
        yield Wrong(
            (*place, key),
            "Skal ligge inden for regelsættets egne datoer og dække mindst én dag af dem.",
            "must lie within the pack's own dates and cover a day of them",
        )


def _overlaps(several: list[Any], places_: list[Any], pack: Mapping[str, Any]) -> Iterator[Wrong]:
    """Each table that begins before another one of the rule has ended."""
    held = [
        (*bounds, n) for n, one in enumerate(several) if (bounds := _bounds(one, pack)) is not None
    ]
    latest: tuple[date, int] | None = None
    for first, end, n in sorted(held):
        if latest is not None and first < latest[0]:
            other = _named(places_[latest[1]])
            yield Wrong(
                (*places_[n], "valid_from"),
                f"Datoerne overlapper {other}.",
                f"the dates overlap {other}",
            )
        if latest is None or end > latest[0]:
            latest = (end, n)


def _ends_after_it_begins(told: Mapping[str, Any], place: Place) -> Iterator[Wrong]:
    first: Any = told.get("valid_from")
    end: Any = told.get("valid_to")
    if is_day(first) and is_day(end) and end <= first:
        yield Wrong(
            (*place, "valid_to"), "Skal ligge efter `valid_from`.", "must lie after `valid_from`"
        )


def _unknown(told: Mapping[str, Any], known: Iterable[str], place: Place) -> Iterator[Wrong]:
    for key in told:
        if key not in known:
            allowed = ", ".join(known)
            yield Wrong(
                (*place, key), f"Ukendt. Tilladt er: {allowed}.", f"unknown; allowed: {allowed}"
            )


def _missing(place: Place) -> Wrong:
    return Wrong(place, "Mangler.", "is missing")
