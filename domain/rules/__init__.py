"""The follow-up rules (*opfølgningsregler*): one named function each.

A rule says which duties there are, on which event each hangs, what met it and what ended it. To
add one: give it a code and a Danish name in `codes/follow_ups.py`, write its function here, put it
in `COURSE_RULES` or `TEAM_RULES` with its wording in `wording.py`, say in `rule_pack_values` which
keys it takes, and give it terms in `default_rules.toml`. Say of its duties that each is `alone`, or
on which events it may hang while less is known (`also`). What it reads of a course that the state
doesn't hold yet is folded in `course.py`; the events it reads name it in `READ_BY` (then
`make docs`). Courses that run already get it at their next pull; a municipality with a pack of its
own gets it when that pack gives it terms.
"""

from collections.abc import Callable, Iterator, Mapping

from domain.rules.agreement import agreement_incomplete, goal_review_overdue
from domain.rules.cooperation import (
    coordination_overdue,
    role_disagreement,
    role_statement_overdue,
)
from domain.rules.duties import CourseSeen, Duty, Ended, Met, TeamSeen
from domain.rules.grants import grant_running_out, hours_below_grant
from domain.rules.matching import (
    chemistry_check_overdue,
    first_meeting_overdue,
    match_overdue,
    mentor_left,
    no_mentor_contact,
)
from domain.rules.overload import coordinator_overloaded
from domain.rules.team import role_follow_up_overdue, role_workshop_overdue, supervision_overdue
from domain.rules.wording import WORDING, Wording, why

__all__ = [
    "COURSE_RULES",
    "TEAM_RULES",
    "WORDING",
    "CourseSeen",
    "Duty",
    "Ended",
    "Met",
    "TeamSeen",
    "Wording",
    "may_name",
    "why",
]

_OF_PAIRS = ("role-statement-overdue", "role-disagreement")

CourseRule = Callable[[CourseSeen], Iterator[Duty]]
TeamRule = Callable[[TeamSeen], Iterator[Duty]]

COURSE_RULES: Mapping[str, CourseRule] = {
    "match-overdue": match_overdue,
    "mentor-left": mentor_left,
    "first-meeting-overdue": first_meeting_overdue,
    "agreement-incomplete": agreement_incomplete,
    "no-mentor-contact": no_mentor_contact,
    "chemistry-check-overdue": chemistry_check_overdue,
    "role-statement-overdue": role_statement_overdue,
    "role-disagreement": role_disagreement,
    "coordination-overdue": coordination_overdue,
    "goal-review-overdue": goal_review_overdue,
    "grant-running-out": grant_running_out,
    "hours-below-grant": hours_below_grant,
}
TEAM_RULES: Mapping[str, TeamRule] = {
    "supervision-overdue": supervision_overdue,
    "role-follow-up-overdue": role_follow_up_overdue,
    "role-workshop-overdue": role_workshop_overdue,
    "coordinator-overloaded": coordinator_overloaded,
}


def may_name(rule: str, function: str) -> bool:
    """Whether a course's duties by this rule may say who holds a function (`people`): who is mentor
    in any of them, who is caseworker only where the two are a pair."""
    return function == "mentor" or (function == "caseworker" and rule in _OF_PAIRS)
