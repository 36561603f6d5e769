"""A course from intake to close, as the case system would tell it; the work itself is elsewhere."""

from services.demo.course_grants import tell_grants
from services.demo.course_roles import tell_goal, tell_roles
from services.demo.course_work import tell_work
from services.demo.drafts import Data, Day, at, iso, who, workday
from services.demo.plan import Course, Spell, Stretch
from services.demo.scene import Scene
from services.demo.texts import CONTACT, INTAKE_NOTES, RATIONALES, TASKS, about

_PARTS = ["goal", "contact", "tasks", "duration", "hours", "complaint-guidance"]
_REOPENED = ("returned", "outcome-did-not-last", "closed-too-early", "appeal-upheld")


def tell_course(scene: Scene, course: Course) -> None:
    """Tell everything that happened in this course."""
    _intake(scene, course)
    for number, spell in enumerate(course.spells):
        if number:
            _reopened(scene, course, spell)
        _spell(scene, course, spell)
    for day, worker, why in course.caseworkers[1:]:
        actor = scene.leader(day) if why == "reorganised" else scene.coordinator(day)
        changed = {"actor": actor, "caseworker": {"id": worker}, "from": iso(day), "reason": why}
        scene.cased(course, "caseworker-changed", at(day, 8, 10), changed)


def _intake(scene: Scene, course: Course) -> None:
    rng, citizen, day = scene.rng, course.citizen, course.spells[0].since
    moment = scene.hour(day, 8, 11)
    data: Data = {
        "actor": scene.worker(course, day),
        "caseworker": {"id": course.caseworker(day)},
        "form": rng.choice(("in-person", "in-person", "in-person", "phone", "video")),
        "name": citizen.name,
        "cpr": citizen.cpr,
        "birth_date": citizen.born.isoformat(),
        "address": citizen.address,
    }
    if scene.chance(0.9):
        data["phone"] = citizen.phone
    if scene.chance(0.7):
        data["email"] = citizen.email
    if scene.chance(0.3):
        data["note"] = about(citizen.first, INTAKE_NOTES, rng)
    scene.cased(course, "intake-registered", moment, data)
    if scene.chance(0.9):
        preference = {
            "actor": scene.worker(course, day),
            "age": rng.choice(("none", "none", "under-30", "30-44", "45-59", "60-plus")),
            "gender": rng.choice(("none", "none", "woman", "man")),
        }
        scene.cased(course, "preference-stated", moment + 15, preference)
    if course.same_citizen_as:
        link = {
            "actor": scene.coordinator(day),
            "what": "citizen",
            "alias": {"id": course.same_citizen_as},
            "basis": "cpr",
        }
        scene.cased(course, "identity-linked", moment + 30, link)


def _reopened(scene: Scene, course: Course, spell: Spell) -> None:
    data = {
        "actor": scene.worker(course, spell.since),
        "from": iso(spell.since),
        "reason": scene.rng.choice(_REOPENED),
    }
    scene.cased(course, "reopened", at(spell.since, 8, 30), data)


def _spell(scene: Scene, course: Course, spell: Spell) -> None:
    for number, stretch in enumerate(spell.stretches):
        _match(scene, course, spell, stretch, number)
    if spell.stretches:
        tell_goal(scene, course, spell)
        tell_grants(scene, course, spell)
    if spell.to is not None:
        day = spell.to
        closed = {
            "actor": scene.worker(course, day),
            "to": iso(day),
            "reason": spell.close_reason,
        }
        scene.cased(
            course, "closed", scene.hour(day, 15, 16), scene.noted(closed, course.citizen, 0.1)
        )


def _match(scene: Scene, course: Course, spell: Spell, stretch: Stretch, number: int) -> None:
    day, mentor = stretch.since, stretch.mentor
    match = scene.ledger.new_id("case-system").replace("ev", "match")
    decided = max(spell.since, day - scene.rng.randint(0, 3))
    moment = at(decided, 13, scene.rng.randrange(60))
    data: Data = {
        "actor": scene.worker(course, decided),
        "match": {"id": match},
        "mentor": {"id": mentor.id},
        "from": iso(day),
        "method": scene.place.method,
    }
    _reasons(scene, course, data, decided, moment)
    if scene.chance(0.5):
        data["rationale"] = about(course.citizen.first, RATIONALES, scene.rng)
    scene.cased(course, "mentor-matched", moment, data)
    _agreement(scene, course, spell, stretch)
    tell_work(scene, course, spell, stretch)
    tell_roles(scene, course, stretch, again=scene.chance(0.8))
    _chemistry(scene, course, stretch)
    if stretch.why is not None and stretch.to is not None:
        actor = scene.coordinator(stretch.to)
        ended = {
            "actor": actor,
            "match": {"id": match},
            "to": iso(stretch.to),
            "reason": stretch.why,
        }
        scene.cased(course, "match-ended", at(stretch.to, 9, 20), ended)


