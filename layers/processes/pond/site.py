"""Where a pond lies: setback, bank, trees, channels, share of water, design against as built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.as_built import compare_columns
from geo.channel import check_channels
from geo.crs import Floats, Geometries, from_local, to_local
from geo.layout.profiles import PROFILES
from geo.setback import SetbackParameters, check_setbacks, check_trees, foreign_boundary
from geo.water_ratios import water_share
from layers.processes.pond.case import Case, numbers, texts

__all__ = ["as_built_columns", "channel_columns", "foreign_boundaries", "site_columns"]

LIMITS = SetbackParameters()
STANDARD = "standard_30_30_30_10"


def site_columns(
    case: Case, found: pd.DataFrame, channels: pd.DataFrame, of_plot: pd.DataFrame
) -> pd.DataFrame:
    """Setback, bank, trees and share of n ponds, in the order of the case.

    ``found``: the results of ``check_ponds``; ``channels`` and ``of_plot``: those of
    :func:`channel_columns`.
    """
    rims, fences = case.rims, case.fences
    sound = found["error"].isna().to_numpy()
    result = pd.DataFrame(index=found.index)
    foreign = foreign_boundaries(case, fences)
    known = sound & ~shapely.is_missing(foreign)
    distance = np.where(sound, numbers(case.ponds, "rim_to_boundary_m"), np.nan)
    distance[known] = shapely.distance(rims[known], foreign[known])
    # A plot all of whose sides are its owner's has no boundary to keep away from.
    distance[known & shapely.is_empty(foreign)] = np.inf
    bank = np.full(len(case), np.nan)
    bank[known] = shapely.distance(rims[known], shapely.boundary(fences[known]))
    result["boundary_m"] = distance
    result["bank_m"] = bank
    setbacks = check_setbacks(
        numbers(case.ponds, "depth_m"),
        distance,
        case.ponds["engineer_certified"].fillna(False).to_numpy(dtype=bool),
        found["area_m2"].to_numpy(dtype=float, na_value=np.nan),
        LIMITS,
    ).set_axis(found.index)
    for name in ("required_m", "missing_m", "advisory_m"):
        result[f"setback_{name}"] = setbacks[name].where(sound)
    for name, column in (("setback_verdict", "verdict"), ("notice_needed", "notice_needed")):
        result[name] = setbacks[column].astype(object).where(sound, None)
    trees = _nearest_trees(case, rims, sound, channels)
    water = of_plot["open_water_m2"].to_numpy(dtype=float)
    zone = _zone_water(case)
    return pd.concat([result, trees, _shares(case, water, zone)], axis=1)


def foreign_boundaries(case: Case, fences: Geometries) -> Geometries:
    """For each pond the boundary behind which another's land lies, in metres around its origin."""
    valid = ~shapely.is_missing(fences) & shapely.is_valid(fences)
    foreign = np.full(len(case), None, dtype=object)
    foreign[valid] = shapely.boundary(fences[valid])
    for row in (row for row, sides in enumerate(case.sides) if sides and valid[row]):
        local = _around([line for line, _ in case.sides[row]], case, row)
        tags = [tag for _, tag in case.sides[row]]
        foreign[row] = foreign_boundary(
            fences[row], list(zip(local.tolist(), tags, strict=True)), LIMITS
        )
    return np.asarray(foreign, dtype=object)


