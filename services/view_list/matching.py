"""Matching (*matchning*): who waits, who has room, whom to consider, and how matches went."""

from projections.views.matches_made import matches_made
from projections.views.matching_mentors import candidates, free_mentors
from projections.views.matching_waiting import waiting_citizens
from services.view_list.shape import View, level
from services.words import Words

_CAPACITY = "citizens fte free limit limit_basis"

MATCHING = View(
    "matching",
    Words("Matchning", "Matching"),
    {
        "citizen": level(
            "matching",
            Words("pr. ventende borger", "by waiting citizen"),
            waiting_citizens,
            "course since since_reason days preferred_age preferred_gender proposals"
            " next_match_from caseworker",
            shown="municipality course_id since since_reason days preferred_age preferred_gender"
            " proposals next_match_from caseworker_id",
            keys="course",
            accepts={"course"},
        ),
        "mentor": level(
            "matching",
            Words("pr. mentor", "by mentor"),
            free_mentors,
            f"mentor {_CAPACITY} strengths wishes experience_years education_field trainings"
            " trained_with_caseworkers age_group gender",
            shown=f"municipality mentor_id {_CAPACITY} experience_years strengths"
            " trained_with_caseworkers",
            keys="mentor",
        ),
        "candidate": level(
            "matching",
            Words("pr. kandidat til én borger", "by candidate for one citizen"),
            candidates,
            "course place mentor available explanation explanation_english speaks_for"
            f" speaks_against unknown {_CAPACITY} preferred_age_met preferred_gender_met strengths"
            " experience_years was_mentor end_reason proposals",
            shown="place mentor_id available free explanation",
            keys="course mentor",
            accepts={"course"},
            needs_course=True,
        ),
        "match": level(
            "matching",
            Words("pr. match", "by match"),
            matches_made,
            "course match mentor decided_at match_from match_to method reasons own_minutes meeting"
            " meeting_minutes minutes_spent preferred_age preferred_age_met preferred_gender"
            " preferred_gender_met preferences_met chemistry_citizen chemistry_mentor"
            " first_meeting_after end_reason close_reason",
            shown="municipality course_id mentor_id match_from match_to method minutes_spent"
            " preferences_met chemistry_citizen chemistry_mentor first_meeting_after end_reason",
            keys="course match",
            accepts={"course", "period"},
        ),
    },
)
