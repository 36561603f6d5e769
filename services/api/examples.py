"""Bodies of commands that could be sent as they stand, in the order of `COMMANDS`.

They tell of one course: that of `described.EXAMPLE`, when m-31 was employed before. Some take the
place of another, as a hand-over that is rejected isn't accepted.
"""

from domain.adoptions import digest_of
from services.rules import example_text

_CASEWORKER = {"id": "s-12", "function": "caseworker"}
_COLLEAGUE = {"id": "s-14", "function": "caseworker"}
_MENTOR = {"id": "m-31", "function": "mentor"}
_COORDINATOR = {"id": "k-02", "function": "coordinator"}
_LEADER = {"id": "l-01", "function": "leader"}

PROPOSE_MATCH = {
    "actor": _COORDINATOR,
    "mentor": {"id": "m-31"},
    "method": "by-profile",
    "reasons": ["strengths-fit", "known-from-training"],
}
MATCH = {
    "actor": _CASEWORKER,
    "match": {"id": "match-901"},
    "mentor": {"id": "m-31"},
    "from": "2026-01-19",
    "method": "by-profile",
    "reasons": ["strengths-fit"],
    "minutes": 45,
}
AGREEMENT = {
    "actor": _CASEWORKER,
    "mentor": {"id": "m-31"},
    "parts": ["goal", "contact", "tasks", "duration", "hours", "complaint-guidance"],
    "period": {"from": "2026-01-22", "to": "2026-07-22"},
    "weekly_minutes": 120,
}
ROLES = {
    "actor": _MENTOR,
    "counterpart": {"id": "s-12"},
    "answers": {"personal-guide": "mentor", "authority-decisions": "caseworker"},
}
SET_GOAL = {
    "actor": _CASEWORKER,
    "goal": {"id": "goal-1"},
    "directions": ["everyday-life", "job"],
    "text": "Op om morgenen og i praktik inden sommer.",
}
ACKNOWLEDGE_GOAL = {"actor": _MENTOR, "goal": {"id": "goal-1"}}
REVIEW_GOAL = {
    "actor": _COORDINATOR,
    "goal": {"id": "goal-1"},
    "outcome": "kept",
    "participants": [_MENTOR, _CASEWORKER],
}
APPLY_FOR_GRANT = {"actor": _MENTOR, "grant": {"id": "b-77"}, "kind": "treatment"}
DECIDE_GRANT = {
    "actor": _CASEWORKER,
    "grant": {"id": "b-77"},
    "kind": "treatment",
    "outcome": "granted",
    "period": {"from": "2026-02-16", "to": "2026-08-16"},
}
EXTEND_GRANT = {
    "actor": _CASEWORKER,
    "grant": {"id": "b-77"},
    "period": {"from": "2026-08-16", "to": "2026-12-16"},
}
END_GRANT = {
    "actor": _CASEWORKER,
    "grant": {"id": "b-77"},
    "to": "2026-10-01",
    "reason": "completed",
}
OFFER_HANDOVER = {
    "actor": _CASEWORKER,
    "handover": {"id": "handover-1"},
    "function": "caseworker",
    "giver": {"id": "s-12"},
    "receiver": {"id": "s-14"},
    "from": "2026-03-02",
    "release_confidential_notes": False,
}
ACCEPT_HANDOVER = {"actor": _COLLEAGUE, "handover": {"id": "handover-1"}}
REJECT_HANDOVER = {**ACCEPT_HANDOVER, "reason": "no-capacity"}
END_MATCH = {
    "actor": _CASEWORKER,
    "match": {"id": "match-901"},
    "to": "2026-06-01",
    "reason": "citizen-wish",
}
CLOSE = {"actor": _CASEWORKER, "to": "2026-06-01", "reason": "education"}
REOPEN = {"actor": _CASEWORKER, "from": "2026-06-01", "reason": "outcome-did-not-last"}
ARRANGE_SUPERVISION = {
    "actor": _LEADER,
    "from": "2026-03-02",
    "model": "external-supervisor",
    "supervisor": {"id": "x-05"},
    "cadence_weeks": 4,
    "forms": ["group"],
}
SET_CASELOAD_POLICY = {
    "actor": _LEADER,
    "from": "2026-03-02",
    "lowest": 10,
    "highest": 15,
    "reason": "intensive-support",
}
ADOPT_RULES = {
    "actor": _LEADER,
    "pack": "vores-regler",
    "edition": "2026-2",
    "period": {"from": "2026-07-01"},
    "sha256": digest_of(example_text()),
    "text": example_text(),
}
SNOOZE = {"actor": _CASEWORKER, "until": "2026-12-15", "reason": "citizen-away"}
TAKE_OVER = {"actor": _COORDINATOR, "person": {"id": "k-02"}, "reason": "absence"}
