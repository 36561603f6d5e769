"""Table 24, Table 25 and what is overdue, reckoned from the files alone, by brute force.

Nothing of the product is used here: only the generated JSON, read as the event catalogue says.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def read(folder: Path, code: str) -> list[Event]:
    """Every line of a municipality's files, in no particular order."""
    files = sorted(folder.glob(f"{code}-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def name(event: Event) -> str:
    return str(event["type"]).removeprefix("dk.roedtraad.").removesuffix(".v1")


def in_effect(events: Iterable[Event]) -> list[Event]:
    """Doubles dropped, corrections and retractions applied, in fold order."""
    known = {(event["source"], event["id"]): event for event in events}
    latest: dict[tuple[str, str], tuple[Any, Event]] = {}
    for event in known.values():
        target = event["data"].get("corrects") or event["data"].get("retracts")
        if target is not None:
            original = (event["source"], target["id"])
            order = (datetime.fromisoformat(event["time"]), event["id"])
            if original not in latest or latest[original][0] < order:
                latest[original] = (order, event)
    counting: list[Event] = []
    for key, event in known.items():
        if "corrects" in event["data"] or "retracts" in event["data"]:
            continue
        amendment = latest.get(key, (None, None))[1]
        if amendment is None:
            counting.append(event)
        elif "corrects" in amendment["data"]:
            counting.append(event | amendment["data"]["replacement"])
    return sorted(
        counting,
        key=lambda event: (
            datetime.fromisoformat(event["time"]),
            int(event.get("sequence", -1)),
            event["id"],
            event["source"],
        ),
    )


def day(text: str) -> date:
    return date.fromisoformat(text)


def day_of(event: Event) -> date:
    return datetime.fromisoformat(event["time"]).astimezone(COPENHAGEN).date()


class Place:
    """What one municipality's events say."""

    def __init__(self, folder: Path, code: str, last: date) -> None:
        self.last = last
        self.events = in_effect(read(folder, code))
        self._named: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            self._named[name(event)].append(event)
        self.start = day(self._one("team.established")["data"]["from"])
        self.cases = self._one("team.established")["source"]
        self._alias = self._aliases()

    def named(self, *names: str) -> list[Event]:
        """The events of these names, in fold order."""
        if len(names) == 1:
            return self._named[names[0]]
        return [event for event in self.events if name(event) in names]

    def _one(self, event_name: str) -> Event:
        (event,) = self.named(event_name)
        return event

    def _aliases(self) -> dict[tuple[str, str], str]:
        """Other ids of courses and staff, to the case system's own."""
        aliases = {}
        for event in self.named("course.identity-linked"):
            if event["data"]["what"] == "course":
                alias = event["data"]["alias"]
                aliases[alias.get("source", event["source"]), alias["id"]] = event["subject"]
        for event in self.named("team.identity-linked"):
            alias = event["data"]["alias"]
            person = event["data"]["person"]["id"]
            aliases[alias.get("source", event["source"]), alias["id"]] = person
        return aliases

    def who(self, event: Event, reference: Event) -> str:
        id_ = str(reference["id"])
        return self._alias.get((str(reference.get("source", event["source"])), id_), id_)

    def course(self, event: Event) -> str:
        id_ = str(event["subject"])
        return self._alias.get((str(event.get("subjectsource", event["source"])), id_), id_)

    # --- Table 24

    def citizens(self) -> dict[str, str]:
        """Course to citizen: two linked courses have one."""
        citizen: dict[str, str] = {}
        for event in self.named("course.identity-linked", "course.identity-unlinked"):
            if event["data"]["what"] == "citizen":
                alias = event["data"]["alias"]["id"]
                if name(event) == "course.identity-linked":
                    citizen[self.course(event)] = alias
                else:
                    del citizen[self.course(event)]
        return citizen

    def matches(self) -> list[tuple[str, str, date, date | None]]:
        """Course, mentor, from, to of every match; a close ends those that are open."""
        ended = {
            e["data"]["match"]["id"]: day(e["data"]["to"]) for e in self.named("course.match-ended")
        }
        closes = defaultdict(list)
        for event in self.named("course.closed"):
            closes[self.course(event)].append(day(event["data"]["to"]))
        found = []
        for event in self.named("course.mentor-matched"):
            data = event["data"]
            since = day(data["from"])
            to = [ended[data["match"]["id"]]] if data["match"]["id"] in ended else []
            to += [close for close in closes[self.course(event)] if close >= since]
            until = min(to, default=None)
            found.append((self.course(event), self.who(event, data["mentor"]), since, until))
        return found

    def participants(self) -> int:
        citizen = self.citizens()
        held = {
            course
            for course, _, since, to in self.matches()
            if since <= self.last and (to is None or to > max(since, self.start))
        }
        return len({citizen.get(course, course) for course in held})

    def weekly_minutes(self) -> dict[str, list[int]]:
        """Each mentor's weekly minutes on every day from the team's start."""
        steps: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for event in self.named("mentor.employed", "mentor.hours-changed"):
            since = day(event["data"]["from"])
            steps[event["subject"]].append((since, event["data"]["weekly_minutes"]))
        for event in self.named("mentor.left"):
            steps[event["subject"]].append((day(event["data"]["to"]), 0))
        days = [self.start + timedelta(n) for n in range((self.last - self.start).days)]
        table = {}
        for mentor, own in steps.items():
            own.sort(key=lambda step: step[0])
            table[mentor] = [next((w for d, w in reversed(own) if d <= on), 0) for on in days]
        return table

    def full_time(self) -> float:
        per_mentor = self.weekly_minutes().values()
        return sum(sum(row) for row in per_mentor) / 2220 / (self.last - self.start).days

    def per_full_time(self) -> float:
        return self.participants() / self.full_time()

    def now(self) -> tuple[int, float]:
        """Open matches and full-time equivalents on the last day."""
        still = [match for match in self.matches() if match[3] is None or match[3] > self.last]
        minutes = sum(row[-1] for row in self.weekly_minutes().values())
        return len(still), minutes / 2220

    # --- Table 25

    def windows(self, *, running: bool = True) -> Counter[int]:
        """How many windows each model took (4 is none), with or without the one still running."""
        cadences = [e["data"].get("cadence_weeks") for e in self.named("team.supervision-arranged")]
        weeks = next((cadence for cadence in cadences if cadence), 6)
        minutes: dict[int, Counter[int]] = defaultdict(Counter)
        for event in self.named("team.supervision-session-held"):
            window = (day_of(event) - self.start).days // (weeks * 7)
            minutes[window][self._model(event)] += event["data"]["minutes"]
        count = (self.last - self.start).days // (weeks * 7) + running
        return Counter(
            minutes[window].most_common(1)[0][0] if window in minutes else 4
            for window in range(count)
        )

    def _model(self, session: Event) -> int:
        supervisor = self.who(session, session["data"]["supervisor"])
        functions = {}
        for event in self.named("team.person-assigned", "team.person-released"):
            data = event["data"]
            if data["person"]["id"] != supervisor:
                continue
            if name(event) == "team.person-assigned" and day(data["from"]) <= day_of(session):
                functions[data["function"]] = data.get("employment")
            if name(event) == "team.person-released" and day(data["to"]) <= day_of(session):
                functions.pop(data["function"], None)
        if "leader" in functions or "coordinator" in functions:
            return 1
        return {"internal": 2, "external": 3}[functions["supervisor"]]

    def model(self, *, running: bool = True) -> tuple[int, bool]:
        windows = self.windows(running=running)
        model, most = windows.most_common(1)[0]
        return model, (windows.total() - most) / windows.total() >= 0.2

    # --- What is overdue

    def open_courses(self) -> list[str]:
        state: dict[str, bool] = {}
        for event in self.named("course.intake-registered", "course.closed", "course.reopened"):
            state[self.course(event)] = name(event) != "course.closed"
        return [course for course, is_open in state.items() if is_open]

    def overdue(self) -> Counter[str]:
        """How many courses and mentors wait for what."""
        found: Counter[str] = Counter()
        intake = {}
        for event in self.named("course.intake-registered", "course.reopened"):
            intake[self.course(event)] = day_of(event)
        matched = {course: (mentor, since, to) for course, mentor, since, to in self.matches()}
        met, contact = set(), {}
        for event in self.named("course.first-meeting-held", "course.activity-registered"):
            data, course = event["data"], self.course(event)
            mentor = self.who(event, data["actor"])
            if name(event) == "course.first-meeting-held":
                met.add((course, self.who(event, data["mentor"])))
            elif data["contact"] == "none" or data["actor"]["function"] != "mentor":
                continue
            contact[course, mentor] = day_of(event)
        for course in self.open_courses():
            mentor, since, to = matched.get(course, ("", None, None))
            if since is None or (to is not None and to <= self.last):
                days = (self.last - (to or intake[course])).days
                found["match"] += days >= 14
                found["waiting"] += days < 14
                continue
            if (course, mentor) not in met:
                found["first meeting"] += (self.last - since).days >= 7
            quiet = (self.last - contact.get((course, mentor), since)).days
            found["contact 14+"] += quiet >= 14
            found["contact 7-13"] += 7 <= quiet < 14
            found["steady"] += quiet < 7
        found["supervision"] += len(self._unsupervised())
        return found

    def _unsupervised(self) -> list[str]:
        since = self.last - timedelta(42)
        seen = {
            self.who(event, mentor)
            for event in self.named("team.supervision-session-held")
            if day_of(event) > since
            for mentor in event["data"]["mentors"]
        }
        early = {
            event["subject"]
            for event in self.named("mentor.employed")
            if day(event["data"]["from"]) <= since
        }
        rows = self.weekly_minutes()
        return [mentor for mentor in early if rows[mentor][-1] > 0 and mentor not in seen]
