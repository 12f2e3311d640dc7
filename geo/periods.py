"""Periods of Thai office texts: months, years, fiscal years, quarters and ranges of them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, NamedTuple

from geo.errors import UnitError
from geo.text import Text
from geo.thai import BE_OFFSET, arabic_digits, normalise, parse_date, parse_time, parse_year

__all__ = [
    "FISCAL_YEAR_START_MONTH",
    "FiscalQuarter",
    "Period",
    "fiscal_quarter",
    "fiscal_year",
    "parse_period",
    "parse_times",
]

FISCAL_YEAR_START_MONTH = 10  # DATE-R6

_DASH = r"\s*(?:-|–|—|ถึง)\s*"
_FISCAL = re.compile(r"(?:ปีงบประมาณ|fiscal year|FY)\s*(.*)", re.IGNORECASE)
_DAYS_OF_MONTH = re.compile(rf"(\d{{1,2}}){_DASH}(\d{{1,2}}\s*\D.*)")
_RANGE = re.compile(rf"(.*[^\s-]){_DASH}([^\s-].*)")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end`` inclusive; ``precision`` is that of the source."""

    start: date
    end: date
    precision: Literal["day", "month", "year", "fiscal_year"]

    @property
    def months(self) -> int:
        """How many calendar months the period touches (PER-W-LENGTH compares it)."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1


class FiscalQuarter(NamedTuple):
    """Fiscal year (BE) and quarter 1 to 4."""

    year_be: int
    quarter: int


def fiscal_year(year_be: int) -> Period:
    """Return fiscal year ``year_be``: 1 October of the year before to 30 September (DATE-R6).

    >>> fiscal_year(2563).start.isoformat(), fiscal_year(2563).end.isoformat()
    ('2019-10-01', '2020-09-30')
    """
    year = year_be - BE_OFFSET
    start = date(year - 1, FISCAL_YEAR_START_MONTH, 1)
    return Period(start, date(year, FISCAL_YEAR_START_MONTH, 1) - timedelta(1), "fiscal_year")


def fiscal_quarter(day: date) -> FiscalQuarter:
    """Return the fiscal year and quarter that a day lies in (DATE-R6).

    >>> fiscal_quarter(date(2020, 9, 15))
    FiscalQuarter(year_be=2563, quarter=4)
    """
    months = (day.month - FISCAL_YEAR_START_MONTH) % 12
    year = day.year + BE_OFFSET + (1 if day.month >= FISCAL_YEAR_START_MONTH else 0)
    return FiscalQuarter(year, months // 3 + 1)


def parse_period(text: str, *, two_digit: bool = True) -> Period:
    """Read a day, month, year, fiscal year or a range of them (DATE-R4, R5).

    >>> parse_period("๑๘ - ๒๒ ธันวาคม ๒๕๖๔").end.isoformat()
    '2021-12-22'
    >>> parse_period("กุมภาพันธ์ ๒๕๖๔ - มกราคม ๒๕๖๕").months
    12

    Raises UnitError ``IMP-E-DATE`` or ``IMP-E-ERA``.
    """
    plain = arabic_digits(normalise(text))
    single = _single(plain, two_digit)
    if single:
        return single
    if match := _DAYS_OF_MONTH.fullmatch(plain):
        last = parse_date(match[2], two_digit=two_digit)
        if 1 <= int(match[1]) <= last.day:
            return Period(last.replace(day=int(match[1])), last, "day")
    elif match := _RANGE.fullmatch(plain):
        begin, end = _single(match[1], two_digit), _single(match[2], two_digit)
        if begin and end and begin.start <= end.end:
            return Period(begin.start, end.end, end.precision)
    raise UnitError(
        "IMP-E-DATE",
        Text("อ่านช่วงเวลา “{v}” ไม่ได้", "Period “{v}” cannot be read").format(v=text),
        value=text,
    )


def _single(text: str, two_digit: bool) -> Period | None:
    """One day, year, fiscal year or month; None if the text is none of them."""
    if match := _FISCAL.fullmatch(text):
        return fiscal_year(parse_year(match[1], two_digit=two_digit) + BE_OFFSET)
    try:
        day = parse_date(text, two_digit=two_digit)
        return Period(day, day, "day")
    except UnitError as error:
        _only_unreadable(error)
    try:
        year = parse_year(text, two_digit=two_digit)
        return Period(date(year, 1, 1), date(year, 12, 31), "year")
    except UnitError as error:
        _only_unreadable(error)
    try:
        first = parse_date(f"1 {text.removeprefix('เดือน')}", two_digit=two_digit)
    except UnitError as error:
        _only_unreadable(error)
        return None
    return Period(first, first.replace(day=monthrange(first.year, first.month)[1]), "month")


def _only_unreadable(error: UnitError) -> None:
    """Let a wrong era through: the form was right, so no other form is worth trying."""
    if error.code != "IMP-E-DATE":
        raise error


def parse_times(text: str) -> tuple[time, ...]:
    """Read ``10:45 น.`` or ``09.00-09.30 น.``: one or two times of a 24-hour day (DATE-R7).

    >>> parse_times("09.00-09.30 น.")
    (datetime.time(9, 0), datetime.time(9, 30))

    Raises UnitError ``IMP-E-DATE``.
    """
    return tuple(parse_time(part) for part in re.split(_DASH, normalise(text), maxsplit=1))
