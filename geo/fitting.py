"""What would fit: the largest or smallest value of one figure at which a test still passes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats

__all__ = ["largest_that_passes", "smallest_that_passes"]

Test = Callable[[Floats], NDArray[np.bool_]]

_GRID = 32


def largest_that_passes(test: Test, low: float, high: float, step: float) -> float:
    """The largest value, a whole number of ``step``, from which down to ``low`` all pass.

    ``test`` judges many values at once; it is asked on a grid that is narrowed around the first
    value that fails. nan where ``low`` itself fails.

    >>> largest_that_passes(lambda depth: depth <= 2.666, 0.5, 4, 0.01)
    2.66
    """
    return _last(test, low, high, step, 1.0)


def smallest_that_passes(test: Test, low: float, high: float, step: float) -> float:
    """The smallest value, a whole number of ``step``, from which up to ``high`` all pass.

    nan where ``high`` itself fails.

    >>> smallest_that_passes(lambda setback: setback >= 6.2, 0, 10, 0.01)
    6.2
    """
    return _last(lambda value: test(-value), -high, -low, step, -1.0)


def _last(test: Test, low: float, high: float, step: float, sign: float) -> float:
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    if first > last or not bool(test(np.array([first * step]))[0]):
        return float("nan")
    while first < last:
        tried = np.unique(np.linspace(first, last, min(_GRID, last - first + 1)).round())
        passed = np.asarray(test(tried * step), dtype=bool)
        if passed.all():
            first = last
            break
        at = int(np.argmin(passed))
        # Between the last value that passed and the first that failed.
        first, last = int(tried[at - 1]), int(tried[at]) - 1
    return float(round(sign * first * step, 9))
