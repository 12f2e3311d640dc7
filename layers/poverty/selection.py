"""Who is selected and who waits: quota and order in every village (POV-R14, R15, R21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from layers import people
from layers.poverty import overlap
from layers.poverty.logic import YES, Truth
from layers.poverty.parameters import SelectionParameters
from layers.poverty.tiers import BLOCKED, ELIGIBLE, PENDING

__all__ = [
    "LIST_STATES",
    "Candidates",
    "Selection",
    "compared",
    "sammachip_order",
    "select",
    "with_guard",
]

LIST_STATES = tuple(people.LIST_STATES)
SELECTED, WAITING, NONE = range(len(LIST_STATES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """n judged households; ``income`` nan and ``household_size`` nan are unknown (ordered last)."""

    household_id: ArrayLike
    village: ArrayLike
    tier: NDArray[np.int8]
    status: NDArray[np.int8]
    income: Floats
    household_size: Floats
    guard: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Selection:
    """For n households: ``list_state`` indexes LIST_STATES, ``rank`` is 1 for the first, 0 none.

    ``shown_rank`` is the order that may be seen: selected before waiting, tiers 3 and 4 as one
    (PRIV-R13). ``villages`` is one row per village: quota, counts, what stays unfilled, and the
    guard of the selected.
    """

    list_state: NDArray[np.int8]
    rank: NDArray[np.int64]
    shown_rank: NDArray[np.int64]
    villages: pd.DataFrame


def with_guard(status: NDArray[np.int8], guard: NDArray[np.int8]) -> NDArray[np.int8]:
    """The status of a household whose guard blocks or holds it (poverty.md 5.17).

    Only who is eligible or pending is blocked or held: who is out stays out for its own reason.
    """
    out = status.copy()
    open_ = (status == ELIGIBLE) | (status == PENDING)
    out[open_ & (guard == overlap.BLOCKED)] = BLOCKED
    out[open_ & (guard == overlap.HOLD)] = PENDING
    return out


def select(
    who: Candidates, limits: SelectionParameters, quota: ArrayLike | None = None
) -> Selection:
    """Fill the quota of every village with eligible households, by tier and then tie-break.

    ``quota`` gives a number per household's village where villages differ. The same households
    give the same lists in whatever order they come: the id breaks the last tie.
    """
    places = pd.Series(np.asarray(who.village, dtype=object)).fillna("")
    village, names = pd.factorize(places, sort=True)
    listed = (who.status == ELIGIBLE) & np.isin(who.guard, (overlap.CLEAR, overlap.VILLAGE_ONLY))
    allowed = np.broadcast_to(
        np.asarray(limits.households_per_village if quota is None else quota), len(village)
    )
    chosen = np.flatnonzero(listed)
    by_id = np.asarray(pc.sort_indices(pa.array(who.household_id, pa.string()).take(chosen)))
    chosen = chosen[by_id]
    ties = [_tie(who, name, chosen) for name in reversed(limits.tie_break)]
    rank = _ranked(village, chosen, [*ties, who.tier[chosen]])
    list_state = np.full(len(village), NONE, dtype=np.int8)
    list_state[listed] = np.where(rank[listed] <= allowed[listed], SELECTED, WAITING)
    shown = _ranked(village, chosen, [*ties, np.minimum(who.tier[chosen], 3), list_state[chosen]])
    table = _villages(who, village, np.asarray(names), list_state, allowed)
    return Selection(list_state, rank, shown, table)


def _tie(who: Candidates, name: str, chosen: NDArray[np.intp]) -> Floats:
    values: Floats = (who.income if name.endswith("income") else who.household_size)[chosen]
    keyed = -values if name.startswith("-") else values
    return np.where(np.isnan(keyed), np.inf, keyed)


def _ranked(
    village: NDArray[np.intp], chosen: NDArray[np.intp], keys: list[Any]
) -> NDArray[np.int64]:
    """Place of the chosen rows in their village by keys (the last counts most); 0 for others."""
    order = chosen[np.lexsort((*keys, village[chosen]))]
    of = village[order]
    first = np.flatnonzero(np.r_[True, of[1:] != of[:-1]]) if len(of) else np.array([], dtype=int)
    begins = np.repeat(first, np.diff(np.r_[first, len(of)]))
    rank = np.zeros(len(village), dtype=np.int64)
    rank[order] = np.arange(len(of)) - begins + 1
    return rank


def _villages(
    who: Candidates,
    village: NDArray[np.intp],
    names: NDArray[np.object_],
    list_state: NDArray[np.int8],
    quota: NDArray[Any],
) -> pd.DataFrame:
    """One row per village: quota, counts, what stays unfilled, and the guard of the selected.

    ``has_targets`` is POV-R6 and R10 (1): someone is eligible. A village short of its quota stays
    short (POV-R15).
    """

    def count(mask: Any) -> NDArray[np.intp]:
        return np.bincount(village[mask], minlength=len(names))

    worst = np.zeros(len(names), dtype=np.int8)
    chosen = list_state == SELECTED
    np.maximum.at(worst, village[chosen], who.guard[chosen])
    of_village = np.zeros(len(names), dtype=np.int64)
    of_village[village] = quota
    selected = count(chosen)
    return pd.DataFrame(
        {
            "area_code": names,
            "households": count(slice(None)),
            "has_targets": count(list_state != NONE) > 0,
            "quota": of_village,
            "n_selected": selected,
            "n_waiting": count(list_state == WAITING),
            "n_pending": count(who.status == PENDING),
            "quota_unfilled": np.maximum(of_village - selected, 0),
            "overlap_state": np.array(overlap.STATES, dtype=object)[worst],
        }
    )


def sammachip_order(
    low_income: Truth, developable: Truth, volunteer: Truth, household_id: ArrayLike
) -> NDArray[np.intp]:
    """Positions of households in the order of a sammachip village (POV-R21, CDD L100).

    First those with low income that can be developed and volunteer; then as many of the three as
    hold; then by id.

    >>> yes, no = np.array([2, 0, 2]), np.array([2, 2, 2])
    >>> sammachip_order(yes, no, no, ["c", "a", "b"]).tolist()
    [2, 0, 1]
    """
    ids = np.argsort(np.asarray(household_id, dtype=object), kind="stable")
    held = sum(
        (np.asarray(part) == YES).astype(int) for part in (low_income, developable, volunteer)
    )
    return ids[np.argsort(-np.asarray(held)[ids], kind="stable")]


def compared(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, Any]:
    """One plan against an earlier one; both have ``household_id`` and ``list_state``.

    Counts who was kept, who is new, who left, and what became of those who waited.
    """
    chosen = {
        name: set(plan.loc[plan["list_state"] == "selected", "household_id"])
        for name, plan in (("now", now), ("before", before))
    }
    waited = set(before.loc[before["list_state"] == "waiting", "household_id"])
    return {
        "kept": len(chosen["now"] & chosen["before"]),
        "new": len(chosen["now"] - chosen["before"]),
        "left": len(chosen["before"] - chosen["now"]),
        "moved_up": len(chosen["now"] & waited),
    }
