"""Levels and indicators of community funds, and which funds are chosen (FUND-R1 to R3).

Savings groups are measured by 21 indicators, กข.คจ. villages by 18. The texts of the indicators and
the cut-offs of the levels are not in the sources: levels are entered or imported, never computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

__all__ = [
    "INDICATOR_TOTALS",
    "QUOTA_PEOPLE",
    "RESULTS",
    "TRAINING_SEATS",
    "Choice",
    "IndicatorCount",
    "choose_funds",
    "count_indicators",
    "eligible_for_training",
]

INDICATOR_TOTALS: Mapping[str, int] = MappingProxyType({"savings_group": 21, "kkj": 18})
"""Indicators of each kind of fund (CDD L2433, L2509-2513, L2546-2548)."""

RESULTS = ("pass", "fail", "not_checked")
"""What an assessment may say of one indicator."""

QUOTA_PEOPLE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"savings_group": (4_600, 20), "kkj": (4_400, 15)}
)
"""Funds and people a fund that get debt and contract support (CDD L2546-2548)."""

TRAINING_SEATS = (4, 16)
"""Seats a district: team members and committee members (CDD L2530-2532)."""

_NEVER_CHOSEN = "3"
_CHOICE_LEVELS = ("1", "2")


class IndicatorCount(NamedTuple):
    """What a governance assessment came to; ``unknown`` codes were not checked."""

    passed: int
    failed: int
    unknown: int
    mandatory_failed: int
    complete: bool


def count_indicators(
    kind: str, results: Mapping[str, str], mandatory: Iterable[str] = ()
) -> IndicatorCount:
    """Count results ``pass``, ``fail``, ``not_checked`` of one fund; no level follows from it.

    >>> count_indicators("kkj", {"k1": "pass", "k2": "fail", "k3": "not_checked"}, ["k2"])
    IndicatorCount(passed=1, failed=1, unknown=1, mandatory_failed=1, complete=False)
    """
    values = list(results.values())
    failed = {code for code, result in results.items() if result == "fail"}
    return IndicatorCount(
        passed=values.count("pass"),
        failed=len(failed),
        unknown=values.count("not_checked"),
        mandatory_failed=len(failed & set(mandatory)),
        complete=len(values) - values.count("not_checked") == INDICATOR_TOTALS.get(kind),
    )


class Choice(NamedTuple):
    """The chosen funds in order, seats that stay empty, funds without a level."""

    chosen: list[str]
    shortage: int
    level_missing: list[str]


def choose_funds(funds: pd.DataFrame, quota: int) -> Choice:
    """Level 1 first, then 2, never 3, until the quota (FUND-R2; CDD L2544-2548).

    ``funds`` has ``fund_id``, ``level`` ("1" to "3"), ``mandatory_failed`` and
    ``indicators_passed``. Inside a level those that failed a mandatory indicator come first, then
    those that passed fewer, then by id; the order of input does not matter.

    >>> funds = pd.DataFrame({"fund_id": ["B", "A", "E"], "level": ["2", "1", "3"],
    ...                       "mandatory_failed": [0, 0, 0], "indicators_passed": [9, 9, 21]})
    >>> choose_funds(funds, 3)
    Choice(chosen=['A', 'B'], shortage=1, level_missing=[])
    """
    keys = pd.DataFrame(
        {
            "level": funds["level"].to_numpy(dtype=object),
            "failed": -(_numbers(funds["mandatory_failed"]).fillna(0) > 0).astype(int),
            "passed": _numbers(funds["indicators_passed"]).fillna(np.inf),
            "fund_id": funds["fund_id"].astype(str),
        }
    )
    open_ = keys[keys["level"].isin(_CHOICE_LEVELS)]
    order = open_.sort_values(["level", "failed", "passed", "fund_id"])
    chosen = order["fund_id"].tolist()[:quota]
    missing = keys.loc[~keys["level"].isin([*_CHOICE_LEVELS, _NEVER_CHOSEN]), "fund_id"]
    return Choice(chosen, quota - len(chosen), sorted(missing))


def eligible_for_training(funds: pd.DataFrame, *, too_few: bool = False) -> Any:
    """Whose committee comes to the training of 2563 (FUND-R3; CDD L2508-2513), as a mask.

    Failed a mandatory indicator, or level 1 or 2; กข.คจ. villages of level 3 too where there are
    none or ``too_few`` others.
    """
    failed = _numbers(funds["mandatory_failed"]).fillna(0) > 0
    wanted = failed | funds["level"].isin(_CHOICE_LEVELS)
    kkj = funds["kind"] == "kkj"
    if too_few or not (wanted & kkj).any():
        wanted |= kkj & (funds["level"] == _NEVER_CHOSEN)
    return wanted.to_numpy(dtype=bool)


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_numeric(column, errors="coerce").astype(float)
