"""Barriers (Table 75). Who answered what is nobody's to know, so no level tells the replies."""

from domain import codes
from projections.views.barriers import barriers, barriers_by_round
from services.view_list.shape import View, level
from services.words import Words

_SHARES = (
    " answered share_not_at_all share_to_a_lesser_degree share_to_some_degree"
    " share_to_a_very_high_degree share_little share_much withheld"
)

# What every row would begin with; the column's heading says it.
_PREFIX = "barriere: "
_BARRIERS = {
    code: term.removeprefix(_PREFIX) for code, term in codes.survey_questions.danish.items()
}

BARRIERS = View(
    "barriers",
    Words("Barrierer for mentorindsatsen", "Barriers to the mentor effort"),
    {
        "question": level(
            "barriers",
            Words("pr. barriere", "by barrier"),
            barriers,
            "question" + _SHARES,
            shown="municipality question answered share_little share_much",
            keys="question",
            explained=False,
        ).worded("question", _BARRIERS),
        "round": level(
            "barriers",
            Words("pr. runde", "by round"),
            barriers_by_round,
            "survey begun question" + _SHARES,
            shown="municipality begun question answered share_little share_much",
            keys="survey question",
            explained=False,
        ).worded("question", _BARRIERS),
    },
)
