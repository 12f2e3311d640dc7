"""What aid-gap reads: households, their needs and cases, the agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.text import Text
from layers import people
from layers.poverty.logic import UNKNOWN, Truth, truth
from layers.processes.model import Reader
from layers.processes.poverty.register import check_rights

__all__ = ["AidRegister", "read_aid"]

HOUSEHOLD = (
    "household_id",
    "area_code",
    "household_size",
    "stage",
    "aid_needs",
    "health_need",
    "status",
    "capital_items",
    "yearly_snapshots",
)
CASE = (
    "case_id",
    "household_id",
    "dimension",
    "kind",
    "state",
    "start_on",
    "end_on",
    "provider_id",
    "provider",
)
PROVIDER = ("provider_id", "name", "level", "dimensions", "service_area", "capacity_left")
NEED = ["household_id", "dimension", "origin"]
WGS84 = Geod(ellps="WGS84")
FINDINGS: Mapping[str, Text] = {
    "AID-E-HOUSEHOLD": Text(
        "การส่งต่อ {key}: ไม่มีครัวเรือน {value} ในทะเบียน",
        "Case {key}: there is no household {value} in the register",
    ),
    "AID-E-DATES": Text(
        "การส่งต่อ {key}: วันสิ้นสุด {value} ก่อนวันเริ่ม", "Case {key}: it ends {value}, before it starts"
    ),
    "AID-W-UNDATED": Text(
        "การส่งต่อ {key}: ให้ความช่วยเหลือแล้วแต่ไม่มีวันที่ จึงไม่นับ",
        "Case {key}: delivered without a date, so it does not count",
    ),
}


@dataclass(frozen=True, slots=True)
class AidRegister:
    """Households (points in EPSG:4326), needs (NEED columns), sound cases, providers."""

    households: gpd.GeoDataFrame
    needs: pd.DataFrame
    cases: pd.DataFrame
    providers: gpd.GeoDataFrame
    findings: dict[str, Any]
    left_out: int

    def answers(self) -> pd.DataFrame:
        """A column for every answered item of the capitals."""
        told = self.households["capital_items"]
        filled = [items if isinstance(items, dict) else {} for items in told]
        return pd.DataFrame(filled, index=self.households.index)

    def distances(self, ids: pd.Series[Any]) -> NDArray[np.float64]:
        """Metres from the household of each id to each provider's office; nan unknown."""
        places = self.households.set_index("household_id").geometry.reindex(ids)
        home, office = (
            _coordinates(shapes.to_numpy()) for shapes in (places, self.providers.geometry)
        )
        out = np.full((len(home), len(office)), np.nan)
        for n, (lon, lat) in enumerate(office):
            if np.isfinite(lon):
                _, _, out[:, n] = WGS84.inv(
                    home[:, 0], home[:, 1], np.full(len(home), lon), np.full(len(home), lat)
                )
        return out

    def snapshots(self) -> tuple[list[int], Truth]:
        """The years (BE) that anybody has a snapshot of, and who was poor in each."""
        lists = self.households["yearly_snapshots"]
        told = [
            (row, int(item["year_be"]), item.get("poor"))
            for row, listed in enumerate(lists)
            if isinstance(listed, list)
            for item in listed
            if item.get("year_be") is not None
        ]
        years = sorted({year for _, year, _ in told})
        poor = np.full((len(lists), len(years)), UNKNOWN, dtype=np.int8)
        if told:
            rows, of, values = zip(*told, strict=True)
            poor[list(rows), [years.index(year) for year in of]] = truth(values, len(values))
        return years, poor


def read_aid(parameters: Mapping[str, Any], reader: Reader) -> AidRegister:
    """Everything that the caller may see of what is needed."""
    check_rights(reader, HOUSEHOLD)
    households = gpd.GeoDataFrame(
        reader.read(
            "households", filter=parameters["filter"], bbox=parameters["bbox"], fields=HOUSEHOLD
        ),
        geometry="geometry",
        crs=4326,
    )
    cases = reader.read("aid_cases", fields=CASE)
    providers = gpd.GeoDataFrame(
        reader.read("aid_providers", fields=PROVIDER), geometry="geometry", crs=4326
    )
    whole = parameters["filter"] is None and parameters["bbox"] is None
    cases, found, left_out = _sound_cases(cases, households["household_id"], whole)
    cases = cases.assign(provider=cases["provider_id"].fillna(cases["provider"]))
    return AidRegister(households, _needs(households), cases, providers, found, left_out)


def _needs(households: pd.DataFrame) -> pd.DataFrame:
    """Recorded needs, the secret one for health, and the one that welfare routing proposes."""
    listed = households[["household_id", "aid_needs"]].explode("aid_needs").dropna()
    recorded = pd.DataFrame(
        {
            "household_id": listed["household_id"],
            "dimension": [item.get("dimension") for item in listed["aid_needs"]],
            "origin": "recorded",
        }
    )
    recorded = recorded[recorded["dimension"].isin(list(people.AID_DIMENSIONS))]
    ids = households["household_id"]
    health = households["health_need"].fillna(False).astype(bool)
    routed = households["status"] == "route_welfare"
    parts = [
        recorded,
        pd.DataFrame({"household_id": ids[health], "dimension": "health", "origin": "recorded"}),
        pd.DataFrame(
            {"household_id": ids[routed], "dimension": "state_welfare", "origin": "proposed"}
        ),
    ]
    needs = pd.concat(parts, ignore_index=True)[NEED]
    return needs.drop_duplicates(["household_id", "dimension"], ignore_index=True)


def _sound_cases(
    cases: pd.DataFrame, known: pd.Series[Any], whole: bool
) -> tuple[pd.DataFrame, dict[str, Any], int]:
    """The cases of these households, and what is wrong with others."""
    stranger = ~cases["household_id"].isin(known)
    start, end = (pd.to_datetime(cases[name], errors="coerce") for name in ("start_on", "end_on"))
    turned = end < start
    undated = cases["state"].isin(["delivered", "confirmed", "closed"]) & start.isna() & end.isna()
    told = {
        "AID-E-HOUSEHOLD": (stranger & whole, "household_id"),
        "AID-E-DATES": (turned & ~stranger, "end_on"),
        "AID-W-UNDATED": (undated & ~stranger, "end_on"),
    }
    listed = [
        {"code": code, "row": row + 1, "key": case["case_id"], "field": field}
        | {
            language: FINDINGS[code].get(language).format(key=case["case_id"], value=case[field])
            for language in ("th", "en")
        }
        for code, (where, field) in told.items()
        for row, case in zip(
            np.flatnonzero(where).tolist(), cases[where].to_dict("records"), strict=True
        )
    ]
    counts = {code: int(where.sum()) for code, (where, _) in told.items() if where.any()}
    left_out = int((told["AID-E-HOUSEHOLD"][0] | told["AID-E-DATES"][0]).sum())
    return cases[~stranger & ~turned], {"counts": counts, "listed": listed}, left_out


def _coordinates(shapes: Any) -> NDArray[np.float64]:
    out = np.full((len(shapes), 2), np.nan)
    there = ~shapely.is_missing(shapes)
    out[there] = shapely.get_coordinates(shapely.centroid(shapes[there]))
    return out
