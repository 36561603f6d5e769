"""Activities.

What mentors do, by role and area (Figure 8). The report lists the activities of the personal guide;
those of the three other roles are the project's but for the marked ones. `not-stated` keeps plain
time registration from being refused.
"""

from collections.abc import Mapping
from functools import cache

from domain.codes.course import mentor_roles
from domain.fields import CodeList

NOT_STATED = "not-stated"
PERSONAL_GUIDE = "personal-guide"
_NOT_STATED = {NOT_STATED: "ikke oplyst"}

activity_roles = CodeList.reported("activity-roles", mentor_roles.danish, _NOT_STATED)
activity_areas = CodeList.reported(
    "activity-areas",
    {
        "body-and-mind": "krop og sind",
        "relations": "relationer",
        "household": "husholdning",
        "across": "på tværs",
    },
    _NOT_STATED,
)

ACTIVITIES_OF: Mapping[tuple[str, str | None], Mapping[str, str]] = {
    (PERSONAL_GUIDE, "body-and-mind"): {
        "accompany-to-doctor": "ledsage til læge",
        "accompany-to-dentist": "ledsage til tandlæge",
        "accompany-to-psychiatrist": "ledsage til psykiater",
        "accompany-to-drug-counselling": "ledsage til misbrugsvejledning",
        "exercise-habits": "vaner for motion",
        "handling-temper": "håndtere sit temperament",
        "eating-habits": "spisevaner",
        "personal-hygiene": "personlig hygiejne",
        "giving-up-drugs": "opgive hash og andre stoffer",
        "staying-off-drugs": "ikke falde i igen",
        "sleep-rhythm": "døgnrytme",
        "getting-up-on-time": "komme op til tiden",
        "remembering-appointments": "huske aftaler",
        "transport": "transport",
        "planning-the-day": "planlægge sin dag",
    },
    (PERSONAL_GUIDE, "relations"): {
        "reconciling-with-family": "forsone med nær familie",
        "reconciling-with-others": "forsone med andre vigtige personer",
        "finding-key-persons": "finde nøglepersoner",
        "building-on-key-persons": "bygge videre på nøglepersoner",
    },
    (PERSONAL_GUIDE, "household"): {
        "finding-housing": "finde bolig",
        "making-a-budget": "lægge budget",
        "digital-id": "NemID, nu MitID",
        "bailiff-court": "sag ved fogedretten",
        "accompany-to-bank": "ledsage til banken",
        "understanding-letters": "forstå rudekuverter",
        "sorting-out-bills": "få regninger i orden",
        "practical-chores": "lavpraktiske gøremål i hjemmet",
    },
    (PERSONAL_GUIDE, "across"): {
        "supportive-conversation": "støttende samtale",
        "purposeful-time-together": "målrettet samvær",
        "self-esteem": "selvværd",
    },
    ("motivating-partner", None): {
        "exploring-wishes": "udforske ønsker",
        "small-steps": "små skridt",
        "recognising-progress": "anerkende fremskridt",
        "handling-setbacks": "håndtere tilbageslag",
        "backing-ideas": "bakke op om borgerens ideer",
        "holding-on-to-goal": "holde fast i målet",
    },
    ("system-guide", None): {
        "mediating-with-caseworker": "mediator mellem borger og sagsbehandler",
        "explaining-rules": "forklare regler og muligheder",
        "education-guidance": "vejlede om uddannelsesmuligheder",
        "following-up-on-grant": "følge op på det bevilgede",
        "preparing-meeting": "forberede møde",
        "accompany-to-meeting": "ledsage til møde i kommunen",
        "help-with-application": "hjælpe med ansøgning",
        "contact-with-other-actor": "kontakt til anden aktør",
    },
    ("induction-guide", None): {
        "visiting-school": "besøge uddannelsessted",
        "visiting-workplace": "besøge arbejdsplads",
        "first-day-at-school": "første dag på uddannelsen",
        "first-day-at-work": "første dag på arbejdspladsen",
        "talk-with-teacher": "samtale med lærer",
        "talk-with-employer": "samtale med arbejdsgiver",
        "follow-up-at-school": "opfølgning på uddannelsesstedet",
        "follow-up-at-work": "opfølgning på arbejdspladsen",
    },
}
"""Activities by role and area; only the personal guide's have an area."""

COMMON_ACTIVITIES: Mapping[str, str] = {
    "hotline-call": "opkald til mentor, når problemer opstår",
    "conversation": "samtale",
    "other": "andet",
    **_NOT_STATED,
}
"""Activities that stand under any role and area."""

_REPORTED_OF_OTHER_ROLES = {
    "backing-ideas",
    "mediating-with-caseworker",
    "explaining-rules",
    "education-guidance",
    "following-up-on-grant",
    "hotline-call",
}

activities = CodeList(
    "activities",
    {c: d for group in (*ACTIVITIES_OF.values(), COMMON_ACTIVITIES) for c, d in group.items()},
    frozenset(
        _REPORTED_OF_OTHER_ROLES.union(
            *(group for (role, _), group in ACTIVITIES_OF.items() if role == PERSONAL_GUIDE)
        )
    ),
)


@cache
def activities_under(role: str, area: str | None) -> frozenset[str]:
    """The activities that may be registered under a role and area, the common ones among them.

    With the role `not-stated` every activity; with the area `not-stated` (or none) every one of
    that role.
    """
    under = {
        code
        for (of_role, of_area), group in ACTIVITIES_OF.items()
        for code in group
        if role in (of_role, NOT_STATED) and (area in (None, NOT_STATED) or area == of_area)
    }
    return frozenset(under | COMMON_ACTIVITIES.keys())
