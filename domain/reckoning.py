"""How figures are made (*regnestykker*): a sentence each, of the numbers that they are made of.

Numbers are written with two decimals at most. What is divided is exact, so a sentence whose parts
had to be rounded says that they were.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import NamedTuple

from domain.caseload import CLEARLY_SMALLER, FULL_TIME, per_full_time
from domain.granted_hours import GrantedMonth
from domain.role_clarity import ASSUMED, Balance, RoleClarity, Thresholds
from domain.surveys import SMALL


class Figure(NamedTuple):
    """How the figure of a column is made, in Danish and English."""

    column: str
    danish: str
    english: str


def load(
    column: str, citizens: int, fte: Fraction, *, minutes: int | None = None, mean: bool = False
) -> Figure:
    """Citizens per full-time mentor: of one who has `minutes` a week, or of the `mean` of a
    period."""
    figure = per_full_time(citizens, fte)
    da, en = _counted(citizens, "borger", "borgere"), _counted(citizens, "citizen", "citizens")
    if figure is None:
        return Figure(
            column,
            f"{da} og ingen mentortimer: tallet er ikke defineret.",
            f"{en} and no mentor hours: the figure is undefined.",
        )
    da += f" / {in_danish(fte)} {'fuldtidsmentor' if fte <= 1 else 'fuldtidsmentorer'}"
    en += f" / {in_english(fte)} full-time {'mentor' if fte <= 1 else 'mentors'}"
    if minutes is not None:
        da += f" ({minutes} af {FULL_TIME} minutter om ugen)"
        en += f" ({minutes} of {FULL_TIME} minutes a week)"
    if mean:
        da, en = f"{da} i gennemsnit over perioden", f"{en} on average over the period"
    rounded = minutes is None and not _is_short(fte)
    da += f" = {in_danish(figure)}{', regnet før afrunding' if rounded else ''}."
    en += f" = {in_english(figure)}{', reckoned before rounding' if rounded else ''}."
    return Figure(column, da, en)


def few() -> Figure:
    """Why a band isn't told to other municipalities, and where the own one sees the figure."""
    return Figure(
        "withheld",
        f"Under {SMALL} borgere eller mentorer: for få til at holde dem ude fra hinanden, så"
        " intervallet vises ikke for andre kommuner. Egne tal står i overblikket over belastning"
        " (caseload).",
        f"Fewer than {SMALL} citizens or mentors: too few to tell them apart, so other"
        " municipalities aren't shown the band. The own figures stand in the caseload.",
    )


def over_limit(citizens: int, fte: Fraction, limit: int | None) -> Iterator[Figure]:
    """Whether a load is over the limit, the limit itself included; nothing where either is
    undefined."""
    figure = per_full_time(citizens, fte)
    if figure is None or limit is None:
        return
    over = figure > limit
    yield Figure(
        "over_limit",
        f"{in_danish(figure)} er {'over' if over else 'ikke over'} grænsen på {limit}.",
        f"{in_english(figure)} is {'over' if over else 'not over'} the limit of {limit}.",
    )


def over_share(own: int, others: int, fte: Fraction) -> Iterator[Figure]:
    """Whether a coordinator has more citizens than the share of the others' mean that is clearly
    smaller; nothing where there is no mean."""
    mean = per_full_time(others, fte)
    if mean is None:
        return
    limit = mean * CLEARLY_SMALLER
    over, percent = own > limit, in_english(100 * CLEARLY_SMALLER)
    rounded = not (_is_short(mean) and _is_short(limit))
    yield Figure(
        "coordinator_overloaded",
        f"{_counted(own, 'borger', 'borgere')} er {'over' if over else 'ikke over'} grænsen på"
        f" {in_danish(limit)}: {percent} % af mentorernes gennemsnit på {in_danish(mean)}"
        f"{', regnet før afrunding' if rounded else ''}.",
        f"{_counted(own, 'citizen', 'citizens')} {'is' if own == 1 else 'are'}"
        f" {'over' if over else 'not over'} the limit of {in_english(limit)}: {percent} % of the"
        f" mentors' mean of {in_english(mean)}{', reckoned before rounding' if rounded else ''}.",
    )


