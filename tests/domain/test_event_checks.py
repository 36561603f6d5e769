"""What is refused for its form, with the place named; and that nothing else is."""

from typing import Any

import pytest

from domain.events.checks import joint_with
from domain.events.registry import REGISTRY
from tests.domain.forms import findings, form
from tests.domain.good_data import (
    CASEWORKER,
    CITIZEN,
    COORDINATOR,
    GOOD,
    LEADER,
    MENTOR,
    STRENGTHS,
    SYSTEM,
    WISHES,
)

LEFT_OUT = object()
NO_END = {"from": "2026-01-22"}
OF_A_TEAM = {"type": "dk.roedtraad.team.established.v1", "time": "", "data": {}}
A_RETRACTION = {"type": "dk.roedtraad.course.event-retracted.v1", "time": "", "data": {}}
A_FOLLOW_UP = {"type": "dk.roedtraad.course.follow-up-raised.v1", "time": "", "data": {}}

REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    # Every event
    ("team.established.v1", {"note_confidential": True}, ["note_confidential"]),
    ("team.established.v1", {"actor": {"function": "leader"}}, ["actor.id"]),
    ("team.established.v1", {"on_behalf_of": {"function": "leader"}}, ["on_behalf_of.id"]),
    ("course.goal-acknowledged.v1", {"actor": {"function": "citizen", "id": "b-1"}}, ["actor.id"]),
    (
        "team.sparring-held.v1",
        {"participants": [MENTOR, {"function": "mentor"}]},
        ["participants.1.id"],
    ),
    (
        "course.mentor-agreement-made.v1",
        {"period": {"from": "2026-01-23", "to": "2026-01-22"}},
        ["period.to"],
    ),
    # Course
    ("course.match-proposed.v1", {"reasons": LEFT_OUT}, ["reasons"]),
    ("course.mentor-agreement-made.v1", {"total_minutes": 600}, ["total_minutes"]),
    ("course.roles-stated.v1", {"on_behalf_of": LEFT_OUT}, ["actor.function"]),
    ("course.roles-stated.v1", {"on_behalf_of": LEADER}, ["on_behalf_of.function"]),
    ("course.roles-stated.v1", {"answers": {}}, ["answers"]),
    ("course.goal-set.v1", {"directions": []}, ["directions"]),
    ("course.goal-acknowledged.v1", {"actor": COORDINATOR}, ["actor.function"]),
    ("course.coordination-held.v1", {"other_actors": LEFT_OUT}, ["participants"]),
    ("course.coordination-held.v1", {"participants": []}, ["participants"]),
    ("course.activity-registered.v1", {"minutes": 1441}, ["minutes"]),
    ("course.activity-registered.v1", {"area": LEFT_OUT}, ["area"]),
    ("course.activity-registered.v1", {"area": "household"}, ["activity"]),
    ("course.activity-registered.v1", {"role": "system-guide"}, ["area"]),
    ("course.activity-registered.v1", {"role": "not-stated"}, ["area"]),
    (
        "course.activity-registered.v1",
        {"role": "system-guide", "area": LEFT_OUT},
        ["activity"],
    ),
    ("course.grant-decided.v1", {"period": LEFT_OUT}, ["period"]),
    ("course.grant-decided.v1", {"period": NO_END}, ["period.to"]),
    ("course.grant-decided.v1", {"weekly_minutes": LEFT_OUT}, ["weekly_minutes"]),
    ("course.grant-decided.v1", {"total_minutes": 600}, ["total_minutes"]),
    (
        "course.grant-decided.v1",
        {"outcome": "refused", "amount_oere": 0},
        ["reason", "period", "weekly_minutes", "amount_oere"],
    ),
    (
        "course.grant-decided.v1",
        {"outcome": "dismissed", "reason": "not-needed", "weekly_minutes": LEFT_OUT},
        ["period"],
    ),
    ("course.grant-extended.v1", {"period": NO_END}, ["period.to"]),
    (
        "course.grant-extended.v1",
        {"weekly_minutes": 60, "total_minutes": 600},
        ["total_minutes"],
    ),
    # Mentor
    (
        "mentor.profile-completed.v1",
        {"strengths": [*STRENGTHS, {"code": "patience"}]},
        ["strengths"],
    ),
    ("mentor.profile-completed.v1", {"wishes": WISHES[:2]}, ["wishes"]),
    ("mentor.profile-completed.v1", {"wishes": [*WISHES[:2], WISHES[0]]}, ["wishes.2.code"]),
    (
        "mentor.profile-completed.v1",
        {"wishes": [*WISHES[:2], {"code": "other"}]},
        ["wishes.2.text"],
    ),
    ("mentor.training-attended.v1", {"period": NO_END}, ["period.to"]),
    ("mentor.survey-answered.v1", {"answers": {}}, ["answers"]),
    # Team
    ("team.person-assigned.v1", {"employment": LEFT_OUT}, ["employment"]),
    (
        "team.person-assigned.v1",
        {"function": "mentor", "weekly_minutes": 2220},
        ["weekly_minutes"],
    ),
    ("team.external-coordination-held.v1", {"other_actors": []}, ["other_actors"]),
    ("team.caseload-policy-set.v1", {"lowest": 26}, ["highest"]),
    ("team.caseload-policy-set.v1", {"lowest": LEFT_OUT, "highest": LEFT_OUT}, ["highest"]),
    ("team.rules-adopted.v1", {"text": 'name = "another"\n'}, ["sha256"]),
    ("team.supervision-arranged.v1", {"reasons": ["work-pressure"]}, ["reasons"]),
    (
        "team.supervision-arranged.v1",
        {"model": "none"},
        ["reasons", "supervisor", "forms", "joint"],
    ),
    (
        "team.supervision-arranged.v1",
        {"joint": {"id": "faelles-1", "municipalities": ["0860", "0860"]}},
        ["joint.municipalities"],
    ),
    ("team.supervision-session-held.v1", {"mentors": []}, ["mentors"]),
    (
        "team.supervision-session-held.v1",
        {"mentors": [{"id": "m-31"}, {"id": "m-32"}]},
        ["mentors"],
    ),
    ("team.sparring-held.v1", {"participants": [MENTOR]}, ["participants"]),
    # Every stream
    ("course.event-corrected.v1", {"replacement": OF_A_TEAM}, ["replacement.type"]),
    ("course.event-corrected.v1", {"replacement": A_RETRACTION}, ["replacement.type"]),
    ("course.event-corrected.v1", {"replacement": A_FOLLOW_UP}, ["replacement.type"]),
]

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("course.match-proposed.v1", {"actor": MENTOR, "reasons": LEFT_OUT}),
    ("course.roles-stated.v1", {"actor": CASEWORKER, "on_behalf_of": LEFT_OUT}),
    ("course.activity-registered.v1", {"activity": "hotline-call", "area": "not-stated"}),
    ("course.activity-registered.v1", {"role": "not-stated", "area": LEFT_OUT}),
    # What contradicts the course is stored, and read as such: form is all that is checked.
    ("course.grant-decided.v1", {"actor": MENTOR}),
    ("course.grant-decided.v1", {"actor": CITIZEN}),
    ("course.grant-decided.v1", {"kind": "treatment", "weekly_minutes": LEFT_OUT}),
    ("course.grant-decided.v1", {"period": {"from": "2026-01-22", "to": "2026-01-22"}}),
    ("team.established.v1", {"actor": SYSTEM, "on_behalf_of": LEADER, "note": "Første dag"}),
    ("team.established.v1", {"note": "Første dag", "note_confidential": True}),
    ("team.established.v1", {"actor": SYSTEM, "note": "Første dag"}),
    ("team.caseload-policy-set.v1", {"lowest": LEFT_OUT}),
    (
        "team.supervision-arranged.v1",
        {
            "model": "none",
            "reasons": ["replaced-by-sparring"],
            "supervisor": LEFT_OUT,
            "forms": LEFT_OUT,
            "joint": LEFT_OUT,
        },
    ),
    ("team.supervision-session-held.v1", {"form": "group"}),
]


