"""What the team does as a team: people, place, workshops, meetings, sparring, leadership."""

from collections.abc import Callable

from services.demo.drafts import HOURS, Data, Day, at, iso, who, workday
from services.demo.people import Worker
from services.demo.places import By
from services.demo.scene import Scene
from services.demo.texts import TEAM_NOTES, about

TEAM = "team-1"
_ACTS_OF_COORDINATOR = ("framing", "coordinating-the-work", "handling-a-case", "securing-funds")
_ACTS_OF_LEADER = ("framing", "integrating-with-the-unit", "backing", "making-time")
_MOST_NAMED = 200  # persons, in one event
_OTHERS = ("education", "workplace", "treatment", "social-services", "housing", "health-service")


def tell_team(scene: Scene) -> None:
    """Tell all of the team's stream but for supervision."""
    start = scene.crew.start
    _told(scene, "established", at(start, 8), {"actor": scene.leader(start), "from": iso(start)})
    for worker in scene.crew.workers:
        _assigned(scene, worker)
    _mentors_assigned(scene)
    _place(scene)
    _policy(scene)
    _workshops(scene)
    _matching(scene)
    _every(scene, 75, _role_follow_up)
    _every(scene, 34, _external)
    _every(scene, 17, _leadership)
    _every(scene, 7 if scene.place.supervision.why_none else 13, _sparring)


def _told(scene: Scene, name: str, moment: int, data: Data) -> None:
    if scene.chance(0.06) and name.endswith("-held"):
        data["note"] = about("", TEAM_NOTES, scene.rng)
    for several in ("participants", "persons"):
        if several in data:
            data[several] = data[several][:_MOST_NAMED]
    scene.ledger.add(f"team.{name}", TEAM, moment, data)


def _every(scene: Scene, days: int, tell: Callable[[Scene, Day], None]) -> None:
    day = workday(scene.crew.start + scene.rng.randint(5, 12))
    while day < scene.crew.last:
        tell(scene, day)
        day = workday(day + days + scene.rng.randint(-2, 2))


def _mentors(scene: Scene, day: Day, at_most: int = 200) -> list[Data]:
    working = scene.crew.working(day)
    picked = working if len(working) <= at_most else scene.rng.sample(working, at_most)
    return [who(mentor.id, "mentor") for mentor in picked]


def _assigned(scene: Scene, worker: Worker) -> None:
    data: Data = {
        "actor": scene.leader(worker.since),
        "person": {"id": worker.id},
        "function": worker.function,
        "from": iso(worker.since),
    }
    if worker.employment is not None:
        data["employment"] = worker.employment
    if worker.function in ("supervisor", "coordinator"):
        data["dedicated"] = worker.dedicated
        data["weekly_minutes"] = 1110 if worker.function == "coordinator" else 180
    data |= {"name": worker.person.name, "email": worker.person.email}
    if scene.chance(0.8):
        data["phone"] = worker.person.phone
    moment = at(worker.since, 8, 15)
    _told(scene, "person-assigned", moment, data)
    if worker.until is not None:
        released = {
            "actor": scene.coordinator(worker.until),
            "person": {"id": worker.id},
            "function": worker.function,
            "to": iso(worker.until),
            "reason": worker.why_released,
        }
        _told(scene, "person-released", at(worker.until, 8, 5), released)


def _mentors_assigned(scene: Scene) -> None:
    for mentor in scene.crew.mentors:
        assigned = {
            "actor": scene.coordinator(mentor.since),
            "person": {"id": mentor.id},
            "function": "mentor",
            "from": iso(mentor.since),
            "name": mentor.person.name,
        }
        _told(scene, "person-assigned", at(mentor.since, 8, 20), assigned)
        if mentor.left is not None and mentor.left < scene.crew.last:
            released = {
                "actor": scene.coordinator(mentor.left),
                "person": {"id": mentor.id},
                "function": "mentor",
                "to": iso(mentor.left),
                "reason": "left",
            }
            _told(scene, "person-released", at(mentor.left, 8, 25), released)
    for mentor_id, alias in scene.crew.aliases.items():
        day = scene.crew.start + 60
        linked = {
            "actor": scene.coordinator(day),
            "person": {"id": mentor_id},
            "alias": {"source": scene.place.time_registration, "id": alias},
            "basis": "manual",
        }
        _told(scene, "identity-linked", at(day, 14, 30), linked)


def _place(scene: Scene) -> None:
    start = scene.crew.start
    first = {"actor": scene.leader(start), "from": iso(start), "extent": scene.place.colocation}
    _told(scene, "colocation-changed", at(start, 8, 40), first)
    if scene.place.colocation == "some-days":
        day = workday(start + 300)
        people = [{"id": mentor.id} for mentor in scene.crew.working(day)]
        people += [{"id": worker.id} for worker in scene.crew.of("caseworker")[:3]]
        later = {"actor": scene.leader(day), "from": iso(day), "extent": "every-day"}
        _told(scene, "colocation-changed", at(day, 8, 40), later | {"persons": people})


