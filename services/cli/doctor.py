"""`roedtraad doctor`: is everything as it should be?"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer
from eventsourcing.persistence import PersistenceError
from rich.progress import Progress

from domain.calendar import day_of
from services.audit.proof.signer import logs_of
from services.audit.proof.standing import signer_is_up, standings
from services.builders import OtherProgramError
from services.cli.show import Format, print_rows, progress_bar
from services.digests.marks import TROUBLED, Letters, Outcome
from services.embedded.errors import EmbeddedError
from services.following.marks import is_idle
from services.freshness import freshness, stale_because
from services.mail.server import mail_server
from services.municipalities import name_of
from services.projector import prepare
from services.root import App, open_app
from services.settings import Settings
from services.store.datastore import COMMAND, DatabaseUnreachableError, is_lost, others
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.webhooks.health import health_of

if TYPE_CHECKING:
    from services.replaying import Replayed

FAILED = 1
Finding = dict[str, object]


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(doctor)


def doctor(
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Afspil alle workflows, ikke en stikprøve (replay all, not a sample)."
        ),
    ] = False,
    format_: Format = typer.Option(Format.TABLE, "--format"),
) -> None:
    """Se efter, om alt er i orden. (Check that everything is as it should be.)"""
    try:
        with open_app(Settings(), temporal=True) as app:
            findings = list(_findings(app, every=every))
    except (DatabaseUnreachableError, EmbeddedError) as error:
        findings = [_finding("PostgreSQL", False, str(error))]
    headings = {"what": "Hvad", "ok": "I orden", "warning": "Bemærk", "detail": "Nærmere"}
    print_rows("Tilstand", headings, findings, format_)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(FAILED)


def _findings(app: App, *, every: bool) -> Iterator[Finding]:
    with app.server.pool.connection() as conn:
        version = conn.info.server_version // 10_000
    yield _finding("PostgreSQL", version >= 15, f"version {version}")
    unsafe = os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS", "").lower() in {"y", "yes", "true", "1"}
    yield _finding(
        "POSTGRES_ENABLE_DB_FUNCTIONS",
        not unsafe,
        "slået til: mister hændelser (on: loses events)" if unsafe else "slået fra (off)",
    )
    roles = sorted(others(app.server.pool) - {COMMAND})
    listed = ", ".join(roles) or "ingen; `roedtraad up` starter dem (none; starts them)"
    yield _finding("Roller, der kører (roles running)", True, listed)
    yield from _of_issuers(app.settings)
    yield _of_mail(app.settings)
    yield from _of_temporal(app, every=every)
    for code in known_municipalities(app.server.pool):
        try:
            yield from _of_municipality(app, code)
        except (psycopg.Error, PersistenceError) as error:
            if is_lost(error):
                raise
            kind = type(error.__cause__ or error).__name__
            told = f"tabeller kan ikke bruges (tables can't be used): {kind}"
            yield _finding(f"{name_of(code)}: database", False, told)


def _of_issuers(settings: Settings) -> Iterator[Finding]:
    """Whether the keys of whoever issues tokens can be had."""
    if not settings.issuers:
        return
    from services.access.fetching import KeysUnavailableError, find_keys

    for issuer in settings.issuers:
        what = f"Udsteder (issuer): {issuer}"
        try:
            found = find_keys(issuer, settings.jwks)
        except KeysUnavailableError as error:
            yield _finding(what, False, f"nøgler kan ikke hentes (keys can't be had): {error}")
        else:
            yield _finding(what, True, f"{len(found.keys)} nøgler (keys)")


def _of_mail(settings: Settings) -> Finding:
    """Where the daily letters go."""
    off = (
        f"slået fra: ROEDTRAAD_SMTP_URL er ikke sat; `roedtraad up` lægger dem i"
        f" {settings.home / 'outbox'} (off; `up` keeps them there)"
    )
    if settings.smtp_url is None:
        return _finding("Breve (letters)", True, off)
    server = mail_server(settings.smtp_url)
    return _finding("Breve (letters)", True, f"{server.host}:{server.port}, TLS: {server.tls}")


def _of_letters(store: Municipality, today: date) -> Finding:
    """Whether the letters of the last seven days reached everybody."""
    marks = Letters(store).since(today - timedelta(days=6))
    outcomes = Counter(mark.outcome for mark in marks)
    missed = sum(outcomes[one] for one in TROUBLED)
    told = (
        f"7 dage (days): {outcomes[Outcome.SENT]} sendt (sent), {missed} ikke modtaget (not taken),"
        f" {outcomes[Outcome.NO_ADDRESS]} uden adresse (no address); `roedtraad digest list`"
    )
    return _finding(f"{name_of(store.code)}: breve", missed == 0, told)


def _of_municipality(app: App, code: str) -> Iterator[Finding]:
    name = name_of(code)
    try:
        store = app.server.municipality(code)
    except MissingKeyError as error:
        yield _finding(f"{name}: nøgle", False, str(error))
        return
    yield _finding(f"{name}: nøgle", True, "passer til databasen (fits the database)")
    yield of_views(store)
    yield _of_log(app, store)
    idle = is_idle(store, datetime.now(UTC))
    told = "ajour (up to date)" if idle else "`roedtraad up` indhenter det (catches up)"
    yield _finding(f"{name}: opfølgning", idle, told)
    if store.citizens_looked_up() is None:
        told = "`roedtraad citizens link` slår ældre CPR-numre op (looks older numbers up)"
        yield _finding(f"{name}: samme borger", True, told, True)
    yield _of_webhooks(store, datetime.now(UTC))
    yield _of_letters(store, day_of(datetime.now(UTC)))


def of_views(store: Municipality) -> Finding:
    """Whether the views are of this edition, and reflect the whole log: also what is parked."""
    what = f"{name_of(store.code)}: overblik"
    try:
        prepare(store)
    except OtherProgramError as error:
        return _finding(what, False, str(error))
    found = freshness(store, datetime.now(UTC))
    reasons = stale_because(0, found.parked.streams, found.other_edition)
    told = [f"{found.head - found.position} bagud (behind)"]
    told += [f"{one.da} ({one.en})" for one in reasons]
    return _finding(what, found.up_to_date, "; ".join(told))


def _of_log(app: App, store: Municipality) -> Finding:
    """Whether what is stored is signed; without a signer it waits, and is found by nobody else."""
    events, looks = standings(store, datetime.now(UTC))
    told = (
        f"{events.signed} hændelser (events), {looks.signed} opslag (looks) underskrevet (signed)"
    )
    is_late, is_up = events.is_late or looks.is_late, signer_is_up(app.server)
    for one, what in ((events, "usignerede hændelse (event)"), (looks, "usignerede opslag (look)")):
        if one.is_late:
            told += f", ældste {what}: {one.unsigned_seconds:.0f} s"
    if is_late and not is_up:
        told += "; `roedtraad up` eller `audit sign` underskriver (signs)"
    late = is_late and is_up
    for each in logs_of(app.server, store, app.settings.log_name):
        if why := each.trouble():
            late, told = True, f"{told}; {each.log}: {why}"
    return _finding(f"{name_of(store.code)}: revisionslog", not late, told, is_late)


def _of_webhooks(store: Municipality, now: datetime) -> Finding:
    """Whether all are taken, or are at least tried again soon."""
    found = health_of(store, now)
    told = (
        f"{found.webhooks}, heraf {found.failing} i vanskeligheder (in trouble),"
        f" {found.standing} har stået stille i en time eller opgivet (stand still),"
        f" {found.paused} på pause (paused); {found.dead_letters} ulevéret (dead letters)"
    )
    return _finding(f"{name_of(store.code)}: webhooks", found.is_good, told, bool(found.failing))


def _of_temporal(app: App, *, every: bool) -> list[Finding]:
    """Whether Temporal answers, and whether what runs there would go on with this program."""
    from temporalio.service import RPCError

    assert app.temporal_address is not None
    try:
        with progress_bar() as bar:
            return asyncio.run(_replay(app, app.temporal_address, bar, every=every))
    except (RuntimeError, RPCError) as error:
        return [_finding("Temporal", False, type(error).__name__)]


async def _replay(app: App, address: str, bar: Progress, *, every: bool) -> list[Finding]:
    from services.following.connecting import connect
    from services.replaying import MOST, replayed

    client = await connect(address, app.settings.keys_folder)
    task = bar.add_task("Afspiller workflows", total=None)
    found = await replayed(
        client,
        lambda done, total: bar.update(task, completed=done, total=total),
        most=None if every else MOST,
    )
    return [_finding("Temporal", True, address), *map(_of_workflows, found)]


def _of_workflows(found: "Replayed") -> Finding:
    tried = f"{found.tried} af {found.running} afspillet (of {found.running} replayed)"
    if found.is_sample:
        tried = f"stikprøve (a sample): {tried}; `roedtraad doctor --all` afspiller alle (all)"
    if found.failing:
        tried += (
            f"; {len(found.failing)} kan ikke gå videre med dette program"
            f" (can't go on): {', '.join(found.failing)}."
            " `roedtraad follow-ups reconcile --anew` begynder dem forfra (begins them anew)."
        )
    return _finding(f"Workflow: {found.workflow}", not found.failing, tried)


def _finding(what: str, ok: bool, detail: str, warning: bool = False) -> Finding:
    """`warning`: it is in order, and worth a look."""
    return {"what": what, "ok": ok, "warning": ok and warning, "detail": detail}
