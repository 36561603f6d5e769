"""Role clarity (*rolleklarhed*)."""

from projections.views.role_clarity import (
    role_clarity,
    role_clarity_by_pair,
    role_clarity_by_team,
)
from services.view_list.shape import View, columns_of, level
from services.words import Words

CLARITY = columns_of("role_clarity")["overall"].terms
"""The Danish words of how clear roles are."""

_COUNTED = (
    "courses_clear courses_one_sided courses_unclear courses_unknown courses_too_loose"
    " courses_balanced courses_too_tight courses_balance_unknown responsibilities"
    " courses_common_goal courses_contacted_lately contact_days_ago contacts_lately"
    " contacts_by_form crossings authority_crossings mentor_work_crossings frictions"
)
_SUPPORT = (
    "role_workshop_held role_workshop_days_ago role_follow_up_days_ago role_follow_up_outcome"
)

ROLE_CLARITY = View(
    "role-clarity",
    Words("Rolleklarhed", "Role clarity"),
    {
        "course": level(
            "role_clarity",
            Words("pr. forløb og mentor", "by course and mentor"),
            role_clarity,
            "course mentor caseworker overall reasons reasons_en balance unknown one_sided agreed"
            " overlap gap difference divisions goal goal_is_common mentor_stands_by_goal"
            " caseworker_stands_by_goal goal_reviewed_days_ago contact_days_ago contacts_lately"
            " contacts_by_form crossings authority_crossings mentor_work_crossings frictions"
            f" colocation {_SUPPORT}",
            shown="municipality course_id mentor_id caseworker_id overall reasons balance"
            " contact_days_ago crossings",
            keys="course mentor",
            accepts={"course"},
        ),
        "pair": level(
            "role_clarity",
            Words("pr. mentor og sagsbehandler", "by mentor and caseworker"),
            role_clarity_by_pair,
            f"mentor caseworker courses overall reasons reasons_en {_COUNTED}"
            f" colocation {_SUPPORT}",
            shown="municipality mentor_id caseworker_id courses overall reasons courses_too_loose"
            " courses_too_tight contact_days_ago crossings",
            keys="mentor caseworker",
        ),
        "team": level(
            "role_clarity",
            Words("for teamet", "for the team"),
            role_clarity_by_team,
            f"courses pairs {_COUNTED} role_workshops {_SUPPORT} colocation colocated",
            shown="municipality courses courses_clear courses_one_sided courses_unclear"
            " courses_unknown courses_too_loose courses_too_tight role_workshop_days_ago"
            " role_follow_up_days_ago colocation",
        ),
    },
)
