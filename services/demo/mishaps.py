"""What goes wrong between life and a file: late, doubled, mistaken, withdrawn, mixed up.

None of it changes what is true in the end: a mistake is put right, a ghost is taken back.
"""

from random import Random
from typing import Any

from services.demo.drafts import HOURS, MINUTES_A_DAY, Data, Draft, Ledger, rfc3339
from services.demo.plan import Course
from services.demo.scene import Scene

_DAY = MINUTES_A_DAY


def befall(scene: Scene, courses: list[Course]) -> None:
    """Let a few percent of all events go astray."""
    ledger, rng = scene.ledger, scene.rng
    told = list(ledger.drafts)
    _mixed_up(scene, courses, told)
    _late(ledger, told, rng)
    for draft in told:
        chance = rng.random()
        if draft.name == "course.activity-registered" and draft.system == HOURS:
            if chance < 0.012:
                _mistaken(scene, draft)
            elif chance < 0.018:
                _ghost(ledger, draft, rng)
        elif draft.name in _WRONG and chance < _WRONG[draft.name]:
            _mistaken(scene, draft)
    _doubled(ledger, rng)


_WRONG = {
    "mentor.hours-changed": 0.25,
    "course.mentor-matched": 0.02,
    "course.coordination-held": 0.004,
    "team.supervision-session-held": 0.04,
    "course.intake-registered": 0.015,
}


def _late(ledger: Ledger, told: list[Draft], rng: Random) -> None:
    """Some are typed days after, a few weeks after."""
    for draft in told:
        chance = rng.random()
        if chance < 0.03:
            days = rng.randint(2, 9) if chance < 0.022 else rng.randint(10, 45)
            draft.arrival = min(draft.arrival + days * _DAY, ledger.last)


def _mistaken(scene: Scene, draft: Draft) -> None:
    """The event was first sent wrong; a correction brings what is true."""
    ledger, rng = scene.ledger, scene.rng
    truth, moment = draft.data, draft.moment
    wrong, reason = _wrongly(scene, draft)
    if wrong is None:
        return
    draft.data = wrong
    if reason == "wrong-time":
        draft.moment -= _DAY * rng.randint(1, 3)
    replacement = {"type": _type(draft.name), "time": rfc3339(moment), "data": truth}
    corrected = _amendment(ledger, draft, "event-corrected", moment, rng)
    if corrected is None:
        draft.data, draft.moment = truth, moment
        return
    corrected.data |= {"corrects": {"id": draft.id}, "reason": reason, "replacement": replacement}
    if rng.random() < 0.15:
        draft.arrival = min(corrected.arrival + 3 * _DAY, ledger.last)  # the correction is first
    if rng.random() < 0.1:  # corrected, and corrected again: the first time was wrong as well
        again = _amendment(ledger, draft, "event-corrected", corrected.moment, rng)
        if again is not None:
            again.data |= {
                key: corrected.data[key] for key in ("corrects", "reason", "replacement")
            }
            corrected.data["replacement"] = replacement | {"data": wrong}


def _wrongly(scene: Scene, draft: Draft) -> tuple[Data | None, str]:
    """What was sent by mistake, and which mistake it was."""
    truth, rng = draft.data, scene.rng
    if draft.name == "mentor.hours-changed":
        other = 2035 if truth["weekly_minutes"] != 2035 else 1110
        return truth | {"weekly_minutes": other}, "typing-error"
    if draft.name == "course.mentor-matched":
        others = [m.id for m in scene.crew.mentors if m.id != truth["mentor"]["id"]]
        return truth | {"mentor": {"id": rng.choice(others)}}, "wrong-person"
    if draft.name == "course.intake-registered":
        turned = "".join(reversed(truth["name"].split("-")[0])).capitalize()
        return truth | {"name": f"{turned} Forbyttet"}, "typing-error"
    if draft.name == "course.activity-registered" and rng.random() < 0.3:
        return dict(truth), "wrong-time"
    minutes = truth.get("minutes")
    if minutes is None:
        return None, ""
    return truth | {"minutes": minutes + 30 * rng.randint(1, 4)}, "typing-error"


