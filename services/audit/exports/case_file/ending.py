"""A case file's end: reminders, who looked, what is left out, rights, words, proof."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from domain import codes
from domain.calendar import day_of
from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpSnoozed,
    FollowUpTakenOver,
    FollowUpWithdrawn,
)
from services.audit.access.look_words import NOT_SAID
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case, withheld
from services.audit.exports.case_file.html import Html, Part, joined, pairs, section, table, tag
from services.audit.exports.case_file.staff import function_of
from services.audit.exports.case_file.values import note_of, reminder, to_you, told_of, who_of
from services.audit.exports.case_file.wording import GLOSSARY, TITLES
from services.audit.replaying.replay import Said

_DAILY_LETTER = "digest"  # as its looks are recorded


def reminders(case: Case) -> Html | None:
    """The section of the reminders to staff."""
    rows = [_reminder(case, said) for said in case.reminders]
    if not rows:
        return None
    return section(
        "paamindelser",
        "Påmindelser til medarbejderne",
        tag(
            "p",
            "Systemet holder øje med frister og minder medarbejderne om det, der mangler. Det er "
            "beskeder til dem, ikke til dig.",
        ),
        table("Påmindelser", ("Hvornår", "Om", "Hvad der skete", "Til eller af", "Log"), rows),
    )


def _reminder(case: Case, said: Said) -> list[Part]:
    event = said.event
    assert isinstance(event.fact, FollowUpEvent)
    happened = f"{TITLES[event.fact.NAME]}{_more(event.fact)}"
    ids = told_of(case, event).ids
    return [
        dates.moment(event.occurred_at),
        reminder(case, event.fact.follow_up),
        joined([happened if said.counts else f"{happened}. Trukket tilbage", note_of(case, event)]),
        _whose(case, said),
        ", ".join([case.place_of(event), *ids]),
    ]


def _more(fact: FollowUpEvent) -> str:
    match fact:
        case FollowUpRaised():
            return f" (frist {dates.day(fact.due_on)})"
        case FollowUpSnoozed():
            why = codes.snooze_reasons.danish.get(fact.reason, fact.reason)
            return f" til {dates.day(fact.until)} ({to_you(why)})"
        case FollowUpWithdrawn():
            return f" ({codes.withdrawal_reasons.danish.get(fact.reason, fact.reason)})"
        case FollowUpTakenOver():
            return f" ({codes.take_over_reasons.danish.get(fact.reason, fact.reason)})"
        case _:
            return ""


def _whose(case: Case, said: Said) -> str:
    fact = said.event.fact
    match fact:
        case FollowUpRaised() | FollowUpEscalated():
            function = function_of(fact.addressed_to)
            return f"{function} {case.staff.person(fact.person)}" if fact.person else function
        case FollowUpTakenOver():
            return case.staff.person(fact.person)
        case _:
            return who_of(case, said.event)


def looked(case: Case) -> Html:
    """The section of who looked."""
    seen = Counter(
        (day_of(row["at"]), _looker(row), row["function"] or "–", row["what"], _purpose(row))
        for row in case.looks
    )
    rows = [
        [dates.day(day), who, function, what, purpose, str(times)]
        for (day, who, function, what, purpose), times in seen.items()
    ]
    headings = ("Dag", "Hvem", "Som", "Hvad de så", "Til hvad", "Gange")
    told = table("Opslag", headings, rows) if rows else tag("p", "Der er ikke noteret nogen.")
    return section(
        "set",
        "Hvem har set dine oplysninger",
        tag(
            "p",
            "Hver gang nogen ser oplysninger om dig i dette system, bliver det noteret. Hvor der "
            "står navnet på et andet system, er det dér, medarbejderen har set dem. At denne "
            "udskrift blev lavet, er også noteret, men kom til bagefter. Gamle opslag slettes "
            "efter en frist, som kommunen har sat.",
        ),
        told,
    )


def _looker(row: Mapping[str, Any]) -> str:
    """Who looked."""
    who: str = row["who"] or "–"
    return "det daglige brev" if row["code"] == _DAILY_LETTER else who


def _purpose(row: Mapping[str, Any]) -> str:
    """What somebody looked for."""
    return row["purpose"] or NOT_SAID.da


def left_out(case: Case) -> Html:
    """The section of what isn't told here."""
    notes, people = withheld(case)
    told: list[Part] = []
    if notes:
        told.append(
            tag("li", f"Fortrolige notater: {notes}. Hvor de hører til, står i tidslinjen.")
        )
    if people:
        told.append(tag("li", f"Navn og kontakt på andre mennesker: {people}."))
    if not case.staff.are_named:
        told.append(tag("li", "Medarbejdernes navne: de er kun nævnt ved det, de arbejder som."))
    told.append(
        tag("li", "Medarbejdernes egne forhold: deres ansættelse, timer, profil og supervision.")
    )
    if case.others:
        told.append(
            tag(
                "li",
                "Du har flere forløb i kommunen, som ikke er med her: "
                f"{', '.join(case.others)}. Bed om dem, hvis du også vil se dem.",
            )
        )
    why = (
        "Er noget om dig selv udeladt, skal kommunen skrive til dig hvorfor, og hvor du kan klage."
        if notes or people
        else None
    )
    return section("udeladt", "Det, der ikke er med", tag("ul", *told), why and tag("p", why))


