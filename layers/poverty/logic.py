"""Yes, no and unknown in columns (POV-R8): unknown is never read as no.

The three values are ordered no < unknown < yes, so that "and" is the least and "or" the greatest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["NO", "UNKNOWN", "YES", "Truth", "all_of", "any_of", "none_of", "to_bool", "truth"]

Truth = NDArray[np.int8]
NO, UNKNOWN, YES = np.int8(0), np.int8(1), np.int8(2)


def truth(values: ArrayLike | pd.Series[Any] | None, n: int) -> Truth:
    """Booleans with gaps as n codes; None for the whole column is unknown everywhere.

    >>> truth([True, False, None], 3).tolist()
    [2, 0, 1]
    >>> truth(None, 2).tolist()
    [1, 1]
    """
    if values is None:
        return np.full(n, UNKNOWN, dtype=np.int8)
    column: Any = pd.array(values, dtype="boolean")  # type: ignore[arg-type]
    told = column.to_numpy(dtype=np.int8, na_value=0)
    return np.where(column.isna(), UNKNOWN, 2 * told).astype(np.int8)


def to_bool(values: Truth) -> pd.Series[Any]:
    """The codes as nullable booleans.

    >>> to_bool(truth([True, None], 2)).tolist()
    [True, <NA>]
    """
    found = pd.array(values == YES, dtype="boolean")
    found[values == UNKNOWN] = pd.NA
    return pd.Series(found)


def all_of(*parts: Truth) -> Truth:
    """And: no if any part is no, else unknown if any is unknown (POV-R8).

    >>> all_of(truth([True, True, None], 3), truth([True, None, False], 3)).tolist()
    [2, 1, 0]
    """
    found: Truth = np.minimum.reduce(parts)
    return found


def any_of(*parts: Truth) -> Truth:
    """Or: yes if any part is yes, else unknown if any is unknown.

    >>> any_of(truth([False, True], 2), truth([None, None], 2)).tolist()
    [1, 2]
    """
    found: Truth = np.maximum.reduce(parts)
    return found


def none_of(*parts: Truth) -> Truth:
    """Not (a or b or ...).

    >>> none_of(truth([False, True, None], 3)).tolist()
    [2, 0, 1]
    """
    return (YES - any_of(*parts)).astype(np.int8)
