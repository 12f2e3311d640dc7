"""The four tiers, exits and what is unknown (POV-R1 to R9), over columns of households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from geo.parameters import column
from layers import people
from layers.poverty.logic import NO, UNKNOWN, YES, Truth, all_of, any_of, none_of, truth
from layers.poverty.parameters import TierParameters
from layers.poverty.reasons import BIT, Mask

__all__ = ["FACTS", "STATUSES", "Facts", "Tiers", "judge", "lists", "merged", "passes"]

STATUSES = tuple(people.RESULT_STATUSES)
ELIGIBLE, PENDING, BLOCKED, ROUTE_WELFARE, NOT_ELIGIBLE = range(len(STATUSES))
EXIT_REASONS = {
    "moved_out": "X_MOVED",
    "deceased": "X_DECEASED",
    "unwilling": "X_UNWILLING",
    "wants_to_move_out": "X_WANTS_MOVE",
}
TIER_REASONS = ("", "T1_TPMAP_CARD", "T2_BMN", "T3_LOW_INCOME", "T4_RESTRICTED")
INCOMES = ("income_pcpy_tpmap", "income_pcpy_bmn")
FLAGS = (
    "in_tpmap",
    "welfare_card",
    "flag_elderly",
    "flag_disabled",
    "flag_welfare_only",
    "rehab_member",
)
FACTS = (*INCOMES, *FLAGS, *(f"flag_{name}" for name in EXIT_REASONS))
"""The fields of the layer ``households`` that decide a tier."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of n households: incomes in THB per person and year (nan unknown), flags."""

    n: int
    income: Mapping[str, Floats]
    flag: Mapping[str, Truth]

    @classmethod
    def of(cls, table: Mapping[str, ArrayLike] | pd.DataFrame) -> Facts:
        """From the columns of the layer; a column that is not there is unknown."""
        frame = pd.DataFrame(table)
        n = len(frame)
        income = {name: column(frame.get(name), n) for name in INCOMES}
        flag = {name: truth(frame.get(name), n) for name in FACTS if name not in INCOMES}
        return cls(n, income, flag)


@dataclass(frozen=True, slots=True)
class Tiers:
    """One answer for each of n households.

    ``tier`` is 1 to 4, 0 for none; ``status`` indexes STATUSES; ``could_be`` holds bit t for every
    smaller tier t that is unknown; ``reasons`` are the bits of :mod:`layers.poverty.reasons`;
    ``income`` is the income that the tier was given by (nan where none); ``developable`` is
    three-valued.
    """

    tier: NDArray[np.int8]
    status: NDArray[np.int8]
    could_be: NDArray[np.int8]
    reasons: Mask
    income: Floats
    developable: Truth
    holds: tuple[Truth, ...] = field(repr=False)


def passes(income: Floats, line: float, op: str) -> Truth:
    """Is the income below (``lt``) or up to (``le``) the line (POV-R1 to R3)? nan is unknown.

    >>> passes(np.array([37_999, 38_000, np.nan]), 38_000, "lt").tolist()
    [2, 0, 1]
    """
    held = income < line if op == "lt" else income <= line
    return np.where(np.isnan(income), UNKNOWN, np.where(held, YES, NO)).astype(np.int8)


def judge(facts: Facts, limits: TierParameters) -> Tiers:
    """Tier, status and reasons of every household.

    >>> poor = {"in_tpmap": [True], "welfare_card": [True], "income_pcpy_tpmap": [37_999],
    ...         "flag_welfare_only": [False]}
    >>> judge(Facts.of(poor), TierParameters()).tier.tolist()
    [1]
    """
    excluded = _excluded(facts, limits)
    tpmap, bmn = facts.income["income_pcpy_tpmap"], facts.income["income_pcpy_bmn"]
    dev = none_of(excluded)
    if limits.developable_requires_tpmap:
        dev = all_of(dev, facts.flag["in_tpmap"])
    poor_tpmap = passes(tpmap, limits.poverty_line_thb, limits.poverty_line_op)
    poor_bmn = passes(bmn, limits.poverty_line_thb, limits.poverty_line_op)
    holds = (
        _tier_1(facts, poor_tpmap, dev, limits),
        all_of(poor_bmn, dev),
        passes(bmn, limits.low_income_ceiling_thb, limits.low_income_op),
        facts.flag["rehab_member"],
    )
    tier, could_be = _first(holds)
    status = np.full(facts.n, NOT_ELIGIBLE, dtype=np.int8)
    status[(tier == 0) & (could_be > 0)] = PENDING
    status[tier > 0] = ELIGIBLE
    if not limits.literal_p3_p4:
        status[excluded == YES] = ROUTE_WELFARE
    exits = _exits(facts, limits)
    status[exits != 0] = BLOCKED
    settled = (status == ROUTE_WELFARE) | (status == BLOCKED)
    tier[settled], could_be[settled] = 0, 0
    reasons = _reasons(facts, holds, poor_tpmap, dev, tier, could_be, status)
    return Tiers(
        tier=tier,
        status=status,
        could_be=could_be,
        reasons=reasons | exits,
        income=np.where(tier == 1, tpmap, bmn),
        developable=none_of(excluded),
        holds=holds,
    )


