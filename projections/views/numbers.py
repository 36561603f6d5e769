"""Figures as they are shown. Rules see exact fractions, never these."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def shown(figure: Fraction | None) -> Decimal | None:
    """Two decimals, halves away from zero; undefined stays undefined."""
    if figure is None:
        return None
    exact = Decimal(figure.numerator) / Decimal(figure.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent(part: int, whole: int) -> Decimal | None:
    """The share in percent, as it is shown; of nothing there is none."""
    return shown(Fraction(100 * part, whole)) if whole else None
