"""Caseload (*belastning*, Table 24)."""

from projections.views.caseload import caseload
from services.view_list.shape import View, level
from services.words import Words

CASELOAD = View(
    "caseload",
    Words("Belastning: borgere pr. fuldtidsmentor", "Caseload: citizens per full-time mentor"),
    {
        "municipality": level(
            "caseload",
            Words("pr. kommune", "by municipality"),
            caseload,
            "participants fte per_fte band participants_now fte_now per_fte_now band_now since"
            " until coordinator coordinator_participants mentors_mean coordinator_overloaded"
            " policy_lowest policy_highest policy_reason within_policy",
            shown="municipality participants fte per_fte band participants_now per_fte_now band_now"
            " coordinator_overloaded policy_reason",
        ),
    },
)
