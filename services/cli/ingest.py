"""`roedtraad ingest`: files of events in."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import OneMunicipality
from services.cli.show import counted, err
from services.ingest import Outcome, ingest_file
from services.municipalities import name_of
from services.root import open_app
from services.settings import Settings

REFUSED = 2


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(ingest)


def ingest(
    files: Annotated[list[Path], typer.Argument(help="Newline-delimited CloudEvents.")],
    municipality: OneMunicipality,
) -> None:
    """Indlæs filer med hændelser. (Take in files of events.)

    Kan køres igen efter et afbrud: intet mistes, og intet gemmes to gange.
    """
    name = name_of(municipality)
    missing = [path for path in files if not path.is_file()]
    if missing:
        err.print(f"Filen findes ikke (no such file): {missing[0]}")
        raise typer.Exit(REFUSED)
    settings = Settings()
    total: Counter[str] = Counter()
    with open_app(settings) as app:
        store = app.server.municipality(municipality)
        for path in files:
            with counted(f"{name}: {path.name}", path.stat().st_size) as done:
                outcome = ingest_file(store, path, settings.home / "refused", done)
            tell(path, outcome)
            total += outcome.counts
    if total["refused"] or total["conflict"]:
        raise typer.Exit(REFUSED)


def tell(path: Path, outcome: Outcome) -> None:
    """What became of a file, in one line; where its refused lines lie in another."""
    counts = outcome.counts
    resumed = f" Fortsat efter linje {outcome.resumed_at}." if outcome.resumed_at else ""
    err.print(
        f"{path.name}: {counts['stored']} gemt (stored), {counts['duplicate']} kendt i forvejen "
        f"(duplicate), {counts['conflict']} i konflikt (conflict), {counts['refused']} afvist "
        f"(refused).{resumed}",
    )
    if outcome.refused:
        err.print(
            f"De afviste linjer og hvorfor (refused lines and why): {outcome.refused}",
            soft_wrap=True,
        )
