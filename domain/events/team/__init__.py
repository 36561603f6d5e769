"""Stream `team` (section 5): the municipality's mentor effort, one team each.

An assignment is known by person and function. References run from the course to the team's
meetings, never back.
"""

from domain.events.team import leadership, people, supervision
from domain.events.team.leadership import (
    CaseloadPolicySet,
    ExternalCoordinationHeld,
    LeadershipActRecorded,
    MatchingMeetingHeld,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
    RulesAdopted,
)
from domain.events.team.people import (
    ColocationChanged,
    Established,
    PersonAssigned,
    PersonReleased,
    TeamIdentityLinked,
    TeamIdentityUnlinked,
)
from domain.events.team.supervision import (
    SparringHeld,
    SupervisionArranged,
    SupervisionSessionHeld,
)

__all__ = [
    "EVENTS",
    "CaseloadPolicySet",
    "ColocationChanged",
    "Established",
    "ExternalCoordinationHeld",
    "LeadershipActRecorded",
    "MatchingMeetingHeld",
    "PersonAssigned",
    "PersonReleased",
    "RoleFollowUpHeld",
    "RoleWorkshopHeld",
    "RulesAdopted",
    "SparringHeld",
    "SupervisionArranged",
    "SupervisionSessionHeld",
    "TeamIdentityLinked",
    "TeamIdentityUnlinked",
]

EVENTS = (*people.EVENTS, *leadership.EVENTS, *supervision.EVENTS)
