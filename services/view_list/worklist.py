"""The worklist (*opgaveliste*)."""

from projections.views.worklist import by_person, by_rule, worklist
from services.rule_words import BASES
from services.view_list.shape import View, columns_of, level
from services.words import Words

STAGES = columns_of("worklist")["stage"].terms
"""The Danish words of a follow-up's stages."""


_COUNTED = "open overdue raised reminded escalated snoozed oldest_due"

# BASES are the default pack's; a municipality writes its own.
WORKLIST = View(
    "worklist",
    Words("Opgaveliste", "Worklist"),
    {
        "follow-up": level(
            "worklist",
            Words("pr. opfølgning", "by follow-up"),
            worklist,
            "id rule why why_english basis due_on days_overdue stage addressed_to person"
            " taken_over taken_over_by subject stream course about since raised_at reminders"
            " escalated_to snoozed_until snoozed_by anchor cycle pack edition",
            # The id first, since it isn't wrapped there.
            shown="id municipality due_on days_overdue why basis course_id about_id stage"
            " snoozed_until snoozed_by_id addressed_to person_id",
            keys="id",
        ).worded("basis", BASES),
        "person": level(
            "worklist",
            Words("pr. person", "by person"),
            by_person,
            f"person functions {_COUNTED}",
            shown="municipality person_id functions open overdue escalated snoozed oldest_due",
            keys="person",
        ),
        "rule": level(
            "worklist",
            Words("pr. regel", "by rule"),
            by_rule,
            f"rule {_COUNTED} basis pack edition",
            shown="municipality rule open overdue raised reminded escalated snoozed oldest_due"
            " basis",
            keys="rule",
        ).worded("basis", BASES),
    },
)
