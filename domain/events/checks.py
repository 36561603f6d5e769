"""Faults of form that any event can have, beyond the types and codes of its fields.

A *form* is the data as it was sent: an object with the fields as attributes (`from_` for `from`),
nested objects alike, days as ISO strings or dates, None or () for what was left out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct

from domain.codes import staff_functions
from domain.fields import Field, Items, Many, Marker, Plain, Reference, fields_of


class Finding(NamedTuple):
    """A fault of form: the dotted place in the data, and what would be right.

    `field` is such as `period.to` or `strengths.2.text`, counted from 0.
    """

    field: str
    danish: str
    english: str


_NO_REMARK = Finding(
    "note_confidential",
    "Kun en bemærkning kan være fortrolig: send `note` med, eller udelad feltet.",
    "Only a remark can be confidential: send `note` too, or leave this out.",
)


Check = tuple[str, Callable[[Any], Iterable[Finding]]]
"""The attribute of a field, and what finds the faults of its value."""


def common_findings(checks: Iterable[Check], form: Any) -> list[Finding]:
    """The checks that hold in every event, by the types of its fields."""
    found = [_NO_REMARK] if form.note_confidential and not form.note else []
    for attribute, findings in checks:
        value = getattr(form, attribute, None)
        if value is not None:
            found += findings(value)
    return found


@cache
def checks_of(type_: type[Struct]) -> tuple[Check, ...]:
    """The checks of an event type's fields."""
    return tuple(checks_in(fields_of(type_)))


def checks_in(fields: Iterable[Field]) -> Iterator[Check]:
    """The checks of those fields whose kind can have faults of form; most can't."""
    for field in fields:
        if (findings := _findings_in(field.marker, field.name)) is not None:
            yield field.attribute, findings


def _findings_in(marker: Marker, place: str) -> Callable[[Any], Iterable[Finding]] | None:
    match marker:
        case Reference("actor"):
            return lambda actor: actor_findings(actor, place)
        case Many(Reference("actor")):
            return lambda actors: _actors_findings(actors, place)
        case Plain("period"):
            return lambda period: _period_findings(period, place)
        case Plain("joint"):
            return lambda joint: _joint_findings(joint, place)
        case Items(_, count):
            return lambda items: _items_findings(items, count, place)
        case _:
            return None


def actor_findings(actor: Any, place: str) -> Sequence[Finding]:
    """Staff are named by id; the citizen is the course's, and has none."""
    if actor.id:
        return [_id_of_citizen(place)] if actor.function == "citizen" else ()
    return [_no_id_of_staff(place)] if actor.function in staff_functions else ()


def _actors_findings(actors: Sequence[Any], place: str) -> list[Finding]:
    found: list[Finding] = []
    for n, actor in enumerate(actors):
        found += actor_findings(actor, f"{place}.{n}")
    return found


def _no_id_of_staff(place: str) -> Finding:
    return Finding(
        f"{place}.id",
        "En medarbejder angives med sit id.",
        "A member of staff is given with their id.",
    )


def _id_of_citizen(place: str) -> Finding:
    return Finding(
        f"{place}.id",
        "Borgeren er forløbets egen og angives uden id.",
        "The citizen is the course's own, and is given without an id.",
    )


def _period_findings(period: Any, place: str) -> Iterator[Finding]:
    if period.to is not None and period.from_ > period.to:
        yield Finding(
            f"{place}.to",
            "`to` er den første dag, som ikke er med, og kan ikke ligge før `from`.",
            "`to` is the first day not covered, and cannot be before `from`.",
        )


def both_days(period: Any, place: str) -> Iterator[Finding]:
    """For events whose period must have an end."""
    if period is not None and period.to is None:
        yield Finding(
            f"{place}.to",
            "Perioden skal have en slutdag: `to` er den første dag, som ikke er med.",
            "The period needs an end: `to` is the first day not covered.",
        )


def _joint_findings(joint: Any, place: str) -> Iterator[Finding]:
    if len(set(joint.municipalities)) < 2:
        yield Finding(
            f"{place}.municipalities",
            "Fælles supervision deles af mindst to kommuner, den egne medregnet.",
            "Joint supervision is shared by at least two municipalities, the own one included.",
        )


def _items_findings(items: Any, count: int, place: str) -> Iterator[Finding]:
    if len(items) != count:
        yield Finding(
            place,
            f"Der skal være præcis {count}; der er {len(items)}.",
            f"There must be exactly {count}; there are {len(items)}.",
        )
    seen: set[str] = set()
    for n, item in enumerate(items):
        if item.code == "other" and not item.text:
            yield Finding(
                f"{place}.{n}.text",
                "Ved `other` skrives med ord, hvad det er.",
                "With `other`, a text says what it is.",
            )
        elif item.code != "other" and item.code in seen:
            yield Finding(
                f"{place}.{n}.code",
                "Hver kode nævnes kun én gang (`other` må gentages).",
                "Each code is given only once (`other` may recur).",
            )
        seen.add(item.code)


def joint_with(joint: Any, municipality: str, place: str = "joint") -> Iterator[Finding]:
    """The sender's own municipality must be among those that share the supervision."""
    if joint is not None and municipality not in joint.municipalities:
        yield Finding(
            f"{place}.municipalities",
            f"Den egne kommune, {municipality}, skal være med.",
            f"The own municipality, {municipality}, must be among them.",
        )


def not_both_volumes(form: Any) -> Iterator[Finding]:
    """Hours are agreed by the week or in all, never both."""
    if form.weekly_minutes is not None and form.total_minutes is not None:
        yield Finding(
            "total_minutes",
            "Angiv enten `weekly_minutes` eller `total_minutes`, ikke begge.",
            "Give either `weekly_minutes` or `total_minutes`, not both.",
        )
