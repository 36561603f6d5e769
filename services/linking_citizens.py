"""Looking up the CPR numbers that were stored before there was a look-up, so that the courses of
one citizen are linked as those are that are told now.

What was done is noted with what follows from it, so that it can be cut off and gone on with, and
done twice it says nothing twice. Writers wait for one part at a time.
"""

from collections.abc import Callable

from msgspec import Struct

from services.store.municipality import Municipality

AT_A_TIME = 200
"""Events of a transaction, in which their numbers are opened one by one."""
Tell = Callable[[int, int], None]
"""Is told up to which position of the log it has come, and where that ends."""


class Linked(Struct, frozen=True):
    """How many numbers hadn't been looked up, and how many events followed."""

    numbers: int = 0
    said: int = 0


def link_citizens(store: Municipality, tell: Tell, *, anew: bool = False) -> Linked:
    """Go through the log from where it was left, or `anew`, to where it ends now."""
    position, end = 0 if anew else store.citizens_looked_up() or 0, store.head().position
    found = Linked()
    while position < end:
        position, part = store.look_up_citizens(position, AT_A_TIME)
        found = Linked(found.numbers + part.numbers, found.said + part.said)
        tell(min(position, end), end)
    return found
