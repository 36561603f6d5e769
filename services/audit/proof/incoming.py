"""The leaves of events that a log hasn't taken in yet, and whether they came in by the right way.

The store notes the leaves of what it commits under a keyed hash, each note bound to the one before
it. So nothing between two notes can be taken away, put in or changed without its key.
"""

import hmac
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.values import Ref
from services.audit.proof.entries import envelope, event_entry
from services.audit.proof.tree import leaf_hash
from services.store.municipality import Municipality

_HASH = 32  # bytes
Leaf = tuple[int, bytes]
"""The position of what a leaf is over, and its hash."""


class NotGenuineError(Exception):
    """What the database holds isn't what came in by the right way, so it isn't signed."""


class StrangeEventError(NotGenuineError):
    """An event that the store didn't take in: somebody put it into the database, or changed it, or
    took another away."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"Hændelsen på plads {position} har ingen kvittering: den er ikke kommet ind ad den "
            "rette vej, og loggen underskrives ikke. (The event at this position has no receipt.)"
        )
        self.position = position


class StrangeLookError(NotGenuineError):
    """A look that wasn't recorded as it stands there: somebody put it into the database, or changed
    it."""

    def __init__(self, id_: int) -> None:
        super().__init__(
            f"Opslag nr. {id_} i adgangsloggen er ikke noteret ad den rette vej, og loggen "
            "underskrives ikke. (This look wasn't recorded by the right way.)"
        )
        self.position = id_


class SetBackError(NotGenuineError):
    """The database holds another log than the one that was signed last."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"Loggen er en anden end den, der sidst blev underskrevet ({size} poster): databasen "
            "er sat tilbage eller ændret, og loggen underskrives ikke. (Not the log that was "
            "signed last: the database was set back or changed.)"
        )


class MemoryGoneError(NotGenuineError):
    """There is a log, or a key that signs it, and what was signed last isn't remembered."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Filen {name} ved nøglerne, som husker, hvad der sidst blev underskrevet, er væk, og "
            "loggen underskrives ikke: læg den tilbage fra sikkerhedskopien af nøglerne. (The file "
            "that remembers what was signed last is gone.)"
        )


class CheckpointGoneError(NotGenuineError):
    """The last checkpoint isn't in the database."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"Det sidste checkpoint, af størrelse {size}, er ikke i databasen: nogen har slettet "
            "det. (The last checkpoint was deleted.)"
        )


class KeysSetBackError(NotGenuineError):
    """The database knows fewer keys than there were: whoever put its table back to before a
    rotation would have the key sign that was replaced, perhaps because others had it too."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Databasen kender ikke nøgle nr. {number}, som loggen har haft: dens nøgler er sat "
            "tilbage, og loggen underskrives ikke med en ældre. (The log's keys were set back to "
            "before a rotation.)"
        )


def event_leaves(
    municipality: Municipality, cursor: Cursor[Any], after: int, limit: int, began: int
) -> list[Leaf]:
    """The leaves of events after a position, as the store has noted them with the events.

    Those up to the position `began`, which are older than the log, are worked out from the events.
    Raises StrangeEventError.
    """
    if after < began:
        older = _worked_out(municipality, cursor, after, began, limit)
        if older:
            return older
        after = began
    # Before the notes: what is committed in between has one.
    first = cursor.execute(
        SQL("SELECT min(notification_id) FROM {} WHERE notification_id > %b").format(
            Identifier(municipality.schema, "events")
        ),
        (after,),
        prepare=True,
    ).fetchone()
    noted = _noted(municipality, cursor, after, limit, began)
    if not noted and first and first[0] is not None:
        raise StrangeEventError(first[0])
    return noted


def _noted(
    municipality: Municipality, cursor: Cursor[Any], after: int, limit: int, began: int
) -> list[Leaf]:
    """The leaves that are noted in one chain from a position on, until it breaks."""
    table = Identifier(municipality.schema, "log_incoming")
    previous = cursor.execute(
        SQL("SELECT mac FROM {} WHERE last = %b").format(table), (after,), prepare=True
    ).fetchone()
    if previous is None and after > began:
        return []
    before = previous[0] if previous else b""
    rows = cursor.execute(
        SQL("SELECT after, last, leaves, mac FROM {} WHERE after >= %b ORDER BY 1 LIMIT %b").format(
            table
        ),
        (after, limit),
        prepare=True,
    )
    found: list[Leaf] = []
    for begins, last, leaves, mac in rows:
        is_next = begins == after < last and len(found) < limit
        right = municipality.key.incoming(begins, before, leaves)
        if not is_next or not hmac.compare_digest(right, mac):
            break
        # Positions of one insert follow each other: nobody else may take any meanwhile.
        many = len(leaves) // _HASH
        found += [(last - many + 1 + n, leaves[n * _HASH : (n + 1) * _HASH]) for n in range(many)]
        after, before = last, mac
    return found


def _worked_out(
    municipality: Municipality, cursor: Cursor[Any], after: int, until: int, limit: int
) -> list[Leaf]:
    """The leaves of events between two positions, up to the first that has no receipt.

    A receipt is kept under a keyed hash of the event's reference. Raises StrangeEventError where
    the first has none.
    """
    where = SQL(
        " WHERE notification_id > %b AND notification_id <= %b ORDER BY notification_id LIMIT %b"
    )
    rows = municipality.log_recorder.rows(cursor, where, (after, until, limit))
    told = [envelope(row[4]) for row in rows]
    refs = [Ref(each.source, each.source_id) if each else None for each in told]
    strange = municipality.first_strange(cursor, refs, rows)
    if strange == 0:
        raise StrangeEventError(rows[0][0])
    return [(position, leaf_hash(event_entry(*columns))) for position, *columns in rows[:strange]]
