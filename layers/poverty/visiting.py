"""Visits to households: the own village only, every household, nobody guessed (POV-R26 to R28)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["coverage", "inside_own_area", "still_open"]


def inside_own_area(
    points: Any, codes: Any, areas: Any, area_codes: Any
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Does each point lie in the area of its own code, and is that area known (POV-R26)?

    ``points`` and ``areas`` are shapely geometries in one CRS; an area is known by the longest of
    ``area_codes`` that begins the point's code. A point on the border is inside; a missing point
    is not judged (unknown).

    >>> square = shapely.box(0, 0, 10, 10)
    >>> inside_own_area([shapely.Point(5, 5), shapely.Point(10, 10.1)], ["83010101"] * 2,
    ...                 [square], ["830101"])[0].tolist()
    [True, False]
    """
    points = np.asarray(points, dtype=object)
    held = pd.Series(np.arange(len(area_codes)), index=pd.Index(area_codes, dtype=object))
    texts = pd.Series(np.asarray(codes, dtype=object), dtype=object)
    place = np.full(len(points), -1)
    for digits in (2, 4, 6, 8):
        found = texts.str[:digits].map(held).to_numpy(dtype=float)
        place = np.where(np.isnan(found), place, found).astype(int)
    known = (place >= 0) & ~shapely.is_missing(points)
    inside = np.ones(len(points), dtype=bool)
    shapes = np.asarray(areas, dtype=object)
    rows = np.flatnonzero(known)
    for area in np.unique(place[rows]):
        mine = rows[place[rows] == area]
        shapely.prepare(shapes[area])
        inside[mine] = shapely.covers(shapes[area], points[mine])
    return inside, known


def still_open(visits: pd.DataFrame) -> pd.Series[Any]:
    """Which visits call for another: nobody met means no record, come back (POV-R28).

    ``visits`` has ``outcome``, a list of outcomes.

    >>> still_open(pd.DataFrame({"outcome": [["no_respondent"], ["met"]]})).tolist()
    [True, False]
    """
    return visits["outcome"].map(lambda told: "no_respondent" in (told or ()))


def coverage(targets: pd.DataFrame, visits: pd.DataFrame, digits: int = 8) -> pd.DataFrame:
    """Target households, those with a verified visit that met somebody, and the share (POV-R27).

    ``targets``: household_id, area_code; ``visits``: household_id, outcome, record_state. One row
    per area of so many digits; without targets there is no share.
    """
    met = visits["outcome"].map(lambda told: "met" in (told or ()))
    done = visits.loc[met & (visits["record_state"] == "verified"), "household_id"]
    table = targets.assign(
        area_code=targets["area_code"].str[:digits], visited=targets["household_id"].isin(done)
    )
    found = table.groupby("area_code").agg(targets=("visited", "size"), visited=("visited", "sum"))
    return found.assign(share=found["visited"] / found["targets"]).reset_index()
