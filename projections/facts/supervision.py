"""Supervision as agreed and as held, and sparring, which is none."""

from typing import Any

from domain.events.base import Fact
from domain.events.course import CaseSupervised
from domain.events.team import SparringHeld, SupervisionArranged, SupervisionSessionHeld
from domain.values import Joint
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values, key, ref

ARRANGEMENTS = FactTable(
    "supervision_arrangements",
    {
        "from_day": Kind.DATE,
        "model": Kind.CODE,
        "supervisor": Kind.UUID,
        "cadence_weeks": Kind.INT,
        "forms": Kind.CODES,
        "reasons": Kind.CODES,
        "joint": Kind.TEXT,
        "joint_municipalities": Kind.CODES,
    },
)
SESSIONS = FactTable(
    "supervision_sessions",
    {
        "session": Kind.TEXT,
        "supervisor": Kind.UUID,
        "mentors": Kind.UUIDS,
        "form": Kind.CODE,
        "minutes": Kind.INT,
        "joint": Kind.TEXT,
        "joint_municipalities": Kind.CODES,
    },
)
SPARRINGS = FactTable(
    "sparrings",
    {
        "form": Kind.CODE,
        "participants": Kind.UUIDS,
        "functions": Kind.CODES,  # of the participants, in their order
        "minutes": Kind.INT,
    },
)
CASES = FactTable("case_supervisions", {"session": Kind.TEXT, "mentor": Kind.UUID})

ALL = (ARRANGEMENTS, SESSIONS, SPARRINGS, CASES)


@ARRANGEMENTS.row_from(SupervisionArranged)
def _arrangement(fact: SupervisionArranged) -> Values:
    joint = fact.joint
    return (
        fact.from_,
        fact.model,
        fact.supervisor,
        fact.cadence_weeks,
        fact.forms,
        fact.reasons,
        joint.id if joint else None,
        joint.municipalities if joint else None,
    )


@ARRANGEMENTS.read_as
def _read_arrangement(row: Any) -> Fact:
    return SupervisionArranged(
        actor=UNSAID,
        from_=row.from_day,
        model=row.model,
        supervisor=row.supervisor,
        cadence_weeks=row.cadence_weeks,
        forms=tuple(row.forms),
        reasons=tuple(row.reasons),
        joint=_joint(row),
    )


@SESSIONS.row_from(SupervisionSessionHeld)
def _session(fact: SupervisionSessionHeld) -> Values:
    joint = fact.joint
    return (
        key(fact.session),
        fact.supervisor,
        fact.mentors,
        fact.form,
        fact.minutes,
        joint.id if joint else None,
        joint.municipalities if joint else None,
    )


@SESSIONS.read_as
def _read_session(row: Any) -> Fact:
    return SupervisionSessionHeld(
        actor=UNSAID,
        session=ref(row.session),
        supervisor=row.supervisor,
        mentors=tuple(row.mentors),
        form=row.form,
        minutes=row.minutes,
        joint=_joint(row),
    )


def _joint(row: Any) -> Joint | None:
    return Joint(row.joint, tuple(row.joint_municipalities)) if row.joint else None


@SPARRINGS.row_from(SparringHeld)
def _sparring(fact: SparringHeld) -> Values:
    ids = [p.id for p in fact.participants]
    return (fact.form, ids, [p.function for p in fact.participants], fact.minutes)


@CASES.row_from(CaseSupervised)
def _case(fact: CaseSupervised) -> Values:
    return (key(fact.session), fact.mentor)


@CASES.read_as
def _read_case(row: Any) -> Fact:
    return CaseSupervised(actor=UNSAID, session=ref(row.session), mentor=row.mentor)