def _nearest_trees(
    case: Case, rims: Geometries, sound: np.ndarray, channels: pd.DataFrame
) -> pd.DataFrame:
    """The tree that is nearest to each pond and the channels of its plot (LAND-R17)."""
    strips = _united(*_placed_strips(channels))
    group = case.group.to_numpy()
    distance = np.full(len(case), np.nan)
    verdict = np.full(len(case), None, dtype=object)
    for row in np.flatnonzero(sound).tolist():
        trees = case.trees[row]
        if not len(trees):
            continue
        strip = [strips[group[row]]] if group[row] in strips.index else []
        dig = shapely.union_all([rims[row], *_around(strip, case, row)])
        judged = check_trees(dig, _around(trees, case, row), LIMITS)
        inside = judged["verdict"] == "tree_in_pond"
        nearest = int(np.argmax(inside) if inside.any() else np.argmin(judged["distance_m"]))
        distance[row] = judged["distance_m"].iloc[nearest]
        verdict[row] = judged["verdict"].iloc[nearest]
    return pd.DataFrame(
        {"tree_distance_m": distance, "tree_verdict": verdict},
        index=case.ponds.index,
    )


def _around(shapes: Iterable[Any], case: Case, row: int) -> Geometries:
    """Shapes in EPSG:4326 in metres around the origin of one pond."""
    given = np.array(list(shapes), dtype=object)
    return to_local(given, np.repeat(case.origins[row][None], len(given), axis=0)).geometries


