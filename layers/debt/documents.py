"""Which papers a file needs and which are missing (DEBT-R20, decision; PHUKET L592, L2335)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from layers.debt.contracts import Flags, is_one_of, numbers

__all__ = [
    "BY_CLASS",
    "MEDIATION_PAPERS",
    "Completeness",
    "completeness",
    "has_guarantor",
    "in_mediation",
    "in_restructuring",
    "papers_held",
]

BY_CLASS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "time_barred": ("proposal", "loan_contract", "guarantee", "liability_acknowledgement"),
        "matured": ("proposal", "loan_contract", "guarantee", "debt_acknowledgement"),
        "in_default": ("proposal", "loan_contract", "guarantee"),
        "normal": ("proposal", "loan_contract", "guarantee"),
    }
)
MEDIATION_PAPERS = ("registry_extract", "mediation_petition", "notice_letter")
"""Sub-kinds of "other" that a mediation needs besides."""

_GUARANTEE, _RESTRUCTURING = "guarantee", "restructuring"


class Completeness(NamedTuple):
    """Per debtor: papers that are there in per cent of those needed (nan: none needed), missing."""

    percent: Floats
    missing: NDArray[np.object_]


def completeness(
    classes: ArrayLike,
    held: NDArray[np.object_],
    *,
    guarantor: Flags,
    restructuring: Flags,
    mediation: Flags,
) -> Completeness:
    """Hold the papers of n debtors against what their class and case need.

    ``held`` is a frozenset of kinds and sub-kinds for each debtor, None where there is none.

    >>> yes, no = np.array([True]), np.array([False])
    >>> found = completeness(["matured"], np.array([frozenset({"proposal", "loan_contract"})]),
    ...                      guarantor=no, restructuring=yes, mediation=no)
    >>> found.percent, found.missing[0]
    (array([50.]), ['debt_acknowledgement', 'restructuring'])
    """
    codes = np.asarray(classes, dtype=object)
    place, distinct = pd.factorize(codes)
    papers, known = pd.factorize(held)
    key = (papers + 1) * (8 * (len(distinct) + 1)) + (place + 1) * 8
    key = key + guarantor + 2 * restructuring + 4 * mediation
    found, first, where = np.unique(key, return_index=True, return_inverse=True)
    percent, missing = np.full(len(found), np.nan), np.empty(len(found), dtype=object)
    for number, row in enumerate(first):
        needed = _needed(codes[row], bool(guarantor[row]), bool(restructuring[row]),
                         bool(mediation[row]))  # fmt: skip
        there = known[papers[row]] if papers[row] >= 0 else frozenset()
        missing[number] = [kind for kind in needed if kind not in there]
        if needed:
            percent[number] = round(100 * (1 - len(missing[number]) / len(needed)), 1)
    return Completeness(percent[where], missing[where])


def _needed(code: Any, guarantor: bool, restructuring: bool, mediation: bool) -> list[str]:
    kinds = [kind for kind in BY_CLASS.get(code, ()) if kind != _GUARANTEE or guarantor]
    if kinds and restructuring:
        kinds.append(_RESTRUCTURING)
    return [*kinds, *MEDIATION_PAPERS] if kinds and mediation else kinds


def papers_held(documents: pd.DataFrame, contract_id: ArrayLike) -> NDArray[np.object_]:
    """Kinds and sub-kinds of the papers that are present, for each of n contracts.

    ``documents`` are rows of the layer documents. A sub-kind that the caller may not see is as if
    it were not there.
    """
    columns = ["subject_layer", "subject_id", "kind", "file_state"]
    keys = np.asarray(contract_id, dtype=object)
    held = np.full(len(keys), None, dtype=object)
    if not len(documents) or not set(columns) <= set(documents.columns):
        return held
    mine = documents[
        (documents["subject_layer"] == "debtors") & (documents["file_state"] == "present")
    ]
    parts = [mine[["subject_id", "kind"]]]
    if "subkind" in mine:
        parts.append(mine[["subject_id", "subkind"]].rename(columns={"subkind": "kind"}).dropna())
    stacked = pd.concat(parts)
    by_contract = stacked.groupby("subject_id")["kind"].agg(frozenset)
    found = pd.Series(keys).map(by_contract)
    return np.asarray(found.where(found.notna(), None), dtype=object)


def has_guarantor(rows: pd.DataFrame) -> Flags:
    """Kind 3 is needed only in the old fund, where somebody stands surety (PHUKET L2420)."""
    return np.asarray(is_one_of(rows, "generation", ["old"]) & ~(numbers(rows, "co_debtors") == 0))


def in_restructuring(rows: pd.DataFrame) -> Flags:
    """Whose restructuring is approved, runs or is done."""
    return is_one_of(rows, "measure_code", ["restructure"]) & is_one_of(
        rows, "measure_state", ["approved", "active", "completed"]
    )


def in_mediation(rows: pd.DataFrame) -> Flags:
    """Who is invited to mediation, has a day for it, or has mediation as the running measure."""
    running = is_one_of(rows, "measure_code", ["mediation_20ter"]) & is_one_of(
        rows, "measure_state", ["approved", "active"]
    )
    return running | is_one_of(rows, "legal_status", ["mediation_invited", "mediation_set"])
