"""`roedtraad audit export`, `verify`, `verifier`: the whole history, and that it is unchanged."""

import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NamedTuple

import typer

from services.audit.proof import standalone
from services.audit.proof.bundle import NothingSignedError, write_bundle
from services.audit.proof.cosigning import CosigningError, cosign_next
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.notes import NoteError
from services.audit.proof.proving import (
    NotInTheLogError,
    consistency,
    inclusion,
    inclusion_at,
)
from services.audit.proof.signer import log_of
from services.audit.proof.tiles import MissingTileError
from services.audit.proof.witness_at import read_witnesses
from services.cli.audit.whole import OutFile, whole_file
from services.cli.looking import PurposeOption, look_at_all
from services.cli.options import FormatOption, MunicipalityOption, OneMunicipality, stores_of
from services.cli.show import Format, counted_as_told, err, print_json, print_lines
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.writing import utc_now

FAILED, REFUSED = 1, 2
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="VKEY", help="Loggens nøgle, fået ad anden vej (got otherwise)."),
]
Seen = Annotated[
    list[Path] | None,
    typer.Option(
        "--seen",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Et checkpoint, som I har gemt (a checkpoint that you kept).",
    ),
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        metavar="VKEY",
        help="Nøglen til et vidne, der skal have medunderskrevet (of a witness); kan gentages.",
    ),
]


class Which(StrEnum):
    """The logs of a municipality."""

    EVENTS = EVENTS
    ACCESS = ACCESS


class Given(NamedTuple):
    """What the auditor has from elsewhere: the log's key, checkpoints' texts, witnesses' keys."""

    key: str | None
    seen: list[str]
    witnesses: list[str]


WhichLog = Annotated[Which, typer.Option("--log", help="access er adgangsloggen (who looked).")]


def add_to(audit: typer.Typer) -> None:
    """Name the commands."""
    audit.command()(export)
    audit.command()(verify)
    audit.command()(prove)
    audit.command()(verifier)


def export(
    file: OutFile,
    municipality: OneMunicipality,
    log: WhichLog = Which.EVENTS,
    purpose: PurposeOption = None,
) -> None:
    """Skriv hele historien med beviser i en fil. (Write the whole history with its proofs.)

    Den kontrolleres med `audit verify`, eller uden os med filen fra `audit verifier`.
    """
    settings = Settings()
    with open_app(settings) as app:
        for store in stores_of(app, municipality):
            look_at_all(store)
            # Whoever reads it finds a whole bundle, or none.
            with whole_file(file) as out:
                _write(app, store, log, out)
            err.print(f"{file}: {file.stat().st_size:,} byte".replace(",", "."))


def _write(app: App, store: Municipality, log: str, out: BinaryIO) -> None:
    one = log_of(app.server, store, app.settings.log_name, log)
    with counted_as_told(f"{name_of(store.code)}: {log}") as tell:
        write_bundle(store, one, out, utc_now(), tell, lambda: _cosigned(app, store, log))


def _cosigned(app: App, store: Municipality, log: str) -> None:
    """Have the witnesses that are set cosign what was just signed; say who doesn't."""
    for witness in read_witnesses(app.settings.witnesses):
        try:
            while cosign_next(store, log, witness):
                pass
        except (CosigningError, NotInTheLogError, MissingTileError, NoteError) as error:
            what = "medunderskriver ikke (doesn't cosign)"
            err.print(f"{witness.key.name} {what}: {error}", soft_wrap=True)


def verify(
    bundle: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            exists=True,
            dir_okay=False,
            help="Et bundt; uden: det, der ligger i databasen (without: what the database holds).",
        ),
    ] = None,
    municipality: MunicipalityOption = None,
    log: WhichLog = Which.EVENTS,
    key: Key = None,
    seen: Seen = None,
    witness: Witnesses = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Kontrollér, at intet er ændret, slettet eller skudt ind. (Verify that nothing was changed.)

    Er noget galt, nævnes det første, og koden er 1. (Names the first that is wrong, ends with 1.)
    """
    notes = [path.read_text(encoding="utf-8") for path in seen or ()]
    given = Given(key, notes, witness or [])
    if bundle is None:
        verdicts = list(_live(municipality, log, given))
    else:
        verdicts = [_judged(str(bundle), bundle, given)]
    if format_ is Format.JSON:
        print_json({"rows": verdicts})
    else:
        print_lines(f"{each['of']}: {standalone.words(each)}" for each in verdicts)
    found = {each["verdict"] for each in verdicts}
    if found - {"right"}:
        raise typer.Exit(FAILED if "wrong" in found else REFUSED)


def _live(municipality: str | None, log: str, given: Given) -> Iterator[dict[str, Any]]:
    """The verdict on what the database holds, written out as a bundle and verified as one is."""
    settings = Settings()
    with open_app(settings) as app, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.ndjson"
        for store in stores_of(app, municipality):
            try:
                with path.open("wb") as out:
                    _write(app, store, log, out)
            except NothingSignedError:
                continue  # nothing ever happened there
            own = log_of(app.server, store, settings.log_name, log)
            pinned = given._replace(key=given.key or str(own.first_key()))
            verdict = _judged(name_of(store.code), path, pinned)
            # What was signed last is remembered here, and in no bundle.
            if verdict["verdict"] == "right" and (why := own.trouble()):
                verdict |= {"verdict": "wrong", "index": None, "why": why}
            yield verdict


def _judged(of: str, path: Path, given: Given) -> dict[str, Any]:
    with counted_as_told(of) as tell:
        key, seen, witnesses = given
        return {"of": of, **standalone.judged(str(path), key, seen, tell, witnesses)}


def prove(
    municipality: OneMunicipality,
    log: WhichLog = Which.EVENTS,
    position: Annotated[
        int | None,
        typer.Option(
            "--position", help="Hændelsens plads, som kvitteringen har den (its position)."
        ),
    ] = None,
    index: Annotated[
        int | None,
        typer.Option("--index", min=0, help="Dens indeks i loggen, fra 0 (its index in the log)."),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option("--since", min=0, help="Bevis, at loggen går videre fra denne størrelse."),
    ] = None,
) -> None:
    """Bevis, at en hændelse er i loggen, eller at loggen kun er vokset. (Prove either.)

    Til en fil: `… > event.tlog-proof`. Den kontrolleres med `audit verify FILE --key VKEY`.
    """
    if [position, index, since].count(None) != 2:
        raise typer.BadParameter("en af --position, --index og --since (one of them)")
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            if position is not None:
                sys.stdout.write(inclusion(store, log, position))
            elif index is not None:
                sys.stdout.write(inclusion_at(store, log, index))
            elif since is not None:
                sys.stdout.write(str(consistency(store, log, since)))


def verifier() -> None:
    """Skriv kontrolprogrammet: én fil, der kører uden os. (Print the verifier, a file by itself.)

    Kræver Python 3.10 og pakken cryptography: `roedtraad audit verifier > roedtraad_verify.py`
    """
    sys.stdout.write(Path(standalone.__file__).read_text(encoding="utf-8"))
