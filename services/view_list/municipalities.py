"""Municipalities beside each other (Tables 24 and 25)."""

from projections.views.municipalities import municipalities
from services.view_list.shape import View, level
from services.words import Words

MUNICIPALITIES = View(
    "municipalities",
    Words("Kommunerne ved siden af hinanden", "Municipalities beside each other"),
    {
        "municipality": level(
            "municipalities",
            Words("pr. kommune", "by municipality"),
            municipalities,
            "band band_now withheld model partial requirement_met",
            shown="municipality band band_now withheld model partial requirement_met",
        ),
    },
    crosses=True,
)
