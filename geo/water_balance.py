"""Monthly water balance of ponds: how long the water lasts, and in how many years it fails.

LAND-R21, engineering throughout; every figure is a parameter. In each month: rain on the rim,
run-off and other inflow come in; what exceeds the capacity spills; evaporation and seepage take
from the surface; the household draws first, then the crops, down to the dead volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats
from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.stage_curve import StageCurves
from geo.text import Text

__all__ = [
    "DAYS",
    "FLOWS",
    "WATER_VERDICTS",
    "Balance",
    "BalanceParameters",
    "Demand",
    "Supply",
    "simulate",
]

DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=float)
"""Days of the months; leap days are left out (LAND-R21)."""

WATER_VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "sustained": Text("พอตลอดและเติมกลับได้", "Lasts, and fills again"),
        "first_year_only": Text("พอเฉพาะปีแรก", "Lasts in the first year only"),
        "fails": Text("ไม่พอ", "Not enough"),
        "unknown": Text("ข้อมูลไม่พอคำนวณ", "Not enough data"),
    }
)

FLOWS = (
    "start_m3",
    "inflow_m3",
    "spill_m3",
    "surface_m2",
    "evaporation_m3",
    "seepage_m3",
    "household_m3",
    "crops_m3",
    "deficit_m3",
    "end_m3",
)
"""What the table of a month holds; ``household`` and ``crops`` are what was served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceParameters(Parameters):
    """How the balance runs: months 1 to 12, full at the start unless ``start_share`` is less.

    ``rain_effect`` is the share of rain that crops use, ``efficiency`` that of irrigation;
    ``silt_pct`` of the capacity is taken by silt.
    """

    start_month: int = between(11, 1, 12)
    start_share: float = between(1.0, 0, 1)
    years: int = between(3, 1, 100)
    dry_months: tuple[int, ...] = (11, 12, 1, 2, 3, 4)
    rain_effect: float = between(0.70, 0, 1)
    efficiency: float = between(0.75, 0.05, 1)
    litres_per_person_day: float = between(150.0, 0, 1000)
    silt_pct: float = between(0.0, 0, 50)
    deficit_tolerance_m3: float = between(0.01, 0, 10)

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        if not self.dry_months or not set(self.dry_months) <= set(range(1, 13)):
            raise ParameterError(
                "parameter_out_of_range",
                Text(
                    f"เดือนแล้ง {self.dry_months} ต้องเป็นเดือน 1 ถึง 12 อย่างน้อยหนึ่งเดือน",
                    f"Dry months {self.dry_months} must be months 1 to 12, at least one",
                ),
                name="dry_months",
                value=self.dry_months,
            )


