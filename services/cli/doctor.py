"""`roedtraad doctor`: is everything as it should be?"""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import typer

from projections import tracking
from services.cli.show import Format, print_rows
from services.embedded.errors import EmbeddedError
from services.following.marks import is_idle
from services.municipalities import name_of
from services.projector import prepare
from services.root import App, open_app
from services.settings import Settings
from services.store.datastore import DatabaseUnreachableError
from services.store.keys import MissingKeyError
from services.store.schema import known_municipalities

FAILED = 1
Finding = dict[str, object]


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(doctor)


def doctor(format_: Format = typer.Option(Format.TABLE, "--format")) -> None:
    """Se efter, om alt er i orden. (Check that everything is as it should be.)"""
    try:
        with open_app(Settings(), temporal=True) as app:
            findings = list(_findings(app))
    except (DatabaseUnreachableError, EmbeddedError) as error:
        findings = [_finding("PostgreSQL", False, str(error))]
    headings = {"what": "Hvad", "ok": "I orden", "detail": "Nærmere"}
    print_rows("Tilstand", headings, findings, format_)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(FAILED)


def _findings(app: App) -> Iterator[Finding]:
    with app.server.pool.connection() as conn:
        version = conn.info.server_version // 10_000
    yield _finding("PostgreSQL", version >= 15, f"version {version}")
    unsafe = os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS", "").lower() in {"y", "yes", "true", "1"}
    yield _finding(
        "POSTGRES_ENABLE_DB_FUNCTIONS",
        not unsafe,
        "slået til: mister hændelser (on: loses events)" if unsafe else "slået fra (off)",
    )
    yield _tried("Temporal", lambda: asyncio.run(_reach(app)))
    for code in known_municipalities(app.server.pool):
        yield from _of_municipality(app, code)


def _of_municipality(app: App, code: str) -> Iterator[Finding]:
    name = name_of(code)
    try:
        store = app.server.municipality(code)
    except MissingKeyError as error:
        yield _finding(f"{name}: nøgle", False, str(error))
        return
    yield _finding(f"{name}: nøgle", True, "passer til databasen (fits the database)")
    prepare(store)
    with store.transaction() as cursor:
        behind = store.log_recorder.head(cursor).position
        behind -= tracking.reached(cursor, store.schema).position
    yield _finding(f"{name}: overblik", behind == 0, f"{behind} bagud (behind)")
    idle = is_idle(store, datetime.now(UTC))
    told = "ajour (up to date)" if idle else "`roedtraad up` indhenter det (catches up)"
    yield _finding(f"{name}: opfølgning", idle, told)


async def _reach(app: App) -> str:
    from services.following.connecting import connect

    assert app.temporal_address is not None
    await connect(app.temporal_address, app.settings.keys_folder)
    return app.temporal_address


def _tried(what: str, attempt: Callable[[], str]) -> Finding:
    try:
        return _finding(what, True, attempt())
    except RuntimeError as error:
        return _finding(what, False, type(error).__name__)


def _finding(what: str, ok: bool, detail: str) -> Finding:
    return {"what": what, "ok": ok, "detail": detail}
