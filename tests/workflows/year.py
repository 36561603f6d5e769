"""A year with both changes of the clock, Christmas and Easter, and what happens in it.

The year is fixed, and lies ahead, so that the days of the test are the same whenever it runs.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from tests.workflows.town import COORDINATOR, Town

BEGINS = date(2030, 7, 29)  # a Monday
CLOCK_GOES_BACK = date(2030, 10, 27)  # the day has 25 hours
CHRISTMAS = date(2030, 12, 25)
CLOCK_GOES_FORWARD = date(2031, 3, 30)  # the day has 23 hours
EASTER_MONDAY = date(2031, 4, 14)
ENDS = date(2031, 7, 29)
DAYS = (CLOCK_GOES_BACK, CHRISTMAS, CLOCK_GOES_FORWARD, EASTER_MONDAY)

CASEWORKER = {"id": "s-12", "function": "caseworker"}
RESPONSIBILITIES = ("personal-guide", "authority-decisions", "follow-up-on-grants")
PARTS = ("goal", "contact", "tasks", "duration", "hours", "complaint-guidance")


Days = list[tuple[date, date]]
"""Days on which something is due, each after the day on which it begins."""


class Wait(NamedTuple):
    """Something that is due on a day, and waits until a noon."""

    due: date
    until: date


Waits = Sequence[Wait]


def chain(days: int, way: Days, since: date | None = None, first: int | None = None) -> list[Wait]:
    """The waits before, between and after those of a way, where each hangs on the one before.

    The first is of `first` days, where it begins in the year.
    """
    turns = [(met, begun) for (_, met), (begun, _) in pairwise(way)] + [(way[-1][1], ENDS)]
    waits = [Wait(met + timedelta(days=days), until) for met, until in turns]
    if since is not None:
        waits.insert(0, Wait(since + timedelta(days=first or days), way[0][0]))
    return waits


def walks(days: int) -> list[Days]:
    """Ways through the year that come by all its days out of the ordinary, each due so many days
    after it begins. Where one begins before the other is due, they are on ways of their own."""
    ways: list[Days] = []
    for day in DAYS:
        begins = day - timedelta(days=days)
        way = next((way for way in ways if way[-1][1] <= begins), None)
        if way is None:
            ways.append(way := [])
        way.append((begins, day))
    return ways


class Year:
    """One course, one team, and facts by their date. Everything arrives on its day."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._mentors: Iterator[str] = (f"m-{n}" for n in range(100, 1000))
        self._numbers = iter(range(1, 1000))
        self._matches: dict[str, str] = {}
        self._grant = ""
        self._established = ""
        self.mentor = ""

    def tell(self, topic: str, day: date, subject: str = "c-1", **data: Any) -> str:
        """A fact of that day."""
        return self._town.tell(topic, subject, (day - self._town.today).days, **data)

    def number(self) -> int:
        """Another one each time."""
        return next(self._numbers)

    def begin(self, day: date) -> None:
        """A team with its people, and a course with a match."""
        self.established(day)
        self.assigned(day, "k-02", "coordinator")
        self.assigned(day, "l-01", "leader")
        self.tell("course.intake-registered", day, caseworker={"id": "s-12"})
        self.new_match(day)

    def established(self, day: date, instead_of: date | None = None) -> None:
        """The effort begins; `instead_of` an earlier day, which was wrong."""
        fact = {"actor": COORDINATOR, "from": day.isoformat()}
        if instead_of is None:
            self._established = self.tell("team.established", day, "team", **fact)
            return
        self.tell(
            "team.event-corrected",
            day,
            "team",
            actor=COORDINATOR,
            corrects={"id": self._established},
            reason="wrong-time",
            replacement={
                "type": "team.established.v1",
                "time": f"{instead_of.isoformat()}T09:00:00+02:00",
                "data": fact,
            },
        )

    def assigned(self, day: date, person: str, function: str) -> None:
        self.tell(
            "team.person-assigned",
            day,
            "team",
            actor=COORDINATOR,
            person={"id": person},
            function=function,
            from_=day.isoformat(),
        )

    def new_match(self, day: date, mentor: str = "", course: str = "c-1") -> None:
        """Another mentor follows the citizen, employed that day unless named."""
        if not mentor:
            mentor = next(self._mentors)
            self.employed(day, mentor)
        match = f"match-{self.number()}"
        self.tell(
            "course.mentor-matched",
            day,
            course,
            match={"id": match},
            mentor={"id": mentor},
            from_=day.isoformat(),
            method="by-profile",
        )
        self._matches[course] = match
        if course == "c-1":
            self.mentor = mentor

    def employed(self, day: date, mentor: str) -> None:
        self.tell(
            "mentor.employed",
            day,
            mentor,
            actor=COORDINATOR,
            from_=day.isoformat(),
            weekly_minutes=2220,
            gender="not-stated",
        )

    def match_ends(self, day: date, course: str = "c-1") -> None:
        self.tell(
            "course.match-ended",
            day,
            course,
            match={"id": self._matches[course]},
            to=day.isoformat(),
            reason="citizen-wish",
        )

    def another_match(self, day: date) -> None:
        """The match ends, and another begins."""
        self.match_ends(day)
        self.new_match(day)

    def mentor_leaves(self, day: date) -> None:
        self.tell(
            "mentor.left",
            day,
            self.mentor,
            actor=COORDINATOR,
            to=day.isoformat(),
            reason="resigned",
        )

    def meet(self, day: date) -> None:
        self.tell("course.first-meeting-held", day, mentor={"id": self.mentor}, form="in-person")

    def work(self, day: date, minutes: int = 90) -> None:
        self.tell(
            "course.activity-registered",
            day,
            actor={"id": self.mentor, "function": "mentor"},
            role="system-guide",
            activity="conversation",
            minutes=minutes,
            contact="in-person",
        )

    def ask_for_chemistry(self, day: date) -> None:
        self.tell(
            "course.chemistry-checked",
            day,
            mentor={"id": self.mentor},
            asked="citizen",
            result="good",
        )

    def agree(self, day: date) -> None:
        """A mentor agreement with all its parts."""
        self.tell(
            "course.mentor-agreement-made", day, mentor={"id": self.mentor}, parts=list(PARTS)
        )

    def state_roles(self, day: date, of_mentor: str = "mentor") -> None:
        """Both sides say who does what; the mentor says `of_mentor` where the other says mentor."""
        mentor = {"id": self.mentor, "function": "mentor"}
        for speaker, counterpart, holder in (
            (CASEWORKER, self.mentor, "mentor"),
            (mentor, "s-12", of_mentor),
        ):
            self.tell(
                "course.roles-stated",
                day,
                actor=speaker,
                counterpart={"id": counterpart},
                answers=dict.fromkeys(RESPONSIBILITIES, holder),
            )

    def coordinate(self, day: date, *, coordinator: bool = False) -> None:
        both = [{"id": self.mentor, "function": "mentor"}, CASEWORKER]
        self.tell(
            "course.coordination-held",
            day,
            form="meeting",
            participants=[*both, COORDINATOR] if coordinator else both,
            topics=["roles"],
        )

    def set_goal(self, day: date) -> None:
        self.tell(
            "course.goal-set",
            day,
            goal={"id": f"goal-{self.number()}"},
            directions=["job"],
            text="I praktik inden sommer.",
        )

    def grant(self, day: date, to: date, kind: str = "treatment", **volume: Any) -> None:
        self._grant = f"grant-{self.number()}"
        self.tell(
            "course.grant-decided",
            day,
            grant={"id": self._grant},
            kind=kind,
            outcome="granted",
            period={"from": day.isoformat(), "to": to.isoformat()},
            **volume,
        )

    def grant_ends(self, day: date) -> None:
        """The last one ends, where there is one."""
        if self._grant:
            self.tell(
                "course.grant-ended",
                day,
                grant={"id": self._grant},
                to=day.isoformat(),
                reason="completed",
            )

    def supervise(self, day: date) -> None:
        self.tell(
            "team.supervision-session-held",
            day,
            "team",
            actor=COORDINATOR,
            session={"id": f"session-{self.number()}"},
            supervisor={"id": "k-02"},
            mentors=[{"id": self.mentor}],
            form="group",
            minutes=120,
        )

    def follow_up_on_roles(self, day: date) -> None:
        self.tell(
            "team.role-follow-up-held",
            day,
            "team",
            actor=COORDINATOR,
            participants=[COORDINATOR, CASEWORKER],
            outcome="clear",
        )

    def hold_workshop(self, day: date) -> None:
        self.tell(
            "team.role-workshop-held",
            day,
            "team",
            actor=COORDINATOR,
            occasion="establishment",
            participants=[COORDINATOR, CASEWORKER],
            minutes=180,
        )


Fact = Callable[[Year, date], object]
