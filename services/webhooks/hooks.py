"""The webhooks of a municipality: made, changed and removed as people ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg import Cursor

from services.webhooks.addresses import target_of
from services.webhooks.hook_table import SECRET, URL, Form, Hook, hook_of
from services.webhooks.noting import Noting
from services.webhooks.signing import MOST_OLD, Secrets, TooManySecretsError, new_secret

MOST = 100
"""Webhooks of one municipality."""


class Change(Struct, frozen=True, kw_only=True):
    """What a person would have otherwise; None = as it is."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    label: str | None = None
    paused: bool | None = None


class TooManyHooksError(Exception):
    """The municipality has as many as it may."""


class HookKnownError(Exception):
    """There is one of that id."""

    def __init__(self, hook: Hook) -> None:
        super().__init__(str(hook.id))
        self.hook = hook


_RESUMED: LiteralString = (
    "paused_at = NULL, paused_because = '', attempts = 0, retry_at = NULL,"
    " failing_since = NULL, refused_since = NULL"
)


class Hooks(Noting):
    """The webhooks of one municipality."""

    def add(
        self,
        url: str,
        form: Form,
        kinds: Sequence[str],
        position: int,
        label: str,
        now: datetime,
        id_: UUID | None = None,
    ) -> tuple[Hook, str]:
        """A new one, and its secret, which is shown only now.

        Raises ForbiddenAddressError, TooManyHooksError, and HookKnownError where there is one of
        that id.
        """
        id_, shown, secret = id_ or uuid4(), target_of(url).shown, new_secret()
        sealed = (self._sealed(id_, URL, url), self._sealed(id_, SECRET, secret))
        if (known := self.get(id_)) is not None:
            raise HookKnownError(known)
        row = self._one(
            "INSERT INTO {m}.webhooks"
            " (id, url, secret, shown, label, form, kinds, position, created_at)"
            " SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s"
            " WHERE (SELECT count(*) FROM {m}.webhooks) < %s"
            " ON CONFLICT (id) DO NOTHING RETURNING {fields}",
            (id_, *sealed, shown, label, form, list(kinds), position, now, MOST),
        )
        if row is not None:
            return hook_of(row), secret
        if (known := self.get(id_)) is not None:  # another was quicker
            raise HookKnownError(known)
        raise TooManyHooksError

    def all(self) -> list[Hook]:
        """All of them, the oldest first."""
        rows = self._rows("SELECT {fields} FROM {m}.webhooks ORDER BY created_at, id")
        return [hook_of(row) for row in rows]

    def get(self, id_: UUID) -> Hook | None:
        """The one of that id."""
        row = self._one("SELECT {fields} FROM {m}.webhooks WHERE id = %s", (id_,))
        return hook_of(row) if row else None

    def opened(self, id_: UUID) -> tuple[str, Secrets]:
        """Its address and its secrets. Raises KeyError where it is gone."""
        rows = self._rows(
            "SELECT w.url, w.secret, o.secret, o.ends_at FROM {m}.webhooks w"
            " LEFT JOIN {m}.old_secrets o ON o.webhook = w.id"
            " WHERE w.id = %s ORDER BY o.ends_at DESC",
            (id_,),
        )
        if not rows:
            raise KeyError(id_)
        old = tuple((self._open(id_, SECRET, row[2]), row[3]) for row in rows if row[2])
        url, secret = self._open(id_, URL, rows[0][0]), self._open(id_, SECRET, rows[0][1])
        return url, Secrets(secret, old)

    # What a person asks for. Where an `edition` is given, only of that one.

    def remove(self, id_: UUID, edition: int | None = None) -> bool:
        """Forget it and its dead letters; whether there was one."""
        statement: LiteralString = (
            "DELETE FROM {m}.webhooks WHERE id = %s AND (%s::bigint IS NULL OR edition = %s)"
            " RETURNING 1"
        )
        return self._one(statement, (id_, edition, edition)) is not None

    # Each of these is a new edition, which its workflow is told of at once.

    def pause(self, id_: UUID, now: datetime, because: str = "") -> bool:
        """Send nothing until it is resumed."""
        return self._changed("paused_at = %s, paused_because = %s", id_, now, because)

    def resume(self, id_: UUID) -> bool:
        """Go on from where it stands, at once."""
        return self._changed(_RESUMED, id_)

    def replay(self, id_: UUID, after: int, edition: int | None = None) -> bool:
        """Send all that comes after a position, again or not."""
        return self._changed(
            "position = %s, attempts = 0, retry_at = NULL, refused_since = NULL",
            id_,
            after,
            edition=edition,
        )

    def awaken(self, id_: UUID) -> bool:
        """Let its workflow look now."""
        return self._changed("retry_at = NULL", id_)

    def change(self, id_: UUID, change: Change, now: datetime, edition: int | None = None) -> bool:
        """What isn't None of a change. Raises ForbiddenAddressError."""
        what: list[LiteralString] = ["label = coalesce(%s, label)", "kinds = coalesce(%s, kinds)"]
        values: list[Any] = [change.label, None if change.kinds is None else list(change.kinds)]
        if change.url is not None:
            what.append("url = %s, shown = %s")
            values += (self._sealed(id_, URL, change.url), target_of(change.url).shown)
        if change.paused:
            what.append("paused_at = %s, paused_because = ''")
            values.append(now)
        elif change.paused is not None:
            what.append(_RESUMED)
        elif change.url is not None:
            what.append("attempts = 0, retry_at = NULL, refused_since = NULL")
        return self._changed(", ".join(what), id_, *values, edition=edition)

    def rotate(
        self, id_: UUID, now: datetime, overlap: timedelta, edition: int | None = None
    ) -> str | None:
        """A new secret, which is shown only now; None where there is no such webhook or edition.

        The one that it had is signed with beside it until the overlap is over. With none, every
        old one ends at once: somebody else may know it. Raises TooManySecretsError.
        """
        secret = new_secret()
        with self._municipality.transaction() as cursor:
            found = cursor.execute(
                self._sql(
                    "SELECT secret FROM {m}.webhooks WHERE id = %s"
                    " AND (%s::bigint IS NULL OR edition = %s) FOR UPDATE"
                ),
                (id_, edition, edition),
            ).fetchone()
            if found is None:
                return None
            cursor.execute(
                self._sql(
                    "DELETE FROM {m}.old_secrets WHERE webhook = %s AND (ends_at <= %s OR %s)"
                ),
                (id_, now, not overlap),
            )
            if overlap:
                self._keep_old(cursor, id_, found[0], now + overlap)
            cursor.execute(
                self._sql(
                    "UPDATE {m}.webhooks SET edition = edition + 1, secret = %s WHERE id = %s"
                ),
                (self._sealed(id_, SECRET, secret), id_),
            )
        return secret

    def _keep_old(self, cursor: Cursor[Any], id_: UUID, sealed: bytes, ends_at: datetime) -> None:
        kept = cursor.execute(
            self._sql(
                "INSERT INTO {m}.old_secrets (webhook, secret, ends_at) SELECT %s, %s, %s"
                " WHERE (SELECT count(*) FROM {m}.old_secrets WHERE webhook = %s) < %s"
            ),
            (id_, sealed, ends_at, id_, MOST_OLD),
        )
        if kept.rowcount != 1:
            raise TooManySecretsError

    def forget_ended(self, now: datetime) -> None:
        """Keep no secret that nothing is signed with any more."""
        self._rows("DELETE FROM {m}.old_secrets WHERE ends_at <= %s RETURNING 1", (now,))

    def _changed(
        self, what: LiteralString, id_: UUID, *values: Any, edition: int | None = None
    ) -> bool:
        statement: LiteralString = (
            "UPDATE {m}.webhooks SET edition = edition + 1, {what}"
            " WHERE id = %s AND (%s::bigint IS NULL OR edition = %s) RETURNING 1"
        )
        return self._one(statement, (*values, id_, edition, edition), what) is not None
