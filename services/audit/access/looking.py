"""What a look at personal data is (*opslag*), and how it is written down, once and for all.

The record says in clear what an auditor needs to count by: what was asked, by whom as a pseudonym,
in which functions, how many rows were told and whose data they held, by internal ids. Why somebody
looked, what they looked for and what they are called at their own machine is sealed.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from services.audit.proof.entries import moment
from services.store.keys import MunicipalityKey, UnreadableSealError

LONGEST_PURPOSE = 200  # characters
OPERATOR = "operator"
"""The function of whoever asks at the command line."""
SYSTEM = "system"
"""The function of what is sent without anybody asking for it."""
_SEALED = "look"
_LOOKER = "looker"
_CURSOR = "cursor"


class Asking(Struct, frozen=True, kw_only=True):
    """Who asks what, and why. `token` is the token's id; `user` a name at the machine, or of the
    part of the program that sends by itself; `criteria` are what was asked for, by name."""

    what: str
    token: UUID | None = None
    user: str | None = None
    functions: tuple[str, ...] = ()
    purpose: str | None = None
    criteria: Mapping[str, Any] = {}


class Seen(NamedTuple):
    """What an answer holds of one municipality: how many rows, and the ids of whose data."""

    rows: int = 0
    whose: Collection[UUID] = ()


NOBODY = Seen()
EVERYBODY = UUID(int=0)
"""Stands for all whose data a municipality has, where an answer has all of it."""


class Look(Struct, frozen=True):
    """A look at one municipality's data as it is to be recorded: JSON, and the ids of whose data
    as JSON too."""

    at: datetime
    record: bytes
    whose: bytes


class Record(Struct, frozen=True):
    """What stands in clear in a record. `by` is the token's id, else a keyed hash of the user."""

    what: str
    by: str
    functions: tuple[str, ...]
    rows: int
    whose: tuple[UUID, ...]
    sealed: str

    @property
    def token(self) -> UUID | None:
        """The token's id, where it was one that asked."""
        return UUID(self.by) if len(self.by) == len(str(UUID(int=0))) else None


class Private(Struct, frozen=True, omit_defaults=True):
    """What is sealed in a record."""

    purpose: str | None = None
    criteria: dict[str, Any] = {}
    user: str | None = None


class _Written(Struct, frozen=True):
    """The record as it is written: the ids are encoded once."""

    what: str
    by: str
    functions: tuple[str, ...]
    rows: int
    whose: msgspec.Raw
    sealed: str


_encode = msgspec.json.Encoder().encode
_record = msgspec.json.Decoder(Record).decode
_private = msgspec.json.Decoder(Private).decode


def written(key: MunicipalityKey, asking: Asking, seen: Seen, at: datetime) -> Look:
    """The look at what a municipality has, under its key."""
    private = Private(asking.purpose, _criteria(asking), asking.user)
    whose = _encode(list(dict.fromkeys(seen.whose)))
    raw = msgspec.Raw(whose)
    record = _Written(asking.what, _by(key, asking), asking.functions, seen.rows, raw, "")
    sealed = b64encode(key.seal(_bound(at, _encode(record)), _encode(private))).decode()
    return Look(at, _encode(msgspec.structs.replace(record, sealed=sealed)), whose)


def read(record: bytes) -> Record:
    """What stands in clear in a stored record."""
    return _record(record)


def opened(key: MunicipalityKey, at: datetime, record: Record) -> Private:
    """What is sealed in a record of a look at a time. Raises UnreadableSealError, also where
    anything of the look is another than when it was recorded."""
    clear = _encode(msgspec.structs.replace(record, sealed=""))
    return _private(key.open(_bound(at, clear), b64decode(record.sealed)))


def is_genuine(key: MunicipalityKey, at: datetime, raw: bytes) -> bool:
    """Whether a look was recorded as it stands there, by who has the key."""
    try:
        record = read(raw)
        opened(key, at, record)
    except (UnreadableSealError, msgspec.DecodeError, ValueError):
        return False
    return _encode(record) == raw


def _bound(at: datetime, clear: bytes) -> str:
    """What a seal is bound to: when, and all that the record says in clear."""
    return f"{_SEALED} {moment(at)} {sha256(clear).hexdigest()}"


def whose(rows: Iterable[Mapping[str, Any]], names: Collection[str]) -> set[UUID]:
    """The ids that stand in these columns."""
    return {one for row in rows for name in names if (one := row.get(name)) is not None}


def together(*several: Mapping[str, Seen]) -> dict[str, Seen]:
    """What answers that are told together hold, by municipality."""
    found: dict[str, Seen] = {}
    for seen in several:
        for code, one in seen.items():
            known = found.get(code, NOBODY)
            found[code] = Seen(known.rows + one.rows, {*known.whose, *one.whose})
    return found


def _criteria(asking: Asking) -> dict[str, Any]:
    # A cursor is long, and tells nobody anything but that it was a later page.
    return {name: "…" if name == _CURSOR else told for name, told in asking.criteria.items()}


def _by(key: MunicipalityKey, asking: Asking) -> str:
    if asking.token is not None:
        return str(asking.token)
    return key.lookup(_LOOKER, asking.user or "").hex()[:32]
