"""Water and earth of ponds in their plots: stage curves, monthly balance, bulking (R19 to R22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.climate import CLIMATES, CROPS, Climate, read_months
from geo.crs import Floats, to_local
from geo.earthwork import EarthParameters, earth_balance
from geo.errors import ParameterError
from geo.layout.profiles import PROFILES
from geo.pond_design import PondDesigns, PondParameters
from geo.soil import LINED_SEEPAGE_MM_DAY, soil_figures
from geo.stage_curve import StageCurves
from geo.text import Text
from geo.water_balance import Balance, BalanceParameters, Demand, Supply, simulate
from geo.water_ratios import rain_held, thumb_ratio
from layers.processes.pond.case import Case, numbers, texts

__all__ = ["Uses", "WaterCase", "earth_columns", "rain_summary", "water_columns"]

RUNOFF = {"orchard_forest": 0.20, "residence": 0.60}
"""Run-off coefficients by zone group; bunded rice gives none (LAND-R21, engineering)."""

ANDAMAN = ("81", "82", "83", "85", "91", "92")  # Krabi, Phang Nga, Phuket, Ranong, Satun, Trang
_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class Uses:
    """What each pond serves, in m2 (n,); of a plot with several ponds each serves its part."""

    rice: Floats
    orchard: Floats
    vegetables: Floats
    residence: Floats

    @property
    def crops(self) -> Floats:
        """All ground that is watered."""
        return self.rice + self.orchard + self.vegetables


@dataclass(frozen=True, slots=True)
class WaterCase:
    """All that the balance of n ponds needs; ``known`` (n,) says where nothing is missing."""

    designs: PondDesigns
    uses: Uses
    part: Floats
    rim_m2: Floats
    climate: np.ndarray[Any, Any]
    seepage: Floats
    known: np.ndarray[Any, Any]
    inputs: Mapping[str, Any]

    @classmethod
    def of(cls, case: Case, found: pd.DataFrame, inputs: Mapping[str, Any]) -> WaterCase:
        """Gather it; ``found`` are the results of ``check_ponds``."""
        ponds = case.ponds
        sound = found["error"].isna().to_numpy()
        capacity = np.nan_to_num(found["capacity_m3"].to_numpy(dtype=float, na_value=0.0))
        _, group = np.unique(case.group.to_numpy(dtype=str), return_inverse=True)
        total = np.bincount(group, capacity)[group] if len(case) else capacity
        part = np.divide(capacity, total, out=np.zeros(len(case)), where=total > 0)
        seepage = soil_figures(texts(case.plots, "soil_class"), "seepage_mm_day")
        seepage[ponds["lined"].fillna(False).to_numpy(dtype=bool)] = LINED_SEEPAGE_MM_DAY
        if inputs["seepage_mm_day"] is not None:
            seepage[:] = inputs["seepage_mm_day"]
        climate = _climates(case, inputs)
        designs = PondDesigns.read(
            ponds.geometry,
            numbers(ponds, "depth_m"),
            numbers(ponds, "slope_h_per_v"),
            profiles=[
                cell if isinstance(cell, list) and cell else None for cell in ponds["profile"]
            ],
            freeboard_m=numbers(ponds, "freeboard_m"),
            dead_depth_m=numbers(ponds, "dead_depth_m"),
            parameters=PondParameters(),
        )
        return cls(
            designs,
            _uses(case, inputs, part),
            part,
            found["area_m2"].to_numpy(dtype=float, na_value=np.nan),
            climate,
            seepage,
            sound & (climate != "") & ~np.isnan(seepage),
            inputs,
        )

    def parameters(self, climate: str) -> BalanceParameters:
        """How the balance runs under a climate, with what was entered."""
        given = self.inputs
        dry = _climate(climate).dry_months
        if given["dry_months"] is not None:
            dry = _months(given["dry_months"])
        return BalanceParameters(
            start_month=given["start_month"] or dry[0],
            start_share=given["start_pct"] / 100,
            years=given["years"],
            dry_months=dry,
            litres_per_person_day=given["litres_per_person_day"],
            rain_effect=given["rain_effect"],
            efficiency=given["efficiency"],
            silt_pct=given["silt_pct"],
        )

    def rain(self, climate: str) -> Floats:
        """Rain in mm by month."""
        if self.inputs["rain_mm"] is not None:
            return read_months(self.inputs["rain_mm"])
        return np.array(_climate(climate).rain_mm, dtype=float)

    def balance(
        self,
        rows: np.ndarray[Any, Any],
        climate: str,
        *,
        crop_scale: Floats | float = 1.0,
        catchment_m2: Floats | float = 0.0,
        seepage: Floats | None = None,
        curves: StageCurves | None = None,
    ) -> Balance:
        """Simulate ponds ``rows``; the further arguments change them, for solving."""
        given, uses, part = self.inputs, self.uses, self.part[rows]
        persons = given["persons"] if given["household_from_pond"] else 0
        outside = given["outside_runoff"] * (given["outside_m2"] + catchment_m2)
        catchment = (
            self.rim_m2[rows]
            + RUNOFF["orchard_forest"] * uses.orchard[rows]
            + RUNOFF["residence"] * uses.residence[rows]
            + outside * part
        )
        supply = Supply(
            rain_mm=self.rain(climate),
            evaporation_mm_day=np.full(12, given["evaporation_mm_day"]),
            catchment_m2=catchment,
            seepage_mm_day=self.seepage[rows] if seepage is None else seepage,
        )
        demand = Demand(
            persons=persons * part,
            crops=(
                (CROPS["rice"].needs, uses.rice[rows] * crop_scale),
                (CROPS["orchard"].needs, uses.orchard[rows] * crop_scale),
                (CROPS["vegetables"].needs, uses.vegetables[rows] * crop_scale),
            ),
        )
        read = StageCurves.of(self.designs[rows]) if curves is None else curves
        return simulate(read, supply, demand, self.parameters(climate))


def water_columns(water: WaterCase, found: pd.DataFrame) -> pd.DataFrame:
    """Verdict, months, failure share and the rest of ``Balance.summary``, and the two ratios."""
    tables = []
    for climate in np.unique(water.climate[water.known]):
        mine = np.flatnonzero(water.known & (water.climate == climate))
        for at in range(0, len(mine), _CHUNK):
            rows = mine[at : at + _CHUNK]
            tables.append(water.balance(rows, climate).summary().set_axis(rows))
    if tables:
        result = pd.concat(tables).reindex(range(len(found)))
    else:
        result = pd.DataFrame(np.nan, index=range(len(found)), columns=["water_verdict"])
    known = found["error"].isna().to_numpy()
    verdict = result["water_verdict"].to_numpy(dtype=object)
    verdict[pd.isna(verdict)] = None
    verdict[known & (verdict == None)] = "unknown"  # noqa: E711 - elementwise
    result["water_verdict"] = pd.Series(verdict, index=result.index, dtype=object)
    capacity = found["capacity_m3"].to_numpy(dtype=float, na_value=np.nan)
    result["thumb_ratio"] = thumb_ratio(capacity, water.uses.crops)
    return result.set_axis(found.index)


def rain_summary(
    case: Case, water: WaterCase, found: pd.DataFrame, channel_m3: Floats
) -> dict[str, float]:
    """Rain that falls on the plot in a year against what is stored (LAND-R34), one pond."""
    rain = water.rain(str(water.climate[0])).reshape(-1, 12).sum(axis=1).mean() / 1000
    held = rain_held(
        rain,
        case.plot_m2,
        found["capacity_m3"].to_numpy(dtype=float),
        channel_m3,
        water.uses.rice,
    )
    return {str(name): float(value) for name, value in held.iloc[0].items()}


def earth_columns(
    case: Case, found: pd.DataFrame, channel_m3: Floats, needed_m3: float, inputs: Mapping[str, Any]
) -> pd.DataFrame:
    """Bulking of pond and channels, and what is left after the fill (LAND-R19)."""
    ponds = found["volume_m3"].to_numpy(dtype=float, na_value=np.nan)
    first = ~case.group.duplicated().to_numpy()  # the channels of a plot go with its first pond
    balance = earth_balance(
        ponds + np.where(first, channel_m3, 0.0),
        texts(case.plots, "soil_class").tolist(),
        np.where(first, needed_m3, 0.0),
        np.full(len(case), inputs["spread_m2"] or np.nan),
        EarthParameters(truck_m3=inputs["truck_m3"], spread_max_m=inputs["spread_max_m"]),
    )
    balance.loc[found["error"].notna().to_numpy(), "verdict"] = None
    return balance.rename(columns={"verdict": "earth_verdict", "trips": "truck_trips"}).set_axis(
        found.index
    )


def _climate(name: str) -> Climate:
    return CLIMATES.get(name, CLIMATES["northeast"])


def _climates(case: Case, inputs: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """The climate of each pond: what was entered, else by province; empty where unknown."""
    if inputs["climate"] is not None:
        return np.full(len(case), inputs["climate"], dtype=object)
    province = texts(case.ponds, "area_code").str[:2]
    found = np.select(
        [province.isin(ANDAMAN), province.str.startswith(("3", "4"))], ["andaman", "northeast"], ""
    )
    entered = "entered" if inputs["rain_mm"] is not None else ""
    return np.asarray(np.where(found == "", entered, found), dtype=object)


def _months(text: str) -> tuple[int, ...]:
    try:
        months = tuple(int(cell) for cell in text.replace(",", " ").split())
    except ValueError:
        months = ()
    if not months or not set(months) <= set(range(1, 13)):
        raise ParameterError(
            "months_invalid",
            Text(
                f"เดือนแล้งต้องเป็นเลข 1 ถึง 12 คั่นด้วยจุลภาค แต่ได้ {text[:40]!r}",
                f"Dry months must be numbers 1 to 12 with commas, not {text[:40]!r}",
            ),
            parameter="dry_months",
        )
    return months


def _uses(case: Case, inputs: Mapping[str, Any], part: Floats) -> Uses:
    """Watered and run-off areas: entered, else the zones of the plot, else the profile's shares."""
    names = ("rice", "orchard", "vegetables", "residence")
    areas = _by_profile(case)
    if case.zones is not None:
        by_zone = _by_zone(case.zones)
        key = texts(case.ponds, "plot_id") + "|" + texts(case.ponds, "plan_id")
        zoned = by_zone.reindex(key).to_numpy(dtype=float)
        areas = np.where(np.isnan(zoned), areas, zoned)
    for column, name in enumerate(names):
        if inputs[f"{name}_m2"] is not None:
            areas[:, column] = inputs[f"{name}_m2"]
    return Uses(*(areas * part[:, None]).T)


