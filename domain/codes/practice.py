"""Mentors, surveys, supervision, leadership."""

from domain.fields import CodeList

qualities = CodeList.reported(
    "qualities",
    {
        "presence": "nærvær",
        "empathy": "empati",
        "listening": "lytteparathed",
        "caring": "omsorgsfuldhed",
        "patience": "tålmodighed",
        "flexibility": "fleksibilitet",
        "easy-to-reach": "nem at komme i kontakt med",
        "robustness": "psykisk robusthed",
        "humour": "humor",
        "role-model": "rollemodel",
        "knows-the-system": "kender systemet",
        "knows-support": "kender støttemulighederne",
        "knows-education": "kender uddannelsesmulighederne",
    },
    {
        "setting-limits": "sætte grænser",
        "conversation-technique": "samtaleteknik",
        "mental-health": "psykisk sundhed",
        "addiction": "misbrug",
        "labour-market": "arbejdsmarkedet",
        "documentation": "dokumentation",
        "other": "andet",
    },
)
education_fields = CodeList(
    "education-fields",
    {
        "social-work": "socialrådgiver",
        "pedagogy": "pædagog",
        "teaching": "lærer",
        "health": "sundhed",
        "psychology": "psykologi",
        "trade": "håndværk",
        "commerce-office": "handel og kontor",
        "other": "anden uddannelse",
        "none": "ingen uddannelse",
    },
)
training_kinds = CodeList.reported(
    "training-kinds",
    {"mentors-and-caseworkers": "fælles undervisning for mentorer og sagsbehandlere"},
    {"introduction": "introduktion", "course": "kursus", "other": "andet"},
)
survey_questions = CodeList.reported(
    "survey-questions",
    {
        "role-personal-guide": "har skullet udfylde rollen som personlig vejleder og støtte",
        "role-motivating-partner": "har skullet udfylde rollen som motiverende partner",
        "role-system-guide": "har skullet udfylde rollen som systemguide",
        "role-induction-guide": "har skullet udfylde rollen som indslusningsguide",
        "barrier-lack-of-coordination": "barriere: manglende koordinering mellem jobcenter, "
        "mentor og andre aktører",
        "barrier-lack-of-backing": "barriere: manglende opbakning fra jobcentret",
    },
    {
        "barrier-unclear-roles": "barriere: uklare roller",
        "barrier-lack-of-time": "barriere: mangel på tid",
        "barrier-lack-of-supervision": "barriere: manglende supervision",
        "barrier-lack-of-offers": "barriere: mangel på tilbud",
        "barrier-other": "barriere: andet",
    },
)
degrees = CodeList.reported(
    "degrees",
    {
        "not-at-all": "slet ikke",
        "to-a-lesser-degree": "i mindre grad",
        "to-some-degree": "i nogen grad",
        "to-a-very-high-degree": "i meget høj grad",
    },
    {"dont-know": "ved ikke"},
)
supervision_models = CodeList.reported(
    "supervision-models",
    {
        "leader-or-coordinator": "1. leder eller mentorkoordinator er supervisor",
        "internal-supervisor": "2. intern supervisor",
        "external-supervisor": "3. ekstern supervisor",
        "none": "4. ingen systematisk supervision",
    },
)
supervision_forms = CodeList.reported(
    "supervision-forms", {"individual": "en-til-en", "group": "gruppe"}
)
no_supervision_reasons = CodeList.reported(
    "no-supervision-reasons",
    {
        "replaced-by-sparring": "erstattet af sparring",
        "work-pressure": "arbejdspres",
        "change-of-leader": "lederskift",
        "no-funds-yet": "midler ikke bevilget endnu",
    },
    {"other": "andet"},
)
sparring_forms = CodeList.reported(
    "sparring-forms",
    {
        "peer": "kollegial sparring",
        "coordinator": "sparring med mentorkoordinator",
        "caseworker": "sparring med sagsbehandler",
        "leader": "sparring med leder",
        "weekly-meeting": "ugentligt møde",
    },
)
leadership_acts = CodeList.reported(
    "leadership-acts",
    {
        "framing": "rammesætning",
        "coordinating-the-work": "koordinering af mentorernes arbejde",
        "integrating-with-the-unit": "integration med resten af jobcentret",
        "backing": "opbakning",
        "handling-a-case": "håndtering af verserende sag",
        "securing-funds": "skaffe midler",
    },
    {"making-time": "frigøre tid"},
)
policy_reasons = CodeList.reported(
    "policy-reasons",
    {"trying-higher-load": "bevidst afprøvning af flere borgere"},
    {"intensive-support": "intensiv støtte", "resources": "ressourcer", "other": "andet"},
)
colocation_extents = CodeList(
    "colocation-extents",
    {"none": "ikke samlokaliseret", "some-days": "nogle dage", "every-day": "hver dag"},
)
workshop_occasions = CodeList.reported(
    "workshop-occasions",
    {"establishment": "etablering af teamet"},
    {"new-members": "nye medlemmer", "refresher": "genopfriskning"},
)
role_follow_up_outcomes = CodeList(
    "role-follow-up-outcomes",
    {"clear": "afklaret", "adjusted": "justeret", "still-unclear": "fortsat uklart"},
)