def _reasons(scene: Scene, course: Course, data: Data, day: Day, moment: int) -> None:
    """How the match came about: by profile, at a shared meeting, or as it may."""
    rng = scene.rng
    if scene.place.method == "by-profile":
        more = ["known-from-training"] if scene.chance(0.7) else ["preference-gender"]
        data["reasons"] = ["strengths-fit", *more]
        data["minutes"] = rng.randrange(20, 75, 5)
    elif scene.place.method == "by-meeting":
        data["reasons"] = ["known-from-talks", rng.choice(("preference-age", "strengths-fit"))]
        data["minutes"] = rng.randrange(10, 30, 5)
        meetings = [id for since, id in scene.diary.matching if since <= day]
        if meetings:
            data["meeting"] = {"id": meetings[-1]}
    elif scene.chance(0.7):
        some = ("citizen-chose", "shared-interest", "free-capacity", "experience-fit")
        data["reasons"] = [rng.choice(some)]
    if scene.chance(0.35):
        proposed = {
            "actor": scene.coordinator(day),
            "mentor": data["mentor"],
            "method": data["method"],
            "reasons": data.get("reasons", ["free-capacity"]),
        }
        if "meeting" in data:
            proposed["meeting"] = data["meeting"]
        if scene.chance(0.3):
            proposed["rationale"] = about(course.citizen.first, RATIONALES, rng)
        data["proposal"] = {"id": scene.cased(course, "match-proposed", moment - 45, proposed).id}


def _agreement(scene: Scene, course: Course, spell: Spell, stretch: Stretch) -> None:
    """Made before the first activity, renewed each half year; some lack a part or two."""
    rng, day = scene.rng, workday(stretch.since)
    end = stretch.to or scene.crew.last
    while day < end:
        parts = list(_PARTS)
        if scene.chance(0.12):
            parts.remove("complaint-guidance")
        if scene.chance(0.06):
            parts.remove("hours")
        data: Data = {
            "actor": scene.worker(course, day),
            "mentor": {"id": stretch.mentor.id},
            "parts": parts,
            "period": {"from": iso(day), "to": iso(day + 182)},
        }
        if "hours" in parts:
            data["weekly_minutes"] = rng.randrange(60, 150, 15)
        if scene.chance(0.5):
            data["tasks"] = about(course.citizen.first, TASKS, rng)
        if scene.chance(0.4):
            data["contact"] = about(course.citizen.first, CONTACT, rng)
        scene.cased(course, "mentor-agreement-made", scene.hour(day, 8, 8), data)
        day = workday(day + 182)


def _chemistry(scene: Scene, course: Course, stretch: Stretch) -> None:
    """Each side is asked within four weeks; where it is missing, the match ends soon after."""
    asked = workday(stretch.since + scene.rng.randint(16, 25))
    if asked >= (stretch.to or scene.crew.last):
        return
    missing = stretch.why == "chemistry-missing"
    result = "missing" if missing else scene.rng.choice(("good",) * 6 + ("uncertain",))
    mentor = {"id": stretch.mentor.id}
    data = {
        "actor": scene.worker(course, asked),
        "mentor": mentor,
        "asked": "citizen",
        "result": result,
    }
    if scene.chance(0.15):
        data["on_behalf_of"] = scene.worker(course, asked)
        data["actor"] = scene.coordinator(asked)
    scene.cased(course, "chemistry-checked", scene.hour(asked), data)
    if scene.chance(0.6):
        own = {
            "actor": who(stretch.mentor.id, "mentor"),
            "mentor": mentor,
            "asked": "mentor",
            "result": "uncertain" if missing else "good",
        }
        scene.cased(course, "chemistry-checked", scene.hour(asked + 1), own)