def _ghost(ledger: Ledger, draft: Draft, rng: Random) -> None:
    """The same hour is entered twice under two ids, or on a day when nothing was; taken back."""
    twice = rng.random() < 0.5
    moment = draft.moment if twice else draft.moment - _DAY
    ghost = ledger.add(
        draft.name,
        draft.subject,
        moment,
        dict(draft.data),
        system=draft.system,
        subject_of=draft.subject_of or draft.system,
    )
    take_back(ledger, ghost, "sent-twice" if twice else "never-happened", rng)


def take_back(ledger: Ledger, draft: Draft, reason: str, rng: Random) -> None:
    """Retract an event; now and then the retraction comes first."""
    retracted = _amendment(ledger, draft, "event-retracted", draft.moment, rng)
    if retracted is None:
        if draft in ledger.drafts:
            ledger.drafts.remove(draft)
        return
    retracted.data |= {"retracts": {"id": draft.id}, "reason": reason}
    if rng.random() < 0.15:
        draft.arrival = min(retracted.arrival + _DAY, ledger.last)


def _amendment(ledger: Ledger, draft: Draft, kind: str, moment: int, rng: Random) -> Draft | None:
    """A correction or retraction some days after; none if that lies beyond the last moment."""
    later = moment + rng.randint(1, 20) * _DAY + 37
    if later >= ledger.last:
        return None
    stream = draft.name.split(".")[0]
    return ledger.add(
        f"{stream}.{kind}",
        draft.subject,
        later,
        {"actor": draft.data["actor"]},
        system=draft.system,
        subject_of=draft.subject_of or draft.system,
    )


def _type(name: str) -> str:
    return f"dk.roedtraad.{name}.v1"


def _doubled(ledger: Ledger, rng: Random) -> None:
    """A system sends again what it has sent: the same id and content, at times laid out anew."""
    for draft in list(ledger.drafts):
        if rng.random() < 0.012:
            again = Draft(**{name: getattr(draft, name) for name in draft.__struct_fields__})
            again.arrival = min(draft.arrival + rng.choice((1, 60, _DAY, 6 * _DAY)), ledger.last)
            again.backwards = rng.random() < 0.5
            ledger.drafts.append(again)


def _mixed_up(scene: Scene, courses: list[Course], told: list[Draft]) -> None:
    """What happens once or twice in each place."""
    own = {course.id: course for course in courses}
    hours = [d for d in told if d.system == HOURS and d.subject in own]
    _two_ids(scene, courses[-3:] + courses[:40], hours)
    _before_intake(scene, courses)
    _ghosts_that_matter(scene, courses)
    _ghost_hours(scene)
    _wrongly_linked(scene, courses)
    if scene.place.disagreement >= 0.3:
        _mentor_grants(scene, courses)


