"""How a municipality's webhooks fare, in numbers, for those who keep it running."""

from typing import NamedTuple

from services.store.municipality import Municipality
from services.webhooks.dead import DeadLetters
from services.webhooks.hooks import Hooks


class Health(NamedTuple):
    """How many there are; whose next event was not taken; that were paused; and dead letters."""

    webhooks: int
    failing: int
    paused: int
    dead_letters: int

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything. What a person has paused is as they want it."""
        return not (self.failing or self.dead_letters)


def health_of(store: Municipality) -> Health:
    """As it is now."""
    hooks = Hooks(store).all()
    return Health(
        len(hooks),
        sum(bool(hook.attempts or (hook.paused_because and not hook.is_active)) for hook in hooks),
        sum(not hook.is_active for hook in hooks),
        len(DeadLetters(store).all()) if hooks else 0,
    )
