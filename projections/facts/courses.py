"""A course's frame: intake, caseworker, close, reopening, and which ids are one (*forløb*)."""

from domain.events.course import (
    CaseworkerChanged,
    Closed,
    IdentityLinked,
    IdentityUnlinked,
    IntakeRegistered,
    Reopened,
)
from projections.copying import Kind
from projections.table import FactTable, Values

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


@CASEWORKER_CHANGES.row_from(CaseworkerChanged)
def _caseworker_change(fact: CaseworkerChanged) -> Values:
    return (fact.caseworker, fact.from_, fact.reason)


@CLOSINGS.row_from(Closed)
def _closing(fact: Closed) -> Values:
    return (fact.to, fact.reason)


@REOPENINGS.row_from(Reopened)
def _reopening(fact: Reopened) -> Values:
    return (fact.from_, fact.reason)


@COURSE_LINKS.row_from(IdentityLinked)
def _link(fact: IdentityLinked) -> Values:
    return (fact.what, fact.alias, fact.basis, True)


@COURSE_LINKS.row_from(IdentityUnlinked)
def _unlink(fact: IdentityUnlinked) -> Values:
    return (fact.what, fact.alias, None, False)
