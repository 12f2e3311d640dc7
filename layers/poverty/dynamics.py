"""How poverty comes and goes from year to year (POV-R40; PMUA L728)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.text import Text
from layers.model import choices
from layers.poverty.logic import UNKNOWN, YES, Truth

__all__ = ["CLASSES", "classes", "transitions"]

CLASSES: Mapping[str, Text] = choices(
    persistent=("ยากจนต่อเนื่อง", "Persistent"),
    newly_poor=("ยากจนใหม่", "Newly poor"),
    re_entered=("กลับมายากจน", "Poor again"),
    exited=("พ้นความยากจน", "Exited"),
    stayed_out=("ไม่ยากจน", "Stayed out"),
    unknown=("ไม่ทราบ", "Unknown"),
)


def classes(poor: Truth) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Class of n households over the years, and whether a year without data lies between.

    ``poor`` is n x years, oldest first, in the three values of :mod:`layers.poverty.logic`.
    The class is decided by the last change: what the chapter's table says of the last snapshot
    and the one before it also holds when the new state has lasted longer since.

    >>> years = np.array([[2, 2], [0, 2], [2, 0], [0, 0], [2, 1]], dtype=np.int8)
    >>> classes(years)[0].tolist()
    ['persistent', 'newly_poor', 'exited', 'stayed_out', 'unknown']
    """
    n, years = poor.shape
    known = poor != UNKNOWN
    snapshots = known.sum(axis=1)
    last = np.zeros(n, dtype=bool)
    changes = np.zeros(n, dtype=int)
    begun = np.zeros(n, dtype=bool)
    for year in range(years):
        now, told = poor[:, year] == YES, known[:, year]
        changed = told & begun & (now != last)
        changes += changed
        last = np.where(told, now, last)
        begun |= told
    again = last & (changes > 0) & _poor_before(poor, known)
    found = np.select(
        [
            (snapshots < 2) | ~_last_known(known),
            last & (changes == 0),
            again,
            last,
            ~last & (changes > 0),
        ],
        ["unknown", "persistent", "re_entered", "newly_poor", "exited"],
        "stayed_out",
    ).astype(object)
    return found, _gap(known)


def transitions(before: Truth, after: Truth) -> dict[str, Any]:
    """The matrix poor (P) and not poor (N) of two years; only households known in both count.

    ``exit_rate`` is PN of all that were poor, ``entry_rate`` NP of all that were not; None where
    there were none.

    >>> transitions(np.array([2, 2, 0], dtype=np.int8), np.array([2, 0, 1], dtype=np.int8))["PN"]
    1
    """
    both = (before != UNKNOWN) & (after != UNKNOWN)
    was, is_now = before[both] == YES, after[both] == YES
    table: dict[str, Any] = {
        "PP": int((was & is_now).sum()),
        "PN": int((was & ~is_now).sum()),
        "NP": int((~was & is_now).sum()),
        "NN": int((~was & ~is_now).sum()),
    }
    poor, others = table["PP"] + table["PN"], table["NP"] + table["NN"]
    return {
        **table,
        "n": int(both.sum()),
        "exit_rate": table["PN"] / poor if poor else None,
        "entry_rate": table["NP"] / others if others else None,
    }


def _last_known(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return known[:, -1] if known.shape[1] else np.zeros(len(known), dtype=bool)


def _gap(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A year without data between two with data."""
    begun = np.maximum.accumulate(known, axis=1)
    goes_on = np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    return np.asarray((begun & goes_on & ~known).any(axis=1))


def _poor_before(poor: Truth, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Was a household poor, then not, before it is poor now?"""
    was = np.zeros(len(poor), dtype=bool)
    left = np.zeros(len(poor), dtype=bool)
    for year in range(poor.shape[1]):
        now = poor[:, year] == YES
        left |= known[:, year] & ~now & was
        was |= now
    return left
