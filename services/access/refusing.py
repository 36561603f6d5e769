"""Why somebody isn't let in."""

from services.words import Words


class NoAccessError(Exception):
    """What was shown isn't good for anything here. `reason` is counted and logged."""

    def __init__(self, reason: str, words: Words, *, unregistered: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words
        self.unregistered = unregistered  # it is known who asks, and nothing is allowed to them


class UnsureError(Exception):
    """Whether it is good can't be told now: the issuer's keys can't be had. Asked again later."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds
