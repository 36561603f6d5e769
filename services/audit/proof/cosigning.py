"""The logs' way to their witnesses: their checkpoints are cosigned, and the cosignatures kept.

A witness is shown each in turn, so that it knows an old one that somebody sends it later.

A witness that doesn't answer, or takes its time over it, holds nobody up: each is asked in a thread
of its own, and again in the next round. One that refuses says that the log isn't the one it has
seen.
"""

import threading
import time
from base64 import b64encode
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, build_opener
from urllib.request import Request as HttpRequest

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.access.fetching import Stay
from services.access.hanging_up import HangingUp
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.notes import (
    NoteError,
    Verifier,
    cosigned_at,
    read_checkpoint,
    read_note,
)
from services.audit.proof.proving import NotInTheLogError, consistency
from services.audit.proof.tiles import MissingTileError
from services.audit.proof.witness import Request
from services.audit.proof.witness_at import WitnessAt
from services.store.municipality import Municipality
from services.store.server import Server

_TIMEOUT = 5.0  # seconds, between two things that are heard
_IN_ALL = 8.0  # seconds
_PAUSE = 10.0
_MOST = 1 << 16  # bytes of an answer
_SHOWN = 100  # checkpoints at most that a witness is behind by: the last of them
_GIVEN, _FORBIDDEN, _UNKNOWN, _CONFLICT = 200, 403, 404, 409

log = structlog.get_logger("cosigning")


class CosigningError(Exception):
    """A witness didn't cosign. `refused`: it answered, and won't; `status` is HTTP's, if any."""

    def __init__(self, why: str, *, refused: bool = False, status: int | None = None) -> None:
        super().__init__(why)
        self.refused = refused
        self.status = status


def cosign_next(store: Municipality, which: str, witness: WitnessAt) -> bool:
    """Have the first checkpoint of a log cosigned that isn't yet; whether there was one.

    Raises CosigningError, NotInTheLogError, MissingTileError.
    """
    with store.transaction() as cursor:
        old = _cosigned(cursor, store.schema, which, witness.key)
        size = _next(cursor, store.schema, which, old + 1)
    if size is None:
        return False
    try:
        _cosign(store, which, witness, consistency(store, which, old, size))
    except CosigningError as error:
        last = consistency(store, which, old)
        if error.status != _FORBIDDEN or read_checkpoint(read_note(last.note).text).size == size:
            raise
        # An old one may be signed by a key from before the one that the witness was given.
        _cosign(store, which, witness, last)
    return True


def _cosign(store: Municipality, which: str, witness: WitnessAt, asked: Request) -> None:
    status, said = _ask(witness.url, str(asked))
    if status == _CONFLICT and said.strip().isdigit():
        asked = _again(store, which, int(said))
        status, said = _ask(witness.url, str(asked))
    if status != _GIVEN:
        raise CosigningError(f"HTTP {status}", refused=True, status=status)
    _keep(store, which, asked.note, said, witness.key)


def _again(store: Municipality, which: str, old: int) -> Request:
    """What a witness is asked that has seen another size than we know of. Raises CosigningError."""
    with store.transaction() as cursor:
        size = _next(cursor, store.schema, which, old)
    if size is None:
        raise CosigningError(f"har set (has seen) {old}", refused=True)
    return consistency(store, which, old, size)


def _next(cursor: Cursor[Any], schema: str, which: str, least: int) -> int | None:
    """The first of a log's last checkpoints whose size is no less than that."""
    row = cursor.execute(
        SQL(
            "SELECT min(size) FROM (SELECT size FROM {} WHERE log = %b AND size >= %b"
            " ORDER BY size DESC LIMIT %b) AS last"
        ).format(Identifier(schema, "log_checkpoints")),
        (which, least, _SHOWN),
    ).fetchone()
    return row[0] if row else None


