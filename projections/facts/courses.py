"""A course's frame: intake, caseworker, close, reopening, and which ids are one (*forløb*)."""

from typing import Any

from domain.events.base import Fact
from domain.events.course import (
    CaseworkerChanged,
    Closed,
    IdentityLinked,
    IdentityUnlinked,
    IntakeRegistered,
    Reopened,
)
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values

INTAKES = FactTable("intakes", {"caseworker": Kind.UUID, "form": Kind.CODE, "name": Kind.TEXT})
CASEWORKER_CHANGES = FactTable(
    "caseworker_changes", {"caseworker": Kind.UUID, "from_day": Kind.DATE, "reason": Kind.CODE}
)
CLOSINGS = FactTable("closings", {"to_day": Kind.DATE, "reason": Kind.CODE})
REOPENINGS = FactTable("reopenings", {"from_day": Kind.DATE, "reason": Kind.CODE})
COURSE_LINKS = FactTable(
    "course_links", {"what": Kind.CODE, "alias": Kind.UUID, "basis": Kind.CODE, "linked": Kind.FLAG}
)

ALL = (INTAKES, CASEWORKER_CHANGES, CLOSINGS, REOPENINGS, COURSE_LINKS)


@INTAKES.row_from(IntakeRegistered)
def _intake(fact: IntakeRegistered) -> Values:
    return (fact.caseworker, fact.form, fact.name)  # the name as ciphertext


@INTAKES.read_as
def _read_intake(row: Any) -> Fact:
    return IntakeRegistered(actor=UNSAID, caseworker=row.caseworker, form=row.form)


@CASEWORKER_CHANGES.row_from(CaseworkerChanged)
def _caseworker_change(fact: CaseworkerChanged) -> Values:
    return (fact.caseworker, fact.from_, fact.reason)


@CASEWORKER_CHANGES.read_as
def _read_caseworker_change(row: Any) -> Fact:
    return CaseworkerChanged(
        actor=UNSAID, caseworker=row.caseworker, from_=row.from_day, reason=row.reason
    )


@CLOSINGS.row_from(Closed)
def _closing(fact: Closed) -> Values:
    return (fact.to, fact.reason)


@CLOSINGS.read_as
def _read_closing(row: Any) -> Fact:
    return Closed(actor=UNSAID, to=row.to_day, reason=row.reason)


@REOPENINGS.row_from(Reopened)
def _reopening(fact: Reopened) -> Values:
    return (fact.from_, fact.reason)


@REOPENINGS.read_as
def _read_reopening(row: Any) -> Fact:
    return Reopened(actor=UNSAID, from_=row.from_day, reason=row.reason)


@COURSE_LINKS.row_from(IdentityLinked)
def _link(fact: IdentityLinked) -> Values:
    return (fact.what, fact.alias, fact.basis, True)


@COURSE_LINKS.row_from(IdentityUnlinked)
def _unlink(fact: IdentityUnlinked) -> Values:
    return (fact.what, fact.alias, None, False)
