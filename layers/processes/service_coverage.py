"""Service coverage: the ground within reach of facilities, and who lives beyond it (BORD-R116)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import Floats
from geo.errors import ParameterError
from geo.network import RoadNetwork, reach
from geo.network.reach import CORRIDOR_M
from geo.text import Text
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.nearest_facility import FACILITY_INPUTS, TOWARD_INPUT, facilities_of
from layers.processes.travel import (
    TRAVEL_INPUTS,
    TRAVEL_OUTPUTS,
    TRAVEL_RULES,
    network_of,
    profile_of,
    travel_notes,
)
from layers.processes.travel_places import (
    PRECISION_INPUT,
    Places,
    cells,
    drawn_places,
    stored_places,
)

__all__ = ["SERVICE_COVERAGE"]

COUNTED = ("households", "population")
BY: Mapping[str, int] = {"province": 2, "district": 4, "tambon": 6}
LIMITS_MOST = 10


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Areas within each limit, and every place with the limit that it is within."""
    by_road = parameters["measure"] == "km"
    limits = _limits(parameters["limits"])
    facilities = facilities_of(parameters, reader)
    places = _places(parameters, reader)
    network = network_of(
        reader, profile_of(parameters), objective="distance" if by_road else "time"
    )
    toward = parameters["direction"] == "to_facility"
    nearest = network.nearest(
        places.table.geometry, facilities.table.geometry, 1, toward=toward
    ).set_index("origin")
    value = nearest["metres"] / 1000 if by_road else nearest["minutes"]
    band = _bands(value.to_numpy(dtype=float), limits)
    found = [_place_rows(places, facilities, nearest, band)]
    unreached: tuple[int, ...] = ()
    if parameters["areas"]:
        areas, unreached = _areas(network, facilities, limits, parameters)
        found.insert(0, areas)
    estimated = int((nearest["source"] == "straight_line").sum())
    return Result(
        features=gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=4326),
        summary={
            "facilities": len(facilities),
            "facilities_off_road": facilities.table["id"].iloc[list(unreached)].tolist(),
            "places": len(places),
            "estimated": estimated,
            "within": [_counted(places, band <= limit, {"limit": limit}) for limit in limits],
            "beyond": _counted(places, np.isinf(band), {"limit": limits[-1]}),
            "by_area": _by_area(places, np.isinf(band), BY[parameters["by"]]),
            "not_used": [*places.unused, *facilities.unused],
            "notes": travel_notes(network, estimated),
        },
        rules=(*TRAVEL_RULES, "BORD-R116"),
        left_out=len(places.unused),
    )


def _places(parameters: Mapping[str, Any], reader: Reader) -> Places:
    precision = parameters["min_precision"]
    if parameters["places"] is not None:
        return drawn_places(
            parameters["places"], "places", Text("สถานที่", "Places"), reader, COUNTED, precision
        )
    return stored_places(
        reader,
        parameters["place_layer"],
        filter=parameters["filter"],
        bbox=parameters["bbox"],
        more=COUNTED,
        precision=precision,
    )


def _limits(text: str) -> list[float]:
    """Limits written as ``10, 20, 30``, in rising order."""
    try:
        found = sorted({float(part) for part in text.split(",") if part.strip()})
        usable = found and found[0] > 0 and np.isfinite(found).all() and len(found) <= LIMITS_MOST
    except ValueError:
        usable = False
    if not usable:
        raise ParameterError(
            "limits_invalid",
            Text(
                f"ขีดจำกัด {text!r} ต้องเป็นจำนวนมากกว่า 0 คั่นด้วยจุลภาค ไม่เกิน {LIMITS_MOST} ค่า "
                "เช่น 10,20,30",
                f"The limits {text!r} must be numbers above zero with commas between, at most "
                f"{LIMITS_MOST}, as 10,20,30",
            ),
            parameter="limits",
        )
    return found


def _bands(value: Floats, limits: list[float]) -> Floats:
    """The least limit that each value keeps; inf for those beyond all (equal is within)."""
    # The seventh digit is noise of the arithmetic.
    place = np.searchsorted(np.array(limits), np.round(value, 6), side="left")
    return np.array([*limits, np.inf])[place]


def _areas(
    network: RoadNetwork, facilities: Places, limits: list[float], parameters: Mapping[str, Any]
) -> tuple[gpd.GeoDataFrame, tuple[int, ...]]:
    """A polygon for each limit, the widest first, so that a map draws the narrow ones above."""
    unit = 1000.0 if network.objective == "distance" else 1.0
    found = reach(
        network,
        facilities.table.geometry,
        [limit * unit for limit in limits],
        toward=parameters["direction"] == "to_facility",
        corridor_m=parameters["corridor_m"],
    )
    table = found.areas.iloc[::-1].reset_index(drop=True)
    columns = {
        "part": ["area"] * len(table),
        "limit": table["limit"] / unit,
        "road_km": (table["road_m"] / 1000).round(1),
    }
    return gpd.GeoDataFrame(cells(columns), geometry=table.geometry, crs=4326), found.unreached


