"""The running work with a citizen: meetings, activities with their minutes, coordination."""

from services.demo.course_activities import (
    attempt_in_vain,
    contact_days,
    end_of,
    register_activity,
)
from services.demo.drafts import Data, Day, at, who, workday, workday_back
from services.demo.names import somebody
from services.demo.plan import Course, Spell, State, Stretch
from services.demo.scene import Scene
from services.demo.texts import FRICTION_NOTES, KEY_CONTACTS, about
from services.demo.words import words

_KEY = words("parent sibling grandparent other-family partner friend teacher employer neighbour")
_FRICTION = words(
    "different-perceptions different-perceptions overlap gap weak-coordination unfocused-course "
    "citizen-confused citizen-trust-missing disagreement"
)
_OTHERS = words(
    "education workplace treatment health-service social-services housing bailiff-court probation"
)


def tell_work(scene: Scene, course: Course, spell: Spell, stretch: Stretch) -> None:
    """Everything between this mentor's first meeting with the citizen and their last."""
    first = _first_meeting(scene, course, spell, stretch)
    _coordination(scene, course, spell, stretch)
    if first is None:
        return
    days = contact_days(scene, spell, stretch, first)
    for number, day in enumerate(days):
        late = number > len(days) * 0.6 and number > 8
        register_activity(scene, course, stretch, day, late=late, in_touch=True)
        if scene.chance(0.04):
            register_activity(scene, course, stretch, day, late=late, in_touch=False)
        if scene.chance(0.09):
            attempt_in_vain(scene, course, stretch, workday_back(day - 2))
    _beside(scene, course, stretch, first)


def _first_meeting(scene: Scene, course: Course, spell: Spell, stretch: Stretch) -> Day | None:
    if spell.state is State.UNMET:
        return None
    day = stretch.since + scene.rng.randint(1, 6)
    day = workday_back(day) if workday_back(day) > stretch.since else workday(day)
    if day >= end_of(scene, stretch):
        return None
    data: Data = {
        "mentor": {"id": stretch.mentor.id},
        "form": scene.rng.choice(("in-person",) * 6 + ("phone", "phone")),
    }
    moment = scene.hour(day, 9, 10)
    if scene.chance(0.15):
        mentor = {"source": scene.place.case_system, "id": stretch.mentor.id}
        data |= {"actor": mentor | {"function": "mentor"}, "mentor": mentor}
        scene.clocked(course, "first-meeting-held", moment, data)
    else:
        data = {"actor": who(stretch.mentor.id, "mentor")} | data
        scene.cased(course, "first-meeting-held", moment, scene.noted(data, course.citizen, 0.2))
    return day


def _coordination(scene: Scene, course: Course, spell: Spell, stretch: Stretch) -> None:
    """Mentor and caseworker talk about the course, the closer the more they sit together."""
    rng, place, end = scene.rng, scene.place, end_of(scene, stretch)
    day = workday_back(end - rng.randint(1, min(9, place.coordination_days)))
    near = {"every-day": 6, "some-days": 3, "none": 1}[place.colocation]
    forms = ["informal"] * near + ["meeting", "phone", "phone", "message", "video"]
    while day > stretch.since:
        people = [who(stretch.mentor.id, "mentor"), scene.worker(course, day)]
        topics = [rng.choice(("goal", "activities", "activities", "grants", "problem", "roles"))]
        data: Data = {"actor": rng.choice(people)}
        if scene.chance(0.12):
            data["actor"] = scene.coordinator(day)
            people.append(scene.coordinator(day))
            topics = ["roles", "goal"]
        data |= {"form": rng.choice(forms), "participants": people, "topics": topics}
        if scene.chance(0.1):
            data["other_actors"] = [rng.choice(_OTHERS)]
        data["minutes"] = rng.randrange(10, 60, 5)
        scene.cased(
            course, "coordination-held", scene.hour(day), scene.noted(data, course.citizen, 0.04)
        )
        day = workday_back(
            day - rng.randint(place.coordination_days - 3, place.coordination_days + 1)
        )


def _beside(scene: Scene, course: Course, stretch: Stretch, first: Day) -> None:
    """Key persons, friction and supervision of the case: what doesn't come every week."""
    rng, end = scene.rng, end_of(scene, stretch)
    if end - first < 30:
        return
    mentor = who(stretch.mentor.id, "mentor")
    if scene.chance(scene.place.key_persons):
        for number in range(rng.randint(1, 2)):
            _key_person(scene, course, mentor, rng.randint(first + 5, end - 2), number)
    if scene.chance(scene.place.disagreement * 0.8):
        day = workday(rng.randint(first + 7, end - 3))
        actor = rng.choice((mentor, scene.worker(course, day), scene.coordinator(day)))
        data: Data = {"actor": actor, "kind": rng.choice(_FRICTION)}
        if data["kind"] in ("overlap", "gap", "different-perceptions"):
            data["responsibility"] = rng.choice(("system-guide", "follow-up-on-grants"))
        data["between"] = [mentor, scene.worker(course, day)]
        if scene.chance(0.6):
            data["note"] = about(course.citizen.first, FRICTION_NOTES, rng)
        scene.cased(course, "friction-reported", scene.hour(day), data)
    if scene.chance(0.06):
        day = workday(rng.randint(first + 7, end - 3))
        if day < end:
            _by_caseworker(scene, course, day)
    held = [s for s in scene.diary.sessions if first < s[0] < end and stretch.mentor.id in s[2]]
    if held and scene.chance(0.3):
        day, session, _ = rng.choice(held)
        taken_up = {"actor": mentor, "session": {"id": session}, "mentor": {"id": mentor["id"]}}
        scene.cased(course, "case-supervised", at(day, 16, 5), taken_up)


def _key_person(scene: Scene, course: Course, mentor: Data, day: Day, number: int) -> None:
    person = somebody(scene.rng, born_from=1950, born_to=1998)
    data: Data = {
        "actor": mentor,
        "key_person": {"id": f"np-{course.id[2:]}-{number}"},
        "relation": scene.rng.choice(_KEY),
        "name": person.name,
    }
    if scene.chance(0.5):
        data["contact"] = about(course.citizen.first, KEY_CONTACTS, scene.rng)
    scene.cased(course, "key-person-found", scene.hour(workday_back(day)), data)


def _by_caseworker(scene: Scene, course: Course, day: Day) -> None:
    """Mentor work done by the caseworker: it happens, and reads as a boundary crossing."""
    data = {
        "actor": scene.worker(course, day),
        "role": "system-guide",
        "activity": "accompany-to-meeting",
        "minutes": 60,
        "contact": "in-person",
    }
    scene.cased(course, "activity-registered", scene.hour(day), data)
