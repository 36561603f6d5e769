"""The mentor agreement (*mentoraftale*), who does what (*rollefordeling*), and the common goal."""

from datetime import datetime

from domain.calendar import day_of
from domain.decisions.general import (
    a_period_covers_a_day,
    course_is_open,
    the_actor_may_decide_this,
)
from domain.decisions.refusing import Decision, Refusal
from domain.decisions.seen import CourseSeen
from domain.events.course import (
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    MentorAgreementMade,
    RolesStated,
)


def an_agreement_is_with_the_courses_mentor(
    seen: CourseSeen, asked: MentorAgreementMade, now: datetime
) -> Refusal | None:
    """The agreement says what this mentor and the citizen do together. [P]"""
    if seen.persons.id(asked.mentor) in seen.holders("mentor", day_of(now)):
        return None
    return Refusal(
        "Mentoren er ikke matchet med borgeren.",
        "The mentor isn't matched with the citizen.",
        "en mentor med et åbent match på forløbet, eller course.mentor-matched først",
        "a mentor with an open match on the course, or course.mentor-matched first",
    )


def roles_are_stated_within_the_pair(
    seen: CourseSeen, asked: RolesStated, now: datetime
) -> Refusal | None:
    """Both must be clear about who does what, and agree: the course's mentor and its caseworker,
    each for their own part. [R]"""
    speaker, counterpart = seen.speaker(asked), seen.persons.id(asked.counterpart)
    other = "caseworker" if speaker.function == "mentor" else "mentor"
    is_one = speaker.id in seen.holders(speaker.function, day_of(now))
    if is_one and counterpart in seen.holders(other, day_of(now)):
        return None
    return Refusal(
        "Rollerne udmeldes mellem forløbets mentor og dets ansvarlige sagsbehandler.",
        "Roles are stated between the course's mentor and its responsible caseworker.",
        "den ene som den, der udtaler sig (on_behalf_of, ellers actor), den anden som counterpart",
        "one of them as the speaker (on_behalf_of, else actor), the other as counterpart",
    )


def whoever_speaks_is_a_party_to_the_goal(
    seen: CourseSeen, asked: GoalSet | GoalAcknowledged, now: datetime
) -> Refusal | None:
    """The common goal is the mentor's and the caseworker's [R], and the citizen's: nobody else
    sets it or stands by it. [P]"""
    speaker = seen.speaker(asked)
    if speaker.function == "citizen":
        return None
    theirs = ("mentor", "caseworker")
    if speaker.function in theirs and speaker.id in seen.holders(speaker.function, day_of(now)):
        return None
    return Refusal(
        "Målet er borgerens, forløbets mentors og dets ansvarlige sagsbehandlers.",
        "The goal is the citizen's, the course's mentor's and its responsible caseworker's.",
        "en af dem som den, der udtaler sig: on_behalf_of, ellers actor",
        "one of them as the speaker: on_behalf_of, else actor",
    )


def a_goal_version_is_set_once(seen: CourseSeen, asked: GoalSet, now: datetime) -> Refusal | None:
    """An adapted goal is a version of its own, that is acknowledged anew. [P]"""
    if all(known.goal != asked.goal for known in seen.course.cooperation.goals):
        return None
    return Refusal(
        "Denne udgave af målet er allerede sat.",
        "This version of the goal is set already.",
        "et id af dens eget",
        "a goal id of its own",
    )


def the_goal_is_known(
    seen: CourseSeen,
    asked: GoalAcknowledged | GoalReviewed | MentorAgreementMade,
    now: datetime,
) -> Refusal | None:
    """A goal that is named was set on this course. [P]"""
    goals = [known.goal for known in seen.course.cooperation.goals]
    if asked.goal is None or asked.goal in goals:
        return None
    return Refusal(
        "Forløbet har intet mål af det navn.",
        "The course has no goal of that name.",
        "et mål fra course.goal-set på forløbet, med dets source",
        "a goal of a course.goal-set on the course, with its source",
    )


def only_the_newest_goal_is_acknowledged(
    seen: CourseSeen, asked: GoalAcknowledged, now: datetime
) -> Refusal | None:
    """There is one common goal [R]: the version set last. [P]"""
    goals = seen.course.cooperation.goals
    if not goals or goals[-1].goal == asked.goal:
        return None
    return Refusal(
        "Målet er siden sat i en nyere udgave.",
        "The goal has since been set in a newer version.",
        "det mål, som forløbets seneste course.goal-set har sat",
        "the goal that the course's last course.goal-set has set",
    )


def a_goal_is_acknowledged_once(
    seen: CourseSeen, asked: GoalAcknowledged, now: datetime
) -> Refusal | None:
    """Whoever set it, or stood by it before, does already. [P]"""
    speaker, told = seen.speaker(asked), seen.course.cooperation.acknowledgements
    if all((known.goal, known.speaker) != (asked.goal, speaker) for known in told):
        return None
    return Refusal(
        "Den person har allerede tilsluttet sig denne udgave af målet.",
        "That person has acknowledged this version of the goal already.",
        "en anden part, eller en nyere udgave af målet",
        "another party, or a newer version of the goal",
    )


MAKE_AGREEMENT = Decision[CourseSeen, MentorAgreementMade](
    "mentor-agreement-made",
    (
        the_actor_may_decide_this,
        course_is_open,
        an_agreement_is_with_the_courses_mentor,
        a_period_covers_a_day,
        the_goal_is_known,
    ),
)
STATE_ROLES = Decision[CourseSeen, RolesStated](
    "roles-stated",
    (the_actor_may_decide_this, course_is_open, roles_are_stated_within_the_pair),
)
SET_GOAL = Decision[CourseSeen, GoalSet](
    "goal-set",
    (
        the_actor_may_decide_this,
        course_is_open,
        whoever_speaks_is_a_party_to_the_goal,
        a_goal_version_is_set_once,
    ),
)
ACKNOWLEDGE_GOAL = Decision[CourseSeen, GoalAcknowledged](
    "goal-acknowledged",
    (
        the_actor_may_decide_this,
        course_is_open,
        the_goal_is_known,
        only_the_newest_goal_is_acknowledged,
        whoever_speaks_is_a_party_to_the_goal,
        a_goal_is_acknowledged_once,
    ),
)
REVIEW_GOAL = Decision[CourseSeen, GoalReviewed](
    "goal-reviewed", (the_actor_may_decide_this, course_is_open, the_goal_is_known)
)
