"""How often a receiver is tried, and how long is waited in between.

What a receiver refuses, it will refuse again: after three quarters of an hour it is laid aside.
Where it doesn't answer or is in trouble, it is tried for three days.
"""

from services.webhooks.sending import Answer

_MINUTE, _HOUR = 60.0, 3600.0
IN_TROUBLE = (
    5.0,
    30.0,
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Seconds between attempts; the one after the last is the last."""
REFUSED = (5.0, 30.0, 10 * _MINUTE, 30 * _MINUTE)
GIVEN_UP = 5 * 24 * _HOUR
"""Seconds of nothing but failures after which a webhook is paused."""


def wait_after(attempts: int, answer: Answer) -> float | None:
    """Seconds until the next attempt, when so many have failed; None: lay it aside."""
    waits = REFUSED if answer.is_refused else IN_TROUBLE
    if attempts > len(waits):
        return None
    return max(waits[attempts - 1], answer.pause)
