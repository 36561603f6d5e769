"""The mentor's four roles (Figure 7), and where mentors' time goes (Figure 8)."""

from projections.views.mentor_roles import activities, mentor_roles
from services.view_list.shape import View, level
from services.words import Words

MENTOR_ROLES = View(
    "mentor-roles",
    Words("Mentors fire roller", "The mentor's four roles"),
    {
        "role": level(
            "mentor_roles",
            Words("pr. rolle", "by role"),
            mentor_roles,
            "role answered share activities minutes share_of_time",
            shown="municipality role share answered minutes share_of_time",
            keys="role",
        ),
    },
)
ACTIVITIES = View(
    "activities",
    Words("Mentors aktiviteter", "The mentor's activities"),
    {
        "activity": level(
            "mentor_roles",
            Words("pr. aktivitet", "by activity"),
            activities,
            "role area activity times minutes share_of_time",
            shown="municipality role area activity times minutes share_of_time",
            keys="role area activity",
        ),
    },
)
