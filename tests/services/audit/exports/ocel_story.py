"""What happened besides in the course that is exported for process mining."""

from typing import Any

from services.store.municipality import Municipality
from tests.services.audit.course_story import CODE, COORDINATOR, MENTOR
from tests.services.store.sending import sent


def also(store: Municipality) -> None:
    """A grant, a session in which the course is taken up, a mentor with a name and another id, and
    an answer to a survey."""
    at = "2026-01-20T10:00:00+01:00"
    grant: dict[str, Any] = {
        "grant": {"id": "g-1"},
        "kind": "mentor-hours",
        "outcome": "granted",
        "legal_basis": "LAB § 167",
        "period": {"from": "2026-01-19", "to": "2026-07-19"},
        "weekly_minutes": 180,
    }
    session: dict[str, Any] = {"session": {"id": "session-1"}}
    held: dict[str, Any] = {"mentors": [{"id": "m-31"}], "form": "individual", "minutes": 60}
    supervisor: dict[str, Any] = {"id": "k-02"}
    employed: dict[str, Any] = {
        "from": "2026-01-05",
        "weekly_minutes": 2220,
        "gender": "woman",
        "name": "Åse Holm",
    }
    answers: dict[str, Any] = {
        "survey": {"id": "s-1"},
        "answers": {"grants-for-activities": "high"},
    }
    alias: dict[str, Any] = {"person": {"id": "m-31"}, "alias": {"id": "mx-31"}, "basis": "manual"}
    did: dict[str, Any] = {
        "role": "system-guide",
        "activity": "other",
        "minutes": 30,
        "contact": "none",
    }
    store.append(
        [
            sent("ev-10", "course.grant-decided.v1", "c-1", at, **grant),
            sent("ev-11", "mentor.employed.v1", "m-31", at, actor=COORDINATOR, **employed),
            sent("ev-12", "mentor.survey-answered.v1", "r-99", at, actor=MENTOR, **answers),
            sent(
                "ev-13",
                "team.supervision-session-held.v1",
                CODE,
                "2026-01-21T10:00:00+01:00",
                actor=COORDINATOR,
                supervisor=supervisor,
                **session,
                **held,
            ),
            sent(
                "ev-14",
                "course.case-supervised.v1",
                "c-1",
                "2026-01-22T10:00:00+01:00",
                actor=MENTOR,
                mentor={"id": "m-31"},
                **session,
            ),
            sent("ev-15", "team.identity-linked.v1", CODE, at, actor=COORDINATOR, **alias),
            sent(
                "ev-16",
                "course.activity-registered.v1",
                "c-1",
                "2026-01-23T10:00:00+01:00",
                actor={"id": "mx-31", "function": "mentor"},
                note="Åse ringede",
                **did,
            ),
        ]
    )
