"""How a municipality's webhooks fare, in numbers, for those who keep it running."""

from datetime import datetime, timedelta
from typing import NamedTuple

from services.store.municipality import Municipality
from services.webhooks.dead import DeadLetters
from services.webhooks.hook_table import Hook
from services.webhooks.hooks import Hooks

STANDS_STILL = timedelta(hours=1)
"""From the first failure that nothing was taken after; before that it is between two attempts."""


class Health(NamedTuple):
    """How many there are; whose next event was not taken; that were paused; and dead letters.

    `standing`: of the failing, those that have stood still for an hour or paused themselves.
    """

    webhooks: int
    failing: int
    paused: int
    dead_letters: int
    standing: int

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything. What a person has paused is as they want it."""
        return not (self.standing or self.dead_letters)


def health_of(store: Municipality, now: datetime) -> Health:
    """As it is now."""
    hooks = Hooks(store).all()
    return Health(
        len(hooks),
        sum(bool(hook.attempts) or _has_given_up(hook) for hook in hooks),
        sum(not hook.is_active for hook in hooks),
        sum(DeadLetters(store).counts().values()) if hooks else 0,
        sum(_stands_still(hook, now) for hook in hooks),
    )


def _has_given_up(hook: Hook) -> bool:
    return bool(hook.paused_because) and not hook.is_active


def _stands_still(hook: Hook, now: datetime) -> bool:
    since = hook.failing_since
    is_late = hook.is_active and since is not None and now - since >= STANDS_STILL
    return is_late or _has_given_up(hook)