def _excluded(facts: Facts, limits: TierParameters) -> Truth:
    """Who cannot be developed, by the reading of CDD L1611 (POV-R5)."""
    welfare = facts.flag["flag_welfare_only"]
    if limits.developable_reading == "welfare_only":
        return welfare
    return any_of(welfare, facts.flag["flag_elderly"], facts.flag["flag_disabled"])


def _tier_1(facts: Facts, poor: Truth, dev: Truth, limits: TierParameters) -> Truth:
    listed, card = facts.flag["in_tpmap"], facts.flag["welfare_card"]
    if limits.tier1_card_join == "or":
        return all_of(listed, dev, any_of(poor, card))
    return all_of(listed, poor, dev, card)


def _first(holds: tuple[Truth, ...]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The smallest tier that holds, and the bits of smaller ones that may (POV-R6, R8)."""
    tier = np.zeros(len(holds[0]), dtype=np.int8)
    could_be = np.zeros(len(holds[0]), dtype=np.int8)
    for number, held in enumerate(holds, 1):
        still = tier == 0
        could_be[still & (held == UNKNOWN)] |= 1 << number
        tier[still & (held == YES)] = number
    return tier, could_be


def _exits(facts: Facts, limits: TierParameters) -> Mask:
    found = np.zeros(facts.n, dtype=np.int64)
    for name in limits.developable_exit_flags:
        found[facts.flag[f"flag_{name}"] == YES] |= BIT[EXIT_REASONS[name]]
    return found


def _reasons(
    facts: Facts,
    holds: tuple[Truth, ...],
    poor_tpmap: Truth,
    dev: Truth,
    tier: NDArray[np.int8],
    could_be: NDArray[np.int8],
    status: NDArray[np.int8],
) -> Mask:
    first, second, third, fourth = ((could_be & (1 << number)) != 0 for number in range(1, 5))
    card, bmn = facts.flag["welfare_card"], facts.income["income_pcpy_bmn"]
    but_card = all_of(facts.flag["in_tpmap"], poor_tpmap, dev) == YES
    unsettled = status != BLOCKED
    told = {
        "N_CARD": (card == NO) & but_card & (holds[0] == NO) & unsettled,
        "N_ABOVE_CEILING": (status == NOT_ELIGIBLE) & (holds[2] == NO),
        "W_WELFARE_ONLY": status == ROUTE_WELFARE,
        "U_INCOME": (first & (poor_tpmap == UNKNOWN)) | ((second | third) & np.isnan(bmn)),
        "U_CARD": first & (card == UNKNOWN),
        "U_DEV": (first | second) & (dev == UNKNOWN),
        "U_TPMAP": first & (facts.flag["in_tpmap"] == UNKNOWN),
        "U_REHAB": fourth,
    }
    reasons = np.array([0, *(BIT[code] for code in TIER_REASONS[1:])], dtype=np.int64)[tier]
    for code, where in told.items():
        reasons[where] |= BIT[code]
    return reasons


_MERGED = np.array([None, "1", "2", "3-4", "3-4"], dtype=object)


def merged(tier: NDArray[np.int8]) -> NDArray[np.object_]:
    """Tiers as they are shown: 3 and 4 are one value (PRIV-R13).

    >>> merged(np.array([1, 4, 3, 0], dtype=np.int8)).tolist()
    ['1', '3-4', '3-4', None]
    """
    return _MERGED[tier]


def lists(could_be: NDArray[np.int8], tier: NDArray[np.int8]) -> NDArray[np.object_]:
    """The smaller tiers that a household could be of, merged; of tier 4 nothing is told.

    >>> lists(np.array([0b110, 0b1000, 0b1100], dtype=np.int8), np.array([3, 0, 4])).tolist()
    [['1', '2'], ['3-4'], []]
    """
    out: NDArray[Any] = np.empty(32, dtype=object)
    for bits in range(32):
        numbers = [t for t in range(1, 5) if bits & (1 << t)]
        out[bits] = list(dict.fromkeys(str(_MERGED[t]) for t in numbers))
    return out[np.where(tier == 4, 0, could_be)]
