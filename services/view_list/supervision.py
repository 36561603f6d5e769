"""Supervision of mentors (Table 25)."""

from projections.views.supervision import supervision
from services.view_list.shape import View, level
from services.words import Words

SUPERVISION = View(
    "supervision",
    Words("Supervision af mentorer", "Supervision of mentors"),
    {
        "municipality": level(
            "supervision",
            Words("pr. kommune", "by municipality"),
            supervision,
            "model partial requirement_met conflict_of_interest windows windows_model_1"
            " windows_model_2 windows_model_3 windows_model_4 sessions session_minutes"
            " sessions_without_supervisor last_session released declared_model cadence_weeks"
            " reasons joint_with sparrings sparring_minutes since until",
            shown="municipality model partial requirement_met conflict_of_interest sessions"
            " last_session sparrings",
        ),
    },
)
