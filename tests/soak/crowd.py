"""Many courses, of which things are told in no order at all, by a seed."""

import random
from collections.abc import Iterator

from tests.workflows.town import Town

MENTORS = tuple(f"m-{n}" for n in range(20))


class Crowd:
    """Open courses of a town, and a stream of facts about them."""

    def __init__(self, town: Town, courses: int, seed: int) -> None:
        self._town = town
        self._random = random.Random(seed)
        self.courses = [f"c-{n}" for n in range(courses)]
        self._closed: set[str] = set()
        self._matched: dict[str, list[tuple[int, str]]] = {}
        self._told: list[tuple[str, str]] = []

    def begin(self) -> None:
        """A team, its mentors, and an intake of each course."""
        self._town.established(-200)
        self._town.supervisor("k-02", -200)
        for mentor in MENTORS:
            self._town.employed(mentor, -self._random.randint(10, 150))
        for course in self.courses:
            self._town.intake(course, -self._random.randint(1, 60))

    def tell(self, facts: int) -> Iterator[None]:
        """So many facts, one at a time: of any day of two months, in any order."""
        kinds = ("match", "meet", "work", "work", "work", "close", "retract", "leave")
        weights = (30, 15, 20, 20, 20, 6, 6, 1)
        for _ in range(facts):
            [kind] = self._random.choices(kinds, weights)
            self._tell(kind, self._random.choice(self.courses), -self._random.randint(0, 60))
            yield

    def _tell(self, kind: str, course: str, day: int) -> None:
        town, mentor = self._town, self._random.choice(MENTORS)
        match kind:
            case "match":
                told = town.matched(course, day, mentor)
            case "meet":
                told = town.met(course, day, mentor)
            case "close" if course not in self._closed:
                self._closed.add(course)
                told = town.closed(course, day)
            case "retract" if self._told:
                course, told = self._told.pop(self._random.randrange(len(self._told)))
                gone = {"id": told}
                town.tell("course.event-retracted", course, 0, retracts=gone, reason="other")
                return
            case "leave":
                town.tell("mentor.left", mentor, day, to=town.day(day).isoformat(), reason="other")
                return
            case _:
                told = town.worked(course, day, mentor)
        self._told.append((course, told))
