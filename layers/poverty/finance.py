"""Who lacks access to sources of finance (POV-R45, R46)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.parameters import column
from layers.poverty.logic import YES, Truth, any_of, none_of, truth
from layers.poverty.parameters import FinanceParameters
from layers.poverty.tiers import passes

__all__ = ["PERSON_CONDITIONS", "VILLAGE_CONDITIONS", "conditions_met", "programme_target"]

PERSON_CONDITIONS: Mapping[str, tuple[str, bool]] = {
    "F1": ("village_income", True),
    "F2": ("has_loan_source", False),
    "F3": ("village_has_savings", False),
    "F4": ("in_register", True),
}
"""Column, and whether it must be yes or no (CDD L2440-2445)."""

VILLAGE_CONDITIONS: Mapping[str, tuple[str, bool]] = {
    "V1": ("village_income", True),
    "V2": ("source_without_chance", True),
    "V3": ("fund_not_enough", True),
    "V4": ("some_not_members", True),
    "V5": ("register_without_fund", True),
}
"""CDD L2602-2612."""


def conditions_met(
    table: pd.DataFrame, conditions: Mapping[str, tuple[str, bool]], limits: FinanceParameters
) -> tuple[Truth, NDArray[np.object_]]:
    """Does at least one condition hold (three-valued), and which hold: n lists of ids.

    No order is stated in the source, so all that hold are listed. ``village_income`` is in THB per
    person and year; the other columns are yes, no or unknown.

    >>> table = pd.DataFrame({"village_income": [31_999, 32_000], "has_loan_source": [True, True]})
    >>> conditions_met(table, PERSON_CONDITIONS, FinanceParameters())[1].tolist()
    [['F1'], []]
    """
    n = len(table)
    held: dict[str, Truth] = {}
    for code, (name, wanted) in conditions.items():
        if name == "village_income":
            income = column(table.get(name), n)
            held[code] = passes(income, limits.finance_line_thb, limits.finance_op)
        else:
            told = truth(table.get(name), n)
            held[code] = told if wanted else none_of(told)
    listed = np.empty(n, dtype=object)
    listed[:] = [
        [code for code, yes in zip(held, row, strict=True) if yes]
        for row in np.stack([part == YES for part in held.values()], axis=1)
    ]
    return any_of(*held.values()), listed


def programme_target() -> dict[str, int | bool]:
    """The two printed figures of the programme, kept both, with the conflict (POV-R46).

    >>> programme_target()
    {'header': 180000, 'indicator': 158000, 'conflict': True}
    """
    header = 9_000 * 20  # CDD L2634
    indicator = 4_600 * 20 + 4_400 * 15  # CDD L2546, L2548, L2677
    return {"header": header, "indicator": indicator, "conflict": header != indicator}
