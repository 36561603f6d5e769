"""What people write in free text. `{navn}` is the citizen's first name, or a mentor's."""

from random import Random

NOTES = (
    "{navn} var træt i dag, men kom til tiden og havde selv smurt madpakke.",
    "Aftalt med {navn}, at vi ringes ved før turen til praktikstedet på onsdag.",
    "{navn} fortalte for første gang om bruddet med sin storebror.",
    "Svær samtale. {navn} blev ked af det, men ville gerne blive og tale færdig.",
    "{navn} har søvnproblemer igen; vi prøver med vækkeur uden for rækkevidde.",
    "Gåtur om søen, hvor {navn} fik sat ord på det, der fylder derhjemme.",
    "{navn} mangler stadig svar fra boligforeningen og er bekymret for huslejen.",
    "Rudekuverterne er åbnet! {navn} lagde selv bunkerne i orden på køkkenbordet.",
    "{navn} vil helst ikke have, at moren ringes op, før vi har talt sammen.",
    "God stemning, {navn} grinede ad min dårlige hukommelse for navne på hunde.",
    "{navn} har meldt sig til prøveforelæsning på produktionsskolen.",
    "Tandlægen gik bedre end ventet; {navn} klarede det med musik i ørerne.",
)
CONFIDENTIAL = (
    "Fortroligt: {navn} har fortalt om gæld til en bekendt og er bange for at møde ham.",
    "Fortroligt: {navn} røg hash i weekenden og vil selv sige det til lægen.",
)
INTAKE_NOTES = (
    "{navn} ønsker en mentor, der selv har haft det svært, og helst ikke for meget papir.",
    "{navn} bor hos en ven på sofaen og vil gerne i lære som kok på sigt.",
    "{navn} har været hjemme i to år og vil først og fremmest have hverdagen til at hænge sammen.",
)
RATIONALES = (
    "Rolig og tålmodig; {navn} har brug for en, der ikke skynder på.",
    "Fælles interesse for gamle knallerter, og {navn} åbner sig over et fælles tredje.",
    "Kender misbrugsområdet indefra, og {navn} spurgte selv efter det.",
    "Vi tror på humoren her: {navn} svarer igen med et glimt i øjet.",
    "Har god kontakt til erhvervsskolen, hvor {navn} drømmer om at begynde.",
)
GOALS = (
    "{navn} er oppe klokken otte fire dage om ugen og i praktik inden sommer.",
    "{navn} begynder på grundforløbet og har en voksen at ringe til om mandagen.",
    "{navn} får styr på sit budget og sin egen nøgle til et sted at bo.",
    "{navn} prøver kræfter med fritidsjob i køkkenet to eftermiddage om ugen.",
    "{navn} går til psykiater hver anden uge og kan selv tage bussen dertil.",
    "{navn} taler med sin mor igen og har et sted at være i weekenden.",
)
TASKS = (
    "Følge {navn} til læge og jobcenter, og gennemgå posten sammen hver fredag.",
    "Besøge tre uddannelsessteder med {navn} og øve, hvad man siger den første dag.",
    "Lægge en ugeplan på køleskabet hos {navn} og holde den ved lige.",
)
CONTACT = (
    "Vi mødes om tirsdagen på biblioteket; {navn} sender en besked, hvis det glipper.",
    "Et møde om ugen og en opringning om søndagen; {navn} bestemmer stedet.",
)
PROVIDERS = (
    "Skyggedalens Klinik for Unge",
    "Værkstedet Fiktiv Fabrik",
    "Højskolen Ingensteds",
    "Samtalehuset Mellem Linjerne",
    "Motionsfælleden Luftkastellet",
)
KEY_CONTACTS = (
    "træffes bedst efter fyraften, spørg efter {navn}s gamle træner",
    "bor to gader fra {navn} og har ekstranøgle liggende",
)
EDUCATION = (
    "Udlært tømrer og siden pædagogisk grunduddannelse på aftenhold",
    "Socialrådgiver med efteruddannelse i den motiverende samtale",
    "Lærer i specialklasse, senere konsulent i en boligforening",
    "Kontoruddannet, frivillig natteravn gennem mange år",
)
EXPERIENCE = (
    "Mentor for unge på kanten af uddannelse og bisidder i krisecenter",
    "Kontaktperson på bosted og leder af en café for unge mødre",
    "Fodboldtræner for drenge, som ingen andre ville træne",
)
STRENGTH_TEXTS = (
    "kan sidde stille i larmen, til den lægger sig",
    "griner med, aldrig ad",
    "har selv siddet på den anden side af skranken",
    "kender hver eneste buschauffør i oplandet",
)
WISH_TEXTS = (
    "vil blive bedre til at sige nej uden at smække døren",
    "vil lære at skrive journal, så man kan læse den bagefter",
    "vil forstå, hvornår sorg er sygdom",
)
TEAM_NOTES = (
    "God snak om, hvem der ringer til hvem, når det brænder på en fredag.",
    "Vi savner stadig et fast lokale; køkkenet er for åbent til de svære emner.",
    "Enige om at prøve makkerordningen af et kvartal og så gøre status.",
    "Travl måned; to var syge, og resten tog over uden at kny.",
)
FRICTION_NOTES = (
    "Mentor opfatter sig som ven, sagsbehandler venter rapporter; {navn} står imellem.",
    "To beskeder på samme dag om hver sin praktik; {navn} anede ikke, hvad der gjaldt.",
    "Ingen havde ringet til klinikken, fordi begge troede, at den anden gjorde det for {navn}.",
)


def about(first: str, texts: tuple[str, ...], rng: Random) -> str:
    """One of the texts, about this person."""
    return rng.choice(texts).format(navn=first)
