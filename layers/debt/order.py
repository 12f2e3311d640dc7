"""The order of the debtor list (DEBT-R9; first key PHUKET L2369)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from layers.debt.classes import CLASS_NUMBERS

__all__ = ["list_order"]


def list_order(
    classes: ArrayLike,
    *,
    days_left: ArrayLike,
    outstanding: ArrayLike,
    overdue: ArrayLike,
    contract_id: ArrayLike,
    promote_timebar_days: int = 0,
) -> Floats:
    """The place of each of n contracts in the list, from 1; nan outside the four classes.

    Class ascending; class 1 by balance, largest first; class 2 by days left, fewest first; class 3
    by overdue instalments, then balance, largest first; class 4 by balance, largest first; ties by
    contract id. With ``promote_timebar_days`` class 2 with so many days left or fewer comes first
    of all. What is unknown comes last of its class.

    >>> list_order(["normal", "matured", "closed"], days_left=[None, 14, None],
    ...            outstanding=[5, 5, 0], overdue=[0, 1, 0], contract_id=["a", "b", "c"])
    array([ 2.,  1., nan])
    """
    codes = np.asarray(classes, dtype=object)
    number = _numbers(codes)
    left, balance, due = (_floats(item) for item in (days_left, outstanding, overdue))
    second = np.select([number == 2, number == 3], [left, -due], default=-balance)
    third = np.where(number == 3, -balance, 0.0)
    promoted = (number == 2) & (left <= promote_timebar_days) & (promote_timebar_days > 0)
    listed = np.flatnonzero(~np.isnan(number))
    table = pa.table(
        {
            "class": np.where(promoted, 0.0, number)[listed],
            "second": _last(second[listed]),
            "third": _last(third[listed]),
            "id": pa.array(np.asarray(contract_id, dtype=object)[listed], pa.string()),
        }
    )
    keys: Any = [(name, "ascending") for name in table.column_names]
    place = pc.sort_indices(table, sort_keys=keys).to_numpy()
    rank = np.full(len(codes), np.nan)
    rank[listed[place]] = np.arange(1, len(listed) + 1)
    return rank


def _numbers(codes: NDArray[np.object_]) -> Floats:
    number = np.full(len(codes), np.nan)
    for code, value in CLASS_NUMBERS.items():
        number[codes == code] = value
    return number


def _floats(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=object) if not isinstance(values, np.ndarray) else values
    if given.dtype == object:
        given = np.array([np.nan if item is None else item for item in given], dtype=float)
    return np.asarray(given, dtype=float)


def _last(values: Floats) -> Floats:
    return np.where(np.isnan(values), np.inf, values)
