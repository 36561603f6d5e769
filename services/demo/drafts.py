"""An event on its way into a file, and the ledger in which one municipality's are collected."""

from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.demo.places import Place

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MINUTES_A_DAY = 1440

Data = dict[str, Any]
Day = int  # date.toordinal()
Moment = int  # minutes of the Copenhagen clock: day * 1440 + minute of the day

CASES, HOURS, SURVEY = "case-system", "time-registration", "survey"


@cache
def iso(day: Day) -> str:
    """The day as it is written in an event: `2026-01-19`."""
    return date.fromordinal(day).isoformat()


@cache
def _offset(day: Day) -> str:
    """Copenhagen's offset at noon; nothing happens between midnight and three on a change day."""

    text = datetime.combine(date.fromordinal(day), time(12), COPENHAGEN).isoformat()
    return text[-6:]


def at(day: Day, hour: int, minute: int = 0) -> Moment:
    """The moment of a day, by the clock on the wall."""
    return day * MINUTES_A_DAY + hour * 60 + minute


def rfc3339(moment: Moment) -> str:
    """The moment as CloudEvents write `time`: with seconds and the zone's offset."""
    day, minute = divmod(moment, MINUTES_A_DAY)
    return f"{iso(day)}T{minute // 60:02}:{minute % 60:02}:00{_offset(day)}"


def workday(day: Day) -> Day:
    """The day itself, or the Monday after its weekend."""
    weekday = (day - 1) % 7
    return day if weekday < 5 else day + 7 - weekday


def workday_back(day: Day) -> Day:
    """The day itself, or the Friday before its weekend."""
    weekday = (day - 1) % 7
    return day if weekday < 5 else day - (weekday - 4)


class Draft(Struct):
    """One event: when it happened (`moment`) and when its system sends it (`arrival`)."""

    system: str
    id: str
    name: str
    subject: str
    moment: Moment
    arrival: Moment
    data: Data
    subject_of: str | None = None  # the system whose id the subject is, when it is another
    order: int = 0
    backwards: bool = False  # written with its keys in another order: the same content


class Ledger:
    """The events of one municipality, in the order in which they were thought of."""

    def __init__(self, place: Place, last: Moment) -> None:
        """Nothing happens or is sent after `last`."""
        self.place = place
        self.last = last
        self.drafts: list[Draft] = []
        self._ids = {CASES: 100_000, HOURS: 500_000, SURVEY: 7_000}
        self._sources = {
            CASES: place.case_system,
            HOURS: place.time_registration,
            SURVEY: place.survey_tool,
        }

    def source(self, system: str) -> str:
        """The CloudEvents `source` of a system."""
        return self._sources[system]

    def new_id(self, system: str) -> str:
        """The next id of this system; it tells nothing of what it names."""
        self._ids[system] += 1
        return f"{ {CASES: 'ev', HOURS: 't', SURVEY: 'sv'}[system] }-{self._ids[system]}"

    def add(
        self,
        name: str,
        subject: str,
        moment: Moment,
        data: Data,
        *,
        system: str = CASES,
        subject_of: str | None = None,
    ) -> Draft:
        """Note an event; what would lie after the last moment is given back but not kept.

        Case systems send within the hours, time registration in the night after.
        """
        if system == CASES:
            arrival = moment + 7 + len(self.drafts) % 90
        else:
            arrival = at(moment // MINUTES_A_DAY + 1, 2)
        if subject_of is None and system != CASES:
            subject_of = CASES
        draft = Draft(
            system=system,
            id=self.new_id(system),
            name=name,
            subject=subject,
            moment=moment,
            arrival=min(arrival, self.last),
            data=data,
            subject_of=None if subject_of == system else subject_of,
        )
        if moment < self.last:
            self.drafts.append(draft)
        return draft


def who(person: str, function: str) -> Data:
    """An actor known by the sending system's own id."""
    return {"id": person, "function": function}
