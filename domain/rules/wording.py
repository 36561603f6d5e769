"""What the worklist says of a duty, in Danish and English."""

from typing import NamedTuple


class Wording(NamedTuple):
    """`{days}` is the days from the duty's anchor until it was due."""

    danish: str
    english: str


WORDING = {
    "match-overdue": Wording(
        "Borgeren har ikke fået en mentor inden for {days} dage.",
        "The citizen was not matched with a mentor within {days} days.",
    ),
    "first-meeting-overdue": Wording(
        "Borger og mentor har ikke holdt første møde inden for {days} dage efter matchet.",
        "Citizen and mentor did not meet within {days} days of the match.",
    ),
    "agreement-incomplete": Wording(
        "Mentoraftalen mangler eller er mangelfuld {days} dage efter den første aktivitet eller"
        " fornyelsen.",
        "The mentor agreement is missing or incomplete {days} days after the first activity or"
        " the renewal.",
    ),
    "no-mentor-contact": Wording(
        "Mentor og borger har ikke haft kontakt inden for {days} dage.",
        "Mentor and citizen had no contact within {days} days.",
    ),
    "chemistry-check-overdue": Wording(
        "Borgeren er ikke blevet spurgt til kemien inden for {days} dage efter matchet.",
        "The citizen was not asked about the chemistry within {days} days of the match.",
    ),
    "role-statement-overdue": Wording(
        "Der er ikke meldt ud inden for {days} dage, hvem der gør hvad.",
        "Who does what was not stated within {days} days.",
    ),
    # Its days may be working days, which a count of days wouldn't tell.
    "role-disagreement": Wording(
        "Mentor og sagsbehandler er uenige om rollerne, og koordinator har ikke taget det op.",
        "Mentor and caseworker disagree about the roles, and the coordinator has not taken it up.",
    ),
    "coordination-overdue": Wording(
        "Mentor og sagsbehandler har ikke koordineret inden for {days} dage.",
        "Mentor and caseworker did not coordinate within {days} days.",
    ),
    "goal-review-overdue": Wording(
        "Det fælles mål er ikke gennemgået inden for {days} dage.",
        "The common goal was not reviewed within {days} days.",
    ),
    "grant-running-out": Wording(
        "En bevilling udløber snart, og der er ikke taget stilling til en ny periode.",
        "A grant runs out soon, and nothing is decided about a new period.",
    ),
    "hours-below-grant": Wording(
        "Der er leveret for få af de bevilgede mentortimer i måneden.",
        "Too few of the mentor hours granted were delivered in the month.",
    ),
    "supervision-overdue": Wording(
        "Mentor har ikke fået supervision af en egentlig supervisor inden for {days} dage.",
        "The mentor had no supervision by an actual supervisor within {days} days.",
    ),
    "role-follow-up-overdue": Wording(
        "Koordinator har ikke fulgt op på rollefordelingen inden for {days} dage.",
        "The coordinator did not follow up on the division of roles within {days} days.",
    ),
    "role-workshop-overdue": Wording(
        "Der er ikke holdt rolleworkshop inden for {days} dage, efter at indsatsen begyndte.",
        "No role workshop was held within {days} days of the start of the effort.",
    ),
    "coordinator-overloaded": Wording(
        "Koordinator har i mindst {days} dage haft for mange egne borgere.",
        "For at least {days} days the coordinator has had too many citizens of their own.",
    ),
    "mentor-left": Wording(
        "Mentor er fratrådt, og borgeren har ikke fået en ny inden for {days} dage.",
        "The mentor left, and the citizen has no new one within {days} days.",
    ),
}


def why(rule: str, days: int) -> Wording:
    """Why a duty of this rule was due."""
    wording = WORDING[rule]
    return Wording(wording.danish.format(days=days), wording.english.format(days=days))
