"""Supervision as agreed and as held, window for window (Table 25)."""

from services.demo.drafts import HOURS, Data, Day, at, iso, workday_back
from services.demo.people import Mentor
from services.demo.places import By
from services.demo.scene import Scene
from services.demo.team_story import TEAM, agreed


def tell_supervision(scene: Scene) -> None:
    """What is agreed, changed when others take over for good, and every session held."""
    plan = scene.place.supervision
    length = plan.weeks * 7
    told: By | None = None
    windows = (scene.crew.last - scene.crew.start) // length + 1
    for window in range(windows):
        first = scene.crew.start + window * length
        by = plan.held_by(window)
        if _lasting(scene, window, windows) and by is not told:
            _arranged(scene, first, by)
            told = by
        if by is not By.NOBODY:
            _sessions(scene, first, length, by)


def _lasting(scene: Scene, window: int, windows: int) -> bool:
    """Whether this window's supervisor is also the next three's: a gap is not an agreement."""
    plan = scene.place.supervision
    ahead = range(window, min(window + 4, windows))
    return window == 0 or len({plan.held_by(w) for w in ahead}) == 1


def _arranged(scene: Scene, day: Day, by: By) -> None:
    plan = scene.place.supervision
    if by is By.NOBODY and not plan.why_none:
        by = plan.mostly  # agreed, but not yet held
    data: Data = {"actor": scene.leader(day), "from": iso(day), "model": agreed(by)}
    if by is By.NOBODY:
        data["reasons"] = list(plan.why_none)
    else:
        data["supervisor"] = {"id": _supervisor(scene, day, by)}
        if plan.cadence_weeks is not None:
            data["cadence_weeks"] = plan.cadence_weeks
        data["forms"] = ["group", "individual"] if plan.individual else ["group"]
    scene.ledger.add("team.supervision-arranged", TEAM, at(day, 9, 30), data)


def _supervisor(scene: Scene, day: Day, by: By) -> str:
    if by in (By.LEADER, By.COORDINATOR):
        return scene.crew.on(by.value, day).id
    held = [w for w in scene.crew.of("supervisor") if w.employment == by.value]
    now = [w for w in held if w.since <= day and (w.until is None or day < w.until)]
    return (now or held)[0].id


def _sessions(scene: Scene, first: Day, length: int, by: By) -> None:
    """Two group sessions a window, so that no mentor waits six weeks; some one-to-one."""
    rng = scene.rng
    early = (3, 8) if length < 40 else (4, 12)
    late = (length - 10, length - 5) if length < 40 else (length - 20, length - 8)
    for bounds in (early, late):
        day = workday_back(first + rng.randint(*bounds))
        if day >= scene.crew.last:
            continue
        there = [m for m in scene.crew.working(day) if not _away(scene, m, day)]
        if there:
            _held(scene, day, by, there, "group", rng.randrange(90, 195, 15))
    if scene.place.supervision.individual:
        for _ in range(2):
            day = workday_back(first + rng.randint(5, length - 3))
            working = [m for m in scene.crew.working(day) if not m.skips_supervision]
            if day < scene.crew.last and working:
                _held(scene, day, by, [rng.choice(working)], "individual", 45)


def _away(scene: Scene, mentor: Mentor, day: Day) -> bool:
    """Somebody is always ill; a few have not been there for two months now."""
    ago = scene.crew.last - day
    if mentor.skips_supervision and ago < 65:
        return True
    return ago > 80 and scene.chance(0.08)


def _held(scene: Scene, day: Day, by: By, mentors: list[Mentor], form: str, minutes: int) -> None:
    supervisor = _supervisor(scene, day, by)
    session = scene.ledger.new_id("case-system").replace("ev", "sup")
    function = by.value if by in (By.LEADER, By.COORDINATOR) else "supervisor"
    data: Data = {
        "actor": {"id": supervisor, "function": function},
        "session": {"id": session},
        "supervisor": {"id": supervisor},
        "mentors": [{"id": mentor.id} for mentor in mentors],
        "form": form,
        "minutes": minutes,
    }
    scene.diary.sessions.append((day, session, tuple(mentor.id for mentor in mentors)))
    moment = at(day, 13, 0) + (5 if form == "individual" else 0)
    if form == "individual" and scene.chance(0.5):
        cases = {"source": scene.place.case_system}
        for key in ("actor", "session", "supervisor"):
            data[key] = cases | data[key]
        data["mentors"] = [cases | mentor for mentor in data["mentors"]]
        scene.ledger.add(
            "team.supervision-session-held", "mt-9", moment, data, system=HOURS, subject_of=HOURS
        )
        return
    scene.ledger.add("team.supervision-session-held", TEAM, moment, data)
