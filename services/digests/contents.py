"""What a municipality's letters of a day tell, and to whom: codes, days and references."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of, start_of
from domain.team import TeamState
from services.follow_ups import Engine
from services.following.concerning import Concerned
from services.following.marks import Mark, Marks
from services.freshness import STALE_AFTER
from services.listing import with_senders_ids
from services.store.municipality import Municipality
from services.views import VIEWS, Row, ask
from workflows.messages import COMING, TEAM

AHEAD = timedelta(days=7)


class StaleViewsError(Exception):
    """The views are behind the log, or another edition's: what is told now would be yesterday's. It
    passes."""


class Entry(Struct, frozen=True):
    """One follow-up as a letter tells it.

    `stage` is raised, reminded, escalated or coming; `subject` is course, mentor or team, and
    `reference` its sender's id where it has one, `about` that of the person whom something of a
    course is about. `id` is the follow-up's, None before it is raised.
    """

    rule: str
    stage: str
    due_on: date | None
    subject: str
    reference: str | None = None
    about: str | None = None
    id: str | None = None
    is_new: bool = False
    whose: frozenset[UUID] = frozenset()

    @property
    def order(self) -> tuple[date, str, str, str]:
        """The longest due first."""
        return (self.due_on or date.max, self.rule, self.reference or "", self.about or "")


class Contents(Struct, frozen=True):
    """What lies with whom on a day, `nobodys` of it with nobody; and who is coordinator."""

    day: date
    entries: Mapping[UUID, tuple[Entry, ...]]
    nobodys: int = 0
    coordinator: UUID | None = None

    def open_with(self, person: UUID) -> int:
        """How much has been raised that lies with a person."""
        return sum(entry.stage != COMING for entry in self.entries.get(person, ()))


def contents(
    store: Municipality,
    engine: Engine,
    team: TeamState,
    *,
    day: date,
    now: datetime,
    since: datetime,
    as_of: datetime,
) -> Contents:
    """The letters' contents for a day, as it stands at `as_of`; new is what was raised after
    `since`. What is coming is told of today only: of another day it can't be known any more.

    Raises StaleViewsError.
    """
    answered = ask(VIEWS["worklist"], [store], as_of=as_of, now=now)
    if answered.age_seconds > STALE_AFTER or answered.other_edition:
        raise StaleViewsError(store.code)
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    nobodys = 0
    for row in answered.rows:
        if row["stage"] == "snoozed":
            continue
        if row["person"] is None:
            nobodys += 1
        else:
            entries[row["person"]].append(_open(row, since))
    if day == day_of(now):
        for person, entry in _coming(store, engine, day, now):
            entries[person].append(entry)
    staff = team.staff_on(day)
    return Contents(
        day,
        {one: tuple(sorted(own, key=lambda e: e.order)) for one, own in entries.items()},
        nobodys,
        staff.get("coordinator"),
    )


def _open(row: Row, since: datetime) -> Entry:
    raised_at = row["raised_at"]
    return Entry(
        rule=row["rule"],
        stage=row["stage"],
        due_on=row["due_on"],
        subject=_subject(row["subject"], row["about"]),
        reference=row["course_id"] or row["about_id"],
        about=_about(row),
        id=row["id"],
        is_new=raised_at is not None and raised_at > since,
        whose=_whose(row),
    )


def _subject(subject: str, about: UUID | None) -> str:
    """What the reference is to: of what is the team's, the person that it is about."""
    return "mentor" if subject != "course" and about is not None else subject


def _whose(row: Row) -> frozenset[UUID]:
    return frozenset(filter(None, (row["course"], row["about"])))


def _about(row: Row) -> str | None:
    """Whom something of a course is about, beside the course that it is told by."""
    about: str | None = row["about_id"] if row["course_id"] else None
    return about


def _coming(
    store: Municipality, engine: Engine, day: date, now: datetime
) -> Iterator[tuple[UUID, Entry]]:
    """What will be due on the next seven days unless it is met before, and who will have it."""
    found: list[Row] = [
        {
            "person": holder.person,
            "about": holder.about,
            "course": None if subject == TEAM else UUID(subject.rpartition("/")[2]),
            "rule": due.rule,
            "due_on": date.fromisoformat(due.due_on),
        }
        for subject, holders in engine.holders_of(
            store.code, list(_with_something_ahead(store, day, now)), now
        )
        for due, holder in holders
        if due.stage == COMING and date.fromisoformat(due.due_on) <= day + AHEAD and holder.person
    ]
    for row in with_senders_ids(store, found, ["course", "about"]):
        subject = "team" if row["course"] is None else "course"
        yield (
            row["person"],
            Entry(
                rule=row["rule"],
                stage=COMING,
                due_on=row["due_on"],
                subject=_subject(subject, row["about"]),
                reference=row["course_id"] or row["about_id"],
                about=_about(row),
                whose=_whose(row),
            ),
        )


def _with_something_ahead(store: Municipality, day: date, now: datetime) -> Iterable[str]:
    """The subjects that may have: all but those whose workflows have nothing to do so soon."""
    marks, end = Marks(store).all(), start_of(day + AHEAD + timedelta(days=1))
    needed = sorted(Concerned(store).needing(now))
    return [one for one in needed if _may_have(marks.get(one), end)]


def _may_have(mark: Mark | None, end: datetime) -> bool:
    if mark is None or mark.is_outstanding:
        return True
    return mark.wake_at is not None and mark.wake_at < end