def _place_rows(
    places: Places, facilities: Places, nearest: pd.DataFrame, band: Floats
) -> gpd.GeoDataFrame:
    table = places.table
    facility = facilities.table.iloc[nearest["destination"].astype(int)]
    columns = {
        "part": ["place"] * len(table),
        "limit": np.where(np.isinf(band), np.nan, band),
        "beyond": np.isinf(band),
        "place_id": table["id"],
        "place_name_th": table["name_th"],
        "place_name_en": table["name_en"],
        "area_code": table["area_code"],
        "facility_id": facility["id"],
        "facility_name_th": facility["name_th"],
        "minutes": nearest["minutes"].astype(float).round(1),
        "metres": nearest["metres"].astype(float).round(0),
        "source": nearest["source"],
        **{name: table[name] for name in COUNTED},
    }
    return gpd.GeoDataFrame(cells(columns), geometry=table.geometry.array, crs=4326)


def _counted(places: Places, chosen: Any, head: Mapping[str, Any]) -> dict[str, Any]:
    """Places, households and people among the chosen; how many places do not tell is said too."""
    rows = places.table[np.asarray(chosen, dtype=bool)]
    share = round(100 * len(rows) / len(places), 2) if len(places) else None
    found: dict[str, Any] = {**head, "places": len(rows), "places_pct": share}
    for name in COUNTED:
        numbers = pd.to_numeric(rows[name], errors="coerce")
        found[name] = int(numbers.sum())
        found[f"{name}_unknown"] = int(numbers.isna().sum())
    return found


def _by_area(places: Places, beyond: Any, digits: int) -> list[dict[str, Any]]:
    """How many places and households of each area are beyond the last limit."""
    code = places.table["area_code"].astype(object).where(places.table["area_code"].notna(), "")
    area = code.astype(str).str[:digits].to_numpy()
    found = []
    for name in sorted(set(area.tolist())):
        own = area == name
        counted = _counted(places, own & beyond, {"area_code": name or None})
        counted["places_pct"] = round(100 * counted["places"] / int(own.sum()), 2)
        found.append({**counted, "places_all": int(own.sum())})
    return found


SERVICE_COVERAGE = Process(
    id="service-coverage",
    version="1.0.0",
    title=Text("ความครอบคลุมของบริการ", "Service coverage"),
    description=Text(
        "พื้นที่ที่เดินทางถึงจุดบริการได้ภายในเวลาหรือระยะที่กำหนดบนถนน "
        "และหมู่บ้าน ครัวเรือน ประชากรที่อยู่นอกเขต แยกตามพื้นที่",
        "The ground from which a facility is reached within a time or distance on the road, and "
        "the villages, households and people beyond it, by area",
    ),
    inputs=(
        *FACILITY_INPUTS,
        Input(
            name="places",
            label=Text("สถานที่", "Places"),
            type="geojson",
            description=Text(
                "GeoJSON (EPSG:4326) มี households, population ได้ ไม่ระบุใช้ place_layer",
                "GeoJSON (EPSG:4326), with households and population where known; without it the "
                "layer place_layer is read",
            ),
        ),
        Input(
            name="place_layer",
            label=Text("ชั้นข้อมูลสถานที่", "Layer of places"),
            type="text",
            default="villages",
        ),
        Input(name="filter", label=Text("ตัวกรองสถานที่", "Filter of places"), type="filter"),
        Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
        Input(
            name="measure",
            label=Text("วัดเป็น", "Measured in"),
            type="text",
            default="minutes",
            values={
                "minutes": Text("นาที", "Minutes"),
                "km": Text("กิโลเมตรตามถนน", "Kilometres by road"),
            },
        ),
        Input(
            name="limits",
            label=Text("ขีดจำกัด", "Limits"),
            type="text",
            default="10,20,30",
            description=Text(
                "นาทีหรือกิโลเมตรตาม measure คั่นด้วยจุลภาค (เขตบริการชายแดน 10 กม. BORD-R116)",
                "Minutes or kilometres (see measure), commas between; BORD-R116 has 10 km",
            ),
        ),
        TOWARD_INPUT,
        Input(
            name="by",
            label=Text("สรุปตาม", "Totals by"),
            type="text",
            default="district",
            values={
                "province": Text("จังหวัด", "Province"),
                "district": Text("อำเภอ", "District"),
                "tambon": Text("ตำบล", "Tambon"),
            },
        ),
        *TRAVEL_INPUTS,
        PRECISION_INPUT,
        Input(
            name="areas",
            label=Text("แสดงเขตบริการ", "Draw the areas"),
            type="boolean",
            default=True,
        ),
        Input(
            name="corridor_m",
            label=Text("ระยะสองข้างถนนที่นับว่าถึง", "Ground beside a road that counts"),
            type="number",
            unit="m",
            default=CORRIDOR_M,
            minimum=10,
            maximum=5000,
        ),
    ),
    outputs=(
        Output(
            name="part",
            label=Text("ชนิดรายการ", "Part"),
            type="text",
            values={
                "area": Text("เขตบริการ", "Area within the limit"),
                "place": Text("สถานที่", "Place"),
            },
        ),
        Output(name="limit", label=Text("ภายใน", "Within"), type="number"),
        Output(name="beyond", label=Text("อยู่นอกเขตบริการ", "Beyond"), type="boolean"),
        Output(name="place_id", label=Text("รหัสสถานที่", "Place"), type="text"),
        Output(name="facility_id", label=Text("รหัสจุดบริการ", "Facility"), type="text"),
        *TRAVEL_OUTPUTS,
        Output(name="households", label=Text("ครัวเรือน", "Households"), type="integer"),
        Output(name="population", label=Text("ประชากร", "Population"), type="integer"),
    ),
    reads=("villages", "facilities", "roads", "provinces"),
    run=run,
)
