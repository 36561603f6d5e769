"""How often a receiver is tried, and how long is waited in between.

What a receiver refuses, it will refuse again: after three quarters of an hour it is laid aside.
Where it doesn't answer or is in trouble, it is tried for three days.
"""

from itertools import accumulate

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


def wait_after(attempts: int, answer: Answer, refused_for: float = 0.0) -> float | None:
    """Seconds until the next attempt, when so many have failed; None: lay it aside.

    `refused_for` are the seconds since the first of the refusals that nothing else came between:
    how often it failed otherwise before that doesn't count against it.
    """
    if not answer.is_refused:
        left = IN_TROUBLE[attempts - 1 :]
    else:
        left = tuple(
            w for w, at in zip(REFUSED, accumulate(REFUSED), strict=True) if at > refused_for
        )
    return max(left[0], answer.pause) if left else None
