"""Cursors (*markører*): where a list goes on, and what it answers for as long as it is read.

A cursor pins the moment asked about, the positions that the answer reflects and the period, so
that all pages are of one answer. It is sealed under the municipality's key and bound to what was
asked: it tells nobody anything, and can't be changed or put to another question.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, NamedTuple

from msgspec import DecodeError, Meta, Struct
from msgspec.msgpack import Decoder, encode

from domain.values import Period
from projections.paging import Place
from services.narrowing import AskedWrongError
from services.store.municipality import Municipality
from services.words import Words

_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Moment = Annotated[datetime, Meta(tz=True)]


class Pins(NamedTuple):
    """What all pages are asked of. `known_at` is the time that was asked for, if one was;
    `positions` are what it, or now, came to in each municipality."""

    as_of: datetime
    known_at: datetime | None
    period: Period | None
    positions: Mapping[str, int]


class Cursor(Struct, frozen=True, array_like=True):
    """A cursor opened: what is pinned, and where the next page begins: a place in the list of a
    municipality."""

    as_of: _Moment
    known_at: _Moment | None
    from_: date | None
    to: date | None
    positions: dict[str, _Number]
    municipality: str
    subject: _Number
    rows: _Number

    @property
    def pins(self) -> Pins:
        """What all pages are asked of."""
        period = None if self.from_ is None else Period(self.from_, self.to)
        return Pins(self.as_of, self.known_at, period, self.positions)

    @property
    def start(self) -> tuple[str, Place]:
        """The municipality, and where in its list."""
        return self.municipality, Place(self.subject, self.rows)


_decode = Decoder(Cursor).decode


class Seal:
    """Closes and opens the cursors of one question to these municipalities; `asked` are the words
    that make it this question."""

    def __init__(self, stores: Sequence[Municipality], asked: Iterable[str]) -> None:
        self._key = stores[0].key if stores else None
        codes = [store.code for store in stores]
        self._bound = "\x1f".join(("cursor", *asked, *codes))

    def sealed(self, pins: Pins, municipality: str, place: Place) -> str:
        """A cursor as text that can stand in a URL."""
        assert self._key is not None
        from_, to = (pins.period.from_, pins.period.to) if pins.period else (None, None)
        told = Cursor(
            *(pins.as_of, pins.known_at, from_, to, dict(pins.positions), municipality), *place
        )
        return urlsafe_b64encode(self._key.seal(self._bound, encode(told))).decode()

    def opened(
        self, text: str, as_of: datetime | None, known_at: datetime | None, period: Period | None
    ) -> Cursor:
        """The reverse. What is asked again must be what is pinned. Raises AskedWrongError."""
        if self._key is None:
            raise _wrong()
        try:
            plain = self._key.open(self._bound, urlsafe_b64decode(text.encode()))
            cursor = _decode(plain)
        except (DecodeError, ValueError):
            raise _wrong() from None
        pinned = cursor.pins[:3]
        asked = (as_of, known_at, period)
        if any(one not in (None, other) for one, other in zip(asked, pinned, strict=True)):
            raise _wrong()
        return cursor


def _wrong() -> AskedWrongError:
    """What is said of a cursor that is broken, or isn't this question's."""
    return AskedWrongError(
        "cursor",
        Words(
            "Markøren er i stykker eller hører til et andet spørgsmål: spørg først uden den.",
            "The cursor is broken, or of another question: ask without it first.",
        ),
    )
