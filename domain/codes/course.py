"""The course.

Agreement, roles, goal, coordination, grants, close.
"""

from domain.fields import CodeList

mentor_roles = CodeList.reported(
    "mentor-roles",
    {
        "personal-guide": "den personlige vejleder og støtte",
        "motivating-partner": "den motiverende partner",
        "system-guide": "systemguide",
        "induction-guide": "indslusningsguide på uddannelse eller arbejdsplads",
    },
)
responsibilities = CodeList.reported(
    "responsibilities",
    {
        **mentor_roles.danish,
        "authority-decisions": "myndighed, herunder bevilling",
        "contact-with-other-actors": "kontakt til andre aktører",
        "follow-up-on-grants": "at det bevilgede gennemføres",
        "crisis-contact": "den, der ringes til, når problemer opstår",
    },
    {"coordination-of-the-course": "holder forløb og fælles mål sammen"},
)
holders = CodeList(
    "holders",
    {
        "mentor": "mentor",
        "caseworker": "sagsbehandler",
        "both": "begge",
        "someone-else": "en anden",
        "nobody": "ingen",
        "unsure": "i tvivl",
    },
)
contact_forms = CodeList(
    "contact-forms",
    {"in-person": "personligt", "phone": "telefon", "video": "video", "message": "besked"},
)
activity_contacts = CodeList("activity-contacts", {**contact_forms.danish, "none": "uden borgeren"})
attempt_outcomes = CodeList(
    "attempt-outcomes",
    {
        "no-answer": "intet svar",
        "no-show": "udeblev",
        "cancelled-by-citizen": "afbud",
        "other": "andet",
    },
)
agreement_parts = CodeList(
    "agreement-parts",
    {
        "goal": "mål",
        "contact": "kontakt",
        "tasks": "opgaver",
        "duration": "varighed",
        "hours": "timetal",
        "complaint-guidance": "klagevejledning",
    },
)
goal_directions = CodeList.reported(
    "goal-directions",
    {"education": "uddannelse", "job": "job", "everyday-life": "at kunne klare sin hverdag"},
)
goal_outcomes = CodeList.reported(
    "goal-outcomes",
    {"kept": "fastholdt", "adapted": "tilpasset"},
    {"reached": "nået", "dropped": "opgivet"},
)
coordination_forms = CodeList.reported(
    "coordination-forms",
    {"meeting": "formelt møde", "informal": "uformelt, »kigge ind«"},
    {"phone": "telefon", "video": "video", "message": "besked"},
)
coordination_topics = CodeList(
    "coordination-topics",
    {
        "roles": "roller",
        "goal": "mål",
        "grants": "bevillinger",
        "activities": "aktiviteter",
        "problem": "udfordring",
        "crisis": "krise",
        "other": "andet",
    },
)
other_actors = CodeList(
    "other-actors",
    {
        "education": "uddannelsessted",
        "workplace": "arbejdsplads",
        "treatment": "behandling",
        "health-service": "sundhedsvæsen",
        "social-services": "socialforvaltning",
        "housing": "bolig",
        "bailiff-court": "fogedret",
        "probation": "kriminalforsorg",
        "family": "familie",
        "other": "andre",
    },
)
friction_kinds = CodeList.reported(
    "friction-kinds",
    {
        "different-perceptions": "forskellig opfattelse af mentors rolle",
        "overlap": "støder sammen",
        "gap": "ingen tager det",
        "weak-coordination": "svag koordinering",
        "unfocused-course": "springende, uden rød tråd",
        "citizen-confused": "forvirring",
        "citizen-trust-missing": "manglende tillid til mentor",
    },
    {"disagreement": "uenighed om målet", "other": "andet"},
)
relations = CodeList(
    "relations",
    {
        "parent": "forælder",
        "sibling": "søskende",
        "grandparent": "bedsteforælder",
        "other-family": "anden familie",
        "partner": "partner",
        "friend": "ven",
        "teacher": "lærer",
        "employer": "arbejdsgiver",
        "neighbour": "nabo",
        "professional": "fagperson",
        "other": "anden",
    },
)
grant_kinds = CodeList.reported(
    "grant-kinds",
    {"course": "forløb", "treatment": "behandling", "support-offer": "støttetilbud"},
    {"mentor-hours": "mentorstøtte"},
)
grant_outcomes = CodeList(
    "grant-outcomes",
    {
        "granted": "bevilget",
        "partly-granted": "delvist bevilget",
        "refused": "afslag",
        "dismissed": "afvist",
    },
)
refusal_reasons = CodeList(
    "refusal-reasons",
    {
        "not-entitled": "uden for målgruppen",
        "not-needed": "ikke behov",
        "another-offer-fits": "et andet tilbud passer bedre",
        "not-documented": "ikke dokumenteret",
        "other": "andet",
    },
)
grant_end_reasons = CodeList(
    "grant-end-reasons",
    {
        "completed": "gennemført",
        "goal-reached": "målet nået",
        "dropped-out": "frafaldet",
        "provider-stopped": "leverandøren stoppede",
        "replaced": "erstattet",
        "not-needed": "ikke længere behov",
        "not-entitled": "uden for målgruppen",
        "moved": "fraflyttet",
        "other": "andet",
    },
)
close_reasons = CodeList.reported(
    "close-reasons",
    {
        "education": "i uddannelse",
        "job": "i job",
        "education-and-job": "i uddannelse og job",
        "dropped-out": "frafaldet",
    },
    {
        "moved": "fraflyttet",
        "other-offer": "andet tilbud",
        "period-ended": "forløbet udløb",
        "not-entitled": "uden for målgruppen",
        "citizen-wish": "borgerens ønske",
        "health": "helbred",
        "deceased": "død",
        "other": "andet",
    },
)
reopen_reasons = CodeList(
    "reopen-reasons",
    {
        "returned": "vendt tilbage",
        "outcome-did-not-last": "resultatet holdt ikke",
        "appeal-upheld": "medhold i klage",
        "closed-too-early": "afsluttet for tidligt",
        "other": "andet",
    },
)