def _by_profile(case: Case) -> np.ndarray[Any, Any]:
    plot = np.nan_to_num(case.plot_m2)
    profile = texts(case.plots, "layout_profile")
    shares = PROFILES["standard_30_30_30_10"].shares
    dry = (profile == "phuket_micro").to_numpy()
    rice, orchard, residence = (plot * share / 100 for share in shares[1:])
    return np.column_stack([np.where(dry, 0, rice), orchard, np.where(dry, rice, 0), residence])


def _by_zone(zones: pd.DataFrame) -> pd.DataFrame:
    """Area in m2 by plot and plan of what is watered as rice, orchard and vegetables."""
    area = shapely.area(to_local(zones.geometry).geometries)
    kind, group = texts(zones, "zone_kind"), texts(zones, "group")
    beds = kind.isin(["cash_crop", "vegetable", "herb"]).to_numpy()
    table = pd.DataFrame(
        {
            "rice": np.where((group == "rice") & ~beds, area, 0),
            "orchard": np.where((group == "orchard_forest") & ~beds, area, 0),
            "vegetables": np.where(beds, area, 0),
            "residence": np.where(group == "residence", area, 0),
        },
        index=(texts(zones, "plot_id") + "|" + texts(zones, "plan_id")).to_numpy(),
    )
    return table.groupby(level=0).sum()
