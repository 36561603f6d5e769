"""`roedtraad audit witness`: cosign logs that only grow, from another machine than the log's."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from services.audit.proof.accepting import LONGEST_REASON
from services.audit.proof.notes import NoteError, read_verifier
from services.audit.proof.witness import NoWitnessError, RefusedError, Witness, read_request
from services.audit.proof.witnessing import witness_app
from services.cli.show import err

FAILED, REFUSED = 1, 2
_END = 10  # seconds that requests under way are waited for
witness = typer.Typer(
    help="Vidne: medunderskriv logge, der kun vokser (cosign logs that only grow).",
    no_args_is_help=True,
)
Folder = Annotated[
    Path, typer.Option("--state", metavar="DIR", help="Vidnets egen mappe (its own folder).")
]


def add_to(audit: typer.Typer) -> None:
    """Name the group of commands."""
    audit.add_typer(witness, name="witness")


@witness.command()
def begin(
    state: Folder,
    name: Annotated[str, typer.Option("--name", help="Fx witness.kommune.dk (a name of yours).")],
) -> None:
    """Lav vidnets nøgle, og vis den offentlige. (Make its key, and show the public one.)"""
    if "+" in name or any(char.isspace() for char in name):
        raise typer.BadParameter("uden mellemrum og + (no spaces, no +)", param_hint="--name")
    sys.stdout.write(f"{Witness(state).begin(name)}\n")


@witness.command()
def trust(
    key: Annotated[str, typer.Argument(metavar="VKEY", help="Fra (from) roedtraad audit keys.")],
    state: Folder,
    handover: Annotated[
        Path | None,
        typer.Option(
            "--handover",
            exists=True,
            dir_okay=False,
            help="Noten, hvori den gamle nøgle indsætter den nye (the note that names it).",
        ),
    ] = None,
) -> None:
    """Følg en log, eller tag dens næste nøgle. (Follow a log, or take its next key.)"""
    note = handover.read_text(encoding="utf-8") if handover else None
    with _said():
        Witness(state).trust(read_verifier(key), note)


@witness.command()
def add(
    request: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Fra (from) roedtraad audit prove --since SIZE.",
        ),
    ],
    state: Folder,
) -> None:
    """Medunderskriv et checkpoint fra en fil. (Cosign a checkpoint from a file.)

    Er loggen blevet kortere eller en anden, er koden 1. (A log that shrank or forked ends with 1.)
    """
    try:
        asked = read_request(request.read_text(encoding="utf-8"))
        sys.stdout.write(str(Witness(state).add(asked, int(time.time()))))
    except (RefusedError, NoWitnessError, UnicodeDecodeError) as error:
        if isinstance(error, RefusedError) and error.is_alarm:
            _shout(str(error))
            raise typer.Exit(FAILED) from None
        err.print(f"Ikke medunderskrevet (not cosigned): {error}", soft_wrap=True)
        raise typer.Exit(REFUSED) from None


@witness.command()
def accept(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Et checkpoint fra loggen, som den er nu (of the log as it is now).",
        ),
    ],
    state: Folder,
    reason: Annotated[
        str, typer.Option("--reason", help="Hvorfor; gemmes i vidnets mappe (why; is kept).")
    ],
) -> None:
    """Følg en log fra et checkpoint, der ikke fortsætter fra det sidst sete. (Settle an alarm.)

    Fx når loggens database er genskabt efter et uheld. Det, der er set før, bliver liggende som
    bevis. (As after a disaster; what was seen before is kept as evidence.)
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON or not reason.isprintable():
        raise typer.BadParameter(f"--reason: 1–{LONGEST_REASON} tegn på en linje (on one line)")
    with _said():
        text = checkpoint.read_text(encoding="utf-8")
        found = Witness(state).accept(text, reason.strip(), int(time.time()))
    told = f"{found.before or '-'} → {found.after}"
    sys.stdout.write(f"{found.log}: godtaget (accepted): {told}\n")


@witness.command()
def serve(
    state: Folder,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8050,
) -> None:
    """Svar logge over HTTP (C2SP tlog-witness). (Answer logs over HTTP.)"""
    one = Witness(state)
    with _said():
        key = one.signer().cosigner
    err.print(f"{key}\nhttp://{host}:{port}/add-checkpoint", soft_wrap=True)
    uvicorn.run(
        witness_app(one, _shout),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_END,
    )


@contextmanager
def _said() -> Iterator[None]:
    """What is refused is said, and the code is 2."""
    try:
        yield
    except (NoteError, RefusedError, NoWitnessError, UnicodeDecodeError) as error:
        err.print(str(error), soft_wrap=True)
        raise typer.Exit(REFUSED) from None


def _shout(why: str) -> None:
    err.print(f"ALARM: {why}", style="bold red", soft_wrap=True)
