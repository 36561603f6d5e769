"""The views there are: how each is asked, and what its columns and codes are called in Danish.

To add a view: write its file in `projections/views`, and name it here. The command line and the
HTTP interface then have it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain import codes
from projections.asking import Answer
from projections.views.caseload import caseload
from projections.views.mentor_roles import activities, mentor_roles
from projections.views.role_clarity import role_clarity
from projections.views.supervision import supervision
from projections.views.worklist import worklist
from services.view_columns import COLUMNS
from services.words import Words

STAGES = {
    "raised": "rejst",
    "reminded": "påmindet",
    "escalated": "eskaleret",
    "snoozed": "udsat",
}
CLARITY = {
    "clear": "klar",
    "one-sided": "ensidig",
    "unclear": "uklar",
    "unknown": "ukendt",
}
_BALANCE = {
    "too-loose": "for løs",
    "balanced": "i balance",
    "too-tight": "for tæt",
    "unknown": "ukendt",
}


@dataclass(frozen=True)
class View:
    """A view of one or more municipalities.

    `columns` are those of each row, in order; `headings` those that a table shows, `terms` the
    Danish of the codes in a column.
    """

    name: str
    title: Words
    headings: Mapping[str, Words]
    ask: Callable[..., Answer]
    columns: Sequence[str]
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


VIEWS = {
    view.name: view
    for view in (
        View(
            "caseload",
            Words(
                "Belastning: borgere pr. fuldtidsmentor", "Caseload: citizens per full-time mentor"
            ),
            {
                "municipality": Words("Kommune", "Municipality"),
                "participants": Words("Borgere", "Citizens"),
                "fte": Words("Fuldtidsmentorer", "Full-time mentors"),
                "per_fte": Words("Pr. fuldtidsmentor", "Per full-time mentor"),
                "band": Words("Interval", "Band"),
                "participants_now": Words("Borgere nu", "Citizens now"),
                "per_fte_now": Words("Pr. fuldtidsmentor nu", "Per full-time mentor now"),
                "band_now": Words("Interval nu", "Band now"),
                "coordinator_overloaded": Words(
                    "Koordinator for hårdt belastet", "Coordinator overloaded"
                ),
                "policy_reason": Words("Politik", "Policy"),
            },
            caseload,
            COLUMNS["caseload"],
            {"policy_reason": codes.policy_reasons.danish},
        ),
        View(
            "supervision",
            Words("Supervision af mentorer", "Supervision of mentors"),
            {
                "municipality": Words("Kommune", "Municipality"),
                "model": Words("Model", "Model"),
                "partial": Words("Kun overvejende", "Predominantly only"),
                "requirement_met": Words("Indsatspunkt 10 opfyldt", "Requirement met"),
                "conflict_of_interest": Words("Habilitetsproblem", "Conflict of interest"),
                "sessions": Words("Supervisioner", "Sessions"),
                "last_session": Words("Seneste", "Last"),
                "sparrings": Words("Sparring (tæller ikke)", "Sparring (not counted)"),
            },
            supervision,
            COLUMNS["supervision"],
        ),
        View(
            "worklist",
            Words("Opgaveliste", "Worklist"),
            {
                "id": Words("Id", "Id"),  # first, since it isn't wrapped there
                "municipality": Words("Kommune", "Municipality"),
                "due_on": Words("Frist", "Due"),
                "days_overdue": Words("Dage over frist", "Days overdue"),
                "why": Words("Hvad og hvorfor", "What and why"),
                "course_id": Words("Forløb", "Course"),
                "about_id": Words("Om", "About"),
                "stage": Words("Trin", "Stage"),
                "snoozed_until": Words("Udsat til", "Snoozed until"),
                "addressed_to": Words("Hos", "With"),
                "person_id": Words("Person", "Person"),
            },
            worklist,
            COLUMNS["worklist"],
            {"stage": STAGES, "addressed_to": codes.staff_functions.danish},
        ),
        View(
            "role-clarity",
            Words("Rolleklarhed", "Role clarity"),
            {
                "municipality": Words("Kommune", "Municipality"),
                "course_id": Words("Forløb", "Course"),
                "mentor_id": Words("Mentor", "Mentor"),
                "caseworker_id": Words("Sagsbehandler", "Caseworker"),
                "overall": Words("Samlet", "Overall"),
                "reasons": Words("Hvorfor", "Why"),
                "balance": Words("Balance", "Balance"),
                "contact_days_ago": Words("Dage siden kontakt", "Days since contact"),
                "crossings": Words("Overskridelser", "Boundary crossings"),
            },
            role_clarity,
            COLUMNS["role-clarity"],
            {"overall": CLARITY, "balance": _BALANCE},
        ),
        View(
            "mentor-roles",
            Words("Mentors fire roller", "The mentor's four roles"),
            {
                "municipality": Words("Kommune", "Municipality"),
                "role": Words("Rolle", "Role"),
                "share": Words("I meget høj/nogen grad, %", "Very high/some degree, %"),
                "answered": Words("Svar", "Answers"),
                "minutes": Words("Minutter", "Minutes"),
                "share_of_time": Words("Andel af tiden, %", "Share of time, %"),
            },
            mentor_roles,
            COLUMNS["mentor-roles"],
            {"role": codes.activity_roles.danish},
        ),
        View(
            "activities",
            Words("Mentors aktiviteter", "The mentor's activities"),
            {
                "municipality": Words("Kommune", "Municipality"),
                "role": Words("Rolle", "Role"),
                "area": Words("Område", "Area"),
                "activity": Words("Aktivitet", "Activity"),
                "times": Words("Gange", "Times"),
                "minutes": Words("Minutter", "Minutes"),
                "share_of_time": Words("Andel af tiden, %", "Share of time, %"),
            },
            activities,
            COLUMNS["activities"],
            {
                "role": codes.activity_roles.danish,
                "area": codes.activity_areas.danish,
                "activity": codes.activities.danish,
            },
        ),
    )
}
