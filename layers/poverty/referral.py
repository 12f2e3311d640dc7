"""Which agency may help: dimension, area, capacity, then level and distance (POV-R35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers import people
from layers.model import choices

__all__ = ["REJECTIONS", "best", "candidates"]

REJECTIONS: Mapping[str, Text] = choices(
    dimension=("ไม่มีความช่วยเหลือมิตินี้", "Does not cover the dimension"),
    area=("อยู่นอกพื้นที่บริการ", "Does not serve the area"),
    capacity=("โควตาเต็ม", "No capacity left"),
    capacity_unknown=("ไม่ทราบโควตาคงเหลือ", "Capacity unknown"),
)
"""Why a provider is passed over; the first that holds is told."""

_LEVEL = {level: n for n, level in enumerate(people.PROVIDER_LEVELS)}


def candidates(
    dimension: str, area_code: str, providers: pd.DataFrame, distance_m: NDArray[np.float64]
) -> pd.DataFrame:
    """All providers for one need, the usable ones first and in order, the others with a reason.

    ``providers``: provider_id, level, dimensions (list), service_area (list of area codes, a code
    serves all that lies in it), capacity_left. Adds ``distance_m`` and ``rejected`` (None usable).

    >>> table = pd.DataFrame({"provider_id": ["a"], "level": ["local"], "dimensions": [["housing"]],
    ...                       "service_area": [["83"]], "capacity_left": [0]})
    >>> candidates("housing", "830101", table, np.array([1.0]))["rejected"].tolist()
    ['capacity']
    """
    reasons = _rejections(dimension, area_code, providers)
    found = providers.assign(
        distance_m=distance_m, rejected=reasons, order=providers["level"].map(_LEVEL)
    )
    found = found.assign(usable=found["rejected"].isna())
    keys = ["usable", "order", "distance_m", "provider_id"]
    ordered = found.sort_values(keys, ascending=[False, True, True, True], na_position="last")
    return ordered.drop(columns=["usable", "order"])


def _rejections(dimension: str, area_code: str, providers: pd.DataFrame) -> NDArray[np.object_]:
    covers = providers["dimensions"].map(lambda listed: dimension in (listed or ()))
    serves = providers["service_area"].map(
        lambda listed: any(area_code.startswith(code) for code in (listed or ()))
    )
    left = pd.to_numeric(providers["capacity_left"], errors="coerce").to_numpy(dtype=float)
    told: NDArray[Any] = np.select(
        [~covers.to_numpy(bool), ~serves.to_numpy(bool), np.isnan(left), left <= 0],
        ["dimension", "area", "capacity_unknown", "capacity"],
        "",
    ).astype(object)
    told[told == ""] = None
    return told


def best(
    needs: pd.DataFrame, providers: pd.DataFrame, distance_m: Any = None
) -> NDArray[np.object_]:
    """The id of the first usable provider of each need; None where there is none.

    ``needs``: dimension, area_code; ``distance_m`` is needs x providers (nan unknown, last). The
    order is that of :func:`candidates`. Capacity is not used up from need to need: the
    agencies decide, and the caller counts what each would have to take.
    """
    n, m = len(needs), len(providers)
    chosen = np.full(n, None, dtype=object)
    if not n or not m:
        return chosen
    away = np.full((n, m), np.inf) if distance_m is None else np.nan_to_num(distance_m, nan=np.inf)
    level = providers["level"].map(_LEVEL).fillna(len(_LEVEL)).to_numpy()
    ids = providers["provider_id"].to_numpy(dtype=object)
    by_id = np.argsort(np.argsort(ids))
    groups = needs.reset_index(drop=True).groupby(["dimension", "area_code"]).indices
    for pair, rows in groups.items():
        dimension, area_code = np.asarray(pair, dtype=object).tolist()
        usable = np.flatnonzero(pd.isna(_rejections(dimension, area_code, providers)))
        if not len(usable):
            continue
        first = usable[level[usable] == level[usable].min()]
        first = first[np.argsort(by_id[first])]
        chosen[rows] = ids[first][np.argmin(away[np.ix_(rows, first)], axis=1)]
    return chosen
