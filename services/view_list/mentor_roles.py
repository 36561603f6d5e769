"""The mentor's four roles (Figure 7), and where mentors' time goes (Figure 8)."""

from projections.views.activities import (
    activities,
    activities_by_area,
    activities_by_mentor,
    activities_in_all,
)
from projections.views.mentor_roles import mentor_roles, roles_by_mentor, roles_by_month
from services.view_list.shape import View, level
from services.words import Words

_PERIOD = ("period",)

MENTOR_ROLES = View(
    "mentor-roles",
    Words("Mentors fire roller", "The mentor's four roles"),
    {
        "role": level(
            "mentor_roles",
            Words("pr. rolle", "by role"),
            mentor_roles,
            "role answered share withheld activities minutes share_of_time",
            shown="municipality role share answered minutes share_of_time",
            keys="role",
            accepts=_PERIOD,
        ),
        "mentor": level(
            "mentor_roles",
            Words("pr. mentor", "by mentor"),
            roles_by_mentor,
            "mentor role activities minutes share_of_own_time",
            shown="municipality mentor_id role activities minutes share_of_own_time",
            keys="mentor role",
            accepts=_PERIOD,
        ),
        "month": level(
            "mentor_roles",
            Words("pr. måned", "by month"),
            roles_by_month,
            "month role activities minutes share_of_months_time",
            shown="municipality month role activities minutes share_of_months_time",
            keys="month role",
            accepts=_PERIOD,
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
            accepts=_PERIOD,
        ),
        "area": level(
            "mentor_roles",
            Words("pr. område", "by area"),
            activities_by_area,
            "role area times minutes share_of_time",
            shown="municipality role area times minutes share_of_time",
            keys="role area",
            accepts=_PERIOD,
        ),
        "mentor": level(
            "mentor_roles",
            Words("pr. mentor", "by mentor"),
            activities_by_mentor,
            "mentor activities minutes share_of_time attempts attempt_minutes key_persons",
            shown="municipality mentor_id activities minutes share_of_time attempts key_persons",
            keys="mentor",
            accepts=_PERIOD,
        ),
        "municipality": level(
            "mentor_roles",
            Words("pr. kommune", "by municipality"),
            activities_in_all,
            "activities minutes attempts attempt_minutes attempts_by_outcome key_persons",
            shown="municipality activities minutes attempts attempt_minutes key_persons",
            accepts=_PERIOD,
        ),
    },
)
