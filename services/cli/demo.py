"""`roedtraad demo`: the trial's thirteen municipalities, from events to Table 24."""

from collections import Counter
from datetime import UTC, datetime, time
from time import monotonic, sleep
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain.calendar import day_of
from services.cli import demo_tables
from services.cli.digest import post_of
from services.cli.mailing import outbox_of, with_mail
from services.cli.run import ALL_ROLES, ENGINE_ROLES, need_port, stay, tell_trouble
from services.cli.show import counted, err, out, progress_bar
from services.demo.receiver import shown_webhooks
from services.demo.run import Demo, NotADemoError, Trial
from services.digests.marks import Outcome
from services.following.marks import is_idle
from services.municipalities import name_of
from services.processes import running
from services.projector import catch_up, prepare
from services.root import App, open_app
from services.rules import record_default
from services.settings import Settings
from services.views import VIEWS, Row, ask, bring_up_to_date

REFUSED = 2
_STALLED = 180.0  # seconds without one more municipality done
_DENMARK = ZoneInfo("Europe/Copenhagen")


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(demo)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Begynd forfra (begin anew).")] = False,
    exit_: Annotated[bool, typer.Option("--exit", help="Stop efter udskriften.")] = False,
) -> None:
    """Kør forsøgets tretten kommuner igennem. (Run the thirteen municipalities of the trial.)"""
    settings = Settings()
    if not exit_:
        need_port(settings)
    roles = ENGINE_ROLES if exit_ else ALL_ROLES
    with open_app(settings, temporal=True) as app:
        try:
            trial = _load(app, fresh)
        except NotADemoError as error:
            err.print(str(error))
            raise typer.Exit(REFUSED) from None
        _print_tables(app, trial)
        with with_mail(app, own=True) as mailing, running(mailing, roles, tell_trouble):
            _follow_up(app, trial)
            _print_running(app, trial)
            _write_letters(mailing, trial)
            if not exit_:
                with shown_webhooks(Demo(app).stores(trial)[0]) as address:
                    err.print(f"Webhooks, som de sendes (as they are sent): {address}")
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
        )
    return trial


def _print_tables(app: App, trial: Trial) -> None:
    """The report's tables, as of the trial's last day."""
    last = datetime.combine(trial.last_day, time.max, _DENMARK).astimezone(UTC)
    out.print(f"Forsøgets sidste dag (the trial's last day): {trial.last_day:%d.%m.%Y}\n")
    demo_tables.table_24(_rows(app, trial, "caseload", last))
    demo_tables.table_25(_rows(app, trial, "supervision", last))


def _print_running(app: App, trial: Trial) -> None:
    """What a coordinator asks today."""
    demo_tables.follow_ups(_rows(app, trial, "worklist"))
    demo_tables.role_clarity(_rows(app, trial, "role-clarity"))
    demo_tables.mentor_roles(_rows(app, trial, "mentor-roles"))


def _write_letters(app: App, trial: Trial) -> None:
    """Today's letters, to a mailbox of our own, whatever is set and also on a day off."""
    post, outcomes = post_of(app), Counter[Outcome]()
    stores = Demo(app).stores(trial)
    bring_up_to_date(stores)
    with counted("Breve (letters)", len(stores)) as done:
        for number, store in enumerate(stores, 1):
            outcomes += post.send_all(store, day_of(datetime.now(UTC)))
            done(number)
    out.print(
        f"Breve (letters): {outcomes[Outcome.SENT]} i {outbox_of(app.settings)};"
        f" {outcomes[Outcome.NO_ADDRESS]} personer har ingen adresse (have no address)."
        " Se det seneste: `roedtraad digest show` (see the last one).",
        soft_wrap=True,
    )


def _rows(app: App, trial: Trial, view: str, as_of: datetime | None = None) -> list[Row]:
    stores = Demo(app).stores(trial)
    bring_up_to_date(stores)
    return ask(VIEWS[view], stores, as_of=as_of, now=datetime.now(UTC)).rows


def _follow_up(app: App, trial: Trial) -> None:
    """Wait until the engine has found all that is due."""
    stores = Demo(app).stores(trial)
    for store in stores:
        record_default(store)  # of a new release these are news, which the wait is for too
    before, since = -1, monotonic()
    with counted("Opfølgninger (follow-ups)", len(stores)) as done:
        while monotonic() < since + _STALLED:
            idle = sum(is_idle(store, datetime.now(UTC)) for store in stores)
            done(idle)
            if idle == len(stores):
                return
            if idle != before:
                before, since = idle, monotonic()
            sleep(0.5)
    err.print(
        "Opfølgningerne er ikke færdige; se loggene, og prøv `roedtraad doctor`. "
        "(The follow-ups aren't done; see the logs.)"
    )