def share_of_time(column: str, minutes: int, whole: int) -> Iterator[Figure]:
    """Minutes of all those that were registered; nothing where none were."""
    if not whole:
        return
    share = Fraction(100 * minutes, whole)
    yield Figure(
        column,
        f"{minutes} af {whole} registrerede minutter = {in_danish(share)} %.",
        f"{minutes} of {whole} minutes registered = {in_english(share)} %.",
    )


def hours(
    month: GrantedMonth, minutes: Fraction, percent: int | None, day: date
) -> Iterator[Figure]:
    """What was granted in a month, what was delivered of it, and how much the rule asks for, once
    the month is over on the `day` asked about."""
    granted = month.minutes
    parts = [(len(list(days)), one.daily) for one, days in groupby(month.held.values())]
    da = " + ".join(f"{_counted(n, 'dag', 'dage')} × {in_danish(daily or 0)}" for n, daily in parts)
    en = " + ".join(
        f"{_counted(n, 'day', 'days')} × {in_english(daily or 0)}" for n, daily in parts
    )
    yield Figure(
        "granted_minutes",
        f"{da} minutter om dagen = {in_danish(granted)} minutter.",
        f"{en} minutes a day = {in_english(granted)} minutes.",
    )
    if granted:
        share = 100 * minutes / granted
        yield Figure(
            "delivered_percent",
            f"{in_danish(minutes)} af {in_danish(granted)} minutter = {in_danish(share)} %.",
            f"{in_english(minutes)} of {in_english(granted)} minutes = {in_english(share)} %.",
        )
    if percent is not None and month.is_asked_about and month.since <= day:
        asked = granted * Fraction(percent, 100)
        yield Figure(
            "below",
            f"Reglen kræver {percent} % af {in_danish(granted)} = {in_danish(asked)} minutter;"
            f" leveret er {in_danish(minutes)}.",
            f"The rule asks for {percent} % of {in_english(granted)} = {in_english(asked)} minutes;"
            f" delivered are {in_english(minutes)}.",
        )


def balance(clarity: RoleClarity, day: date, at: Thresholds = ASSUMED) -> Figure:
    """Why a pair is too loose, balanced, too tight or unknown."""
    since, crossings = clarity.seen.contacts.days_since, sum(clarity.seen.crossings.values())
    paired = clarity.seen.together_since
    together = (day - paired).days if paired else 0
    missing = ("sagsbehandler", "caseworker") if clarity.seen.mentor else ("mentor", "mentor")
    da = f"{_counted(since or 0, 'dag', 'dage')} siden sidste kontakt"
    en = f"{_counted(since or 0, 'day', 'days')} since the last contact"
    if since is None:
        da = f"ingen kontakt på {_counted(together, 'dag', 'dage')}"
        en = f"no contact in {_counted(together, 'day', 'days')}"
    crossed = (
        f"{_counted(crossings, 'overskridelse', 'overskridelser')} på {at.crossings_in} dage",
        f"{_counted(crossings, 'crossing', 'crossings')} in {at.crossings_in} days",
    )
    said = {
        Balance.TOO_LOOSE: (
            f"For løs: {da}, mere end {at.loose_after}.",
            f"Too loose: {en}, more than {at.loose_after}.",
        ),
        Balance.TOO_TIGHT: (
            f"For tæt: {crossed[0]}, mindst {at.tight_from}; {da}.",
            f"Too tight: {crossed[1]}, {at.tight_from} at least; {en}.",
        ),
        Balance.BALANCED: (
            f"I balance: {da}, højst {at.loose_after}, og {crossed[0]}, færre end {at.tight_from}.",
            f"Balanced: {en}, at most {at.loose_after}, and {crossed[1]}, under {at.tight_from}.",
        ),
        Balance.UNKNOWN: (
            f"Ukendt: {da}, højst {at.loose_after}." if paired else f"Ukendt: ingen {missing[0]}.",
            f"Unknown: {en}, at most {at.loose_after}." if paired else f"Unknown: no {missing[1]}.",
        ),
    }
    return Figure("balance", *said[clarity.balance])


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _is_short(number: Fraction) -> bool:
    return (100 * number).denominator == 1


def in_english(number: Fraction | int) -> str:
    """Two decimals at most, halves away from zero; nothing here is negative."""
    cents = floor(100 * number + Fraction(1, 2))
    whole, part = divmod(cents, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".")


def in_danish(number: Fraction | int) -> str:
    """The same with a comma."""
    return in_english(number).replace(".", ",")
