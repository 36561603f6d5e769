"""`roedtraad audit looks`, `sample` and `prune`: who looked at whose data."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from domain.calendar import day_of, start_of
from services.audit.access.citizen import courses_of
from services.audit.access.look_words import NOT_SAID, told
from services.audit.access.looked import Looked, Sample, looks_at
from services.audit.access.looked import sample as sample_of
from services.audit.access.looking import Seen
from services.audit.access.looks import Looks
from services.audit.access.pruning import kept_since
from services.audit.access.pruning import prune as pruned
from services.cli.audit.asked import SourceOption, course_of
from services.cli.looking import PurposeOption, asking_now, look
from services.cli.options import (
    FormatOption,
    MunicipalityOption,
    OneMunicipality,
    instant,
    stores_of,
)
from services.cli.show import Format, err, print_json, print_rows
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.tokens import Token, Tokens
from services.words import Words

_HALF_A_YEAR = timedelta(days=183)
_EXTRACT = {
    "at": Words("Hvornår", "When"),
    "who": Words("Hvem", "Who"),
    "function": Words("Funktion", "Function"),
    "purpose": Words("Formål", "Purpose"),
    "what": Words("Hvad", "What"),
}
_SAMPLE = {
    "id": Words("Nr.", "No."),
    **_EXTRACT,
    "criteria": Words("Søgt efter", "Searched for"),
    "rows": Words("Rækker", "Rows"),
    "people": Words("Personer", "People"),
}


def add_to(audit: typer.Typer) -> None:
    """Name the commands."""
    audit.command()(looks)
    audit.command()(sample)
    audit.command()(prune)


def looks(
    id_: Annotated[
        str, typer.Argument(metavar="COURSE", help="Forløbets id, fagsystemets eller vores.")
    ],
    municipality: MunicipalityOption = None,
    source: SourceOption = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Hvem har set borgerens oplysninger: til borgeren selv. (Who looked, for the citizen.)

    Også i borgerens andre forløb (in the citizen's other courses too).
    """
    settings = Settings()
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        store, _, course, _ = course_of(stores, id_, source)
        assert course is not None
        ids = courses_of(store, course)
        found = looks_at(store, ids)
        rows = [told(one, _tokens(app), settings.lang) for one in found]
        look([store], {store.code: Seen(len(rows), ids)})
    title = Words("Hvem har set forløb", "Who looked at course").say(settings.lang)
    shown = _shown(rows, format_, settings.lang)
    print_rows(f"{title} {id_}", _headings(_EXTRACT, settings.lang), shown, format_)


def sample(
    municipality: OneMunicipality,
    n: Annotated[int, typer.Option("--n", min=1, help="Så mange opslag (so many looks).")] = 25,
    since: Annotated[
        str | None, typer.Option("--since", help="Fra den dag; et halvt år, hvis udeladt (from).")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Til og med den dag, eller til en tid (until).")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", help="Frøet fra en tidligere stikprøve (its seed).")
    ] = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Stikprøve af opslag til halvårskontrollen. (A random sample of looks, to be controlled.)

    Den trækkes jævnt over dem, der har slået op. Med samme frø og dage trækkes den samme igen.
    (Evenly over those who looked; the same seed and days draw the same.)
    """
    settings = Settings()
    end = instant(until, "--until") or datetime.now(UTC)
    start = _first_moment(since) or end - _HALF_A_YEAR
    with open_app(settings) as app:
        for store in stores_of(app, municipality):
            found = sample_of(store, start, end, n, seed or secrets.token_hex(8))
            rows = [_sampled(one, _tokens(app), settings.lang) for one in found.looks]
            whose = {one for each in found.looks for one in each.record.whose}
            look([store], {store.code: Seen(len(rows), whose)})
            _print(found, (start, end), rows, format_, settings.lang)


def _print(
    found: Sample,
    days: tuple[datetime, datetime],
    rows: list[dict[str, Any]],
    format_: Format,
    language: str,
) -> None:
    drawn = {
        "seed": found.seed,
        "since": days[0],
        "until": days[1],
        "looks": found.of,
        "lookers": found.lookers,
    }
    if format_ is Format.JSON:
        print_json(drawn | {"rows": rows})
        return
    since, until = (one.isoformat(timespec="microseconds") for one in days)
    err.print(
        f"{len(rows)} af {found.of} opslag, {found.lookers} har slået op (looks, lookers); samme"
        f" igen (the same again): --seed {found.seed} --since {since} --until {until}",
        soft_wrap=True,
    )
    told = [row | {"criteria": _line(row["criteria"])} for row in rows]
    shown = _shown(told, format_, language)
    title = Words("Stikprøve af opslag", "Sample of looks").say(language)
    print_rows(title, _headings(_SAMPLE, language), shown, format_)


def prune(
    municipality: MunicipalityOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Slet opslag, der er ældre end fristen og underskrevet. (Delete looks kept long enough.)

    `roedtraad up` gør det hver dag (does so every day). Fristen: ROEDTRAAD_LOOKS_KEPT_MONTHS.
    """
    settings = Settings()
    before = kept_since(datetime.now(UTC), settings.looks_kept_months)
    with open_app(settings) as app:
        asking = asking_now()
        for store in stores_of(app, municipality):
            many, through = pruned(Looks(app.server.pool), store, asking, before)
            last = f", til og med nr. {through} (through)" if many else ""
            err.print(f"{name_of(store.code)}: {many} slettet (deleted){last}.")


def _tokens(app: App) -> Mapping[UUID, Token]:
    return {token.id: token for token in Tokens(app.server).all()}


def _sampled(one: Looked, tokens: Mapping[UUID, Token], language: str) -> dict[str, Any]:
    return told(one, tokens, language) | {
        "criteria": one.private.criteria,
        "rows": one.record.rows,
        "people": len(one.record.whose),
        "whose": one.record.whose,
    }


def _shown(rows: list[dict[str, Any]], format_: Format, language: str) -> list[dict[str, Any]]:
    """As people read them: that no purpose was said is said."""
    if format_ is Format.JSON:
        return rows
    return [row | {"purpose": row["purpose"] or NOT_SAID.say(language)} for row in rows]


def _line(criteria: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in criteria.items())


def _headings(words: Mapping[str, Words], language: str) -> dict[str, str]:
    return {name: heading.say(language) for name, heading in words.items()}


def _first_moment(text: str | None) -> datetime | None:
    """A time, or the beginning of a day."""
    if text is None or len(text) > len("2026-03-31"):
        return instant(text, "--since")
    last = instant(text, "--since")
    return None if last is None else start_of(day_of(last))
