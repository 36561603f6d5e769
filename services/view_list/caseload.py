"""Caseload (*belastning*, Table 24)."""

from projections.views.caseload import caseload, team_caseload
from projections.views.caseload_mentors import mentor_caseload
from projections.views.caseload_months import monthly_caseload
from services.view_list.shape import View, level
from services.words import Words

_MEASURES = "participants fte per_fte band participants_now fte_now per_fte_now band_now"
_UNCERTAIN = "dropped_out mentors_left mentors_on_leave"
_MUNICIPALITY = (
    f"{_MEASURES} {_UNCERTAIN} matches_begun matches_ended since until coordinator"
    " coordinator_participants mentors_mean coordinator_overloaded policy_lowest policy_highest"
    " policy_reason within_policy"
)

CASELOAD = View(
    "caseload",
    Words("Belastning: borgere pr. fuldtidsmentor", "Caseload: citizens per full-time mentor"),
    {
        "municipality": level(
            "caseload",
            Words("pr. kommune", "by municipality"),
            caseload,
            _MUNICIPALITY,
            shown="municipality participants fte per_fte band dropped_out mentors_left"
            " participants_now per_fte_now band_now coordinator_overloaded policy_reason",
            accepts=("period",),
        ),
        "team": level(
            "caseload",
            Words("pr. team", "by team"),
            team_caseload,
            f"{_MUNICIPALITY} mentors_with_hours lowest_load mean_load highest_load"
            " participants_without_hours",
            shown="municipality participants_now fte_now per_fte_now band_now mentors_with_hours"
            " mentors_on_leave lowest_load mean_load highest_load participants_without_hours"
            " coordinator_id coordinator_participants coordinator_overloaded",
            accepts=("period",),
        ),
        "mentor": level(
            "caseload",
            Words("pr. mentor", "by mentor"),
            mentor_caseload,
            "mentor participants_now fte_now per_fte_now band_now weekly_minutes_now participants"
            " fte per_fte band limit over_limit since until employed on_leave left_on"
            " is_coordinator",
            shown="municipality mentor_id participants_now weekly_minutes_now per_fte_now limit"
            " over_limit per_fte on_leave left_on is_coordinator",
            keys="mentor",
            accepts=("period",),
        ),
        "month": level(
            "caseload",
            Words("pr. måned", "by month"),
            monthly_caseload,
            f"month since until participants fte per_fte band participants_at_end {_UNCERTAIN}"
            " matches_begun matches_ended",
            shown="municipality month participants fte per_fte band participants_at_end"
            " matches_begun matches_ended dropped_out mentors_left",
            keys="month",
            accepts=("period",),
        ),
    },
)
