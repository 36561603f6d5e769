"""Grants (*bevillinger*): the ledger, granted against delivered hours, and mentor agreements."""

from projections.views.agreements import by_agreement
from projections.views.grant_hours import by_granted_month
from projections.views.grants import by_grant
from services.view_list.shape import View, level
from services.words import Words

GRANTS = View(
    "grants",
    Words("Bevillinger", "Grants"),
    {
        "grant": level(
            "grants",
            Words("pr. bevilling", "by grant"),
            by_grant,
            "course grant kind state applied_at applied_function applied_by decided_at"
            " decided_function decided_by boundary_crossing outcome refusal_reason granted_from"
            " granted_to weekly_minutes total_minutes amount_oere extensions runs_out_on"
            " granted_through days_left ended_on end_reason closed_on continues continued_by",
            shown="municipality course_id kind state granted_from granted_through"
            " weekly_minutes days_left continued_by decided_by_id boundary_crossing",
            keys="course grant",
            accepts={"course"},
        ),
        "month": level(
            "grants",
            Words("pr. måned", "by month"),
            by_granted_month,
            "course grant month is_over days_granted granted_minutes delivered_minutes"
            " delivered_percent percent below",
            shown="municipality course_id month granted_minutes delivered_minutes"
            " delivered_percent percent below",
            keys="course grant month",
            accepts={"course", "period"},
        ),
        "agreement": level(
            "grants",
            Words("pr. mentoraftale", "by mentor agreement"),
            by_agreement,
            "course mentor match_from agreed_on missing agreed_from agreed_to in_force"
            " agreed_weekly_minutes granted_weekly_minutes difference_minutes",
            shown="municipality course_id mentor_id agreed_on missing agreed_to"
            " agreed_weekly_minutes granted_weekly_minutes difference_minutes",
            keys="course mentor match_from",
            accepts={"course"},
        ),
    },
)