def channel_columns(case: Case, found: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Channels of the plots (LAND-R15), and of each pond what its plot has.

    The first table has a row per channel as ``check_channels`` gives it; the second, in the order
    of the ponds: channel_m3 and channel_m of the plot, open_water_m2 (rims and channel strips of
    the plot, no double count).
    """
    sound = found["error"].isna()
    group = case.group
    own = pd.Series(found["area_m2"].to_numpy(dtype=float), index=group.index)
    totals = pd.DataFrame({"channel_m3": 0.0, "channel_m": 0.0, "open_water_m2": own})
    shared = group.duplicated(keep=False) & sound
    lines = case.channels
    plots = set(lines["plot_id"].dropna()) if len(lines) else set()
    wet = sound & (shared | case.ponds["plot_id"].isin(plots))
    dug = _united(np.asarray(case.ponds.geometry, dtype=object)[wet], group[wet])
    # A channel belongs to the ponds of its plot and plan, of the design where there is one.
    keys = _channel_groups(lines, dug)
    measured = check_channels(
        lines.geometry,
        numbers(lines, "bottom_width_m"),
        numbers(lines, "top_width_m"),
        numbers(lines, "depth_start_m"),
        numbers(lines, "depth_end_m"),
        numbers(lines, "slope_h_per_v"),
        rims=[dug.get(key) for key in keys],
    )
    measured["group"] = keys
    if len(dug):
        water = _open_water(measured, dug)
        totals.loc[wet, "open_water_m2"] = group[wet].map(water)
    sums = measured.groupby("group")[["volume_m3", "length_m"]].sum()
    for name, column in (("channel_m3", "volume_m3"), ("channel_m", "length_m")):
        totals[name] = group.map(sums[column]).fillna(0.0)
    return measured, totals


def _channel_groups(lines: pd.DataFrame, dug: pd.Series[Any]) -> list[str]:
    known = set(dug.index)
    keys = []
    for plot, plan in zip(texts(lines, "plot_id"), texts(lines, "plan_id"), strict=True):
        tried = [f"{plot}|{plan}|{kind}" for kind in ("design", "", "as_built")]
        keys.append(next((key for key in tried if key in known), tried[0]))
    return keys


def _open_water(measured: pd.DataFrame, dug: pd.Series[Any]) -> pd.Series[float]:
    """Area in m2 of rims and strips by group, united in metres around the rims (LAND-R23)."""
    rims = to_local(dug.to_numpy())
    strips = _united(*_placed_strips(measured))
    row = pd.Index(dug.index).get_indexer(strips.index)
    mine = np.flatnonzero(row >= 0)
    row = row[mine]
    local = to_local(strips.to_numpy()[mine], rims.origins[row]).geometries
    areas = shapely.area(rims.geometries)
    areas[row] = shapely.area(shapely.union(rims.geometries[row], local))
    return pd.Series(areas, index=dug.index)


def _united(shapes: Geometries, keys: Iterable[str]) -> pd.Series[Any]:
    """One shape for each key."""
    column: pd.Series[Any] = pd.Series(list(shapes), index=list(keys), dtype=object)
    again = column.index.duplicated(keep=False)
    single, several = column[~again], column[again]
    if several.empty:
        return single
    merged = {key: shapely.union_all(part.to_numpy()) for key, part in several.groupby(level=0)}
    whole: pd.Series[Any] = pd.concat([single, pd.Series(merged, dtype=object)])
    return whole


def _placed_strips(measured: pd.DataFrame) -> tuple[Geometries, list[str]]:
    """The ground under the channels in EPSG:4326, and the groups of ponds they belong to."""
    placed = measured[measured["strip"].notna()]
    if placed.empty:
        return np.empty(0, dtype=object), []
    there = from_local(placed["strip"].to_numpy(), np.array(placed["origin"].tolist()))
    return there, placed["group"].tolist()


def _zone_water(case: Case) -> Floats:
    """Area in m2 of the zones of group water of each pond's plot and plan; nan without zones."""
    if case.zones is None:
        return np.full(len(case), np.nan)
    zones = case.zones
    key = texts(zones, "plot_id") + "|" + texts(zones, "plan_id")
    local = shapely.area(to_local(zones.geometry).geometries)
    water = pd.Series(np.where(zones["group"] == "water", local, 0.0), index=key.to_numpy())
    by_key = water.groupby(level=0).sum()
    mine = texts(case.ponds, "plot_id") + "|" + texts(case.ponds, "plan_id")
    return np.asarray(mine.map(by_key).to_numpy(dtype=float, na_value=np.nan))


def _shares(case: Case, water: Floats, zone: Floats) -> pd.DataFrame:
    plot = case.plot_m2
    profile = case.plots["layout_profile"].where(
        case.plots["layout_profile"].isin(list(PROFILES)), STANDARD
    )
    target = profile.map({name: item.shares[0] for name, item in PROFILES.items()}).to_numpy(float)
    judged = water_share(np.where(np.isnan(zone), water, zone), plot, target)
    return pd.DataFrame(
        {
            "open_water_m2": water,
            "open_water_share_pct": 100 * water / plot,
            "zone_share_pct": 100 * zone / plot,
            "share_deviation_pp": judged["deviation_pp"].to_numpy(),
            "share_verdict": judged["verdict"].to_numpy(),
        },
        index=case.ponds.index,
    )


def as_built_columns(case: Case, found: pd.DataFrame) -> pd.DataFrame:
    """For each as-built pond the design of its plot that it covers most, and the comparison."""
    ponds = case.ponds
    rows = pd.DataFrame(
        {"row": np.arange(len(case)), "plot": ponds["plot_id"], "kind": texts(ponds, "kind")}
    )[found["error"].isna()]
    pairs = rows[rows["kind"] == "as_built"].merge(rows[rows["kind"] == "design"], on="plot")
    shapes = np.asarray(ponds.geometry, dtype=object)
    built, design = pairs["row_x"].to_numpy(), pairs["row_y"].to_numpy()
    pairs["common"] = shapely.area(shapely.intersection(shapes[built], shapes[design]))
    best = pairs[pairs["common"] > 0].sort_values("common").groupby("row_x").last()
    result = pd.DataFrame({"design_id": None, "as_built_verdict": None}, index=ponds.index)
    if best.empty:
        return result
    built, design = best.index.to_numpy(), best["row_y"].to_numpy()

    columns = (
        found["area_m2"].to_numpy(dtype=float, na_value=np.nan),
        numbers(ponds, "depth_m"),
        numbers(ponds, "slope_h_per_v"),
        found["volume_m3"].to_numpy(dtype=float, na_value=np.nan),
    )
    verdict = compare_columns(
        *(column[design] for column in columns), *(column[built] for column in columns)
    )
    result.iloc[built, 0] = ponds["pond_id"].to_numpy()[design]
    result.iloc[built, 1] = verdict
    return result
