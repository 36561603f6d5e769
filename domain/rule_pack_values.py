"""The keys of a rule pack, and what each may hold."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from domain import codes
from domain.rule_pack_lines import Place

LONGEST = 3660  # days: ten years
KEPT, NEXT_WORKING_DAY = "keep", "next-working-day"

# The rules that this version plans; `domain/rules` has a function for each.
PLANNED = codes.rules.codes

_SLUG = re.compile(r"[a-z0-9.-]{1,64}")


class Wrong(NamedTuple):
    """A fault, before its line is known."""

    place: Place
    danish: str
    english: str


_Check = Callable[[Any, Place], Iterator[Wrong]]


class Keys(NamedTuple):
    """The keys of a rule: exactly one of `when`, all of `needs`, and what it may have beside."""

    when: tuple[str, ...] = ("days", "working_days")
    needs: tuple[str, ...] = ("addressed_to", "basis")
    may: tuple[str, ...] = ("remind", "escalate", "valid_from", "valid_to")

    @property
    def all(self) -> tuple[str, ...]:
        """Every key that it takes."""
        return (*self.when, *self.needs, *self.may)


_ORDINARY = Keys()
_COMPARES = _ORDINARY._replace(needs=("percent", *_ORDINARY.needs))
KEYS: Mapping[str, Keys] = dict.fromkeys(PLANNED, _ORDINARY) | {
    "agreement-incomplete": _ORDINARY._replace(needs=("parts", *_ORDINARY.needs)),
    "role-statement-overdue": _ORDINARY._replace(may=("first_days", *_ORDINARY.may)),
    # Its later leads are its reminders.
    "grant-running-out": _ORDINARY._replace(
        when=("before",), may=("escalate", "valid_from", "valid_to")
    ),
    "hours-below-grant": _COMPARES,
    "coordinator-overloaded": _COMPARES,
}


def is_day(value: Any) -> bool:
    """Whether it is a date, and not an instant."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _slug(value: Any, place: Place) -> Iterator[Wrong]:
    if not (isinstance(value, str) and _SLUG.fullmatch(value)):
        yield Wrong(
            place,
            "Skal være 1-64 tegn af a-z, 0-9, punktum og bindestreg.",
            "must be 1-64 of a-z, 0-9, dot and hyphen",
        )


def _day(value: Any, place: Place) -> Iterator[Wrong]:
    if not is_day(value):
        yield Wrong(place, "Skal være en dato, 2026-01-31.", "must be a date, 2026-01-31")


def _basis(value: Any, place: Place) -> Iterator[Wrong]:
    if not (isinstance(value, str) and value.strip()):
        yield Wrong(
            place, "Skal sige, hvor tallet kommer fra.", "must say where the number comes from"
        )


def _whole(what: tuple[str, str], most: int) -> _Check:
    def check(value: Any, place: Place) -> Iterator[Wrong]:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            yield Wrong(
                place, f"Skal være {what[0]} fra 1 til {most}.", f"must be {what[1]}, 1 to {most}"
            )

    return check


def _one_of(allowed: tuple[str, ...]) -> _Check:
    def check(value: Any, place: Place) -> Iterator[Wrong]:
        if value not in allowed:
            named = ", ".join(allowed)
            yield Wrong(place, f"Skal være en af: {named}.", f"must be one of: {named}")

    return check


def _each(
    check: _Check, *, order: Callable[[list[Any]], bool], said: tuple[str, str], least: int = 0
) -> _Check:
    """A list whose elements pass, and whose order does: `said` is what is right."""

    def check_all(value: Any, place: Place) -> Iterator[Wrong]:
        if not isinstance(value, list) or len(value) < least:
            yield Wrong(place, f"Skal være en liste, {said[0]}.", f"must be a list, {said[1]}")
            return
        wrongs = [wrong for n, one in enumerate(value) for wrong in check(one, (*place, n))]
        yield from wrongs
        if not wrongs and not order(value):
            yield Wrong(place, f"Skal være {said[0]}.", f"must be {said[1]}")

    return check_all


def _step(value: Any, place: Place) -> Iterator[Wrong]:
    if not isinstance(value, dict) or set(value) != {"after", "to"}:
        yield Wrong(
            place,
            'Skal være { after = dage, to = "funktion" }.',
            'must be { after = days, to = "function" }',
        )
        return
    yield from _days(value["after"], (*place, "after"))
    yield from _function(value["to"], (*place, "to"))


def _rises(several: list[Any]) -> bool:
    return several == sorted(set(several))


def _falls(several: list[Any]) -> bool:
    return several == sorted(set(several), reverse=True)


def _differ(several: list[Any]) -> bool:
    return len(set(several)) == len(several)


def _goes_on(steps: list[Any]) -> bool:
    return _rises([step["after"] for step in steps]) and _differ([step["to"] for step in steps])


_days = _whole(("hele dage", "whole days"), LONGEST)
_function = _one_of(codes.staff_functions.codes)

NEEDED = ("pack", "edition", "valid_from", "rules")
HEAD: Mapping[str, _Check] = {
    "pack": _slug,
    "edition": _slug,
    "valid_from": _day,
    "valid_to": _day,
    "closed": _each(_day, order=_differ, said=("datoer, hver én gang", "of dates, each once")),
    "on_closed_days": _one_of((KEPT, NEXT_WORKING_DAY)),
}
TERMS: Mapping[str, _Check] = {
    "days": _days,
    "working_days": _whole(("hele arbejdsdage", "whole working days"), LONGEST),
    "before": _each(
        _days,
        order=_falls,
        said=("dage, der falder fra trin til trin", "of days that fall from step to step"),
        least=1,
    ),
    "first_days": _days,
    "percent": _whole(("hele procent", "whole per cent"), 100),
    "parts": _each(
        _one_of(codes.agreement_parts.codes),
        order=_differ,
        said=("dele, mindst én og hver én gang", "of parts, at least one and each once"),
        least=1,
    ),
    "addressed_to": _function,
    "basis": _basis,
    "remind": _each(
        _days,
        order=_rises,
        said=("dage, der stiger fra trin til trin", "of days that rise from step to step"),
    ),
    "escalate": _each(
        _step,
        order=_goes_on,
        said=(
            "trin, der stiger, hver funktion én gang",
            "of steps that rise, each function once",
        ),
    ),
    "valid_from": _day,
    "valid_to": _day,
}
