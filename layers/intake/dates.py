"""Dates and moments of a column, Buddhist or common era."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import UnitError
from geo.thai import CE_YEARS, THAI_TIME, parse_date, parse_datetime, parse_year
from layers.intake.messages import wording

__all__ = ["certain_moments", "read_date", "read_dates", "read_moment", "read_moments"]

_DAY = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_MOMENT = (
    r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)


def read_dates(texts: pa.Array) -> tuple[Any, dict[int, UnitError]]:
    """A column of texts as dates (an object array, None where empty), and errors by position.

    Every form of DATE-R4 that means one day; two-digit years are refused (DATE-R3).

    >>> from layers.intake.text import to_arrow
    >>> days, errors = read_dates(to_arrow(["11/10/2565", "2022-10-11", None, "31 เมษายน 2566"]))
    >>> days[0] == days[1], days[2], errors[3].code
    (True, None, 'IMP-E-DATE')
    """
    return _read(texts, _DAY, read_date, _plain_dates)


def read_moments(texts: pa.Array) -> tuple[Any, dict[int, UnitError]]:
    """A column of texts as moments in UTC (an object array), and errors by position.

    Without an offset the time is Thai time; a date alone is its midnight.

    >>> from layers.intake.text import to_arrow
    >>> moments, _ = read_moments(to_arrow(["22 พฤษภาคม 2568 เวลา 10:45 น."]))
    >>> moments[0].isoformat()
    '2025-05-22T03:45:00+00:00'
    """
    return _read(texts, _MOMENT, read_moment, _plain_moments)


def certain_moments(column: pd.Series[Any]) -> Any:
    """Which rows of a datetime64 column are moments of the common era, or empty, as a mask."""
    years = column.dt.year
    return (years.isna() | years.between(CE_YEARS[0], CE_YEARS[-1])).to_numpy()


def read_date(cell: object) -> date | None:
    """One day out of a text, date or moment; a year of the Buddhist era is converted.

    Raises UnitError for what is no day, and for a year in neither era (DATE-R2).
    """
    if isinstance(cell, datetime):
        return _era(cell.astimezone(THAI_TIME) if cell.tzinfo else cell).date()
    if isinstance(cell, date):
        return _era(datetime.combine(cell, time())).date()
    text = str(cell)
    return None if text == "-" else parse_date(text, two_digit=False)


def read_moment(cell: object) -> datetime | None:
    """One moment in UTC out of a text, date or moment; see :func:`read_date`."""
    if isinstance(cell, datetime):
        return _utc(_era(cell))
    if isinstance(cell, date):
        return _utc(_era(datetime.combine(cell, time())))
    text = str(cell)
    return None if text == "-" else _utc(parse_datetime(text, two_digit=False))


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=THAI_TIME)
    return aware.astimezone(UTC)


def _era(moment: datetime) -> datetime:
    """A workbook's date typed with a year of the Buddhist era, in the common era (DATE-R1, R2)."""
    try:
        return moment.replace(year=parse_year(moment.year))
    except ValueError:  # 29 February that is leap only with 543 years more
        raise UnitError("IMP-E-DATE", wording("IMP-E-DATE", row="-", value=moment)) from None


def _plain_dates(texts: pa.Array) -> Any:
    return pd.to_datetime(pd.Series(texts.to_pandas()), format="%Y-%m-%d", errors="coerce").dt.date


def _plain_moments(texts: pa.Array) -> Any:
    words = pd.Series(texts.to_pandas())
    local = ~words.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True)
    words = words.where(~local, words + "+07:00")
    return pd.to_datetime(words, format="ISO8601", errors="coerce", utc=True)


def _read(
    texts: pa.Array, plain_form: str, read: Any, read_plain: Any
) -> tuple[Any, dict[int, UnitError]]:
    found = np.full(len(texts), None, dtype=object)
    plain = pc.fill_null(pc.match_substring_regex(texts, plain_form), False)
    mask = plain.to_numpy(zero_copy_only=False).astype(bool)
    if mask.any():
        values = pd.Series(read_plain(texts.filter(plain))).astype(object)
        found[mask] = values.where(values.notna(), None).to_numpy()
    rest = pc.is_valid(texts).to_numpy(zero_copy_only=False) & pd.isna(found)
    errors: dict[int, UnitError] = {}
    known: dict[str, Any] = {}
    for position in np.flatnonzero(rest):
        text = texts[int(position)].as_py()
        if text not in known:
            known[text] = _attempt(read, text)
        if isinstance(known[text], UnitError):
            errors[int(position)] = known[text]
        else:
            found[position] = known[text]
    return found, errors


def _attempt(read: Any, cell: object) -> Any:
    try:
        return read(cell)
    except UnitError as error:
        return error
