"""The columns of loan contracts that the rules read, typed, with unknown kept apart from zero."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import Floats
from geo.parameters import column
from layers.debt.dates import NO_DAY, Days, add_months, days
from layers.debt.instalments import Instalments, flatten
from layers.debt.parameters import ClassRules

__all__ = ["IN_FORCE", "Contracts", "Flags", "is_one_of", "known_days", "numbers", "read_contracts"]

Flags: TypeAlias = NDArray[np.bool_]

IN_FORCE = ("approved", "active")
"""States of a measure that change the class (DEBT-R3, step 3)."""


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """n contracts. Days are NaT, numbers nan where unknown; amounts in THB.

    ``end`` is the entered end, else start and term (DEBT-R2); ``measure_in_force`` an approved or
    active measure, ``measure_recorded_broken`` one that officers have marked so.
    ``paid_in_all`` is the money received, else principal less balance.
    """

    contract_id: NDArray[np.object_]
    closed: Flags
    outstanding: Floats
    start: Days
    end: Days
    first_due: Days
    last_payment: Days
    last_paid_due: Days
    overdue: Floats
    lm_as_of: Days
    measure_in_force: Flags
    measure_recorded_broken: Flags
    measure_end: Days
    measure_overdue: Floats
    paid_in_all: Floats
    instalments: Instalments

    def __len__(self) -> int:
        return len(self.contract_id)


def read_contracts(rows: pd.DataFrame, rules: ClassRules) -> Contracts:
    """The columns of the layer ``debtors``; a column that is not there is unknown for all."""
    n = len(rows)
    start, end = known_days(rows, "start_date"), known_days(rows, "end_date")
    term = column(rows["term_months"], n) if "term_months" in rows and n else np.full(n, np.nan)
    months = np.where(np.isnan(term), rules.term_months, term).astype(np.int64)
    paid = numbers(rows, "received_thb")
    balance = numbers(rows, "outstanding_thb")
    return Contracts(
        contract_id=np.asarray(rows["contract_id"], dtype=object),
        closed=is_one_of(rows, "project_status", ["closed"]) | (balance == 0),
        outstanding=balance,
        start=start,
        end=np.where(np.isnat(end), add_months(start, months), end),
        first_due=known_days(rows, "first_due_date"),
        last_payment=known_days(rows, "last_payment_date"),
        last_paid_due=known_days(rows, "last_paid_due_date"),
        overdue=numbers(rows, "overdue_instalments"),
        lm_as_of=known_days(rows, "lm_as_of"),
        measure_in_force=is_one_of(rows, "measure_state", IN_FORCE),
        measure_recorded_broken=is_one_of(rows, "measure_state", ["broken"]),
        measure_end=known_days(rows, "measure_end_date"),
        measure_overdue=numbers(rows, "measure_overdue"),
        paid_in_all=np.where(np.isnan(paid), numbers(rows, "principal_thb") - balance, paid),
        instalments=flatten(rows.get("schedule", [])),
    )


def known_days(rows: pd.DataFrame, name: str) -> Days:
    """A column of days; all NaT where the frame has no such column."""
    return days(rows[name]) if name in rows else np.full(len(rows), NO_DAY)


def numbers(rows: pd.DataFrame, name: str) -> Floats:
    """A column of numbers; nan where unknown or where the frame has no such column.

    >>> numbers(pd.DataFrame({"a": [1, None]}), "b")
    array([nan, nan])
    """
    if name not in rows:
        return np.full(len(rows), np.nan)
    return np.asarray(pd.to_numeric(rows[name], errors="coerce").astype("Float64").to_numpy(
        dtype=float, na_value=np.nan
    ))  # fmt: skip


def is_one_of(rows: pd.DataFrame, name: str, codes: Collection[str]) -> Flags:
    """Where a column holds one of the codes; unknown is none of them.

    >>> is_one_of(pd.DataFrame({"state": ["active", None]}), "state", ["active"])
    array([ True, False])
    """
    if name not in rows:
        return np.zeros(len(rows), dtype=bool)
    cells: pd.Series[Any] = rows[name]
    return np.asarray(cells.isin(list(codes)), dtype=bool)
