"""What every story of one municipality has at hand: its people, its ledger, its diary, its dice."""

from random import Random

from msgspec import Struct, field

from services.demo.drafts import HOURS, Data, Day, Draft, Ledger, Moment, at, who
from services.demo.names import Somebody
from services.demo.people import Crew
from services.demo.places import Place
from services.demo.plan import Course
from services.demo.texts import CONFIDENTIAL, NOTES, about


class Diary(Struct):
    """The team's meetings that courses refer to: on which day, by which id, with which mentors."""

    sessions: list[tuple[Day, str, tuple[str, ...]]] = field(default_factory=list)
    matching: list[tuple[Day, str]] = field(default_factory=list)


class Scene(Struct):
    """One municipality while its story is told."""

    place: Place
    crew: Crew
    ledger: Ledger
    diary: Diary
    rng: Random

    def hour(self, day: Day, first: int = 8, last: int = 15) -> Moment:
        """Some moment of the day between these hours."""
        return at(day, self.rng.randint(first, last), self.rng.randrange(0, 60, 5))

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.rng.random() < share

    def noted(self, data: Data, citizen: Somebody, share: float) -> Data:
        """Add a remark in that share of cases, now and then one in confidence."""
        if self.chance(share):
            if self.chance(0.12):
                data["note"] = about(citizen.first, CONFIDENTIAL, self.rng)
                data["note_confidential"] = True
            else:
                data["note"] = about(citizen.first, NOTES, self.rng)
        return data

    def hours_actor(self, mentor: str, function: str = "mentor") -> Data:
        """How time registration names a mentor: by the case system's id, or by its own."""
        alias = self.crew.aliases.get(mentor)
        if alias is not None:
            return who(alias, function)
        return {"source": self.place.case_system, **who(mentor, function)}

    def cased(self, course: Course, name: str, moment: Moment, data: Data) -> Draft:
        """The case system tells something of the course."""
        return self.ledger.add(f"course.{name}", course.id, moment, data)

    def clocked(self, course: Course, name: str, moment: Moment, data: Data) -> Draft:
        """Time registration tells something of the course, by the case system's id of it."""
        return self.ledger.add(f"course.{name}", course.id, moment, data, system=HOURS)

    def worker(self, course: Course, day: Day) -> Data:
        """The course's caseworker on that day, as actor."""
        return who(course.caseworker(day), "caseworker")

    def coordinator(self, day: Day) -> Data:
        """The coordinator on that day, as actor."""
        return who(self.crew.on("coordinator", day).id, "coordinator")

    def leader(self, day: Day) -> Data:
        """The leader on that day, as actor."""
        return who(self.crew.on("leader", day).id, "leader")
