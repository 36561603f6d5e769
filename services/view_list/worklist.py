"""The worklist (*opgaveliste*)."""

from dataclasses import replace

from projections.views.worklist import by_person, by_rule, worklist
from services.rule_words import BASES
from services.view_list.shape import Level, View, columns_of, level
from services.words import Words

STAGES = columns_of("worklist")["stage"].terms
"""The Danish words of a follow-up's stages."""


def _in_danish(told: Level) -> Level:
    """With the Danish words of the default pack's bases; a municipality writes its own."""
    columns = {
        column.name: replace(column, terms=BASES) if column.name == "basis" else column
        for column in told.columns
    }
    shown = [columns[column.name] for column in told.shown]
    return replace(told, columns=list(columns.values()), shown=shown)


_COUNTED = "open overdue raised reminded escalated snoozed oldest_due"

WORKLIST = View(
    "worklist",
    Words("Opgaveliste", "Worklist"),
    {
        "follow-up": _in_danish(
            level(
                "worklist",
                Words("pr. opfølgning", "by follow-up"),
                worklist,
                "id rule why why_english basis due_on days_overdue stage addressed_to person"
                " taken_over subject stream course about since raised_at reminders escalated_to"
                " snoozed_until anchor cycle pack edition",
                # The id first, since it isn't wrapped there.
                shown="id municipality due_on days_overdue why basis course_id about_id stage"
                " snoozed_until addressed_to person_id",
                keys="id",
            )
        ),
        "person": level(
            "worklist",
            Words("pr. person", "by person"),
            by_person,
            f"person functions {_COUNTED}",
            shown="municipality person_id functions open overdue escalated snoozed oldest_due",
            keys="person",
        ),
        "rule": _in_danish(
            level(
                "worklist",
                Words("pr. regel", "by rule"),
                by_rule,
                f"rule {_COUNTED} basis pack edition",
                shown="municipality rule open overdue raised reminded escalated snoozed oldest_due"
                " basis",
                keys="rule",
            )
        ),
    },
)