def _keep(store: Municipality, which: str, note: str, said: str, key: Verifier) -> None:
    """Put the witness's line, of those it gave, below the checkpoint."""
    try:
        lines = [line for line in read_note(f"\n\n{said}").signatures if line.id == key.id]
        signed = f"{note}{''.join(map(str, lines[:1]))}"
        if not lines or cosigned_at(read_note(signed), key) is None:
            raise NoteError("uden underskrift (without a signature)")
    except NoteError as error:
        raise CosigningError(str(error), refused=True) from None
    size = read_checkpoint(read_note(note).text).size
    with store.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET note = note || %b WHERE log = %b AND size = %b").format(
                Identifier(store.schema, "log_checkpoints")
            ),
            (str(lines[0]), which, size),
        )


def _cosigned(cursor: Cursor[Any], schema: str, which: str, key: Verifier) -> int:
    """The last size that this witness cosigned, as far as we know; 0 for none."""
    known = b64encode(key.id).decode()[:5]  # as far as the bytes that follow don't matter
    row = cursor.execute(
        SQL(
            "SELECT size FROM {} WHERE log = %b AND strpos(note, %b) > 0 ORDER BY size DESC LIMIT 1"
        ).format(Identifier(schema, "log_checkpoints")),
        (which, f"\n\N{EM DASH} {key.name} {known}"),
    ).fetchone()
    return row[0] if row else 0


def _ask(url: str, body: str) -> tuple[int, str]:
    """Status and body of the witness's answer. Raises CosigningError where there is none."""
    request = HttpRequest(f"{url}/add-checkpoint", body.encode(), method="POST")  # noqa: S310
    begun = time.monotonic()
    try:
        with HangingUp(_IN_ALL) as hanging_up:
            opener = build_opener(ProxyHandler({}), Stay, *hanging_up.handlers())
            answer = _read(opener, request)
        if time.monotonic() - begun >= _IN_ALL:
            raise TimeoutError  # what was heard before it was hung up is half an answer
        return answer
    except (OSError, ValueError, HTTPException) as error:
        raise CosigningError(type(error).__name__) from None


def _read(opener: OpenerDirector, request: HttpRequest) -> tuple[int, str]:
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return answer.status, answer.read(_MOST).decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read(_MOST).decode(errors="replace")


class Cosigning:
    """Asks witnesses, round by round, each in a thread of its own."""

    def __init__(self, server: Server, witnesses: tuple[WitnessAt, ...]) -> None:
        self._server = server
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(one,), name="cosigning", daemon=True)
            for one in witnesses
        ]
        self._told: set[tuple[str, str, str]] = set()

    def __enter__(self) -> "Cosigning":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        until = time.monotonic() + _IN_ALL + _TIMEOUT
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self, witness: WitnessAt) -> None:
        while not self._stop.wait(_PAUSE):
            try:
                self.ask(witness)
            except (psycopg.OperationalError, PersistenceError):
                continue  # the signer tells of it

    def ask(self, witness: WitnessAt) -> None:
        """Ask one witness about all logs; where it doesn't answer, not about the others."""
        for store in self._server.municipalities():
            for which in (EVENTS, ACCESS):
                try:
                    while cosign_next(store, which, witness) and not self._stop.is_set():
                        pass
                    self._told.discard((witness.url, store.code, which))
                except CosigningError as error:
                    self._tell(witness, store.code, which, error)
                    if not error.refused:
                        return
                except (NotInTheLogError, MissingTileError, NoteError):
                    log.exception("not-cosigned", municipality=store.code, log=which)

    def _tell(self, witness: WitnessAt, code: str, which: str, error: CosigningError) -> None:
        """Not each round. That a witness doesn't follow a log is nothing wrong."""
        key = (witness.url, code, which)
        if key in self._told:
            return
        self._told.add(key)
        told = {"witness": witness.key.name, "municipality": code, "log": which}
        if error.status == _UNKNOWN:
            log.info("witness-follows-not", **told)
        elif error.refused:
            log.error("witness-refuses", **told, why=str(error))
        else:
            log.error("witness-silent", **told, why=str(error))
