"""The whole document: one file of HTML that asks nothing of any other place, made to be printed."""

from datetime import datetime
from importlib.resources import files

from domain.calendar import day_of
from services.audit.exports.case_file import dates, ending, overview
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Html, joined, pairs, tag
from services.audit.exports.case_file.timeline import corrections, timeline

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADING = "Din sag i mentorindsatsen"


def page(case: Case) -> str:
    """The case file."""
    sections = [
        overview.in_short(case),
        overview.about_you(case),
        overview.people(case),
        overview.goals(case),
        overview.grants(case),
        overview.roles(case),
        timeline(case),
        corrections(case),
        ending.reminders(case),
        ending.looked(case),
        ending.left_out(case),
        ending.rights(case),
    ]
    told = joined(sections)
    end = [ending.words(told), ending.proof(case)]
    body = joined([_top(case), _contents([*sections, *end]), tag("main", told, *end)])
    title = f"Aktindsigt: forløb {case.id}, {case.place}"
    head = joined(
        [
            Html('<meta charset="utf-8">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html('<meta name="robots" content="noindex">'),
            tag("title", title),
            tag("style", Html(_style())),
        ]
    )
    whole = tag("html", tag("head", head), tag("body", body), lang="da")
    return f"<!doctype html>\n{whole}\n"


def _top(case: Case) -> Html:
    first, last = case.said[0].event.occurred_at, case.said[-1].event.occurred_at
    span = f"{case.events} noteringer fra {_day(first)} til {_day(last)}"
    return tag(
        "header",
        tag("p", "Aktindsigt og indsigt i dine personoplysninger", class_="kind"),
        tag("h1", _HEADING),
        pairs(
            [
                ("Kommune", case.place),
                ("Forløb", case.id),
                ("Udskrevet", dates.moment(case.made)),
                ("Omfang", span),
            ]
        ),
        tag(
            "p",
            "Her står det, som kommunen har noteret om dit forløb med mentor: først kort, så det "
            "hele dag for dag. Til sidst står, hvem der har set det, hvad du kan gøre, og hvad "
            "ordene betyder. Er der noget, du ikke forstår, eller som ikke er rigtigt, så spørg "
            "din sagsbehandler.",
        ),
    )


def _day(at: datetime) -> str:
    return dates.day(day_of(at))


def _contents(sections: list[Html | None]) -> Html:
    links = []
    for one in sections:
        if one is not None:
            id_, title = one.split('<h2 id="', 1)[1].split("</h2>", 1)[0].split('">', 1)
            links.append(tag("li", tag("a", Html(title), href=f"#{id_}")))
    return tag("nav", tag("h2", "Indhold", id="indhold"), tag("ol", *links), aria_label="Indhold")


def _style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")