def changed(topic: str, change: dict[str, Any]) -> dict[str, Any]:
    data = GOOD[topic] | change
    return {name: value for name, value in data.items() if value is not LEFT_OUT}


@pytest.mark.parametrize("topic", GOOD)
def test_well_formed_data_has_no_findings(topic: str) -> None:
    assert findings(REGISTRY.type_of(topic), GOOD[topic]) == []


@pytest.mark.parametrize(("topic", "change", "places"), REFUSED)
def test_a_fault_of_form_is_named_with_its_place(
    topic: str, change: dict[str, Any], places: list[str]
) -> None:
    found = findings(REGISTRY.type_of(topic), changed(topic, change))

    assert [finding.field for finding in found] == places
    assert all(finding.danish != finding.english for finding in found)


@pytest.mark.parametrize(("topic", "change"), ACCEPTED)
def test_nothing_else_is_refused(topic: str, change: dict[str, Any]) -> None:
    assert findings(REGISTRY.type_of(topic), changed(topic, change)) == []


def test_every_event_with_checks_of_its_own_is_tried_here() -> None:
    checked = {
        f"{event.NAME}.v{event.VERSION}"
        for event in REGISTRY
        if event.own_checks.__doc__ != "None of its own."
        and not event.NAME.startswith(("mentor.event-", "team.event-"))
    }

    assert checked <= {topic for topic, _, _ in REFUSED}


def test_six_strengths_are_refused_in_words_that_say_what_would_be_right() -> None:
    profile = REGISTRY.type_of("mentor.profile-completed.v1")
    six = changed("mentor.profile-completed.v1", {"strengths": [*STRENGTHS, {"code": "caring"}]})

    (found,) = findings(profile, six)

    assert found.field == "strengths"
    assert found.danish == "Der skal være præcis 5; der er 6."
    assert found.english == "There must be exactly 5; there are 6."


def test_joint_supervision_counts_the_own_municipality_in() -> None:
    topic = "team.supervision-arranged.v1"
    joint = form(REGISTRY.type_of(topic), GOOD[topic]).joint

    assert list(joint_with(joint, "0860")) == []
    assert list(joint_with(None, "0860")) == []
    assert [f.field for f in joint_with(joint, "0101")] == ["joint.municipalities"]
