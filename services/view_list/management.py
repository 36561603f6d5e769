"""Team and management: what coordinators and leaders have time for."""

from projections.views.management import (
    management,
    management_by_act,
    management_by_person,
)
from services.view_list.shape import View, level
from services.words import Words

_MINUTES = (
    " coordination_minutes sparring_minutes supervision_minutes role_workshop_minutes"
    " role_follow_up_minutes matching_meeting_minutes external_coordination_minutes"
    " case_minutes other_act_minutes"
)

MANAGEMENT = View(
    "management",
    Words("Team og ledelse", "Team and management"),
    {
        "municipality": level(
            "management",
            Words("pr. kommune", "by municipality"),
            management,
            "coordinators leaders coordinator_weekly_minutes coordinator_minutes"
            " coordinator_untimed"
            + _MINUTES
            + " leader_acts leader_act_minutes leader_last_act leader_days_since"
            " courses_coordinated courses_with_coordinator share_with_coordinator"
            " coordinator_citizens trainings trained trained_with_caseworkers colocation"
            " since until",
            shown="municipality coordinator_minutes coordination_minutes sparring_minutes"
            " leader_acts leader_days_since share_with_coordinator coordinator_citizens",
            accepts=("period",),
        ),
        "person": level(
            "management",
            Words("pr. person", "by person"),
            management_by_person,
            "person function holds_it weekly_minutes times minutes untimed last"
            + _MINUTES
            + " acts courses citizens since until",
            shown="municipality person_id function minutes coordination_minutes"
            " sparring_minutes acts last courses citizens",
            keys="person function",
            accepts=("period",),
        ),
        "act": level(
            "management",
            Words("pr. slags arbejde", "by kind of work"),
            management_by_act,
            "function kind times minutes untimed last people days_since since until",
            shown="municipality function kind times minutes people last days_since",
            keys="function kind",
            accepts=("period",),
        ),
    },
)
