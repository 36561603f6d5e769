"""The webhooks of a municipality: where to, of what, how far, and how it goes.

The address and the secret are sealed under the municipality's key: a path can be a secret too.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from services.store.municipality import Municipality
from services.webhooks.addresses import target_of

SECRET_BYTES = 32
_URL, _SECRET = "webhook-url", "webhook-secret"


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

    @property
    def is_active(self) -> bool:
        """Whether anything is sent."""
        return self.paused_at is None


_FIELDS: LiteralString = (
    "id, shown, label, form, kinds, position, edition, created_at, delivered, delivered_at,"
    " attempts, failing_since, refused_since, retry_at, told, paused_at, paused_because"
)


class Hooks:
    """The webhooks of one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    def add(
        self, url: str, form: Form, kinds: Sequence[str], position: int, label: str, now: datetime
    ) -> tuple[Hook, str]:
        """A new one, and its secret, which is shown only now. Raises ForbiddenAddressError."""
        id_, shown = uuid4(), target_of(url).shown
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        key = self._municipality.key
        sealed = (
            key.seal(_of(id_, _URL), url.encode()),
            key.seal(_of(id_, _SECRET), secret.encode()),
        )
        row = self._one(
            "INSERT INTO {m}.webhooks"
            " (id, url, secret, shown, label, form, kinds, position, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {fields}",
            (id_, *sealed, shown, label, form, list(kinds), position, now),
        )
        assert row is not None
        return _hook(row), secret

    def all(self) -> list[Hook]:
        """All of them, the oldest first."""
        rows = self._rows("SELECT {fields} FROM {m}.webhooks ORDER BY created_at, id")
        return [_hook(row) for row in rows]

    def get(self, id_: UUID) -> Hook | None:
        """The one of that id."""
        row = self._one("SELECT {fields} FROM {m}.webhooks WHERE id = %s", (id_,))
        return _hook(row) if row else None

    def opened(self, id_: UUID) -> tuple[str, str]:
        """Its address and its secret. Raises KeyError where it is gone."""
        row = self._one("SELECT url, secret FROM {m}.webhooks WHERE id = %s", (id_,))
        if row is None:
            raise KeyError(id_)
        key = self._municipality.key
        return (
            key.open(_of(id_, _URL), bytes(row[0])).decode(),
            key.open(_of(id_, _SECRET), bytes(row[1])).decode(),
        )

    def remove(self, id_: UUID) -> bool:
        """Forget it and its dead letters; whether there was one."""
        return self._one("DELETE FROM {m}.webhooks WHERE id = %s RETURNING 1", (id_,)) is not None

    # What a person asks for; each is a new edition, which its workflow is told of at once.

    def pause(self, id_: UUID, now: datetime, because: str = "") -> bool:
        """Send nothing until it is resumed."""
        return self._changed("paused_at = %s, paused_because = %s", id_, now, because)

    def resume(self, id_: UUID) -> bool:
        """Go on from where it stands, at once."""
        return self._changed(
            "paused_at = NULL, paused_because = '', attempts = 0, retry_at = NULL,"
            " failing_since = NULL, refused_since = NULL",
            id_,
        )

    def replay(self, id_: UUID, after: int) -> bool:
        """Send all that comes after a position, again or not."""
        return self._changed(
            "position = %s, attempts = 0, retry_at = NULL, refused_since = NULL", id_, after
        )

    def awaken(self, id_: UUID) -> bool:
        """Let its workflow look now."""
        return self._changed("retry_at = NULL", id_)

    def _changed(self, what: LiteralString, id_: UUID, *values: Any) -> bool:
        statement = (
            "UPDATE {m}.webhooks SET edition = edition + 1, {what} WHERE id = %s RETURNING 1"
        )
        return self._one(statement, (*values, id_), what) is not None

    # What its delivery notes. None of it holds if a person has changed something meanwhile, or
    # if another delivery was quicker.

    def delivered(self, hook: Hook, position: int, now: datetime) -> bool:
        """The event at that position was taken."""
        return self._noted(
            hook,
            "position = %s, delivered = delivered + 1, delivered_at = %s, attempts = 0,"
            " failing_since = NULL, refused_since = NULL, retry_at = NULL, told = ''",
            position,
            now,
        )

    def passed(self, hook: Hook, position: int) -> bool:
        """Nothing up to that position is wanted."""
        return self._noted(hook, "position = %s", position)

    def failed(
        self,
        hook: Hook,
        told: str,
        now: datetime,
        retry_at: datetime,
        refused_since: datetime | None = None,
    ) -> bool:
        """The next event wasn't taken."""
        return self._noted(
            hook,
            "attempts = attempts + 1, told = %s, retry_at = %s,"
            " failing_since = coalesce(failing_since, %s), refused_since = %s",
            told,
            retry_at,
            now,
            refused_since,
        )

    def given_up(self, hook: Hook, told: str, now: datetime) -> bool:
        """It is paused until somebody resumes it."""
        return self._noted(
            hook,
            "told = %s, paused_at = %s, paused_because = %s, retry_at = NULL",
            told,
            now,
            told,
        )

    def laid_aside(self, hook: Hook, position: int, topic: str, told: str, now: datetime) -> bool:
        """The event at that position is a dead letter, and the line goes on."""
        with self._municipality.transaction() as cursor:
            moved = cursor.execute(
                self._sql(
                    "UPDATE {m}.webhooks SET position = %s, attempts = 0, retry_at = NULL,"
                    " told = %s, failing_since = coalesce(failing_since, %s),"
                    " refused_since = NULL"
                    " WHERE id = %s AND position = %s AND edition = %s"
                ),
                (position, told, now, hook.id, hook.position, hook.edition),
            )
            if moved.rowcount != 1:
                return False
            cursor.execute(
                self._sql(
                    "INSERT INTO {m}.dead_letters (webhook, position, topic, attempts, told,"
                    " died_at) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (webhook, position)"
                    " DO UPDATE SET told = excluded.told, died_at = excluded.died_at,"
                    " attempts = dead_letters.attempts + excluded.attempts, again = false"
                ),
                (hook.id, position, topic, hook.attempts + 1, told, now),
            )
        return True

    def _noted(self, hook: Hook, what: LiteralString, *values: Any) -> bool:
        statement = (
            "UPDATE {m}.webhooks SET {what}"
            " WHERE id = %s AND position = %s AND edition = %s RETURNING 1"
        )
        values = (*values, hook.id, hook.position, hook.edition)
        return self._one(statement, values, what) is not None

    def _sql(self, statement: LiteralString, what: LiteralString = "") -> Composed:
        schema = Identifier(self._municipality.schema)
        return SQL(statement).format(m=schema, fields=SQL(_FIELDS), what=SQL(what))

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


def _hook(row: Sequence[Any]) -> Hook:
    values = dict(zip(Hook.__struct_fields__, row, strict=True))
    return Hook(**values | {"form": Form(values["form"]), "kinds": tuple(values["kinds"])})
