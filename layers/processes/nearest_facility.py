"""Nearest facilities: for each place the few that are least far, by road, with the way there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import Geometries
from geo.errors import ParameterError
from geo.network import RoadNetwork
from geo.text import Text
from layers.areas import PROVINCE_LISTS
from layers.processes.model import Input, Output, Process, Reader, Result
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

__all__ = ["FACILITY_INPUTS", "NEAREST_FACILITY", "TOWARD_INPUT", "facilities_of"]

LEVELS: Mapping[str, int] = {"province": 2, "district": 4, "tambon": 6}
"""How many digits of the area code two places of one area share."""

MORE = ("kind",)
LINES_MOST = 20_000  # ways that are drawn; more take minutes


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """The nearest facilities of drawn places, else of the features of a layer."""
    precision = parameters["min_precision"]
    if parameters["places"] is not None:
        label = Text("สถานที่", "Places")
        places = drawn_places(parameters["places"], "places", label, reader, precision=precision)
    else:
        places = stored_places(
            reader,
            parameters["place_layer"],
            filter=parameters["filter"],
            bbox=parameters["bbox"],
            precision=precision,
        )
    facilities = facilities_of(parameters, reader)
    network = network_of(reader, profile_of(parameters))
    found = _nearest(network, places, facilities, parameters)
    limit = parameters["max_minutes"]
    if limit is not None:
        found["within"] = found["minutes"] <= limit
    lines = _lines(network, places, facilities, found, parameters)
    estimated = int((found["source"] == "straight_line").sum())
    beyond = int((~found["within"] & (found["rank"] == 1)).sum()) if limit is not None else None
    return Result(
        features=gpd.GeoDataFrame(_columns(places, facilities, found), geometry=lines, crs=4326),
        summary={
            "places": len(places),
            "facilities": len(facilities),
            "pairs": len(found),
            "estimated": estimated,
            "beyond_limit": beyond,
            "not_used": [*places.unused, *facilities.unused],
            "notes": travel_notes(network, estimated),
        },
        rules=TRAVEL_RULES,
        left_out=len(places.unused),
    )


def facilities_of(parameters: Mapping[str, Any], reader: Reader) -> Places:
    """The facilities that FACILITY_INPUTS describe.

    Raises ParameterError ``no_facilities`` where none is left.
    """
    precision = parameters["min_precision"]
    if parameters["facilities"] is not None:
        label = Text("จุดบริการ", "Facilities")
        found = drawn_places(
            parameters["facilities"], "facilities", label, reader, MORE, precision=precision
        )
    else:
        layer = parameters["facility_layer"]
        found = stored_places(
            reader, layer, filter=parameters["facility_filter"], more=MORE, precision=precision
        )
    keep = np.ones(len(found), dtype=bool)
    if parameters["kind"]:
        kinds = [kind.strip() for kind in parameters["kind"].split(",")]
        keep &= found.table["kind"].isin(kinds).to_numpy()
    if parameters["province_list"]:
        provinces = _provinces_in(parameters["province_list"], reader)
        keep &= found.table["area_code"].astype(str).str[:2].isin(provinces).to_numpy()
    table = found.table[keep].reset_index(drop=True)
    if not len(table):
        raise ParameterError(
            "no_facilities",
            Text(
                "ไม่มีจุดบริการที่ตรงเงื่อนไข ตรวจประเภท ตัวกรอง และสิทธิ์การดูข้อมูล",
                "No facility meets the conditions; check kind, filter and what you may see",
            ),
        )
    return Places(table, found.unused)


def _provinces_in(name: str, reader: Reader) -> list[str]:
    """Codes of the provinces that stand in a list of the sources."""
    rows = reader.read("provinces", fields=("code", "lists"))
    return [
        str(code)
        for code, lists in zip(rows["code"], rows["lists"], strict=True)
        if isinstance(lists, (list, np.ndarray)) and name in list(lists)
    ]


def _nearest(
    network: RoadNetwork, places: Places, facilities: Places, parameters: Mapping[str, Any]
) -> pd.DataFrame:
    """The k nearest of each place; with ``same_first`` those of its own area before others."""
    k, level = parameters["k"], parameters["same_first"]
    toward = parameters["direction"] == "to_facility"
    wanted = k if level is None else len(facilities)
    found = network.nearest(places.table.geometry, facilities.table.geometry, wanted, toward=toward)
    same = _same_area(places, facilities, found, LEVELS[level or "province"])
    found["same_area"] = same
    if level is not None:
        order = np.lexsort((found["rank"], ~same.to_numpy(dtype=bool), found["origin"]))
        found = found.iloc[order].reset_index(drop=True)
        found["rank"] = found.groupby("origin").cumcount() + 1
        found = found[found["rank"] <= k].reset_index(drop=True)
    return found


def _same_area(
    places: Places, facilities: Places, found: pd.DataFrame, digits: int
) -> pd.Series[bool]:
    own = places.table["area_code"].iloc[found["origin"]].astype(str).str[:digits].to_numpy()
    theirs = facilities.table["area_code"].iloc[found["destination"]].astype(str).str[:digits]
    known = places.table["area_code"].iloc[found["origin"]].notna().to_numpy()
    return pd.Series((own == theirs.to_numpy()) & known, index=found.index)


def _lines(
    network: RoadNetwork,
    places: Places,
    facilities: Places,
    found: pd.DataFrame,
    parameters: Mapping[str, Any],
) -> Geometries:
    """The way of each pair in the direction of travel, or the place itself."""
    start = np.asarray(places.table.geometry.array, dtype=object)[found["origin"].astype(int)]
    if not parameters["lines"] or not len(found):
        return start
    if len(found) > LINES_MOST:
        raise ParameterError(
            "too_many_lines",
            Text(
                f"เส้นทาง {len(found):,} เส้น เกิน {LINES_MOST:,} ใช้ lines=false หรือกรองให้แคบลง",
                f"{len(found):,} ways are more than {LINES_MOST:,}; give lines=false or a filter",
            ),
        )
    end = np.asarray(facilities.table.geometry.array, dtype=object)[
        found["destination"].astype(int)
    ]
    pairs = (start, end) if parameters["direction"] == "to_facility" else (end, start)
    return np.asarray([path.geometry for path in network.paths(*pairs)], dtype=object)


def _columns(places: Places, facilities: Places, found: pd.DataFrame) -> pd.DataFrame:
    place = places.table.iloc[found["origin"].astype(int)]
    facility = facilities.table.iloc[found["destination"].astype(int)]
    columns = {
        "place_id": place["id"],
        "place_name_th": place["name_th"],
        "place_name_en": place["name_en"],
        "area_code": place["area_code"],
        "rank": found["rank"],
        "facility_id": facility["id"],
        "facility_name_th": facility["name_th"],
        "facility_name_en": facility["name_en"],
        "kind": facility["kind"],
        "same_area": found["same_area"],
        "minutes": found["minutes"].astype(float).round(1),
        "metres": found["metres"].astype(float).round(0),
        "source": found["source"],
    }
    if "within" in found:
        columns["within_limit"] = found["within"]
    return cells(columns)


FACILITY_INPUTS = (
    Input(
        name="facilities",
        label=Text("จุดบริการ", "Facilities"),
        type="geojson",
        description=Text(
            "GeoJSON (EPSG:4326) ไม่ระบุใช้ชั้นข้อมูล facility_layer",
            "GeoJSON (EPSG:4326); without it the layer facility_layer is read",
        ),
    ),
    Input(
        name="facility_layer",
        label=Text("ชั้นข้อมูลจุดบริการ", "Layer of facilities"),
        type="text",
        default="facilities",
    ),
    Input(
        name="facility_filter",
        label=Text("ตัวกรองจุดบริการ", "Filter of facilities"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลจุดบริการ", "CQL2 over the layer of facilities"),
    ),
    Input(
        name="kind",
        label=Text("ประเภทจุดบริการ", "Kinds of facility"),
        type="text",
        description=Text("เช่น hospital,clinic", "Such as hospital,clinic"),
    ),
    Input(
        name="province_list",
        label=Text("เฉพาะจังหวัดในบัญชี", "Only provinces in a list"),
        type="text",
        values=PROVINCE_LISTS,
    ),
)

TOWARD_INPUT = Input(
    name="direction",
    label=Text("ทิศทาง", "Direction"),
    type="text",
    default="to_facility",
    values={
        "to_facility": Text("จากสถานที่ไปจุดบริการ", "From the place to the facility"),
        "from_facility": Text("จากจุดบริการไปสถานที่", "From the facility to the place"),
    },
)

NEAREST_FACILITY = Process(
    id="nearest-facility",
    version="1.0.0",
    title=Text("จุดบริการที่ใกล้ที่สุด", "Nearest facilities"),
    description=Text(
        "หาจุดบริการที่ใกล้ที่สุดของหมู่บ้านหรือสถานที่ ตามเวลาเดินทางบนถนน พร้อมเส้นทาง "
        "ถ้าไม่มีถนนเชื่อมถึงจะประมาณจากเส้นตรงและบอกไว้",
        "The facilities nearest to villages or other places by travel time on the road, with the "
        "way there; where no road leads, an estimate along the straight line that says so",
    ),
    inputs=(
        Input(
            name="places",
            label=Text("สถานที่", "Places"),
            type="geojson",
            description=Text(
                "GeoJSON (EPSG:4326) ไม่ระบุใช้ชั้นข้อมูล place_layer",
                "GeoJSON (EPSG:4326); without it the layer place_layer is read",
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
        *FACILITY_INPUTS,
        Input(
            name="k",
            label=Text("จำนวนที่หาต่อสถานที่", "How many for each place"),
            type="integer",
            default=1,
            minimum=1,
            maximum=50,
        ),
        Input(
            name="same_first",
            label=Text("จุดบริการในพื้นที่เดียวกันก่อน", "Those of the same area first"),
            type="text",
            values={
                "province": Text("จังหวัด", "Province"),
                "district": Text("อำเภอ", "District"),
                "tambon": Text("ตำบล", "Tambon"),
            },
        ),
        Input(
            name="max_minutes",
            label=Text("เวลาเดินทางไม่เกิน", "At most this long"),
            type="number",
            unit="min",
            minimum=0,
        ),
        TOWARD_INPUT,
        *TRAVEL_INPUTS,
        PRECISION_INPUT,
        Input(
            name="lines",
            label=Text("แสดงเส้นทาง", "Draw the ways"),
            type="boolean",
            default=True,
        ),
    ),
    outputs=(
        Output(name="place_id", label=Text("รหัสสถานที่", "Place"), type="text"),
        Output(name="rank", label=Text("ลำดับ", "Rank"), type="integer"),
        Output(name="facility_id", label=Text("รหัสจุดบริการ", "Facility"), type="text"),
        Output(name="facility_name_th", label=Text("จุดบริการ", "Facility name"), type="text"),
        *TRAVEL_OUTPUTS,
        Output(name="same_area", label=Text("อยู่พื้นที่เดียวกัน", "Same area"), type="boolean"),
        Output(name="within_limit", label=Text("ไม่เกินเวลา", "Within the limit"), type="boolean"),
    ),
    reads=("villages", "facilities", "roads", "provinces"),
    run=run,
)
