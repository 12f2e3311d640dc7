"""Money as whole satang (1 THB = 100 satang) in 64-bit integers.

Integers are exact, add up without rounding and are computed a column at a time; the decimal type of
Python would be exact too, one value at a time. Figures of a register (two decimals) become satang
by rounding, which undoes the binary fraction of a float exactly up to 90 million million baht.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Satang", "baht", "cut", "half_up", "satang", "split"]

Satang: TypeAlias = NDArray[np.int64]


def satang(thb: ArrayLike) -> Satang:
    """Baht as satang; what is unknown (nan) has no satang and raises ValueError.

    >>> satang([1234.57, 0.1])
    array([123457,     10])
    """
    amount = np.asarray(thb, dtype=float)
    if not np.isfinite(amount).all():
        raise ValueError("an unknown amount has no satang")
    return np.asarray(np.rint(amount * 100), dtype=np.int64)


def baht(amount: ArrayLike) -> NDArray[np.float64]:
    """Satang as baht with two decimals.

    >>> baht(123457)
    array(1234.57)
    """
    return np.asarray(np.round(np.asarray(amount, dtype=np.int64) / 100, 2))


def split(amount: ArrayLike, parts: ArrayLike) -> tuple[Satang, Satang]:
    """Equal parts, rounded half up to the satang, and the last that takes the remainder.

    >>> [int(part) for part in split(1_000_000, 24)]
    [41667, 41659]
    """
    whole, n = np.asarray(amount, dtype=np.int64), np.asarray(parts, dtype=np.int64)
    each = (2 * whole + n) // (2 * n)
    return each, whole - each * (n - 1)


def cut(amount: ArrayLike, percent: ArrayLike) -> Satang:
    """A percentage of an amount, rounded down: a ceiling must not be passed (DEBT-R12).

    ``percent`` counts to the hundredth of a percent.

    >>> int(cut(123457, 80))
    98765
    """
    hundredths = np.rint(np.asarray(percent, dtype=float) * 100).astype(np.int64)
    return np.asarray(np.asarray(amount, dtype=np.int64) * hundredths // 10_000)


def half_up(exact: Fraction) -> int:
    """An exact number of satang, not below zero, rounded half up.

    >>> half_up(Fraction(1, 2)), half_up(Fraction(49, 100))
    (1, 0)
    """
    return int(exact + Fraction(1, 2))
