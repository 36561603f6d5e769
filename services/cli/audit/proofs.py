"""`roedtraad audit export`, `verify`, `verifier`: the whole history, and that it is unchanged."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NamedTuple

import msgspec
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
from services.cli.show import Format, counted_as_told, err, print_csv, print_json, print_lines
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.writing import utc_now

FAILED, REFUSED = 1, 2
_LONGEST_HEAD = 1 << 20  # characters
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="VKEY", help="Loggens nøgle, fået ad anden vej (got otherwise)."),
]
Seen = Annotated[
    list[Path] | None,
    typer.Option("--seen", metavar="FILE", help="Checkpoints, som I har gemt (that you kept)."),
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        metavar="VKEY",
        help="Nøglen til et vidne, der skal have medunderskrevet (of a witness); kan gentages.",
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep",
        metavar="FILE",
        help="Skriv det nyeste checkpoint hertil, når alt er rigtigt (write the newest here).",
    ),
]
_COLUMNS = ("of", "verdict", "index", "why", "origin", "entries", "pruned", "checkpoints", "key")


class Which(StrEnum):
    """The logs of a municipality."""

    EVENTS = EVENTS
    ACCESS = ACCESS


class Given(NamedTuple):
    """What the auditor has from elsewhere: the log's key, checkpoints, witnesses' keys."""

    key: str | None
    seen: Sequence[str | Path]
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
            help="Et bundt; uden: det, der ligger i databasen (without: what the database holds).",
        ),
    ] = None,
    municipality: MunicipalityOption = None,
    log: Annotated[
        Which | None, typer.Option("--log", help="events, hvis udeladt (otherwise).")
    ] = None,
    key: Key = None,
    seen: Seen = None,
    witness: Witnesses = None,
    keep: Keep = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Kontrollér, at intet er ændret, slettet eller skudt ind. (Verify that nothing was changed.)

    Er noget galt, nævnes det første, og koden er 1. (Names the first that is wrong, ends with 1.)
    """
    given = Given(key, seen or [], witness or [])
    if bundle is None:
        verdicts = list(_live(municipality, log or EVENTS, given))
    elif other := _other(bundle, municipality, log):
        verdicts = [_unreadable(str(bundle), other)]
    else:
        verdicts = [_judged(str(bundle), bundle, given)]
    if keep:
        verdicts = standalone.keep(keep, verdicts)
    _show(verdicts, format_)
    found = {each["verdict"] for each in verdicts}
    if found - {"right"}:
        raise typer.Exit(FAILED if "wrong" in found else REFUSED)


def _show(verdicts: list[dict[str, Any]], format_: Format) -> None:
    match format_:
        case Format.JSON:
            print_json({"rows": verdicts})
        case Format.CSV:
            print_csv(verdicts, _COLUMNS)
        case Format.TABLE:
            several = {"checkpoint": None} if len(verdicts) > 1 else {}
            for each in verdicts:
                print_lines([f"{each['of']}: {standalone.words({**each, **several})}"])


def _unreadable(of: str, why: str) -> dict[str, Any]:
    return {"of": of, "verdict": "unreadable", "index": None, "why": why}


def _other(path: Path, municipality: str | None, log: str | None) -> str | None:
    """Why a file isn't of the municipality or log that was asked for; None where it says to be."""
    try:
        with path.open(encoding="utf-8") as file:
            first = file.readline(_LONGEST_HEAD)
            is_bundle = first.startswith("{")
            note = "" if is_bundle else file.read(_LONGEST_HEAD).partition("\n\n")[2]
        origin = str(msgspec.json.decode(first)["origin"]) if is_bundle else note.split("\n")[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # whoever verifies it will say why
    of = origin.split("/")[-2:]
    if len(of) == 2 and (municipality in (None, of[0]) and log in (None, of[1])):
        return None
    return f"filen er af {origin}, og der er spurgt om en anden log (another log was asked for)"


def _live(municipality: str | None, log: str, given: Given) -> Iterator[dict[str, Any]]:
    """The verdict on what the database holds, written out as a bundle and verified as one is."""
    settings = Settings()
    try:
        notes = [note for each in given.seen for note in standalone.kept(each)]
    except (standalone.UnreadableError, OSError, UnicodeDecodeError) as error:
        yield _unreadable("--seen", str(error))
        return
    others = {note.partition("\n")[0] for note in notes}
    with open_app(settings) as app, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.ndjson"
        for store in stores_of(app, municipality):
            try:
                with path.open("wb") as out:
                    _write(app, store, log, out)
            except NothingSignedError:
                continue  # nothing ever happened there
            own = log_of(app.server, store, settings.log_name, log)
            first = own.first_key()
            others.discard(first.name)
            its = [note for note in notes if note.startswith(f"{first.name}\n")]
            key = given.key or str(first)
            verdict = _judged(name_of(store.code), path, Given(key, its, given.witnesses))
            if verdict["verdict"] == "right" and not given.key:
                verdict["key"] = "own"
            # What was signed last is remembered here, and in no bundle.
            if verdict["verdict"] == "right" and (why := own.trouble()):
                verdict |= {"verdict": "wrong", "index": None, "why": why}
            yield verdict
    for origin in sorted(others):
        yield _unreadable("--seen", f"af en anden log (of another log): {origin}")


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
