"""Contradictions (*modsigelser*)."""

from projections.views.contradictions import contradictions, contradictions_by_kind
from services.view_list.shape import View, level
from services.words import Words

CONTRADICTIONS = View(
    "contradictions",
    Words("Modsigelser: hvad der ikke kan passe sammen", "Contradictions: what can't all be so"),
    {
        "contradiction": level(
            "contradictions",
            Words("pr. modsigelse", "by contradiction"),
            contradictions,
            "kind what what_en course person thing since events",
            shown="municipality kind course_id person_id since what",
            keys="kind course person thing",
            accepts={"course"},
        ),
        "kind": level(
            "contradictions",
            Words("pr. slags", "by kind"),
            contradictions_by_kind,
            "kind what what_en contradictions courses since",
            shown="municipality kind contradictions courses since what",
            keys="kind",
        ),
    },
)
