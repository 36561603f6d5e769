"""What a delivery notes of its webhook: how far it is, and what wasn't taken.

None of it holds if a person has changed something meanwhile, or if another delivery was quicker.
"""

from datetime import datetime
from typing import Any, LiteralString

from services.webhooks.hook_table import Hook, HookTable


class Noting(HookTable):
    """The webhooks of one municipality, as their deliveries write of them."""

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
