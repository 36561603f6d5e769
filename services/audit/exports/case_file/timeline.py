"""All that happened, day by day (*tidslinje*), with what was corrected and taken back."""

from itertools import groupby

from domain import codes
from domain.calendar import day_of
from domain.envelope import Recorded
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Html, Part, pairs, section, table, tag
from services.audit.exports.case_file.values import Told, note_of, title_of, told_of, who_of
from services.audit.replaying.replay import Said
from services.audit.replaying.says import reason_of, replacement_of

_REASONS = {**codes.correction_reasons.danish, **codes.retraction_reasons.danish}


def timeline(case: Case) -> Html:
    """The section of what happened, by month."""
    numbered = list(enumerate(case.told, 1))
    months = groupby(numbered, key=lambda one: dates.month(day_of(one[1].event.occurred_at)))
    parts: list[Part] = []
    for month, several in months:
        entries = [_entry(case, number, said) for number, said in several]
        parts += [tag("h3", month), tag("ol", *entries, class_="days")]
    return section(
        "tidslinje",
        "Det hele, dag for dag",
        tag(
            "p",
            "Her er alt, hvad der er noteret om dit forløb, i den rækkefølge, det skete. Er noget "
            "rettet, står det rettede først, og det, der stod før, lige under. Klokkeslæt er dansk "
            "tid. Den lille tekst nederst siger, hvornår kommunens system fik oplysningen, og hvor "
            "den kommer fra.",
        ),
        *parts,
    )


def corrections(case: Case) -> Html | None:
    """The section of what was corrected or taken back; nothing where nothing was."""
    rows = [
        _correction(case, number, said)
        for number, said in enumerate(case.told, 1)
        if said.amendment is not None
    ]
    if not rows:
        return None
    headings = ("Punkt", "Hvad", "Hvad der skete", "Hvornår", "Af", "Hvorfor")
    return section("rettelser", "Rettelser", table("Det, der er rettet", headings, rows))


def _correction(case: Case, number: int, said: Said) -> list[Part]:
    amendment = said.amendment
    assert amendment is not None
    return [
        tag("a", str(number), href=f"#punkt-{number}"),
        title_of(said.event.fact),
        "rettet" if said.counts else "trukket tilbage",
        dates.moment(amendment.occurred_at),
        who_of(case, amendment),
        _why(amendment),
    ]


def _entry(case: Case, number: int, said: Said) -> Html:
    event = said.event
    told = told_of(case, event)
    when = tag("span", f"{dates.day(day_of(event.occurred_at))}, {dates.clock(event.occurred_at)}")
    return tag(
        "li",
        tag("h4", tag("span", str(number), class_="number"), " ", title_of(event.fact)),
        tag("p", when, f" · {who_of(case, event)}", class_="when"),
        pairs(told.fields),
        note_of(case, event),
        _amended(case, said),
        _small(case, event, told),
        id=f"punkt-{number}",
        class_=None if said.counts else "gone",
    )


def _small(case: Case, event: Recorded, told: Told) -> Html:
    known = [
        f"modtaget {dates.moment(event.recorded_at)}",
        f"fra {case.source(event.source)}",
        f"id {event.source_id}",
        *told.ids,
        case.place_of(event),
    ]
    return tag("p", " · ".join(known), class_="small")


def _amended(case: Case, said: Said) -> Part:
    """Who corrected it, when and why, and what stood before."""
    amendment, original = said.amendment, said.original
    if amendment is None:
        return None
    by = f"{dates.moment(amendment.occurred_at)} af {who_of(case, amendment)}"
    if replacement_of(amendment) is None:
        head = f"Trukket tilbage {by}, fordi: {_why(amendment)}. Det gælder ikke."
        return tag("div", tag("p", head), note_of(case, amendment), class_="amended")
    before: list[Part] = []
    if original is not None:
        told = told_of(case, original)
        when = [("Hvornår", dates.moment(original.occurred_at)), ("Af", who_of(case, original))]
        before = [tag("p", "Før stod der:"), pairs([*when, *told.fields])]
        before += [note_of(case, original), _small(case, original, told)]
    head = f"Rettet {by}, fordi: {_why(amendment)}."
    return tag("div", tag("p", head), note_of(case, amendment), *before, class_="amended")


def _why(amendment: Recorded) -> str:
    reason = reason_of(amendment)
    return _REASONS.get(reason, reason)
