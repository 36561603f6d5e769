"""The team's people: hours as mentor, functions, which ids are one person; and its policy."""

from typing import Any

from domain.events.base import Fact
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    CaseloadPolicySet,
    Established,
    PersonAssigned,
    PersonReleased,
    TeamIdentityLinked,
    TeamIdentityUnlinked,
)
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values

# The person of the first three is the stream.
EMPLOYMENTS = FactTable(
    "employments",
    {
        "from_day": Kind.DATE,
        "weekly_minutes": Kind.INT,
        "gender": Kind.CODE,
        "birth_year": Kind.INT,
        "name": Kind.TEXT,
    },
)
HOURS_CHANGES = FactTable(
    "hours_changes", {"from_day": Kind.DATE, "weekly_minutes": Kind.INT, "reason": Kind.CODE}
)
DEPARTURES = FactTable("departures", {"to_day": Kind.DATE, "reason": Kind.CODE})
ASSIGNMENTS = FactTable(
    "assignments",
    {
        "person": Kind.UUID,
        "function": Kind.CODE,
        "from_day": Kind.DATE,
        "employment": Kind.CODE,
        "dedicated": Kind.FLAG,
        "weekly_minutes": Kind.INT,
        "name": Kind.TEXT,
    },
)
RELEASES = FactTable(
    "releases",
    {"person": Kind.UUID, "function": Kind.CODE, "to_day": Kind.DATE, "reason": Kind.CODE},
)
BEGINNINGS = FactTable("team_beginnings", {"from_day": Kind.DATE})
STAFF_LINKS = FactTable(
    "staff_links",
    {"person": Kind.UUID, "alias": Kind.UUID, "basis": Kind.CODE, "linked": Kind.FLAG},
)
POLICIES = FactTable(
    "caseload_policies",
    {"from_day": Kind.DATE, "lowest": Kind.INT, "highest": Kind.INT, "reason": Kind.CODE},
)

ALL = (
    EMPLOYMENTS,
    HOURS_CHANGES,
    DEPARTURES,
    ASSIGNMENTS,
    RELEASES,
    BEGINNINGS,
    STAFF_LINKS,
    POLICIES,
)


@EMPLOYMENTS.row_from(Employed)
def _employment(fact: Employed) -> Values:
    # The name as ciphertext.
    return (fact.from_, fact.weekly_minutes, fact.gender, fact.birth_year, fact.name)


@EMPLOYMENTS.read_as
def _read_employment(row: Any) -> Fact:
    return Employed(
        actor=UNSAID,
        from_=row.from_day,
        weekly_minutes=row.weekly_minutes,
        gender=row.gender,
        birth_year=row.birth_year,
        name=row.name,
    )


@HOURS_CHANGES.row_from(HoursChanged)
def _hours_change(fact: HoursChanged) -> Values:
    return (fact.from_, fact.weekly_minutes, fact.reason)


@HOURS_CHANGES.read_as
def _read_hours_change(row: Any) -> Fact:
    return HoursChanged(
        actor=UNSAID, from_=row.from_day, weekly_minutes=row.weekly_minutes, reason=row.reason
    )


@DEPARTURES.row_from(Left)
def _departure(fact: Left) -> Values:
    return (fact.to, fact.reason)


@DEPARTURES.read_as
def _read_departure(row: Any) -> Fact:
    return Left(actor=UNSAID, to=row.to_day, reason=row.reason)


@ASSIGNMENTS.row_from(PersonAssigned)
def _assignment(fact: PersonAssigned) -> Values:
    return (
        fact.person,
        fact.function,
        fact.from_,
        fact.employment,
        fact.dedicated,
        fact.weekly_minutes,
        fact.name,
    )


@ASSIGNMENTS.read_as
def _read_assignment(row: Any) -> Fact:
    return PersonAssigned(
        actor=UNSAID,
        person=row.person,
        function=row.function,
        from_=row.from_day,
        employment=row.employment,
        dedicated=row.dedicated,
        weekly_minutes=row.weekly_minutes,
        name=row.name,
    )


@RELEASES.row_from(PersonReleased)
def _release(fact: PersonReleased) -> Values:
    return (fact.person, fact.function, fact.to, fact.reason)


@RELEASES.read_as
def _read_release(row: Any) -> Fact:
    return PersonReleased(
        actor=UNSAID,
        person=row.person,
        function=row.function,
        to=row.to_day,
        reason=row.reason,
    )


@BEGINNINGS.row_from(Established)
def _beginning(fact: Established) -> Values:
    return (fact.from_,)


@BEGINNINGS.read_as
def _read_beginning(row: Any) -> Fact:
    return Established(actor=UNSAID, from_=row.from_day)


@STAFF_LINKS.row_from(TeamIdentityLinked)
def _link(fact: TeamIdentityLinked) -> Values:
    return (fact.person, fact.alias, fact.basis, True)


@STAFF_LINKS.row_from(TeamIdentityUnlinked)
def _unlink(fact: TeamIdentityUnlinked) -> Values:
    return (fact.person, fact.alias, None, False)


@STAFF_LINKS.read_as
def _read_link(row: Any) -> Fact:
    if row.linked:
        return TeamIdentityLinked(actor=UNSAID, person=row.person, alias=row.alias, basis=row.basis)
    return TeamIdentityUnlinked(actor=UNSAID, person=row.person, alias=row.alias)


@POLICIES.row_from(CaseloadPolicySet)
def _policy(fact: CaseloadPolicySet) -> Values:
    return (fact.from_, fact.lowest, fact.highest, fact.reason)
