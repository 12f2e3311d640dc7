"""Overdue instalments of a schedule (DEBT-R5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from layers.debt.dates import Days, days
from layers.debt.money import Satang, satang

__all__ = ["Instalments", "flatten", "overdue_instalments"]


@dataclass(frozen=True, slots=True, eq=False)
class Instalments:
    """The instalments of many contracts in one column, by contract and due day.

    ``row`` is the position of the contract, ``due`` its due day, ``amount`` in satang.
    """

    row: NDArray[np.int64]
    due: Days
    amount: Satang


def flatten(schedules: Iterable[Any]) -> Instalments:
    """Lists of ``{due_date, amount_thb}`` as one column; parts that are no instalment are left out.

    >>> flat = flatten([None, [{"due_date": "2025-02-01", "amount_thb": 2500}]])
    >>> flat.row, flat.amount
    (array([1]), array([250000]))
    """
    row: list[int] = []
    due: list[str] = []
    amount: list[float] = []
    for position, schedule in enumerate(schedules):
        if not isinstance(schedule, list):
            continue
        for part in schedule:
            found = _part(part)
            if found is not None:
                row.append(position)
                due.append(found[0])
                amount.append(found[1])
    rows, dues, amounts = (
        np.array(row, dtype=np.int64),
        days(np.array(due, "M8[D]")),
        satang(amount),
    )
    order = np.lexsort((dues, rows))
    return Instalments(rows[order], dues[order], amounts[order])


def _part(part: Any) -> tuple[str, float] | None:
    if not isinstance(part, Mapping):
        return None
    try:
        due = str(np.datetime64(str(part["due_date"])[:10], "D"))
        amount = float(part["amount_thb"])
    except (KeyError, TypeError, ValueError):
        return None
    return (due, amount) if due != "NaT" and np.isfinite(amount) and amount >= 0 else None


def overdue_instalments(
    instalments: Instalments,
    paid_thb: ArrayLike,
    reference: np.datetime64,
    *,
    grace_days: int = 0,
    tolerance_thb: float = 0.0,
) -> Floats:
    """How many instalments of each contract are overdue; nan without a schedule or paid amount.

    Money received covers the oldest instalment first. An instalment is overdue when its due day and
    the grace days are before ``reference`` and more than the tolerance of it is not covered.
    """
    paid = np.asarray(paid_thb, dtype=float)
    count = np.full(len(paid), np.nan)
    row = instalments.row
    if not len(row):
        return count
    count[np.unique(row)] = 0
    due_so_far = np.cumsum(instalments.amount)
    first = np.r_[True, row[1:] != row[:-1]]
    before = np.maximum.accumulate(np.where(first, due_so_far - instalments.amount, 0))
    received = np.where(np.isnan(paid), 0.0, np.rint(paid * 100))[row]
    short = np.minimum(instalments.amount, due_so_far - before - received)
    late = instalments.due + np.timedelta64(grace_days, "D") < reference
    np.add.at(count, row[late & (short > round(tolerance_thb * 100))], 1)
    count[np.isnan(paid)] = np.nan
    return count
