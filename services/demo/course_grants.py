"""Grants from application to end (*bevillinger*): mentor support, and what else helps."""

from services.demo.drafts import Data, Day, at, iso, who, workday
from services.demo.plan import Course, Spell
from services.demo.scene import Scene
from services.demo.texts import PROVIDERS

_HALF_A_YEAR = 182
_LAWS = {
    "course": ("lab:91", "lab:57"),
    "treatment": ("sul:141", "sel:101"),
    "support-offer": ("sel:85", "sel:82c"),
}
_ENDS = ("completed", "completed", "goal-reached", "dropped-out", "provider-stopped", "not-needed")


def tell_grants(scene: Scene, course: Course, spell: Spell) -> None:
    """Mentor support for as long as there is a mentor; for some courses other grants as well."""
    _mentor_hours(scene, course, spell)
    length = (spell.to or scene.crew.last) - spell.since
    if length > 60 and scene.chance(0.45):
        day = workday(spell.since + scene.rng.randint(20, length - 20))
        _other(scene, course, spell, day)


def _grant_id(scene: Scene) -> str:
    return scene.ledger.new_id("case-system").replace("ev", "b")


def _mentor_hours(scene: Scene, course: Course, spell: Spell) -> None:
    """Half a year at most, then a new period; some systems open a new record instead."""
    day = spell.stretches[0].since
    end = spell.to or scene.crew.last
    grant = {"id": _grant_id(scene)}
    decided: Data = {
        "actor": scene.worker(course, day),
        "grant": grant,
        "kind": "mentor-hours",
        "outcome": "granted" if scene.chance(0.95) else "partly-granted",
        "legal_basis": "lab:167",
        "period": {"from": iso(day), "to": iso(day + _HALF_A_YEAR)},
    }
    if scene.chance(0.75):
        decided["weekly_minutes"] = scene.rng.randrange(60, 135, 15)
    else:
        decided["total_minutes"] = scene.rng.randrange(1500, 3600, 60)
    if scene.chance(0.4):
        applied = {"actor": scene.worker(course, day), "grant": grant, "kind": "mentor-hours"}
        scene.cased(course, "grant-applied-for", at(max(spell.since, day - 2), 12, 30), applied)
    scene.cased(course, "grant-decided", at(day, 7, 50), decided)
    until = day + _HALF_A_YEAR
    while until - 20 < end:
        grant, until = _prolong(scene, course, grant, until)
    if spell.to is not None and until > spell.to + 7:
        ended = {
            "actor": scene.worker(course, spell.to),
            "grant": grant,
            "to": iso(spell.to),
            "reason": scene.rng.choice(("completed", "goal-reached", "not-needed", "other")),
        }
        scene.cased(course, "grant-ended", at(spell.to, 15, 0), ended)


def _prolong(scene: Scene, course: Course, grant: Data, until: Day) -> tuple[Data, Day]:
    day = workday(until - scene.rng.randint(15, 30))
    period = {"from": iso(until), "to": iso(until + _HALF_A_YEAR)}
    actor = scene.worker(course, day)
    if scene.chance(0.85):
        extended = {"actor": actor, "grant": grant, "period": period, "legal_basis": "lab:167"}
        scene.cased(course, "grant-extended", at(day, 10, 40), extended)
        return grant, until + _HALF_A_YEAR
    newer = {"id": _grant_id(scene)}
    decided = {
        "actor": actor,
        "grant": newer,
        "kind": "mentor-hours",
        "outcome": "granted",
        "legal_basis": "lab:167",
        "period": period,
        "weekly_minutes": scene.rng.randrange(60, 120, 15),
        "continues": grant,
    }
    scene.cased(course, "grant-decided", at(day, 10, 40), decided)
    return newer, until + _HALF_A_YEAR


def _other(scene: Scene, course: Course, spell: Spell, day: Day) -> None:
    """A course, a treatment or a support offer: applied for, then granted or refused."""
    rng = scene.rng
    kind = rng.choice(tuple(_LAWS))
    grant = {"id": _grant_id(scene)}
    provider = rng.choice(PROVIDERS)
    mentor = who(spell.stretches[0].mentor.id, "mentor")
    applied: Data = {
        "actor": mentor if scene.chance(0.4) else scene.worker(course, day),
        "grant": grant,
        "kind": kind,
    }
    if scene.chance(0.7):
        applied["provider"] = provider
    scene.cased(course, "grant-applied-for", at(day, 10, 15), applied)
    decision = workday(day + rng.randint(3, 16))
    end = spell.to or scene.crew.last
    if decision >= end:
        return
    decided: Data = {
        "actor": scene.worker(course, decision),
        "grant": grant,
        "kind": kind,
        "legal_basis": rng.choice(_LAWS[kind]),
    }
    if scene.chance(0.2):
        reasons = ("not-entitled", "not-needed", "another-offer-fits", "not-documented")
        decided["outcome"] = rng.choice(("refused", "refused", "dismissed"))
        decided["reason"] = rng.choice(reasons)
    else:
        until = decision + rng.randint(60, 180)
        decided["outcome"] = rng.choice(("granted", "granted", "partly-granted"))
        decided["period"] = {"from": iso(decision), "to": iso(until)}
        decided["amount_oere"] = rng.randrange(400_000, 4_000_000, 50_000)
        decided["provider"] = provider
    scene.cased(course, "grant-decided", at(decision, 9, 30), decided)
    if "period" in decided:
        _ended_early(scene, course, grant, decision, until, end)


def _ended_early(
    scene: Scene, course: Course, grant: Data, since: Day, until: Day, end: Day
) -> None:
    day = workday(since + scene.rng.randint(20, 59))
    if day < min(until, end) and scene.chance(0.4):
        ended = {
            "actor": scene.worker(course, day),
            "grant": grant,
            "to": iso(day),
            "reason": scene.rng.choice(_ENDS),
        }
        scene.cased(course, "grant-ended", at(day, 11, 0), ended)
