"""Role clarity (*rolleklarhed*)."""

from projections.views.role_clarity import role_clarity
from services.view_list.shape import View, columns_of, level
from services.words import Words

CLARITY = columns_of("role_clarity")["overall"].terms
"""The Danish words of how clear roles are."""

ROLE_CLARITY = View(
    "role-clarity",
    Words("Rolleklarhed", "Role clarity"),
    {
        "course": level(
            "role_clarity",
            Words("pr. forløb", "by course"),
            role_clarity,
            "course mentor caseworker overall reasons balance unknown one_sided agreed overlap gap"
            " difference divisions goal goal_is_common goal_reviewed_days_ago contact_days_ago"
            " contacts_lately contacts_by_form crossings authority_crossings mentor_work_crossings"
            " events role_workshop_held role_follow_up_days_ago",
            shown="municipality course_id mentor_id caseworker_id overall reasons balance"
            " contact_days_ago crossings",
            keys="course",
            accepts={"course"},
        ),
    },
)
