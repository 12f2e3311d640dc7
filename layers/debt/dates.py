"""Calendar days as columns of ``datetime64[D]``; unknown is NaT.

Days are kept in the common era (DEBT-R1); a month or a year later is the same day of the month, or
its last day where that day does not exist (DEBT-R2).
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

__all__ = ["NO_DAY", "Days", "add_months", "add_years", "days", "months_after", "plain", "today"]

Days: TypeAlias = NDArray[np.datetime64]

NO_DAY = np.datetime64("NaT", "D")


def days(values: Any) -> Days:
    """A column of dates, moments or ISO texts as days; what is missing becomes NaT.

    Years far outside the calendar of the fund stay as they are, so that they can be named.

    >>> days([date(2563, 5, 1), None])
    array(['2563-05-01',        'NaT'], dtype='datetime64[D]')
    >>> days(["2025-08-01"])
    array(['2025-08-01'], dtype='datetime64[D]')
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[D]")
    column = pd.Series(values)
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        return np.asarray(column.where(column.notna(), "NaT"), dtype="datetime64[D]")
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("Asia/Bangkok").dt.tz_localize(None)
    read = pa.array(column, type=pa.date32(), from_pandas=True)
    found = read.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
    known = np.asarray(read.is_valid())
    return np.where(known, found.astype("datetime64[D]"), NO_DAY)


def add_months(start: ArrayLike, months: ArrayLike) -> Days:
    """The day ``months`` later, clamped to the end of the month (DEBT-R2; T25, T26).

    >>> add_months(np.datetime64("2024-02-29"), 24)
    array('2026-02-28', dtype='datetime64[D]')
    >>> add_months(NO_DAY, 24)
    array('NaT', dtype='datetime64[D]')
    """
    day = np.asarray(start, dtype="datetime64[D]")
    month = day.astype("datetime64[M]")
    target = month + np.asarray(months, dtype="timedelta64[M]")
    first = target.astype("datetime64[D]")
    length = (target + 1).astype("datetime64[D]") - first
    within = np.minimum(day - month.astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    return np.asarray(first + within)


def add_years(start: ArrayLike, years: int) -> Days:
    """The same day ``years`` later; 29 February becomes the 28th (DEBT-T24).

    >>> add_years(np.datetime64("2020-02-29"), 5)
    array('2025-02-28', dtype='datetime64[D]')
    """
    return add_months(start, years * 12)


def months_after(day: date, months: int) -> date:
    """The day ``months`` after one day, clamped to the end of the month.

    >>> months_after(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    return pd.Timestamp(str(add_months(np.datetime64(day, "D"), months))).date()


def plain(column: Days) -> NDArray[np.object_]:
    """Days as Python dates, None where unknown, as rows are shown and stored."""
    found = column.astype(object)
    found[np.isnat(column)] = None
    return found


def today() -> date:
    """The day that it is in Thailand."""
    return pd.Timestamp.now("Asia/Bangkok").date()
