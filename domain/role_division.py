"""The division of roles (*rollefordeling*): two sides' answers, and how they stand to each other.

A missing statement is unknown, never clear.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from msgspec import Struct

from domain import codes

NOT_AGREED_ON = ("nobody", "unsure")  # the same answer, and yet nobody has it


class Reading(StrEnum):
    """How the two sides' answers for one responsibility stand to each other."""

    UNKNOWN = "unknown"
    ONE_SIDED = "one-sided"
    AGREED = "agreed"
    OVERLAP = "overlap"
    GAP = "gap"
    DIFFERENCE = "difference"


class Overall(StrEnum):
    """How clear the division of roles is as a whole."""

    CLEAR = "clear"
    ONE_SIDED = "one-sided"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


class Division(Struct, frozen=True):
    """One responsibility (*ansvarsområde*): what each side says, and how that reads."""

    responsibility: str
    mentor_says: str | None
    caseworker_says: str | None
    reading: Reading


class Why(StrEnum):
    """Why a division isn't clear, the worst first."""

    OVERLAP = "overlap"
    GAP = "gap"
    DIFFERENCE = "difference"
    FRICTION = "friction"
    NO_MENTOR = "no-mentor"
    NO_CASEWORKER = "no-caseworker"
    MENTOR_SILENT = "mentor-silent"
    CASEWORKER_SILENT = "caseworker-silent"
    BOTH_SILENT = "both-silent"


class Reason(Struct, frozen=True):
    """One reason and the responsibilities (codes) that it is about, none of them twice."""

    why: Why
    responsibilities: tuple[str, ...] = ()

    @property
    def danish(self) -> str:
        """A sentence that names the responsibilities."""
        return _sentence(_DANISH[self.why], map(_danish, self.responsibilities))

    @property
    def english(self) -> str:
        """The same in English."""
        return _sentence(_ENGLISH[self.why], (r.replace("-", " ") for r in self.responsibilities))


_DANISH = {
    Why.OVERLAP: "Begge gør krav på",
    Why.GAP: "Ingen af dem tager",
    Why.DIFFERENCE: "De ser forskelligt på",
    Why.FRICTION: "Der er meldt om gnidninger om rollerne, som ikke er taget op",
    Why.NO_MENTOR: "Der er ingen mentor den dag",
    Why.NO_CASEWORKER: "Den ansvarlige sagsbehandler kendes ikke",
    Why.MENTOR_SILENT: "Kun sagsbehandler har udmeldt",
    Why.CASEWORKER_SILENT: "Kun mentor har udmeldt",
    Why.BOTH_SILENT: "Ingen har udmeldt",
}
_ENGLISH = {
    Why.OVERLAP: "Both claim",
    Why.GAP: "Neither takes",
    Why.DIFFERENCE: "They differ on",
    Why.FRICTION: "Friction about the roles was reported and not taken up",
    Why.NO_MENTOR: "There is no mentor on the day",
    Why.NO_CASEWORKER: "The caseworker responsible isn't known",
    Why.MENTOR_SILENT: "Only the caseworker has stated",
    Why.CASEWORKER_SILENT: "Only the mentor has stated",
    Why.BOTH_SILENT: "Nobody has stated",
}


def _danish(responsibility: str) -> str:
    return codes.responsibilities.danish[responsibility]


def _sentence(words: str, names: Iterable[str]) -> str:
    named = "; ".join(names)
    return f"{words}: {named}." if named else f"{words}."


def divisions(mentor: Mapping[str, str], caseworker: Mapping[str, str]) -> tuple[Division, ...]:
    """Every responsibility, read from both sides' answers."""
    return tuple(
        division(one, mentor.get(one), caseworker.get(one)) for one in codes.responsibilities.codes
    )


@cache
def division(responsibility: str, mentor_says: str | None, caseworker_says: str | None) -> Division:
    """One responsibility, read from two answers."""
    return Division(
        responsibility, mentor_says, caseworker_says, reading(mentor_says, caseworker_says)
    )


def reading(mentor_says: str | None, caseworker_says: str | None) -> Reading:
    """How two answers stand to each other. A side claims with its own function or `both`."""
    if mentor_says is None and caseworker_says is None:
        return Reading.UNKNOWN
    if mentor_says is None or caseworker_says is None:
        return Reading.ONE_SIDED
    if mentor_says == caseworker_says and mentor_says not in NOT_AGREED_ON:
        return Reading.AGREED
    mentor_claims = mentor_says in ("mentor", "both")
    caseworker_claims = caseworker_says in ("caseworker", "both")
    if mentor_claims and caseworker_claims:
        return Reading.OVERLAP
    return Reading.DIFFERENCE if mentor_claims or caseworker_claims else Reading.GAP


def overall(divided: Iterable[Division]) -> Overall:
    """Unclear where anything is in conflict; clear only where all is agreed."""
    found = {division.reading for division in divided}
    if found & {Reading.OVERLAP, Reading.GAP, Reading.DIFFERENCE}:
        return Overall.UNCLEAR
    if Reading.ONE_SIDED in found:
        return Overall.ONE_SIDED
    return Overall.CLEAR if found == {Reading.AGREED} else Overall.UNKNOWN


def worst_of(states: Collection[Overall]) -> Overall:
    """Several courses as one: unclear where one is, clear only where all are."""
    for state in (Overall.UNCLEAR, Overall.ONE_SIDED):
        if state in states:
            return state
    return Overall.CLEAR if set(states) == {Overall.CLEAR} else Overall.UNKNOWN


def reasons(divided: Sequence[Division]) -> list[Reason]:
    """Why it isn't clear, the worst first."""
    found: dict[Why, list[str]] = {}
    for one in divided:
        why = _why(one)
        if why is not None:
            found.setdefault(why, []).append(one.responsibility)
    return [Reason(why, tuple(found[why])) for why in Why if why in found]


def _why(one: Division) -> Why | None:
    match one.reading:
        case Reading.AGREED:
            return None
        case Reading.UNKNOWN:
            return Why.BOTH_SILENT
        case Reading.ONE_SIDED:
            return Why.MENTOR_SILENT if one.mentor_says is None else Why.CASEWORKER_SILENT
        case _:
            return Why(one.reading)
