"""The secrets of a webhook: the one it is signed with, and old ones until they end."""

import base64
import secrets
from datetime import datetime
from typing import NamedTuple

BYTES = 32
OVERLAP_HOURS = 24
LONGEST_OVERLAP_HOURS = 30 * 24
MOST_OLD = 8
"""Old ones that may hold at a time: each adds a signature to every request."""


class Secrets(NamedTuple):
    """The newest, and those before it, the latest first, each with the time from which it ends."""

    newest: str
    old: tuple[tuple[str, datetime], ...] = ()

    def at(self, now: datetime) -> list[str]:
        """Those that are signed with then."""
        return [self.newest, *(secret for secret, ends_at in self.old if now < ends_at)]


class TooManySecretsError(Exception):
    """So many old secrets hold already that no further one may be added to them."""


def new_secret() -> str:
    """One by https://www.standardwebhooks.com: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(BYTES)).decode()
