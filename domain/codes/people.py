"""People and reasons."""

from domain.fields import CodeList

functions = CodeList.reported(
    "functions",
    {
        "caseworker": "sagsbehandler",
        "mentor": "mentor",
        "coordinator": "mentorkoordinator",
        "leader": "leder",
        "supervisor": "supervisor",
        "citizen": "borger",
    },
    {"system": "systemet"},
)
staff_functions = CodeList.reported(
    "staff-functions",
    {
        "caseworker": "sagsbehandler",
        "mentor": "mentor",
        "coordinator": "mentorkoordinator",
        "leader": "leder",
        "supervisor": "supervisor",
    },
)
handover_functions = CodeList(
    "handover-functions", {"caseworker": "sagsbehandler", "mentor": "mentor"}
)
employments = CodeList.reported(
    "employments", {"internal": "ansat i kommunen", "external": "udefra"}
)
genders = CodeList(
    "genders",
    {"woman": "kvinde", "man": "mand", "other": "andet", "not-stated": "ikke oplyst"},
)
preferred_genders = CodeList.reported(
    "preferred-genders", {"woman": "kvinde", "man": "mand", "none": "ingen præference"}
)
preferred_ages = CodeList(
    "preferred-ages",
    {
        "under-30": "under 30 år",
        "30-44": "30–44 år",
        "45-59": "45–59 år",
        "60-plus": "60 år eller mere",
        "none": "ingen præference",
    },
)
match_methods = CodeList.reported(
    "match-methods",
    {"by-profile": "ud fra kompetenceprofil", "by-meeting": "på fælles møde"},
    {"other": "andet"},
)
match_reasons = CodeList.reported(
    "match-reasons",
    {
        "strengths-fit": "styrker passer",
        "experience-fit": "erfaring passer",
        "preference-age": "borgerens ønske om alder",
        "preference-gender": "borgerens ønske om køn",
        "known-from-training": "kendt fra undervisning",
        "known-from-talks": "kendt fra samtaler om styrker og svagheder",
    },
    {
        "citizen-chose": "borgerens eget valg",
        "shared-interest": "fælles interesse",
        "free-capacity": "ledig tid",
        "other": "andet",
    },
)
match_end_reasons = CodeList.reported(
    "match-end-reasons",
    {"chemistry-missing": "kemien manglede", "mentor-left": "mentor fratrådt"},
    {
        "citizen-wish": "borgerens ønske",
        "mentor-wish": "mentors ønske",
        "mentor-absent": "langvarigt fravær",
        "mentor-overloaded": "for mange borgere",
        "needs-changed": "ændret behov",
        "handed-over": "overdraget",
        "course-closed": "forløbet afsluttet",
        "other": "andet",
    },
)
chemistry_sides = CodeList("chemistry-sides", {"citizen": "borger", "mentor": "mentor"})
chemistry_results = CodeList(
    "chemistry-results", {"good": "til stede", "uncertain": "usikker", "missing": "mangler"}
)
matching_meeting_kinds = CodeList.reported(
    "matching-meeting-kinds",
    {
        "review-of-citizens": "gennemgang af borgerne",
        "strengths-talk": "samtale om mentorers og sagsbehandleres styrker og svagheder",
    },
)
caseworker_change_reasons = CodeList(
    "caseworker-change-reasons",
    {
        "portfolio-moved": "sagsstamme flyttet",
        "left": "fratrådt",
        "absence": "fravær",
        "citizen-wish": "borgerens ønske",
        "reorganised": "omorganisering",
        "handed-over": "overdraget",
        "other": "andet",
    },
)
rejection_reasons = CodeList(
    "rejection-reasons",
    {
        "no-capacity": "ingen ledig tid",
        "not-suited": "ikke det rette match",
        "conflict-of-interest": "inhabil",
        "needs-talk-first": "bør drøftes først",
        "other": "andet",
    },
)
hours_change_reasons = CodeList(
    "hours-change-reasons",
    {"agreed": "aftalt", "leave": "orlov", "return": "tilbage", "other": "andet"},
)
leave_reasons = CodeList.reported(
    "leave-reasons",
    {"resigned": "sagde op"},
    {
        "contract-ended": "ansættelsen udløb",
        "other-task": "anden opgave i kommunen",
        "other": "andet",
    },
)
release_reasons = CodeList(
    "release-reasons",
    {
        "left": "fratrådt",
        "other-task": "anden opgave",
        "mentors-wish": "mentorerne ønskede skift",
        "change-of-leader": "lederskift",
        "other": "andet",
    },
)
link_kinds = CodeList("link-kinds", {"course": "samme forløb", "citizen": "samme borger"})
link_bases = CodeList(
    "link-bases", {"cpr": "CPR-nummer", "case-system": "fagsystemet", "manual": "manuelt"}
)
correction_reasons = CodeList(
    "correction-reasons",
    {
        "typing-error": "tastefejl",
        "wrong-time": "forkert tidspunkt",
        "wrong-person": "forkert person",
        "wrong-code": "forkert kode",
        "completed": "suppleret",
        "other": "andet",
    },
)
retraction_reasons = CodeList(
    "retraction-reasons",
    {
        "never-happened": "fandt ikke sted",
        "wrong-subject": "forkert forløb, person eller team",
        "sent-twice": "sendt to gange",
        "other": "andet",
    },
)
