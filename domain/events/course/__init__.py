"""Stream `course` (section 3): a citizen's way from intake to close, one stream each.

All five stages stand in it: intake, matching, agreement and goal, the running work, close.
"""

from domain.events.course import agreement, grants, matching, responsibility, work
from domain.events.course.agreement import (
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    MentorAgreementMade,
    RolesStated,
)
from domain.events.course.grants import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.events.course.matching import (
    ChemistryChecked,
    FirstMeetingHeld,
    IntakeRegistered,
    MatchEnded,
    MatchProposed,
    MentorMatched,
    PreferenceStated,
)
from domain.events.course.responsibility import (
    CaseworkerChanged,
    Closed,
    HandoverAccepted,
    HandoverOffered,
    HandoverRejected,
    IdentityLinked,
    IdentityUnlinked,
    Reopened,
)
from domain.events.course.work import (
    ActivityRegistered,
    CaseSupervised,
    ContactAttempted,
    CoordinationHeld,
    FrictionReported,
    KeyPersonFound,
)

__all__ = [
    "EVENTS",
    "ActivityRegistered",
    "CaseSupervised",
    "CaseworkerChanged",
    "ChemistryChecked",
    "Closed",
    "ContactAttempted",
    "CoordinationHeld",
    "FirstMeetingHeld",
    "FrictionReported",
    "GoalAcknowledged",
    "GoalReviewed",
    "GoalSet",
    "GrantAppliedFor",
    "GrantDecided",
    "GrantEnded",
    "GrantExtended",
    "HandoverAccepted",
    "HandoverOffered",
    "HandoverRejected",
    "IdentityLinked",
    "IdentityUnlinked",
    "IntakeRegistered",
    "KeyPersonFound",
    "MatchEnded",
    "MatchProposed",
    "MentorAgreementMade",
    "MentorMatched",
    "PreferenceStated",
    "Reopened",
    "RolesStated",
]

EVENTS = (
    *matching.EVENTS,
    *agreement.EVENTS,
    *work.EVENTS,
    *grants.EVENTS,
    *responsibility.EVENTS,
)