DEFAULTS = BalanceParameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What n ponds get and lose.

    ``rain_mm`` by calendar month: (12,) normals that are repeated, or (years, 12) of a series that
    runs on; ``evaporation_mm_day`` (12,); ``catchment_m2`` (n,) is the rim plus each run-off
    surface times its coefficient; ``other_m3`` (12,) for each pond; ``seepage_mm_day`` (n,).
    """

    rain_mm: Floats
    evaporation_mm_day: Floats
    catchment_m2: Floats
    seepage_mm_day: Floats
    other_m3: Floats | float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is drawn: ``persons`` (n,), and for each crop its need in mm (12,) and area (n,)."""

    persons: Floats
    crops: tuple[tuple[Floats, Floats], ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """A simulated balance: ``flows`` (FLOWS, months, n), calendar ``month`` (months,) 1 to 12.

    ``demand`` (months, n) is what was asked for.
    """

    flows: NDArray[np.float64]
    demand: NDArray[np.float64]
    month: NDArray[np.int64]
    parameters: BalanceParameters

    def flow(self, name: str) -> NDArray[np.float64]:
        """One of FLOWS, (years, 12, n) in the order of simulated months."""
        flow = self.flows[FLOWS.index(name)]
        return np.asarray(flow.reshape(-1, 12, flow.shape[1]))

    def table(self, pond: int = 0) -> pd.DataFrame:
        """The balance of one pond, a row per month."""
        table = pd.DataFrame(self.flows[:, :, pond].T, columns=list(FLOWS))
        table.insert(0, "year", np.arange(len(table)) // 12 + 1)
        table.insert(1, "month", self.month)
        return table

    def years(self, pond: int = 0) -> pd.DataFrame:
        """The years of one pond: end_m3, minimum_m3 and its month, dry_deficit_m3, first deficit.

        Months are those of the calendar; ``first_deficit_month`` is 0 where there is none.
        """
        end = self.flow("end_m3")[:, :, pond]
        short = self._short()[:, :, pond]
        calendar = self.month[:12]
        served = self.flow("household_m3")[:, :, pond] + self.flow("crops_m3")[:, :, pond]
        asked = self.demand.reshape(-1, 12, self.demand.shape[1])[:, :, pond].sum(axis=1)
        return pd.DataFrame(
            {
                "year": np.arange(len(end)) + 1,
                "end_m3": end[:, -1],
                "minimum_m3": end.min(axis=1),
                # Storages that differ by less than rounding are the same storage.
                "minimum_month": calendar[(end <= end.min(axis=1)[:, None] + 1e-9).argmax(axis=1)],
                "dry_deficit_m3": self._dry_deficit()[:, pond],
                "first_deficit_month": np.where(
                    short.any(axis=1), calendar[short.argmax(axis=1)], 0
                ),
                "months_short": short.sum(axis=1),
                "reliability": np.divide(
                    served.sum(axis=1), asked, out=np.ones(len(asked)), where=asked > 0
                ),
            }
        )

    def _short(self) -> NDArray[np.bool_]:
        return self.flow("deficit_m3") > self.parameters.deficit_tolerance_m3

    def _dry_deficit(self) -> NDArray[np.float64]:
        dry = np.isin(self.month[:12], self.parameters.dry_months)
        return np.asarray(self.flow("deficit_m3")[:, dry].sum(axis=1))

    def summary(self) -> pd.DataFrame:
        """A row per pond.

        water_verdict (WATER_VERDICTS), months_lasting (until the first month with a deficit, at
        most all that were simulated), failure_share (share of the years with a dry-season
        deficit), reliability (served over asked), minimum_m3, dry_deficit_m3 (of the worst year)
        and storage_falling (lasts, but every year ends lower than the one before).
        """
        failed = self._dry_deficit() > self.parameters.deficit_tolerance_m3
        short = self._short().reshape(len(self.month), -1)
        ends = self.flow("end_m3")[:, -1]
        falling = (np.diff(ends, axis=0) < -self.parameters.deficit_tolerance_m3).all(axis=0)
        asked = self.demand.sum(axis=0)
        served = (self.flow("household_m3") + self.flow("crops_m3")).sum(axis=(0, 1))
        sustained = ~failed.any(axis=0)
        return pd.DataFrame(
            {
                "water_verdict": np.select(
                    [sustained, failed[0]], ["sustained", "fails"], "first_year_only"
                ),
                "months_lasting": np.where(
                    short.any(axis=0), short.argmax(axis=0), len(self.month)
                ),
                "failure_share": failed.mean(axis=0),
                "reliability": np.divide(served, asked, out=np.ones(len(asked)), where=asked > 0),
                "minimum_m3": self.flow("end_m3").min(axis=(0, 1)),
                "dry_deficit_m3": self._dry_deficit().max(axis=0),
                "storage_falling": sustained & falling & (len(ends) > 1),
            }
        )


def simulate(
    curves: StageCurves,
    supply: Supply,
    demand: Demand,
    parameters: BalanceParameters = DEFAULTS,
) -> Balance:
    """Run the balance of n ponds month by month (LAND-R21).

    Years run from ``start_month``. Of a series of calendar years only whole simulated years are
    run: one less than there are rows unless it starts in January; normals run ``years``.
    """
    p = parameters
    rain = _rain(supply.rain_mm, p)
    months = (np.arange(len(rain)) + p.start_month - 1) % 12
    asked = _Asked.of(demand, rain, months, p)
    silt = curves.capacity * p.silt_pct / 100
    capacity = curves.capacity - silt
    stored = capacity * p.start_share
    dead = np.maximum(curves.dead_volume - silt, 0)
    other = np.broadcast_to(np.asarray(supply.other_m3, dtype=float), 12)
    flows = np.zeros((len(FLOWS), len(months), len(curves)))
    for step, month in enumerate(months):
        days = DAYS[month]
        inflow = rain[step] / 1000 * supply.catchment_m2 + other[month]
        filled = np.minimum(stored + inflow, capacity)
        spill = stored + inflow - filled
        surface = curves.areas(filled + silt) * (filled > 0)
        evaporation = supply.evaporation_mm_day[month] * days / 1000 * surface
        seepage = supply.seepage_mm_day * days / 1000 * surface
        lost = evaporation + seepage
        scale = np.divide(filled, lost, out=np.ones(len(lost)), where=lost > filled)
        evaporation, seepage = evaporation * scale, seepage * scale
        left = np.where(lost < filled, filled - evaporation - seepage, 0)
        usable = np.maximum(left - dead, 0)
        household = np.minimum(asked.household[step], usable)
        crops = np.minimum(asked.crops[step], usable - household)
        deficit = asked.household[step] + asked.crops[step] - household - crops
        end = left - household - crops
        flows[:, step] = (
            stored,
            inflow,
            spill,
            surface,
            evaporation,
            seepage,
            household,
            crops,
            deficit,
            end,
        )
        stored = end
    return Balance(flows, asked.household + asked.crops, months + 1, p)


def _rain(rain_mm: ArrayLike, p: BalanceParameters) -> Floats:
    """Rain of every simulated month, from the first start month on."""
    rain = np.asarray(rain_mm, dtype=float)
    if rain.size == 12:
        rain = np.tile(rain.reshape(12), p.years + 1)
        return rain[p.start_month - 1 :][: p.years * 12]
    run = rain.reshape(-1)[p.start_month - 1 :]
    return run[: len(run) // 12 * 12]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Demand in m3 (months, n)."""

    household: NDArray[np.float64]
    crops: NDArray[np.float64]

    @classmethod
    def of(
        cls, demand: Demand, rain: Floats, months: NDArray[np.int64], p: BalanceParameters
    ) -> _Asked:
        litres = demand.persons * p.litres_per_person_day
        household = np.outer(DAYS[months], litres / 1000)
        crops = np.zeros_like(household)
        for need_mm, area_m2 in demand.crops:
            wanted = np.maximum(need_mm[months] - p.rain_effect * rain, 0)
            crops += np.outer(wanted / 1000 / p.efficiency, area_m2)
        return cls(household, crops)
