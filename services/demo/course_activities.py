"""What a mentor enters in the time registration: activities with minutes, and calls in vain."""

from domain.codes.activities import ACTIVITIES_OF
from services.demo.drafts import Data, Day, workday, workday_back
from services.demo.plan import Course, Spell, State, Stretch
from services.demo.scene import Scene

# How often, of a hundred, in the first part of a course and later on.
_OFTEN = {
    ("personal-guide", "body-and-mind"): (30, 18),
    ("personal-guide", "relations"): (11, 9),
    ("personal-guide", "household"): (18, 13),
    ("personal-guide", "across"): (14, 11),
    ("motivating-partner", None): (14, 20),
    ("system-guide", None): (11, 11),
    ("induction-guide", None): (2, 18),
}
_KINDS = tuple((role, area, tuple(ACTIVITIES_OF[role, area])) for role, area in _OFTEN)
_EARLY, _LATE = zip(*_OFTEN.values(), strict=True)
_WITH = ("in-person",) * 6 + ("phone", "phone", "video", "message")


def end_of(scene: Scene, stretch: Stretch) -> Day:
    """The day from which this mentor does nothing more for the citizen."""
    ends = [scene.crew.last, stretch.to, stretch.mentor.left]
    return min(day for day in ends if day is not None)


def contact_days(scene: Scene, spell: Spell, stretch: Stretch, first: Day) -> list[Day]:
    """About once a week, counted back from the last contact, which decides what is overdue."""
    rng, end = scene.rng, end_of(scene, stretch)
    back = {State.QUIET: (8, 13), State.SILENT: (15, 38)}.get(spell.state, (1, 5))
    if stretch.to is not None and spell.state is State.STEADY:
        back = (1, 9)
    choices = [day for day in range(end - back[1], end - back[0] + 1) if workday(day) == day]
    day = max(first, rng.choice(choices or [end - back[0]]))
    days = []
    while day > first + 2:
        days.append(day)
        steady = len(days) < 3
        day = workday_back(day - (rng.randint(5, 6) if steady else rng.randint(5, 11)))
    return [first, *reversed(days)]


def register_activity(
    scene: Scene, course: Course, stretch: Stretch, day: Day, *, late: bool, in_touch: bool
) -> None:
    """One entry in the time registration."""
    rng = scene.rng
    role, area, activities = rng.choices(_KINDS, _LATE if late else _EARLY)[0]
    activity = rng.choice(activities)
    contact = rng.choice(_WITH) if in_touch else "none"
    minutes = rng.randrange(30, 165, 15)
    chance = rng.random()
    if in_touch and chance < 0.05:
        activity, contact, minutes = "hotline-call", "phone", rng.randrange(5, 30, 5)
    elif chance < 0.09:
        activity = "conversation"
    elif chance < 0.11:
        activity, area = "not-stated", "not-stated" if area else None
        role = role if scene.chance(0.5) or area else "not-stated"
    data: Data = {"actor": scene.hours_actor(stretch.mentor.id), "role": role}
    if area is not None:
        data["area"] = area
    data |= {"activity": activity, "minutes": minutes, "contact": contact}
    moment = scene.hour(day, 11, 19 if activity == "hotline-call" else 15)
    scene.clocked(course, "activity-registered", moment, scene.noted(data, course.citizen, 0.05))


def attempt_in_vain(scene: Scene, course: Course, stretch: Stretch, day: Day) -> None:
    """The mentor tried to reach the citizen, and couldn't (*forgæves kontakt*)."""
    if day < stretch.since:
        return
    data: Data = {
        "actor": scene.hours_actor(stretch.mentor.id),
        "form": scene.rng.choice(("phone", "message", "in-person")),
        "outcome": scene.rng.choice(("no-answer", "no-show", "cancelled-by-citizen")),
    }
    if scene.chance(0.6):
        data["minutes"] = scene.rng.randrange(5, 45, 5)
    scene.clocked(course, "contact-attempted", scene.hour(day), data)