def rights(case: Case) -> Html:
    """The section of where the data come from, and what the citizen can do."""
    sources = sorted({said.event.source for said in case.said})
    return section(
        "rettigheder",
        "Om oplysningerne og dine rettigheder",
        tag("p", "Oplysningerne bruges til at give dig en mentor og følge op på dit forløb."),
        pairs([("Kommer fra", ", ".join(_source(case, one) for one in sources))]),
        tag(
            "ul",
            tag("li", "Er noget forkert, kan du bede kommunen om at rette det."),
            tag(
                "li",
                "Du kan bede om, at oplysninger slettes, eller at de ikke bruges. Kommunen kan "
                "have pligt til at gemme dem alligevel, og så skal den sige hvorfor.",
            ),
            tag(
                "li",
                "Kommunen skal oplyse dig om, efter hvilken lov den har oplysningerne, hvem der "
                "får dem, og hvornår de slettes. Det står ikke her, men kan fås hos kommunen.",
            ),
            tag(
                "li",
                "Du kan klage til Datatilsynet (datatilsynet.dk) over, hvordan dine oplysninger "
                "bliver behandlet.",
            ),
        ),
        tag(
            "p",
            "Navn, CPR-nummer, kontakt og alle notater ligger låst i systemet og er åbnet til "
            "denne udskrift. Pas godt på den: alle, der får fat i den, kan læse det hele.",
        ),
    )


def _source(case: Case, source: str) -> str:
    return "dette system selv" if source == f"urn:roedtraad:{case.code}" else case.source(source)


def words(text: str) -> Html | None:
    """The section that explains the words of the trade that stand in a text."""
    lower = text.lower()
    told = [
        (word.capitalize(), meaning) for word, meaning in sorted(GLOSSARY.items()) if word in lower
    ]
    return section("ord", "Hvad ordene betyder", pairs(told)) if told else None


def proof(case: Case) -> Html:
    """The section by which it can be checked that nothing was changed."""
    inner = list(_proof(case))
    return section("bevis", "Bevis for, at intet er ændret", *inner)


def _proof(case: Case) -> Iterator[Part]:
    if case.checkpoint is None:
        yield tag("p", "Loggen er ikke underskrevet endnu.")
        return
    yield tag(
        "p",
        "Alt, hvad systemet får at vide, får et nummer i en log, som ingen kan ændre, uden at det "
        "kan ses. Ved hvert punkt står to: »position« er det nummer, som den, der gav oplysningen, "
        "har på sin kvittering, og »indeks« er pladsen i den underskrevne log. Herunder er loggens "
        "underskrift, da udskriften blev lavet: den dækker indeks 0 til "
        f"{case.checkpoint.size - 1}. Med den kan en revisor kontrollere, at intet er ændret eller "
        "fjernet.",
    )
    yield tag("pre", case.checkpoint.note)
