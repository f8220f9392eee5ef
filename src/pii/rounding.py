"""Published digits: decimal, half-up, as statistical offices round."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isnan

__all__ = ["half_up", "published"]

# A score computed in binary may sit some units of the 15th digit off the decimal it stands for. Twelve digits are
# far more than anyone publishes, and take that noise away before half-up decides.
_DIGITS = 12


def half_up(value: float, decimals: int) -> float:
    """Round as on paper: a 5 goes up, away from 0. NaN stays NaN.

    Examples
    --------
    >>> half_up((51.50 + 47.23) / 2, 2), round((51.50 + 47.23) / 2, 2)
    (49.37, 49.36)
    """
    return value if isnan(value) else float(published(value, decimals))


def published(value: float, decimals: int) -> str:
    """The rounded value as text with all its decimals; empty for NaN.

    Examples
    --------
    >>> published(7.0, 2), published(float("nan"), 2)
    ('7.00', '')
    """
    if isnan(value):
        return ""
    exact = Decimal(f"{value:.{_DIGITS}g}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return str(abs(rounded) if rounded.is_zero() else rounded)
