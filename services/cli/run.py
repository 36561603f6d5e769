"""`roedtraad up` and `roedtraad serve`: the processes."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from services.audit.proof.cosigning import Cosigning
from services.audit.proof.signer import LogSigner
from services.audit.proof.witness_at import read_witnesses
from services.cli.mailing import outbox_of, with_mail
from services.cli.show import err
from services.collecting import keep_what_is_loaded
from services.embedded.child import dies_with
from services.logging import configure_logging
from services.processes import running
from services.projector import Projector
from services.root import App, open_app
from services.settings import Settings
from services.store.writing import utc_now


class RoleName(StrEnum):
    """What a process can be."""

    API = "api"
    PROJECTOR = "projector"
    DISPATCHER = "dispatcher"
    WORKER = "worker"
    SIGNER = "signer"


REFUSED = 2
_TRY = 0.25  # seconds
_TRIES = 240
ENGINE_ROLES = tuple(role.value for role in RoleName if role is not RoleName.API)
ALL_ROLES = tuple(role.value for role in RoleName)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.command()(up)
    app.command()(serve)


def up() -> None:
    """Start alt på de indbyggede servere. (Start everything on the embedded servers.)"""
    settings = Settings()
    need_port(settings)
    with (
        open_app(settings, temporal=True) as app,
        with_mail(app) as mailing,
        running(mailing, ALL_ROLES, tell_trouble),
    ):
        stay(app)


def need_port(settings: Settings) -> None:
    """End with a sentence where somebody else has the API's port."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((settings.api_host, settings.api_port))
        except OSError as error:
            err.print(
                f"Port {settings.api_port} på {settings.api_host} kan ikke bruges "
                f"({error.strerror}): sæt ROEDTRAAD_API_PORT. (Set another port.)"
            )
            raise typer.Exit(REFUSED) from None


def tell_trouble(troubled: str) -> None:
    """A role that doesn't stay up: which, and where its log is."""
    err.print(f"Kører ikke, prøver igen (isn't running, trying again): {troubled}")


def stay(app: App) -> None:
    """Say where things are, and stay until told to end."""
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    url = f"http://{app.settings.api_host}:{app.settings.api_port}"
    is_up = answers(app.settings.api_host, app.settings.api_port, stop.wait)
    told = "Rød Tråd kører (is running)" if is_up else "Svarer ikke endnu (doesn't answer yet)"
    err.print(f"{told}: {url}/docs")
    err.print(f"Logfiler og data (logs and data): {app.settings.home}")
    if app.settings.smtp_url is None:
        err.print(f"Breve (letters): {outbox_of(app.settings)}; `roedtraad digest show`")
    err.print("Stop med Ctrl-C (stop with Ctrl-C).")
    while not stop.wait(1.0):
        pass


def answers(host: str, port: int, wait: Callable[[float], bool]) -> bool:
    """Whether somebody takes connections there, within a minute; `wait` is for so many seconds, and
    true where nobody needs to know any more."""
    for _ in range(_TRIES):
        with contextlib.suppress(OSError), socket.create_connection((host, port), _TRY):
            return True
        if wait(_TRY):
            return False
    return False


def serve(role: Annotated[RoleName, typer.Argument(help="Processens rolle (its role).")]) -> None:
    """Kør én rolle, fx i en container. (Run one role, for instance in a container.)"""
    settings = Settings()
    configure_logging(settings.log_level)
    if settings.owner is not None:
        dies_with(settings.owner, signal.SIGTERM)()
    needs_temporal = role in (RoleName.DISPATCHER, RoleName.WORKER)
    with open_app(settings, temporal=needs_temporal, role=role.value) as app:
        match role:
            case RoleName.PROJECTOR:
                serve_projector(app)
            case RoleName.DISPATCHER:
                from services.worker import run_dispatcher

                asyncio.run(run_dispatcher(app))
            case RoleName.WORKER:
                from services.worker import run_worker

                asyncio.run(run_worker(app))
            case RoleName.SIGNER:
                serve_signer(app)
            case RoleName.API:
                from services.api.serve import run_api

                run_api(app)


def serve_projector(app: App) -> None:
    """Project until told to end."""
    _run(Projector(app.server))


def serve_signer(app: App) -> None:
    """Sign the auditors' logs until told to end."""
    kept = app.settings.looks_kept_months
    with Cosigning(app.server, read_witnesses(app.settings.witnesses)):
        _run(LogSigner(app.server, app.settings.log_name, utc_now, kept_months=kept))


def _run(follower: Projector | LogSigner) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: follower.stop())
    keep_what_is_loaded()
    follower.run()
