"""How the shares of barriers (Table 75) and roles (Figure 7) are made, in words, and why no reply
is named beside them.

Whoever sees who replied to what learns what they answered, where all answered alike or one figure
is held against another. So the numbers are explained and the replies never are.
"""

from collections.abc import Iterator
from fractions import Fraction

from domain.reckoning import Figure, in_danish, in_english
from domain.surveys import SMALL, Cell

HALVES = {
    "little": ("not-at-all", "to-a-lesser-degree"),
    "much": ("to-some-degree", "to-a-very-high-degree"),
}
"""Both halves of the scale, by the names that their shares have."""


def explained(cell: Cell | None, rounds: int) -> Iterator[Figure]:
    """The answers that count of these many rounds, and each share of them; of no `cell`, that it
    is withheld, or that nobody was asked where there are no rounds."""
    if cell is None:
        yield _WITHHELD if rounds else _NOT_ASKED
        return
    answered = _answered(cell, rounds)
    yield Figure(
        answered.column,
        f"{answered.danish} Runderne står pr. runde (by=round).",
        f"{answered.english} The rounds stand by round (by=round).",
    )
    for half, degrees in HALVES.items():
        several = [cell.degrees.get(degree, 0) for degree in degrees]
        for degree, number in zip(degrees, several, strict=True):
            yield _share(f"share_{degree.replace('-', '_')}", [number], cell.answered)
        yield _share(f"share_{half}", several, cell.answered)


def explained_half(cell: Cell | None, rounds: int, half: str) -> Iterator[Figure]:
    """The same of one half of the scale only, as `share`: how many answered each degree isn't
    told."""
    if cell is None:
        yield _WITHHELD if rounds else _NOT_ASKED
        return
    yield _answered(cell, rounds)
    several = sum(cell.degrees.get(degree, 0) for degree in HALVES[half])
    yield _share("share", [several], cell.answered)


def _answered(cell: Cell, rounds: int) -> Figure:
    of = f"{rounds} {'runde' if rounds == 1 else 'runder'}"
    of_en = f"{rounds} {'round' if rounds == 1 else 'rounds'}"
    return Figure(
        "answered",
        f"{cell.answered} svar i {of}, det seneste af hver, ved ikke ikke talt med. Besvarelserne"
        " nævnes ikke: de ville vise, hvem der svarede hvad.",
        f"{cell.answered} answers in {of_en}, the latest of each, don't know not counted. The"
        " replies aren't named: they would tell who answered what.",
    )


def _share(column: str, parts: list[int], whole: int) -> Figure:
    told, share = " + ".join(map(str, parts)), Fraction(100 * sum(parts), whole)
    return Figure(
        column,
        f"{told} af {whole} svar = {in_danish(share)} %.",
        f"{told} of {whole} answers = {in_english(share)} %.",
    )


_WITHHELD = Figure(
    "withheld",
    f"For få til at holde dem ude fra hinanden: færre end {SMALL} har svaret andet end ved ikke,"
    f" eller tallet ville sammen med et andet vise, hvad færre end {SMALL} svarede. Hverken tal"
    " eller besvarelser vises; spørg igen, når en runde mere er besvaret.",
    f"Too few people to tell them apart: fewer than {SMALL} answered other than don't know, or the"
    f" figure held against another would tell what fewer than {SMALL} answered. Neither figures"
    " nor replies are told; ask again once another round is answered.",
)
_NOT_ASKED = Figure(
    "answered", "Ingen er blevet spurgt om det endnu.", "Nobody has been asked about it yet."
)
