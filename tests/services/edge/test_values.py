"""The types of the catalogue: what each takes and refuses, and where the fault is said to be."""

from typing import Any

import pytest

from domain import codes
from services.edge.models import PREFIX
from tests.services.edge.events import (
    CASEWORKER,
    MATCHED,
    OWN,
    event,
    full,
    matched,
    of_type,
    places,
    refused,
    taken,
)

INTAKE = "course.intake-registered"
GRANT = "course.grant-decided"


def changed(event_name: str, /, **changes: Any) -> dict[str, Any]:
    """A full event with some fields of its data changed."""
    sent = full(f"{event_name}.v1")
    sent["data"] |= {field.rstrip("_"): value for field, value in changes.items()}
    return sent


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    # References
    (matched(mentor="m-31"), {"/data/mentor": "not-object"}),
    (matched(mentor={}), {"/data/mentor/id": "missing"}),
    (matched(mentor={"id": ""}), {"/data/mentor/id": "bad-id"}),
    (matched(mentor={"id": 31}), {"/data/mentor/id": "not-text"}),
    (matched(mentor={"id": "a", "name": "x"}), {"/data/mentor/name": "unknown-field"}),
    (matched(mentor={"id": "a", "source": "tid"}), {"/data/mentor/source": "bad-source"}),
    (matched(mentor={"id": "a", "source": "a:" + "b" * 254}), {"/data/mentor/source": "too-long"}),
    (matched(mentor={"id": "a", "source": None}), {"/data/mentor/source": "null"}),
    # Actors
    (matched(actor={"id": "s-12"}), {"/data/actor/function": "missing"}),
    (matched(actor="s-12"), {"/data/actor": "not-object"}),
    (matched(actor={"id": "a", "function": 1}), {"/data/actor/function": "unknown-code"}),
    (matched(actor={"id": "a", "function": "boss"}), {"/data/actor/function": "unknown-code"}),
    (matched(actor={"function": "mentor"}), {"/data/actor/id": "missing"}),
    (
        matched(actor={"function": "mentor", "mentor": 1, "x": 2}),
        {
            "/data/actor/id": "missing",
            "/data/actor/mentor": "unknown-field",
            "/data/actor/x": "unknown-field",
        },
    ),
    (matched(actor={"function": "citizen", "id": "c-1"}), {"/data/actor/id": "nameless-actor"}),
    (matched(on_behalf_of={"function": "leader"}), {"/data/on_behalf_of/id": "missing"}),
    (
        changed("course.coordination-held", participants=[CASEWORKER, {"function": "mentor"}]),
        {"/data/participants/1/id": "missing"},
    ),
    (
        changed("course.coordination-held", participants=[CASEWORKER, {"id": "m"}]),
        {"/data/participants/1/function": "missing"},
    ),
    (
        changed("course.coordination-held", participants=[CASEWORKER] * 201),
        {"/data/participants": "too-many"},
    ),
    # Codes
    (matched(method="by-magic"), {"/data/method": "unknown-code"}),
    (matched(method="By-Profile"), {"/data/method": "unknown-code"}),
    (matched(method=["by-profile"]), {"/data/method": "unknown-code"}),
    (matched(reasons="other"), {"/data/reasons": "not-list"}),
    (matched(reasons=["other", "no"]), {"/data/reasons/1": "unknown-code"}),
    (matched(reasons=["other", "other"]), {"/data/reasons": "repeated"}),
    (changed("course.key-person-found", relation="boss"), {"/data/relation": "unknown-code"}),
    (
        changed("course.roles-stated", answers={"crisis-contact": "me"}),
        {"/data/answers/crisis-contact": "unknown-code"},
    ),
    (
        changed("course.roles-stated", answers={"Hans Jensen": "mentor"}),
        {"/data/answers": "unknown-code"},
    ),
    (changed("course.roles-stated", answers=["mentor"]), {"/data/answers": "not-object"}),
    # Days and periods
    (matched(from_="2026-02-29"), {"/data/from": "bad-date"}),
    (matched(from_="19-01-2026"), {"/data/from": "bad-date"}),
    (matched(from_="2026-1-19"), {"/data/from": "bad-date"}),
    (matched(from_="2026-01-19T00:00:00"), {"/data/from": "bad-date"}),
    (matched(from_="2026-01-19\n"), {"/data/from": "bad-date"}),
    (matched(from_="0000-01-01"), {"/data/from": "bad-date"}),
    (matched(from_=20260119), {"/data/from": "not-text"}),
    (changed(GRANT, period={}), {"/data/period/from": "missing"}),
    (changed(GRANT, period="2026"), {"/data/period": "not-object"}),
    (
        changed(GRANT, period={"from": "2026-02-01", "to": "2026-01-31"}),
        {"/data/period/to": "check"},
    ),
    (
        changed(GRANT, period={"from": "2026-02-01", "to": "2026-03-01", "from_": 1}),
        {"/data/period/from_": "unknown-field"},
    ),
    # Lines and texts
    (changed(INTAKE, name="x" * 201), {"/data/name": "too-long"}),
    (changed(INTAKE, name="Anna\nBo"), {"/data/name": "control-character"}),
    (changed(INTAKE, name="Anna\tBo"), {"/data/name": "control-character"}),
    (changed(INTAKE, name="Anna\x85Bo"), {"/data/name": "control-character"}),
    (changed(INTAKE, name=["Anna"]), {"/data/name": "not-text"}),
    (matched(rationale="x" * 4001), {"/data/rationale": "too-long"}),
    (matched(rationale="a\r\nb"), {"/data/rationale": "control-character"}),
    (matched(rationale="a\0b"), {"/data/rationale": "control-character"}),
    (matched(note="a\x9f"), {"/data/note": "control-character"}),
    # Other types
    (matched(note_confidential=True), {"/data/note_confidential": "check"}),
    (matched(note="x", note_confidential=1), {"/data/note_confidential": "not-flag"}),
    (matched(note="x", note_confidential="true"), {"/data/note_confidential": "not-flag"}),
    (changed(INTAKE, cpr="010190-123"), {"/data/cpr": "bad-cpr"}),
    (changed(INTAKE, cpr="320190-1234"), {"/data/cpr": "bad-cpr"}),
    (changed(INTAKE, birth_date="1990-13-01"), {"/data/birth_date": "bad-date"}),
    (changed(GRANT, legal_basis="§ 85"), {"/data/legal_basis": "bad-law"}),
    (changed(GRANT, legal_basis="lab:" + "1" * 17), {"/data/legal_basis": "bad-law"}),
    (changed(GRANT, amount_oere=10**12 + 1), {"/data/amount_oere": "too-high"}),
    (changed(GRANT, weekly_minutes=3601), {"/data/weekly_minutes": "too-high"}),
    (changed("mentor.employed", birth_year=1929), {"/data/birth_year": "too-low"}),
    (
        changed("team.supervision-session-held", joint={"id": "j", "municipalities": [OWN]}),
        {"/data/joint/municipalities": "too-few"},
    ),
    (
        changed("team.supervision-session-held", joint={"id": "j", "municipalities": [OWN, OWN]}),
        {"/data/joint/municipalities": "repeated"},
    ),
    (
        changed(
            "team.supervision-session-held", joint={"id": "j", "municipalities": ["0851", "0101"]}
        ),
        {"/data/joint/municipalities": "check"},
    ),
    (
        changed("team.supervision-session-held", joint={"id": "j", "municipalities": [OWN, "851"]}),
        {"/data/joint/municipalities/1": "bad-municipality"},
    ),
]


