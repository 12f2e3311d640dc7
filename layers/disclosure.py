"""Disclosure control of single figures: limits, labels, shares, dominance (SDC-R0 to R6).

What further cells are hidden beside a small one is in :mod:`layers.suppression`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.parameters import Parameters, between
from layers.model import Text

__all__ = ["DisclosureRules", "State", "dominated", "label", "share", "top_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRules(Parameters):
    """The numbers of privacy.md 12.1; a change is an audit event (AUD-SUPPRESS)."""

    sdc_k: float = between(5, 2, 100)
    sdc_k_sensitive: float = between(10, 2, 100)
    sdc_min_interval: float = between(3, 2, 10)
    dom1: float = between(0.80, 0.0, 1.0)
    dom2: float = between(0.90, 0.0, 1.0)
    min_sites: float = between(2, 2, 100)


class State(IntEnum):
    """What became of a cell."""

    SHOWN = 0
    SMALL = 1  # below k: shown as "<k" or "0-(k-1)"
    HIDDEN = 2  # large enough, but others would come out by subtraction
    CLOSED = 3  # of a row that tells nothing: neither how large nor that it is small


def label(count: int, state: int, *, k: int, sensitive: bool = False) -> int | Text:
    """What stands in the cell: the count, or what is said in its place (SDC-R1, R6).

    >>> label(3, State.SMALL, k=5).en, label(3, State.SMALL, k=5).th
    ('<5', 'น้อยกว่า 5')
    >>> label(0, State.SMALL, k=10, sensitive=True).en, label(7, State.SHOWN, k=5)
    ('0-9', 7)
    """
    if state == State.SHOWN:
        return count
    if state != State.SMALL:
        return Text("ปกปิด", "hidden")
    return Text(f"0-{k - 1}", f"0-{k - 1}") if sensitive else Text(f"น้อยกว่า {k}", f"<{k}")


def share(part: int, base: int, *, k: int, sensitive: bool = False) -> float | None:
    """A percentage, or None where the base is too small to tell it (SDC-R4).

    >>> share(2, 4, k=5), share(2, 8, k=5)
    (None, 25.0)
    >>> share(8, 8, k=5), share(8, 8, k=5, sensitive=True), share(0, 0, k=5)
    (100.0, None, None)
    """
    if base < max(k, 1):
        return None
    if sensitive and part in (0, base) and base < DisclosureRules().sdc_k_sensitive:
        return None
    return 100.0 * part / base


def dominated(
    total: ArrayLike, first: ArrayLike, second: ArrayLike, rules: DisclosureRules | None = None
) -> NDArray[np.bool_]:
    """Whether the greatest contributor, or the two greatest, make up nearly all of a total.

    All are money of n totals, not below zero (SDC-R5).

    >>> dominated([100, 100, 100], [80, 60, 61], [5, 30, 20]).tolist()
    [True, True, False]
    """
    rules = rules or DisclosureRules()
    whole, one, two = (np.asarray(v, dtype=float) for v in (total, first, second))
    found: NDArray[np.bool_] = (one >= rules.dom1 * whole) | (one + two >= rules.dom2 * whole)
    return found & (whole > 0)


def top_share(total: float, first: float) -> Text:
    """The share of the greatest contributor as a class (SDC-R5).

    >>> top_share(790_462, 485_709).en  # SDC-T8, 61.45 %
    'over 60 %'
    >>> top_share(100, 20).en, top_share(0, 0).en
    ('up to 40 %', 'up to 40 %')
    """
    for limit in (80, 60, 40):
        if total > 0 and first > limit / 100 * total:
            return Text(f"มากกว่าร้อยละ {limit}", f"over {limit} %")
    return Text("ไม่เกินร้อยละ 40", "up to 40 %")