def _two_ids(scene: Scene, courses: list[Course], hours: list[Draft]) -> None:
    """Time registration ran a course under a number of its own until somebody linked the two."""
    for course in courses:
        of_course = [draft for draft in hours if draft.subject == course.id]
        if len(of_course) < 8:
            continue
        for draft in of_course[:6]:
            draft.subject, draft.subject_of = f"sag-{course.id[2:]}", None
        moment = max(draft.moment for draft in of_course[:6]) + 2 * _DAY
        link: dict[str, Any] = {
            "actor": scene.coordinator(moment // _DAY),
            "what": "course",
            "alias": {"source": scene.place.time_registration, "id": f"sag-{course.id[2:]}"},
            "basis": "case-system",
        }
        scene.ledger.add("course.identity-linked", course.id, moment, link)
        return


def _before_intake(scene: Scene, courses: list[Course]) -> None:
    """A mentor had met the citizen before anybody wrote an intake."""
    for course in [c for c in courses if c.matched][5:60:25]:
        stretch = course.spells[0].stretches[0]
        data = {
            "actor": {
                "source": scene.place.case_system,
                "id": stretch.mentor.id,
                "function": "mentor",
            },
            "role": "not-stated",
            "activity": "conversation",
            "minutes": 45,
            "contact": "in-person",
        }
        moment = (course.spells[0].since - 2) * _DAY + 14 * 60
        scene.ledger.add("course.activity-registered", course.id, moment, data, system=HOURS)


def _ghosts_that_matter(scene: Scene, courses: list[Course]) -> None:
    """A match, a close and a session that never were, each taken back soon after."""
    ledger, rng = scene.ledger, scene.rng
    never = next(course for course in courses if not course.matched)
    day = never.spells[0].since + 2
    match = {
        "actor": scene.worker(never, day),
        "match": {"id": "match-1"},
        "mentor": {"id": "m-31" if not scene.place.coordinator_minutes else "m-34"},
        "from": rfc3339(day * _DAY)[:10],
        "method": scene.place.method,
    }
    ghost = ledger.add("course.mentor-matched", never.id, day * _DAY + 600, match)
    take_back(ledger, ghost, "wrong-subject", rng)
    alive = next(c for c in courses if c.matched and c.spells[0].to is None)
    day = alive.spells[0].since + 3
    closed = {"actor": scene.worker(alive, day), "to": rfc3339(day * _DAY)[:10], "reason": "other"}
    take_back(
        ledger,
        ledger.add("course.closed", alive.id, day * _DAY + 700, closed),
        "wrong-subject",
        rng,
    )
    if scene.place.supervision.why_none:
        day = scene.crew.start + 300
        leader = scene.leader(day)
        session = {
            "actor": leader,
            "session": {"id": "sup-1"},
            "supervisor": {"id": leader["id"]},
            "mentors": [{"id": mentor.id} for mentor in scene.crew.working(day)],
            "form": "group",
            "minutes": 240,
        }
        held = ledger.add("team.supervision-session-held", "team-1", day * _DAY + 800, session)
        take_back(ledger, held, "never-happened", rng)


def _mentor_grants(scene: Scene, courses: list[Course]) -> None:
    """A mentor decided two grants; it is reported as it happened, and reads as a crossing."""
    running = [c for c in courses if c.spells[-1].to is None and c.spells[-1].stretches]
    for number, course in enumerate(running[:2]):
        stretch = course.spells[-1].stretches[-1]
        day = max(stretch.since, scene.ledger.last // _DAY - 20)
        data = {
            "actor": {"id": stretch.mentor.id, "function": "mentor"},
            "grant": {"id": f"b-{number + 1}"},
            "kind": "support-offer",
            "outcome": "granted",
            "legal_basis": "sel:85",
            "period": {"from": rfc3339(day * _DAY)[:10], "to": rfc3339((day + 60) * _DAY)[:10]},
        }
        scene.ledger.add("course.grant-decided", course.id, day * _DAY + 640, data)


def _ghost_hours(scene: Scene) -> None:
    """New hours were entered on the wrong mentor, and taken back."""
    mentor = scene.crew.mentors[1]
    day = scene.crew.start + 90
    data = {
        "actor": scene.coordinator(day),
        "from": rfc3339(day * _DAY)[:10],
        "weekly_minutes": 185,
        "reason": "agreed",
    }
    ghost = scene.ledger.add("mentor.hours-changed", mentor.id, day * _DAY + 620, data)
    take_back(scene.ledger, ghost, "wrong-subject", scene.rng)


def _wrongly_linked(scene: Scene, courses: list[Course]) -> None:
    """Two citizens of one name were held to be one, until somebody looked again."""
    one, other = [course for course in courses if course.matched][-4:-2]
    day = max(one.spells[0].since, other.spells[0].since) + 1
    link = {"what": "citizen", "alias": {"id": other.id}}
    told = {"actor": scene.coordinator(day), **link}
    moment = day * _DAY + 615
    scene.ledger.add("course.identity-linked", one.id, moment, told | {"basis": "manual"})
    scene.ledger.add("course.identity-unlinked", one.id, moment + 3 * _DAY, told)