@pytest.mark.parametrize(("sent", "found"), WRONG)
def test_a_wrong_value_is_refused_with_its_place(
    sent: dict[str, Any], found: dict[str, str]
) -> None:
    assert places(sent) == found


@pytest.mark.parametrize(
    "sent",
    [
        matched(actor={"function": "system"}),
        matched(actor={"function": "citizen"}, on_behalf_of={"id": "m", "function": "mentor"}),
        matched(mentor={"source": "https://tid.hjoerring.example", "id": "31"}),
        matched(reasons=[]),
        matched(rationale="Rolig og tålmodig;\n\thar selv været der. 🧵"),
        matched(rationale="x" * 4000),
        matched(note="kort", note_confidential=False),
        matched(from_="2099-12-31"),
        changed(INTAKE, name="Ø" * 200),
        changed(INTAKE, cpr="7101901234"),
        changed(INTAKE, cpr="010190-0000"),
        changed(GRANT, period={"from": "2026-02-01", "to": "2026-02-01"}),
        changed(GRANT, amount_oere=0, weekly_minutes=0),
        changed("course.roles-stated", answers={"crisis-contact": "unsure"}),
    ],
)
def test_a_right_value_is_taken(sent: dict[str, Any]) -> None:
    assert taken(sent).data == sent["data"]


