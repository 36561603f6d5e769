"""Follow-ups.

*opfølgninger*: the rules, and why people and software put them aside.
"""

from domain.fields import CodeList

rules = CodeList(
    "rules",
    {
        "match-overdue": "match mangler",
        "first-meeting-overdue": "første møde mangler",
        "agreement-incomplete": "mentoraftale mangelfuld",
        "no-mentor-contact": "ingen kontakt mellem mentor og borger",
        "chemistry-check-overdue": "kemien ikke afklaret",
        "role-statement-overdue": "rolleudmelding mangler",
        "role-disagreement": "uenighed om roller",
        "coordination-overdue": "koordinering mangler",
        "goal-review-overdue": "opfølgning på målet mangler",
        "grant-running-out": "bevilling udløber",
        "hours-below-grant": "færre timer end bevilget",
        "supervision-overdue": "supervision mangler",
        "role-follow-up-overdue": "opfølgning på rollefordelingen mangler",
        "role-workshop-overdue": "rolleworkshop mangler",
        "coordinator-overloaded": "koordinator har for mange borgere",
        "mentor-left": "mentor fratrådt, ny mentor mangler",
    },
)
withdrawal_reasons = CodeList(
    "withdrawal-reasons",
    {
        "met-before": "var allerede opfyldt",
        "fact-corrected": "oplysning rettet",
        "course-closed": "forløbet afsluttet",
        "person-left": "personen fratrådt",
        "rules-changed": "reglerne ændret",
        "no-longer-applies": "ikke længere relevant",
    },
)
snooze_reasons = CodeList(
    "snooze-reasons",
    {
        "citizen-away": "borgeren er væk",
        "agreed-later": "aftalt til senere",
        "waiting-for-other": "afventer andre",
        "holiday": "ferie",
        "other": "andet",
    },
)
take_over_reasons = CodeList(
    "take-over-reasons",
    {
        "absence": "fravær",
        "workload": "arbejdsmængde",
        "knows-the-case": "kender sagen",
        "other": "andet",
    },
)
