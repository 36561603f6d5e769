"""Well-formed data for every event that has checks of its own, as a case system sends it."""

from hashlib import sha256
from typing import Any

CASEWORKER = {"id": "s-12", "function": "caseworker"}
MENTOR = {"id": "m-31", "function": "mentor"}
COORDINATOR = {"id": "k-02", "function": "coordinator"}
LEADER = {"id": "l-01", "function": "leader"}
CITIZEN = {"function": "citizen"}
SYSTEM = {"function": "system"}

HALF_YEAR = {"from": "2026-01-22", "to": "2026-07-22"}
PACK = 'name = "standard"\n'
STRENGTHS = [
    {"code": "presence"},
    {"code": "listening"},
    {"code": "humour"},
    {"code": "other", "text": "Kan lave mad med de unge"},
    {"code": "other", "text": "Taler tegnsprog"},
]
WISHES = [{"code": "setting-limits"}, {"code": "documentation"}, {"code": "addiction"}]

GOOD: dict[str, dict[str, Any]] = {
    "course.match-proposed.v1": {
        "actor": SYSTEM,
        "mentor": {"id": "m-31"},
        "method": "by-profile",
        "reasons": ["strengths-fit"],
    },
    "course.mentor-agreement-made.v1": {
        "actor": CASEWORKER,
        "mentor": {"id": "m-31"},
        "parts": [],
        "period": HALF_YEAR,
        "weekly_minutes": 120,
    },
    "course.roles-stated.v1": {
        "actor": COORDINATOR,
        "on_behalf_of": MENTOR,
        "counterpart": {"id": "s-12"},
        "answers": {"system-guide": "both"},
    },
    "course.goal-set.v1": {
        "actor": CASEWORKER,
        "goal": {"id": "goal-1"},
        "directions": ["job"],
        "text": "I praktik inden sommer.",
    },
    "course.goal-acknowledged.v1": {"actor": CITIZEN, "goal": {"id": "goal-1"}},
    "course.coordination-held.v1": {
        "actor": COORDINATOR,
        "form": "informal",
        "participants": [MENTOR],
        "other_actors": ["housing"],
    },
    "course.activity-registered.v1": {
        "actor": MENTOR,
        "role": "personal-guide",
        "area": "body-and-mind",
        "activity": "accompany-to-doctor",
        "minutes": 1440,
        "contact": "in-person",
    },
    "course.grant-decided.v1": {
        "actor": CASEWORKER,
        "grant": {"id": "b-77"},
        "kind": "mentor-hours",
        "outcome": "granted",
        "period": HALF_YEAR,
        "weekly_minutes": 120,
    },
    "course.grant-extended.v1": {
        "actor": CASEWORKER,
        "grant": {"id": "b-77"},
        "period": HALF_YEAR,
    },
    "mentor.profile-completed.v1": {
        "actor": MENTOR,
        "education_field": "pedagogy",
        "experience_years": 4,
        "strengths": STRENGTHS,
        "wishes": WISHES,
    },
    "mentor.training-attended.v1": {
        "actor": MENTOR,
        "training": {"id": "u-1"},
        "kind": "mentors-and-caseworkers",
        "period": {"from": "2026-02-02", "to": "2026-02-04"},
    },
    "mentor.survey-answered.v1": {
        "actor": MENTOR,
        "survey": {"id": "2026-1"},
        "answers": {"barrier-lack-of-coordination": "to-some-degree"},
    },
    "team.established.v1": {"actor": LEADER, "from": "2026-01-01"},
    "team.person-assigned.v1": {
        "actor": LEADER,
        "person": {"id": "v-07"},
        "function": "supervisor",
        "from": "2026-01-01",
        "employment": "external",
    },
    "team.external-coordination-held.v1": {"actor": COORDINATOR, "other_actors": ["education"]},
    "team.caseload-policy-set.v1": {
        "actor": LEADER,
        "from": "2026-01-01",
        "lowest": 20,
        "highest": 25,
        "reason": "trying-higher-load",
    },
    "team.rules-adopted.v1": {
        "actor": SYSTEM,
        "pack": "standard",
        "edition": "2026.1",
        "period": {"from": "2026-01-01"},
        "sha256": sha256(PACK.encode()).hexdigest(),
        "text": PACK,
    },
    "team.supervision-arranged.v1": {
        "actor": LEADER,
        "from": "2026-01-01",
        "model": "external-supervisor",
        "supervisor": {"id": "v-07"},
        "forms": ["group"],
        "joint": {"id": "faelles-1", "municipalities": ["0851", "0860"]},
    },
    "team.supervision-session-held.v1": {
        "actor": COORDINATOR,
        "session": {"id": "sup-1"},
        "supervisor": {"id": "v-07"},
        "mentors": [{"id": "m-31"}],
        "form": "individual",
        "minutes": 60,
    },
    "team.sparring-held.v1": {
        "actor": MENTOR,
        "form": "peer",
        "participants": [MENTOR, COORDINATOR],
        "minutes": 30,
    },
    "course.event-corrected.v1": {
        "actor": MENTOR,
        "corrects": {"id": "t-9001"},
        "reason": "typing-error",
        "replacement": {
            "type": "dk.roedtraad.course.activity-registered.v1",
            "time": "2026-01-29T13:00:00+01:00",
            "data": {},
        },
    },
}