def _policy(scene: Scene) -> None:
    """A chosen load: a trial of a higher one, or an intensive effort."""
    start, wanted = scene.crew.start, scene.place.per_fte
    data: Data = {"actor": scene.leader(start), "from": iso(start)}
    if wanted >= 20:
        data |= {"lowest": 20, "highest": 30, "reason": "trying-higher-load"}
    elif wanted < 12.4:
        data |= {"highest": 14, "reason": "intensive-support"}
    else:
        return
    _told(scene, "caseload-policy-set", at(start, 9, 10), data)


def _workshops(scene: Scene) -> None:
    start = scene.crew.start
    for after, occasion in ((6, "establishment"), (190, "new-members"), (400, "refresher")):
        day = workday(start + after)
        people = [scene.coordinator(day), *_mentors(scene, day)]
        people += [who(worker.id, "caseworker") for worker in scene.crew.of("caseworker")]
        data = {
            "actor": scene.coordinator(day),
            "occasion": occasion,
            "participants": people,
            "minutes": scene.rng.randrange(150, 390, 30),
        }
        _told(scene, "role-workshop-held", at(day, 9), data)


def _matching(scene: Scene) -> None:
    """By meeting: talks about strengths first, then all citizens gone through, then monthly."""
    if scene.place.method != "by-meeting":
        return
    start = scene.crew.start
    plan = [(after, "strengths-talk", 120, 0) for after in (0, 1, 2)]
    plan += [(3, "review-of-citizens", 420, 40)]
    plan += [(after, "review-of-citizens", 90, 6) for after in range(31, 900, 30)]
    for number, (after, kind, minutes, courses) in enumerate(plan):
        day = workday(start + after)
        if day >= scene.crew.last:
            return
        meeting = f"mm-{200 + number}"
        people = [scene.coordinator(day), *_mentors(scene, day)]
        if kind == "strengths-talk":
            people += [who(worker.id, "caseworker") for worker in scene.crew.of("caseworker")]
        data: Data = {
            "actor": scene.coordinator(day),
            "meeting": {"id": meeting},
            "kind": kind,
            "participants": people,
            "minutes": minutes,
        }
        if courses:
            data["courses_discussed"] = courses
            scene.diary.matching.append((day, meeting))
        _told(scene, "matching-meeting-held", at(day, 9, number % 50), data)


def _role_follow_up(scene: Scene, day: Day) -> None:
    outcome = scene.rng.choice(("clear", "clear", "adjusted", "still-unclear"))
    data = {
        "actor": scene.coordinator(day),
        "participants": [*_mentors(scene, day), who("s-11", "caseworker")],
        "outcome": outcome,
        "minutes": scene.rng.randrange(45, 120, 15),
    }
    _told(scene, "role-follow-up-held", at(day, 13), data)


def _external(scene: Scene, day: Day) -> None:
    data = {
        "actor": scene.coordinator(day),
        "other_actors": scene.rng.sample(_OTHERS, scene.rng.randint(1, 2)),
        "minutes": scene.rng.randrange(30, 120, 15),
    }
    _told(scene, "external-coordination-held", at(day, 10, 20), data)


def _leadership(scene: Scene, day: Day) -> None:
    by_leader = scene.chance(0.4)
    acts = _ACTS_OF_LEADER if by_leader else _ACTS_OF_COORDINATOR
    data = {
        "actor": scene.leader(day) if by_leader else scene.coordinator(day),
        "act": scene.rng.choice(acts),
        "minutes": scene.rng.randrange(15, 90, 15),
    }
    _told(scene, "leadership-act-recorded", at(day, 11, 10), data)


def _sparring(scene: Scene, day: Day) -> None:
    """Exchange without a supervisor; where there is no supervision it is what there is."""
    without = bool(scene.place.supervision.why_none)
    forms = ("weekly-meeting",) * 3 + ("peer", "coordinator", "caseworker", "leader")
    form = scene.rng.choice(forms if without else forms[2:])
    people = _mentors(scene, day, 2 if form == "peer" else 6)
    if form == "coordinator" or len(people) < 2:
        people.append(scene.coordinator(day))
    if form == "leader":
        people.append(scene.leader(day))
    if form == "caseworker":
        people.append(who("s-12", "caseworker"))
    data = {"form": form, "participants": people, "minutes": scene.rng.randrange(30, 120, 15)}
    if form == "peer" and scene.chance(0.5):
        named = [{"source": scene.place.case_system, **person} for person in people]
        data = {"actor": named[0], **data, "participants": named}
        scene.ledger.add(
            "team.sparring-held", "mt-9", at(day, 14, 10), data, system=HOURS, subject_of=HOURS
        )
    else:
        _told(scene, "sparring-held", at(day, 14, 10), {"actor": people[0], **data})


def agreed(by: By) -> str:
    """The supervision model that is agreed when this is who supervises."""
    return {
        By.EXTERNAL: "external-supervisor",
        By.INTERNAL: "internal-supervisor",
        By.LEADER: "leader-or-coordinator",
        By.COORDINATOR: "leader-or-coordinator",
        By.NOBODY: "none",
    }[by]
