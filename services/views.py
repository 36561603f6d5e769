"""Every view by name: how it is asked, what its columns are called in Danish.

The command line and the HTTP interface both answer from here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.asking import Answer
from projections.asking import Municipality as Place
from projections.views.caseload import caseload
from projections.views.supervision import supervision
from projections.views.timeline import timeline
from services.municipalities import danish_order, name_of
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.words import Words

Row = dict[str, Any]


@dataclass(frozen=True)
class View:
    """A view of one or more municipalities. `headings`: the columns that a table shows."""

    name: str
    title: Words
    headings: Mapping[str, Words]
    ask: Callable[..., Answer]


@dataclass(frozen=True)
class Answered:
    """An answer across municipalities. Positions are each municipality's own."""

    rows: list[Row]
    position: int | dict[str, int] | None
    age_seconds: float

    def as_dict(self) -> Row:
        """What a machine gets."""
        return {"rows": self.rows, "position": self.position, "age_seconds": self.age_seconds}


VIEWS = {
    view.name: view
    for view in (
        View(
            "caseload",
            Words(
                "Belastning: borgere pr. fuldtidsmentor", "Caseload: citizens per full-time mentor"
            ),
            {
                "municipality": Words("Kommune", "Municipality"),
                "participants": Words("Borgere", "Citizens"),
                "fte": Words("Fuldtidsmentorer", "Full-time mentors"),
                "per_fte": Words("Pr. fuldtidsmentor", "Per full-time mentor"),
                "band": Words("Interval", "Band"),
                "participants_now": Words("Borgere nu", "Citizens now"),
                "per_fte_now": Words("Pr. fuldtidsmentor nu", "Per full-time mentor now"),
                "band_now": Words("Interval nu", "Band now"),
                "coordinator_overloaded": Words(
                    "Koordinator for hårdt belastet", "Coordinator overloaded"
                ),
                "policy_reason": Words("Politik", "Policy"),
            },
            caseload,
        ),
        View(
            "supervision",
            Words("Supervision af mentorer", "Supervision of mentors"),
            {
                "municipality": Words("Kommune", "Municipality"),
                "model": Words("Model", "Model"),
                "partial": Words("Kun overvejende", "Predominantly only"),
                "requirement_met": Words("Indsatspunkt 10 opfyldt", "Requirement met"),
                "conflict_of_interest": Words("Habilitetsproblem", "Conflict of interest"),
                "sessions": Words("Supervisioner", "Sessions"),
                "last_session": Words("Seneste", "Last"),
                "sparrings": Words("Sparring (tæller ikke)", "Sparring (not counted)"),
            },
            supervision,
        ),
    )
}


def ask(
    view: View,
    municipalities: Sequence[Municipality],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Answered:
    """A view's answer for these municipalities, in Danish order of their names.

    `known_at` is a time: each municipality answers at the position that it had then.
    """

    def one(store: Municipality, place: Place, position: int | None) -> Callable[[Any], Answer]:
        return lambda connection: view.ask(connection, place, as_of=as_of or now, known_at=position)

    by_name = sorted(municipalities, key=lambda m: danish_order(name_of(m.code)))
    return _answered(by_name, one, known_at, now)


def ask_timeline(
    store: Municipality,
    streams: Sequence[UUID],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Answered:
    """The timeline of courses, staff members or the team."""

    def one(store: Municipality, place: Place, position: int | None) -> Callable[[Any], Answer]:
        return lambda connection: timeline(
            connection, place.schema, streams, as_of=as_of or now, known_at=position
        )

    return _answered([store], one, known_at, now)


def bring_up_to_date(municipalities: Sequence[Municipality]) -> None:
    """Project what the log holds, for a command that runs without a projector beside it."""
    for municipality in municipalities:
        prepare(municipality)
        catch_up(municipality)


def _answered(
    municipalities: Sequence[Municipality],
    one: Callable[[Municipality, Place, int | None], Callable[[Any], Answer]],
    known_at: datetime | None,
    now: datetime,
) -> Answered:
    rows: list[Row] = []
    positions: dict[str, int] = {}
    age = 0.0
    for store in municipalities:
        place = Place(store.code, name_of(store.code), store.schema)
        position = store.log_recorder.position_at(known_at) if known_at else None
        with store.transaction() as cursor:
            answer = one(store, place, position)(cursor.connection)
            head = store.log_recorder.head(cursor)
        rows += answer.rows
        positions[store.code] = answer.position
        if known_at is None and head.position > answer.position and answer.recorded_at:
            age = max(age, (now - answer.recorded_at).total_seconds())
    if len(positions) == 1:
        return Answered(rows, next(iter(positions.values())), age)
    return Answered(rows, positions, age)
