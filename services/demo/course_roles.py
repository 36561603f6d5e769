"""Who does what, said by both sides, and the one common goal."""

from services.demo.drafts import Data, Day, iso, who, workday, workday_back
from services.demo.plan import Course, Spell, Stretch
from services.demo.scene import Scene
from services.demo.texts import GOALS, about

_USUAL = {
    "personal-guide": "mentor",
    "motivating-partner": "mentor",
    "system-guide": "both",
    "induction-guide": "mentor",
    "authority-decisions": "caseworker",
    "contact-with-other-actors": "both",
    "coordination-of-the-course": "caseworker",
    "follow-up-on-grants": "mentor",
    "crisis-contact": "mentor",
}
_HOLDERS = ("mentor", "caseworker", "both", "someone-else", "nobody", "unsure")
_WEIGHTS = (4, 4, 3, 1, 1, 2)


def tell_roles(scene: Scene, course: Course, stretch: Stretch, *, again: bool) -> None:
    """Both state their view at the start and about every eight weeks; they come to agree."""
    rng, end = scene.rng, stretch.to or scene.crew.last
    astray = scene.place.disagreement * 1.6
    day = workday(stretch.since + rng.randint(4, 12))
    while day < end - 1:
        mentor, worker = who(stretch.mentor.id, "mentor"), scene.worker(course, day)
        _statement(scene, course, mentor, worker["id"], astray, day)
        if scene.chance(0.96):
            _statement(
                scene, course, worker, mentor["id"], astray, workday(day + rng.randint(0, 2))
            )
        if not again:
            return
        astray *= 0.6
        day = workday_back(day + rng.randint(48, 55))


def _statement(
    scene: Scene, course: Course, speaker: Data, counterpart: str, astray: float, day: Day
) -> None:
    answers: dict[str, str] = {}
    for responsibility, usual in _USUAL.items():
        if scene.chance(astray * 0.4):
            continue
        other = scene.chance(astray)
        answers[responsibility] = scene.rng.choices(_HOLDERS, _WEIGHTS)[0] if other else usual
    answers.setdefault("authority-decisions", "caseworker")
    data: Data = {"actor": speaker, "counterpart": {"id": counterpart}, "answers": answers}
    if speaker["function"] == "mentor" and scene.chance(0.1):
        data = {"actor": scene.coordinator(day), "on_behalf_of": speaker} | {
            key: data[key] for key in ("counterpart", "answers")
        }
    scene.cased(course, "roles-stated", scene.hour(day, 12), data)


def tell_goal(scene: Scene, course: Course, spell: Spell) -> None:
    """A goal is set, acknowledged by the other, reviewed about every seven weeks, adapted."""
    rng, first = scene.rng, spell.stretches[0]
    end = spell.to or scene.crew.last
    day = workday(first.since + rng.randint(3, 14))
    version = 0
    goal = ""
    while day < end - 2:
        mentor = _mentor_on(spell, day)
        sides = [who(mentor, "mentor"), scene.worker(course, day)]
        outcome = "adapted"
        if goal:
            outcome = rng.choice(("kept", "kept", "kept", "adapted", "reached", "dropped"))
            reviewed: Data = {
                "actor": rng.choice(sides),
                "goal": {"id": goal},
                "outcome": outcome,
                "participants": [*sides, {"function": "citizen"}],
            }
            scene.cased(course, "goal-reviewed", scene.hour(day, 9, 12), reviewed)
        if outcome != "kept":
            version += 1
            goal = f"goal-{course.id[2:]}-{iso(spell.since)[2:4]}{spell.since % 97}-{version}"
            _set_goal(scene, course, goal, sides, day)
        day = workday_back(day + rng.randint(42, 55))


def _mentor_on(spell: Spell, day: Day) -> str:
    """The mentor matched on that day, or the last before it."""
    held = [stretch for stretch in spell.stretches if stretch.since <= day]
    return (held or spell.stretches)[-1].mentor.id


def _set_goal(scene: Scene, course: Course, goal: str, sides: list[Data], day: Day) -> None:
    rng = scene.rng
    setter, other = rng.sample(sides, 2)
    data: Data = {
        "actor": setter,
        "goal": {"id": goal},
        "directions": sorted(rng.sample(("education", "job", "everyday-life"), rng.randint(1, 2))),
        "text": about(course.citizen.first, GOALS, rng),
    }
    if scene.chance(0.4):
        data["target_date"] = iso(day + rng.randint(60, 200))
    moment = scene.hour(day, 13, 14)
    scene.cased(course, "goal-set", moment, data)
    if scene.chance(0.92):
        behind = rng.choice((30, 60, 1440, 2880))
        data = {"actor": other, "goal": {"id": goal}}
        scene.cased(course, "goal-acknowledged", moment + behind, data)
    if scene.chance(0.3):
        acknowledged = {"actor": {"function": "citizen"}, "goal": {"id": goal}}
        scene.cased(course, "goal-acknowledged", moment + 20, acknowledged)
