"""What each kind of contradiction is in words: what is odd, and what would clear it."""

from typing import NamedTuple


class Wording(NamedTuple):
    """Full sentences in Danish and English."""

    danish: str
    english: str


WORDING = {
    "work-without-intake": Wording(
        "Der er registreret arbejde på forløbet, men ingen indledende samtale. Det falder bort, når"
        " visitationen registreres.",
        "Work is registered on the course, but no intake. It goes when the intake is registered.",
    ),
    "work-before-intake": Wording(
        "Der er registreret arbejde før dagen for den indledende samtale. Ret dagen for samtalen"
        " eller for arbejdet.",
        "Work is registered before the day of the intake. Correct the day of the intake or of the"
        " work.",
    ),
    "work-while-closed": Wording(
        "Der er registreret arbejde, mens forløbet var lukket. Det falder bort, når genåbningen"
        " registreres, eller lukningen eller arbejdet rettes.",
        "Work is registered while the course was closed. It goes when the reopening is registered,"
        " or the close or the work is corrected.",
    ),
    "match-while-closed": Wording(
        "Borgeren er matchet, mens forløbet var lukket. Det falder bort, når genåbningen"
        " registreres, eller lukningen eller matchet rettes.",
        "The citizen was matched while the course was closed. It goes when the reopening is"
        " registered, or the close or the match is corrected.",
    ),
    "closed-twice": Wording(
        "Forløbet er lukket igen, selv om det var lukket. Registrér genåbningen imellem, eller kald"
        " den ene lukning tilbage.",
        "The course was closed again though it was closed. Register the reopening between, or"
        " retract one of the closes.",
    ),
    "reopened-while-open": Wording(
        "Forløbet er genåbnet, selv om det var åbent. Registrér lukningen før, eller kald"
        " genåbningen tilbage.",
        "The course was reopened though it was open. Register the close before it, or retract the"
        " reopening.",
    ),
    "match-by-system": Wording(
        "Matchet er afgjort af et system og ikke af en person. Ret, hvem der traf beslutningen.",
        "The match was decided by a system and not by a person. Correct who decided it.",
    ),
    "match-never-began": Wording(
        "Et match er ophørt, som aldrig er registreret begyndt. Det falder bort, når matchet"
        " registreres, eller henvisningen rettes.",
        "A match ended that was never registered as begun. It goes when the match is registered, or"
        " the reference is corrected.",
    ),
    "mentor-who-left": Wording(
        "Borgeren er matchet med en mentor, der er fratrådt. Det falder bort, når matchet ophører,"
        " eller mentoren ansættes igen.",
        "The citizen is matched with a mentor who has left. It goes when the match ends, or the"
        " mentor is employed anew.",
    ),
    "match-after-leaving": Wording(
        "Borgeren blev matchet med en mentor, der var fratrådt. Det falder bort, når dagen for"
        " matchet eller for fratrædelsen rettes, eller mentoren er registreret ansat igen den dag,"
        " matchet begyndte.",
        "The citizen was matched with a mentor who had left. It goes when the day of the match or"
        " of the leaving is corrected, or the mentor is registered as employed anew on the day the"
        " match began.",
    ),
    "mentor-not-employed": Wording(
        "Borgeren er matchet fra en dag, hvor mentoren ikke er registreret ansat. Det falder bort,"
        " når ansættelsen registreres.",
        "The citizen is matched from a day on which the mentor isn't registered as employed. It"
        " goes when the employment is registered.",
    ),
    "mentor-without-hours": Wording(
        "Borgeren er matchet fra en dag, hvor mentoren er ansat uden timer, fx på orlov. Det falder"
        " bort, når timerne eller matchet rettes.",
        "The citizen is matched from a day on which the mentor is employed without hours, as on"
        " leave. It goes when the hours or the match are corrected.",
    ),
    "two-matches-with-one-mentor": Wording(
        "Forløbet har to match med samme mentor på de samme dage. Afslut det ene, eller kald det"
        " tilbage.",
        "The course has two matches with the same mentor on the same days. End one of them, or"
        " retract it.",
    ),
    "mentor-is-caseworker": Wording(
        "Samme person er mentor og ansvarlig sagsbehandler på forløbet på de samme dage. Ret, hvem"
        " der er hvad.",
        "The same person is mentor and caseworker responsible on the course on the same days."
        " Correct who is which.",
    ),
    "named-without-match": Wording(
        "Et møde, en kemisamtale, en mentoraftale eller en sagssupervision nævner en mentor, som"
        " ikke var matchet med borgeren den dag. Det falder bort, når matchet registreres, eller"
        " mentoren rettes.",
        "A meeting, a talk about chemistry, an agreement or a supervised case names a mentor who"
        " wasn't matched with the citizen that day. It goes when the match is registered, or the"
        " mentor is corrected.",
    ),
    "work-without-match": Wording(
        "En mentor har arbejdet på forløbet uden at være matchet med borgeren den dag. Det falder"
        " bort, når matchet registreres, eller arbejdet rettes.",
        "A mentor worked on the course without being matched with the citizen that day. It goes"
        " when the match is registered, or the work is corrected.",
    ),
    "grant-without-authority": Wording(
        "En bevilling er afgjort, forlænget eller afsluttet af en, der ikke er sagsbehandler. Det"
        " falder bort, når det rettes, hvem der traf afgørelsen.",
        "A grant was decided, extended or ended by somebody who isn't a caseworker. It goes when"
        " who decided it is corrected.",
    ),
    "grant-never-decided": Wording(
        "En bevilling er forlænget, afsluttet eller videreført, som aldrig er registreret afgjort."
        " Det falder bort, når afgørelsen registreres, eller henvisningen rettes.",
        "A grant was extended, ended or carried on that was never registered as decided. It goes"
        " when the decision is registered, or the reference is corrected.",
    ),
    "refused-grant-goes-on": Wording(
        "En bevilling er forlænget, selv om der blev givet afslag. Ret afgørelsen, eller kald"
        " forlængelsen tilbage.",
        "A grant was extended though it was refused. Correct the decision, or retract the"
        " extension.",
    ),
    "work-on-unknown-grant": Wording(
        "Arbejde er registreret på en bevilling, som ikke er afgjort på forløbet. Det falder bort,"
        " når afgørelsen registreres, eller henvisningen rettes.",
        "Work is registered on a grant that wasn't decided on the course. It goes when the decision"
        " is registered, or the reference is corrected.",
    ),
    "work-outside-grant": Wording(
        "Arbejde er registreret på en bevilling, der ikke dækker dagen, eller som der er givet"
        " afslag på. Det falder bort, når en forlængelse registreres, eller arbejdet rettes.",
        "Work is registered on a grant that doesn't cover the day, or that was refused. It goes"
        " when an extension is registered, or the work is corrected.",
    ),
    "statement-without-match": Wording(
        "Roller er udmeldt af eller om en mentor, som ikke var matchet med borgeren den dag. Det"
        " falder bort, når matchet registreres, eller udmeldingen rettes.",
        "Roles were stated by or about a mentor who wasn't matched with the citizen that day. It"
        " goes when the match is registered, or the statement is corrected.",
    ),
    "statement-of-another-caseworker": Wording(
        "Roller er udmeldt af eller om en anden end den ansvarlige sagsbehandler den dag. Det"
        " falder bort, når sagsbehandlerskiftet registreres, eller udmeldingen rettes.",
        "Roles were stated by or about somebody other than the caseworker responsible that day. It"
        " goes when the change of caseworker is registered, or the statement is corrected.",
    ),
    "unknown-goal": Wording(
        "Et mål er tiltrådt eller gennemgået, som aldrig er registreret sat. Det falder bort, når"
        " målet registreres, eller henvisningen rettes.",
        "A goal was acknowledged or gone through that was never registered as set. It goes when the"
        " goal is registered, or the reference is corrected.",
    ),
    "unknown-session": Wording(
        "Forløbet er taget op i en supervision, som ikke er registreret holdt. Det falder bort, når"
        " supervisionen registreres, eller henvisningen rettes.",
        "The course was taken up in a supervision session that isn't registered as held. It goes"
        " when the session is registered, or the reference is corrected.",
    ),
    "mentor-not-in-session": Wording(
        "Forløbet er taget op af en mentor, som ikke er registreret som deltager i supervisionen."
        " Ret deltagerne eller mentoren.",
        "The course was taken up by a mentor who isn't registered as taking part in the session."
        " Correct the session's mentors or the mentor.",
    ),
    "acted-in-another-function": Wording(
        "En person har handlet i en funktion, som de ikke er tilknyttet den dag, selv om de er"
        " tilknyttet en anden. Det falder bort, når tilknytningen registreres, eller det rettes,"
        " hvem der handlede, og i hvilken funktion.",
        "Somebody acted in a function that they aren't assigned to that day, though they are"
        " assigned to another. It goes when the assignment is registered, or who acted, or in"
        " which function, is corrected.",
    ),
    "begun-twice": Wording(
        "To hændelser begynder det samme match, den samme bevilling, det samme mål eller den samme"
        " supervision. Den første gælder; kald den anden tilbage, eller ret dens henvisning.",
        "Two events begin the same match, grant, goal or supervision session. The first one holds;"
        " retract the other, or correct its reference.",
    ),
    "hours-outside-employment": Wording(
        "Timetallet er ændret for en mentor, der ikke er registreret ansat den dag. Det falder"
        " bort, når ansættelsen registreres.",
        "The hours were changed of a mentor who isn't registered as employed that day. It goes when"
        " the employment is registered.",
    ),
    "left-without-employment": Wording(
        "En mentor er fratrådt, som ikke er registreret ansat. Det falder bort, når ansættelsen"
        " registreres, eller fratrædelsen kaldes tilbage.",
        "A mentor left who isn't registered as employed. It goes when the employment is registered,"
        " or the leaving is retracted.",
    ),
    "session-without-supervisor": Wording(
        "Supervision er holdt af en, der ikke har funktion som supervisor, koordinator eller leder"
        " den dag. Det falder bort, når tilknytningen registreres.",
        "Supervision was held by somebody who isn't supervisor, coordinator or leader that day. It"
        " goes when the assignment is registered.",
    ),
    "released-without-assignment": Wording(
        "En person har forladt en funktion uden at være tilknyttet den. Det falder bort, når"
        " tilknytningen registreres.",
        "A person left a function that they weren't assigned to. It goes when the assignment is"
        " registered.",
    ),
    "amendment-of-nothing": Wording(
        "En hændelse er rettet eller kaldt tilbage, som aldrig er kommet. Det falder bort, når"
        " hændelsen kommer.",
        "An event was corrected or retracted that never came. It goes when the event comes.",
    ),
    "amendment-of-amendment": Wording(
        "En rettelse nævner en anden rettelse og ikke den oprindelige hændelse, som derfor ikke er"
        " rettet. Send den igen med den oprindelige hændelses id.",
        "A correction names another correction and not the original event, which therefore isn't"
        " corrected. Send it again with the original event's id.",
    ),
}
