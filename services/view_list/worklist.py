"""The worklist (*opgaveliste*)."""

from projections.views.worklist import worklist
from services.view_list.shape import View, columns_of, level
from services.words import Words

STAGES = columns_of("worklist")["stage"].terms
"""The Danish words of a follow-up's stages."""

WORKLIST = View(
    "worklist",
    Words("Opgaveliste", "Worklist"),
    {
        "follow-up": level(
            "worklist",
            Words("pr. opfølgning", "by follow-up"),
            worklist,
            "id rule why why_english due_on days_overdue stage addressed_to person taken_over"
            " subject stream course about since raised_at reminders escalated_to snoozed_until"
            " anchor cycle pack edition",
            # The id first, since it isn't wrapped there.
            shown="id municipality due_on days_overdue why course_id about_id stage snoozed_until"
            " addressed_to person_id",
            keys="id",
        ),
    },
)
