"""`roedtraad demo`: the trial's thirteen municipalities, from events to Table 24."""

from collections import Counter
from datetime import UTC, datetime, time
from time import sleep
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain import codes
from services.cli.run import ALL_ROLES, stay
from services.cli.show import counted, err, out, print_table, progress_bar
from services.demo.run import Demo, NotADemoError, Trial
from services.following.marks import is_idle
from services.municipalities import danish_order, name_of
from services.processes import running
from services.projector import catch_up, prepare
from services.root import App, open_app
from services.settings import Settings
from services.views import VIEWS, Row, ask

REFUSED = 2
_DENMARK = ZoneInfo("Europe/Copenhagen")
_BANDS = {"<10": "under 10", "10-14": "10-14", "15-19": "15-19", "20+": "20+"}
_MODELS = {
    1: "1. Leder eller koordinator er supervisor",
    2: "2. Intern supervisor",
    3: "3. Ekstern supervisor",
    4: "4. Ingen systematisk supervision",
}


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(demo)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Begynd forfra (begin anew).")] = False,
    exit_: Annotated[bool, typer.Option("--exit", help="Stop efter udskriften.")] = False,
) -> None:
    """Kør forsøgets tretten kommuner igennem. (Run the thirteen municipalities of the trial.)"""
    with open_app(Settings(), temporal=True) as app:
        try:
            trial = _load(app, fresh)
        except NotADemoError as error:
            err.print(str(error), highlight=False)
            raise typer.Exit(REFUSED) from None
        _print_tables(app, trial)
        with running(app, ALL_ROLES):
            _follow_up(app, trial)
            _print_follow_ups(app, trial)
            if not exit_:
                stay(app)


def _load(app: App, fresh: bool) -> Trial:
    demo = Demo(app)
    if fresh:
        demo.begin_anew()
    with progress_bar() as bar:
        making = bar.add_task("Forsøgets filer (files)", total=None)
        trial = demo.trial(
            datetime.now(UTC), lambda _, n, of: bar.update(making, completed=n, total=of)
        )
        bar.update(making, completed=1, total=1)
        taking = bar.add_task("Indlæsning (ingest)", total=None)

        def took(what: str, done: int, total: int) -> None:
            name = name_of(what[:4])
            bar.update(taking, completed=done, total=total, description=f"Indlæsning: {name}")

        counts = demo.ingest(trial, took)
        bar.update(taking, completed=1, total=1, description="Indlæsning (ingest)")
        viewing = bar.add_task("Overblik (views)", total=len(trial.codes))
        for store in demo.stores(trial):
            prepare(store)
            catch_up(store)
            bar.advance(viewing)
    if counts:
        err.print(
            f"{counts['stored']} hændelser gemt (stored), {counts['duplicate']} kendt i forvejen "
            f"(duplicate), {counts['refused'] + counts['conflict']} afvist (refused).",
            highlight=False,
        )
    return trial


def _print_tables(app: App, trial: Trial) -> None:
    now = datetime.now(UTC)
    last = datetime.combine(trial.last_day, time.max, _DENMARK).astimezone(UTC)
    stores = Demo(app).stores(trial)
    out.print(f"Forsøgets sidste dag (the trial's last day): {trial.last_day:%d.%m.%Y}\n")
    table_24(ask(VIEWS["caseload"], stores, as_of=last, now=now).rows)
    table_25(ask(VIEWS["supervision"], stores, as_of=last, now=now).rows)


def _follow_up(app: App, trial: Trial) -> None:
    """Wait until the engine has found all that is due."""
    stores = Demo(app).stores(trial)
    with counted("Opfølgninger (follow-ups)", len(stores)) as done:
        while True:
            idle = sum(is_idle(store, datetime.now(UTC)) for store in stores)
            done(idle)
            if idle == len(stores):
                return
            sleep(0.5)


def _print_follow_ups(app: App, trial: Trial) -> None:
    rows = ask(VIEWS["worklist"], Demo(app).stores(trial), now=datetime.now(UTC)).rows
    counts = Counter((row["municipality"], row["rule"]) for row in rows)
    places = sorted({place for place, _ in counts}, key=danish_order)
    rules = sorted({rule for _, rule in counts})
    headings = {"place": "Kommune"} | {rule: codes.rules.danish[rule] for rule in rules}
    print_table(
        f"Åbne opfølgninger ({len(rows)})",
        headings,
        [{"place": place} | {rule: counts[place, rule] for rule in rules} for place in places],
    )


def table_24(rows: list[Row]) -> None:
    """Table 24: participants per full-time mentor."""
    grouped = [
        {
            "band": _BANDS[band],
            "places": "\n".join(
                f"{row['municipality']} ({row['participants']} / {row['fte']:.1f} = "
                f"{row['per_fte']:.1f})".replace(".", ",")
                for row in rows
                if row["band"] == band
            ),
        }
        for band in _BANDS
        if any(row["band"] == band for row in rows)
    ]
    title = "Tabel 24: Antal deltagere pr. fuldtidsmentor"
    print_table(title, {"band": "Deltagere pr. fuldtidsmentor", "places": "Kommuner"}, grouped)


def table_25(rows: list[Row]) -> None:
    """Table 25: models of supervision, in brackets where only predominantly; and who has none."""
    grouped = [
        {
            "model": title,
            "places": ", ".join(
                f"({row['municipality']})" if row["partial"] else row["municipality"]
                for row in rows
                if row["model"] == model
            ),
        }
        for model, title in _MODELS.items()
    ]
    print_table(
        "Tabel 25: Modeller for supervision af mentorer",
        {"model": "Model", "places": "Kommuner"},
        grouped,
    )
    missing = sorted(
        (r["municipality"] for r in rows if not r["requirement_met"]), key=danish_order
    )
    out.print(f"Indsatspunkt 10 (supervision) er ikke opfyldt: {', '.join(missing) or 'ingen'}\n")
