"""The result columns of judged households, in the split of PRIV-R13."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers.households import HOUSEHOLDS
from layers.poverty import reasons
from layers.poverty.logic import to_bool
from layers.poverty.overlap import Guard
from layers.poverty.parameters import TierParameters
from layers.poverty.reasons import Mask
from layers.poverty.tiers import STATUSES, Tiers, lists, merged
from layers.processes.model import Output

__all__ = [
    "REASON_OUTPUTS",
    "STORED",
    "TOLD",
    "classes_of",
    "field_of",
    "outputs_of",
    "reason_texts",
    "tier_columns",
]

STORED = (
    "tier",
    "provisional_could_be",
    "reason_codes",
    "tier_exact",
    "status",
    "reason_codes_exact",
    "developable",
)
"""The computed fields of the layer that a tier fills."""


TOLD = 50_000
"""Households at most whose reasons are worded; beyond, the codes stand alone."""

WORDS = {
    "reasons_th": "reason_codes",
    "reasons_en": "reason_codes",
    "reasons_exact_th": "reason_codes_exact",
    "reasons_exact_en": "reason_codes_exact",
}


def field_of(name: str) -> str:
    """The field that a result column tells of.

    >>> field_of("reasons_exact_th"), field_of("tier")
    ('reason_codes_exact', 'tier')
    """
    return WORDS.get(name, name)


REASON_OUTPUTS = tuple(
    Output(name=name, label=Text(th, en), type="text")
    for name, th, en in (
        ("reasons_th", "เหตุผล (ข้อความ)", "Reasons in Thai"),
        ("reasons_en", "เหตุผล (อังกฤษ)", "Reasons in words"),
        ("reasons_exact_th", "เหตุผลละเอียด (ลับ)", "Exact reasons in Thai (secret)"),
        ("reasons_exact_en", "เหตุผลละเอียด อังกฤษ (ลับ)", "Exact reasons in words (secret)"),
    )
)


def tier_columns(
    found: Tiers, status: NDArray[np.int8], mask: Mask, sound: NDArray[np.bool_]
) -> dict[str, Any]:
    """The computed fields of the layer; all empty for a household that was left out."""
    exact = np.array([None, "1", "2", "3", "4"], dtype=object)[found.tier]
    developable = to_bool(found.developable)
    developable[~sound] = pd.NA
    columns: dict[str, Any] = {
        "tier": merged(found.tier),
        "provisional_could_be": lists(found.could_be, found.tier),
        "reason_codes": reasons.codes(reasons.disclosed(mask, found.tier)),
        "tier_exact": exact,
        "status": np.array(STATUSES, dtype=object)[status],
        "reason_codes_exact": reasons.codes(mask),
    }
    for values in columns.values():
        values[~sound] = None
    return {**columns, "developable": developable.array}


def reason_texts(
    columns: dict[str, Any], found: Tiers, limits: TierParameters, guard: Guard | None = None
) -> dict[str, list[str | None]]:
    """The reasons in words, built from the values: for all, and the exact ones."""
    out: dict[str, list[str | None]] = {}
    for name, source in (("reasons", "reason_codes"), ("reasons_exact", "reason_codes_exact")):
        texts = [
            None if listed is None else _told(listed, found, row, limits, guard)
            for row, listed in enumerate(columns[source])
        ]
        for language in ("th", "en"):
            out[f"{name}_{language}"] = [
                None if told is None else "; ".join(text.get(language) for text in told)
                for told in texts
            ]
    return out


def _told(
    listed: list[str], found: Tiers, row: int, limits: TierParameters, guard: Guard | None
) -> list[Any]:
    income = None if np.isnan(found.income[row]) else float(found.income[row])
    told = []
    for code in listed:
        values: dict[str, Any] = {"income": income}
        if code == "O_PARTICIPANT" and guard is not None:
            programme, _, year = str(guard.programme[row]).partition(":")
            values = {"programme": programme, "year": year}
        told.append(reasons.wording(code, limits, **values))
    return told


def outputs_of(*names: str) -> tuple[Output, ...]:
    """Outputs that are fields of the layer ``households``, worded there."""
    return tuple(
        Output(name=name, label=item.label, type=item.type, unit=item.unit, values=item.values)
        for name in names
        for item in (HOUSEHOLDS.by_name[name],)
    )


def classes_of(columns: Any) -> dict[str, str]:
    """The privacy class of each column of a result: that of the field that it tells of."""
    return {
        name: HOUSEHOLDS.by_name[field_of(name)].privacy.name.lower()
        for name in columns
        if field_of(name) in HOUSEHOLDS.by_name
    }
