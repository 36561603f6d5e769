"""What several commands are asked with: a municipality, moments, days, a format."""

from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain.values import Period
from services.cli.show import Format, err
from services.municipalities import code_of, name_of
from services.root import App
from services.store.municipality import Municipality
from services.views import FIRST_YEAR, LAST_YEAR
from services.wording import Wording

REFUSED = 2
SEVERAL_HAVE_IT = "Flere kommuner har et forløb med det id: angiv --municipality (several have)."
_DENMARK = ZoneInfo("Europe/Copenhagen")
_SPAN = f"skal ligge i årene {FIRST_YEAR}–{LAST_YEAR} (must be in these years)"


def by_its_name(text: str | None) -> str | None:
    """The code of a municipality given by code or name. Raises UnknownMunicipalityError."""
    return None if text is None else code_of(text)


MunicipalityOption = Annotated[
    str | None,
    typer.Option(
        "--municipality",
        callback=by_its_name,
        help="Kommunens navn eller kode; alle, hvis udeladt.",
    ),
]
OneMunicipality = Annotated[
    str,
    typer.Option(
        "--municipality", callback=by_its_name, help="Kommunens navn eller kode på fire cifre."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Hvad der gjaldt da (what was true then): dato eller tid."),
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="Hvad vi vidste da (what we knew then): dato eller tid."),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="Højst så mange rækker (so many rows at most)."),
]
CursorOption = Annotated[
    str | None,
    typer.Option("--cursor", help="Hvor listen fortsætter (where the list goes on)."),
]
By = Annotated[
    str | None, typer.Option("--by", help="Hvordan det deles (how it is divided), fx mentor.")
]
From = Annotated[
    str | None, typer.Option("--from", help="Periodens første dag (the period's first day).")
]
To = Annotated[
    str | None, typer.Option("--to", help="Første dag efter perioden (first day after it).")
]
OnlyCourse = Annotated[
    str | None, typer.Option("--course", help="Kun dette forløb (this course only).")
]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json eller csv.")]
WordsOption = Annotated[
    Wording | None,
    typer.Option("--words", help="Ord i CSV: da, en eller koder (what CSV is written in)."),
]


def stores_of(app: App, code: str | None) -> list[Municipality]:
    """The municipality of that code, or all that the database knows."""
    if code is None:
        return list(app.server.municipalities())
    name = name_of(code)
    found = [m for m in app.server.municipalities() if m.code == code]
    if not found:
        err.print(f"Ingen hændelser fra {name} (no events from there).")
    return found


def instant(text: str | None, option: str) -> datetime | None:
    """A time, or a date: the end of that day in Denmark."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None:
        raise typer.BadParameter(
            "skriv 2026-03-31 eller 2026-03-31T12:00:00+02:00 (a date, or a time with a zone)",
            param_hint=option,
        )
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise typer.BadParameter(_SPAN, param_hint=option)
    if len(text) == len("2026-03-31"):
        at = datetime.combine(at.date(), time.max, _DENMARK)
    elif at.tzinfo is None:
        raise typer.BadParameter(
            "tiden mangler zone, fx +02:00 (the time has no zone)", param_hint=option
        )
    return at.astimezone(UTC)


def period(from_: str | None, to: str | None) -> Period | None:
    """Half-open days; both or neither are given."""
    if from_ is None and to is None:
        return None
    for text, option in ((from_, "--from"), (to, "--to")):
        if text is None:
            raise typer.BadParameter(
                "--from og --to hører sammen (--from and --to go together)", param_hint=option
            )
    first, end = _day(from_, "--from"), _day(to, "--to")
    if end <= first:
        raise typer.BadParameter("skal ligge efter --from (must be after it)", param_hint="--to")
    return Period(first, end)


def _day(text: str | None, option: str) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        message = "skriv 2026-03-31 (write a date)"
        raise typer.BadParameter(message, param_hint=option) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(_SPAN, param_hint=option)
    return day
