"""Supervision of mentors (Table 25)."""

from projections.views.supervision import supervision
from projections.views.supervision_mentors import supervised_mentors
from projections.views.supervision_windows import supervision_sessions, supervision_windows
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
            " sessions_without_supervisor joint_sessions last_session supervisor"
            " supervisor_function employment released declared_model declared_supervisor"
            " cadence_weeks forms reasons joint_with sparrings sparring_minutes"
            " sparrings_by_form since until",
            shown="municipality model partial requirement_met conflict_of_interest sessions"
            " last_session released sparrings",
            accepts=("period",),
        ),
        "mentor": level(
            "supervision",
            Words("pr. mentor", "by mentor"),
            supervised_mentors,
            "mentor last_session days_since on_leave cadence_weeks cadence_days cadence_basis"
            " counted_from next_due overdue sessions session_minutes group_sessions"
            " individual_sessions cases cases_waiting since until",
            shown="municipality mentor_id last_session days_since next_due overdue sessions"
            " session_minutes cases",
            keys="mentor",
            accepts=("period",),
        ),
        "window": level(
            "supervision",
            Words("pr. vindue", "by window"),
            supervision_windows,
            "window since until cadence_weeks model minutes_model_1 minutes_model_2"
            " minutes_model_3 sessions",
            shown="municipality window since until model minutes_model_1 minutes_model_2"
            " minutes_model_3 sessions",
            keys="window",
            accepts=("period",),
        ),
        "session": level(
            "supervision",
            Words("pr. supervision", "by session"),
            supervision_sessions,
            "session held_on supervisor supervisor_function employment released model counted"
            " why_not form minutes mentors joint_with cases",
            shown="municipality held_on supervisor_id supervisor_function form minutes mentors"
            " model counted why_not",
            keys="session",
            accepts=("period",),
        ),
    },
)