def profile(strengths: list[Any], wishes: int = 3) -> dict[str, Any]:
    return changed(
        "mentor.profile-completed",
        strengths=strengths,
        wishes=[{"code": code} for code in codes.qualities.codes[:wishes]],
    )


def strengths(n: int) -> list[dict[str, str]]:
    return [{"code": code} for code in codes.qualities.codes[:n]]


@pytest.mark.parametrize("n", [0, 1, 4, 6, 12])
def test_a_profile_has_five_strengths_and_three_wishes(n: int) -> None:
    problem = refused(profile(strengths(n), wishes=n))
    assert {flaw.pointer for flaw in problem.errors} == {"/data/strengths", "/data/wishes"}
    assert problem.errors[0].danish == f"Skal være præcis 5; her er {n}."


def test_a_strength_of_ones_own_needs_a_text_and_may_recur() -> None:
    own = {"code": "other", "text": "Fluefiskeri"}
    assert taken(profile([*strengths(3), own, own]))
    assert places(profile([*strengths(4), {"code": "other"}])) == {
        "/data/strengths/4/text": "check"
    }


def test_a_strength_is_named_once() -> None:
    assert places(profile([*strengths(4), strengths(1)[0]])) == {"/data/strengths/4/code": "check"}


def test_an_items_text_is_a_line_and_its_fields_are_known() -> None:
    bad = {"code": "humour", "text": "a\nb", "degree": 1}
    assert places(profile([*strengths(4), bad])) == {
        "/data/strengths/4/text": "control-character",
        "/data/strengths/4/degree": "unknown-field",
    }


def test_an_unknown_code_is_answered_with_the_allowed_ones() -> None:
    assert refused(matched(method="x")).errors[0].english == (
        "Unknown code. Allowed: by-profile, by-meeting, other."
    )
    answer = refused(changed("course.roles-stated", answers={"x": "mentor"})).errors[0]
    assert ", ".join(codes.responsibilities.codes) in answer.danish
    answer = refused(matched(actor={"id": "a", "function": "x"})).errors[0]
    assert set(codes.functions.codes) <= set(answer.danish.rstrip(".").split(": ")[1].split(", "))


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        (matched(ratonale="x"), "rationale"),
        (matched(mentor={"id": "a", "name": "x"}), "source, id"),
        (matched(actor={**CASEWORKER, "name": "x"}), "function, source, id"),
        (changed(GRANT, period={"from": "2026-02-01", "til": "x"}), "from, to"),
    ],
)
def test_an_unknown_field_is_answered_with_what_may_stand_there(
    sent: dict[str, Any], known: str
) -> None:
    assert f": {known}." in refused(sent).errors[0].english


def test_the_events_own_checks_speak_when_the_types_are_right() -> None:
    sent = of_type(
        "team.caseload-policy-set",
        {
            "actor": {"id": "l-1", "function": "leader"},
            "from": "2026-01-01",
            "lowest": 30,
            "highest": 20,
            "reason": "trying-higher-load",
        },
    )
    assert places(sent) == {"/data/highest": "check"}


def test_common_checks_speak_together_with_wrong_types() -> None:
    sent = matched(minutes=0, note_confidential=True, method="x")
    assert set(places(sent)) == {"/data/minutes", "/data/note_confidential", "/data/method"}
    assert places(matched(note=7, note_confidential=True)) == {"/data/note": "not-text"}


def test_all_wrong_fields_at_every_depth_are_told_at_once() -> None:
    sent = event(
        {
            "actor": {"function": "mentor", "id": "m 31"},
            "match": {"id": "match-901", "kind": 1},
            "from": "i morgen",
            "method": "x",
            "minutes": "45",
            "colour": "red",
        },
        type=PREFIX + "course.mentor-matched.v1",
    )
    assert set(places(sent)) == {
        "/data/actor/id",
        "/data/match/kind",
        "/data/mentor",
        "/data/from",
        "/data/method",
        "/data/minutes",
        "/data/colour",
    }
    assert MATCHED["minutes"] == 45
