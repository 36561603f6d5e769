"""A municipality's table of webhooks: what a row says, and how the table is asked.

The address and the secrets are sealed under the municipality's key: a path can be a secret too.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from services.store.municipality import Municipality

URL, SECRET = "webhook-url", "webhook-secret"


class Form(StrEnum):
    """What is sent: events as they are in the feed, or what a follow-up has come to."""

    EVENTS = "events"
    FOLLOW_UPS = "follow-ups"


FOLLOW_UP_KINDS = ("*.follow-up-*",)


class Hook(Struct, frozen=True, kw_only=True):
    """One webhook. All wanted events up to `position` were delivered or laid aside.

    `attempts` have failed of the next one, since `refused_since` (None = not the last one) by
    refusals only; `told` is what the receiver said last, and `retry_at` when it is tried again.
    `edition` grows whenever a person changes something.
    """

    id: UUID
    shown: str  # of its address
    label: str
    form: Form
    kinds: tuple[str, ...]
    position: int
    edition: int
    created_at: datetime
    delivered: int
    delivered_at: datetime | None
    attempts: int
    failing_since: datetime | None
    refused_since: datetime | None
    retry_at: datetime | None
    told: str
    paused_at: datetime | None
    paused_because: str
    old_secret_ends_at: datetime | None  # when the last of the old secrets ends, or did

    @property
    def is_active(self) -> bool:
        """Whether anything is sent."""
        return self.paused_at is None


_FIELDS: LiteralString = (
    "id, shown, label, form, kinds, position, edition, created_at, delivered, delivered_at,"
    " attempts, failing_since, refused_since, retry_at, told, paused_at, paused_because,"
    " (SELECT max(o.ends_at) FROM {m}.old_secrets o WHERE o.webhook = webhooks.id)"
)


class HookTable:
    """The table of one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    def _sealed(self, id_: UUID, what: str, plain: str) -> bytes:
        return self._municipality.key.seal(_of(id_, what), plain.encode())

    def _open(self, id_: UUID, what: str, sealed: bytes) -> str:
        return self._municipality.key.open(_of(id_, what), bytes(sealed)).decode()

    def _sql(self, statement: LiteralString, what: LiteralString = "") -> Composed:
        schema = Identifier(self._municipality.schema)
        return SQL(statement).format(m=schema, fields=SQL(_FIELDS).format(m=schema), what=SQL(what))

    def _rows(
        self, statement: LiteralString, values: Sequence[Any] = (), what: LiteralString = ""
    ) -> list[Any]:
        with self._municipality.transaction() as cursor:
            return cursor.execute(self._sql(statement, what), values).fetchall()

    def _one(
        self, statement: LiteralString, values: Sequence[Any], what: LiteralString = ""
    ) -> Any:
        return next(iter(self._rows(statement, values, what)), None)


def _of(id_: UUID, what: str) -> str:
    """What a seal is bound to: another webhook's can't be put in its place."""
    return f"{what} {id_}"


def hook_of(row: Sequence[Any]) -> Hook:
    """What a row of the fields says."""
    values = dict(zip(Hook.__struct_fields__, row, strict=True))
    return Hook(**values | {"form": Form(values["form"]), "kinds": tuple(values["kinds"])})
