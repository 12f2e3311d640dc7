"""The interest-rate measure 5.2.4 and the interest formula (DEBT-R13, R14; PHUKET L2433-2437).

The formula is not in the sources: simple interest, no compounding, parts summed unrounded and
rounded half up once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.text import Text
from layers.debt.dates import months_after
from layers.debt.measures import COURT_STATUSES, INTEREST_CUT_FROM
from layers.debt.money import half_up
from layers.debt.parameters import one_of, refuse_unknown

__all__ = ["DAY_COUNTS", "InterestRules", "Phase", "eligible", "interest", "phases"]

DAY_COUNTS = ("ACT/365", "ACT/360", "30/360")
_LAST_GAP_MONTH = 3  # the next phase begins in month 4, as printed


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestRules(Parameters):
    """Parameters of DEBT-R13 and R14; rates in per cent a year.

    The print speaks of "the first 2 months" and of month 4; ``phase1_months`` 3 takes the 2 for a
    misprint, with 2 the month between has ``gap_rate_pct``.
    """

    phase1_months: int = between(3, 1, 3)
    phase1_rate_pct: float = between(1.0, 0.0, 100.0)
    gap_rate_pct: float = between(1.0, 0.0, 100.0)
    disciplined_rate_pct: float = between(0.10, 0.0, 100.0)
    default_rate_pct: float = between(7.5, 0.0, 100.0)
    day_count: str = one_of(*DAY_COUNTS)

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        refuse_unknown(self)


class Phase(NamedTuple):
    """A span at one rate: ``start`` counts, ``end`` does not."""

    start: date
    end: date
    rate_pct: float


def eligible(start: date | None, legal_status: str | None) -> bool | None:
    """Whether the measure is open to a contract; None when its day is unknown. INT-T12, T13.

    >>> eligible(date(2023, 9, 29), None), eligible(date(2023, 9, 30), "none"), eligible(None, None)
    (False, True, None)
    """
    if legal_status in COURT_STATUSES:
        return False
    return None if start is None else start >= INTEREST_CUT_FROM


def phases(
    approved_on: date, until: date, *, disciplined: bool, rules: InterestRules
) -> list[Phase]:
    """The spans of default interest from the provincial approval to ``until``.

    >>> [(str(p.end), p.rate_pct) for p in phases(date(2025, 1, 15), date(2025, 7, 15),
    ...                                           disciplined=True, rules=InterestRules())]
    [('2025-04-15', 1.0), ('2025-07-15', 0.1)]
    """
    if until < approved_on:
        raise ParameterError(
            "period_reversed",
            Text(
                f"วันสิ้นสุด {until} มาก่อนวันอนุมัติ {approved_on}",
                f"The end {until} is before the approval {approved_on}",
            ),
        )
    later = rules.disciplined_rate_pct if disciplined else rules.default_rate_pct
    turns = [
        (months_after(approved_on, rules.phase1_months), rules.phase1_rate_pct),
        (months_after(approved_on, _LAST_GAP_MONTH), rules.gap_rate_pct),
        (until, later),
    ]
    found, start = [], approved_on
    for turn, rate in turns:
        end = min(turn, until)
        if end > start:
            found.append(Phase(start, end, rate))
            start = end
    return found


def interest(principal_satang: int, spans: Sequence[Phase], day_count: str = "ACT/365") -> int:
    """Simple interest over the spans, in satang, rounded half up once (DEBT-R14).

    >>> interest(10_000_000, [Phase(date(2025, 1, 1), date(2026, 1, 1), 7.5)])
    750000
    """
    basis = 365 if day_count == "ACT/365" else 360
    total = Fraction(0)
    for start, end, rate in spans:
        days = _thirty(start, end) if day_count == "30/360" else (end - start).days
        total += Fraction(str(rate)) / 100 * principal_satang * days / basis
    return half_up(total)


def _thirty(start: date, end: date) -> int:
    """Days between, every month with thirty (the European 30E/360)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * 30 + min(end.day, 30) - min(start.day, 30)
