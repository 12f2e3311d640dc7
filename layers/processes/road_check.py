"""Road check: is the road layer sound enough to measure travel on, and where is it not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.network import PROFILES, RoadNetwork, Topology, connection, crossings, near_misses
from geo.network.checks import NEAR_M
from geo.network.snapping import parts_of
from geo.network.topology import MOST_SNAP_M, SNAP_M
from geo.text import Text
from layers.model import choices
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.travel_places import cells
from layers.road_network import prepared_roads

__all__ = ["ROAD_CHECK"]

FAULTS = choices(
    near_miss=("ปลายถนนเกือบชนถนนอื่น", "Dead end that nearly touches another road"),
    unconnected=("ไม่ต่อกับโครงข่ายหลัก", "Not connected to the main network"),
    missing=("ไม่มีรูปเส้น", "No shape"),
    not_a_line=("ไม่ใช่เส้น", "Not a line"),
    not_lonlat=("พิกัดไม่ใช่ลองจิจูด ละติจูด", "Not in longitude and latitude"),
    zero_length=("เส้นยาวศูนย์เมตร", "A line of no length"),
)


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Check the layer ``roads`` as it is joined for travel analyses."""
    reader.versions["roads"] = reader.store.state("roads").version
    folder = Path(reader.road_cache) if reader.road_cache else None
    made = prepared_roads(reader.store, snap_m=parameters["snap_m"], cache=folder)
    network = RoadNetwork(made.topology, parameters["profile"], hierarchy=made.hierarchy)
    found = pd.concat(
        [
            _near(made.topology, parameters["near_m"]),
            _unconnected(network),
            _unusable(made.topology),
        ],
        ignore_index=True,
    )
    columns = {name: found[name] for name in found.columns if name != "geometry"}
    summary = {
        **{k: v for k, v in asdict(made.topology.report).items() if k != "unusable"},
        **connection(network)._asdict(),
        "main_share": connection(network).main_share,
        "crossings_not_joined": crossings(made.topology),
        "faults": found["fault"].value_counts().to_dict(),
    }
    return Result(
        features=gpd.GeoDataFrame(cells(columns), geometry=list(found["geometry"]), crs=4326),
        summary={name: _plain(value) for name, value in summary.items()},
        rules=("TOUR-R132",),
        left_out=sum(map(len, made.topology.report.unusable.values())),
    )


def _near(topology: Topology, near_m: float) -> pd.DataFrame:
    found = near_misses(topology, near_m)
    ids = topology.roads.index.to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "road_id": ids[found["road"].to_numpy(dtype=int)],
            "fault": "near_miss",
            "other_road_id": ids[found["other"].to_numpy(dtype=int)],
            "gap_m": found["gap_m"].astype(float).round(2),
            "geometry": np.asarray(found.geometry.array, dtype=object),
        }
    )


def _unconnected(network: RoadNetwork) -> pd.DataFrame:
    """Edges that the profile may use and that are in no part or not in the largest."""
    topology, usable = network.topology, network.arcs.edges_usable
    part, length = parts_of(topology, network.arcs)
    main = int(length.argmax()) if len(length) else -1
    apart = np.flatnonzero(usable & (part != main))
    sizes = np.append(length, np.nan)[part[apart]]  # part -1 leads one way only: no size
    return pd.DataFrame(
        {
            "road_id": topology.roads.index.to_numpy(dtype=object)[topology.road[apart]],
            "fault": "unconnected",
            "length_m": topology.length_m[apart].round(1),
            "part_m": sizes.round(1),
            "geometry": topology.lines[apart],
        }
    )


def _unusable(topology: Topology) -> pd.DataFrame:
    ids = topology.roads.index.to_numpy(dtype=object)
    rows = [
        (ids[row], fault, None)
        for fault, numbers in topology.report.unusable.items()
        for row in numbers
    ]
    return pd.DataFrame(rows, columns=["road_id", "fault", "geometry"])


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    return value


ROAD_CHECK = Process(
    id="road-check",
    version="1.0.0",
    title=Text("ตรวจโครงข่ายถนน", "Road check"),
    description=Text(
        "ตรวจว่าชั้นข้อมูลถนนต่อกันครบหรือไม่ ปลายถนนที่เกือบชนถนนอื่น ช่วงที่ไม่ต่อกับโครงข่ายหลัก "
        "และเส้นที่ใช้ไม่ได้ ก่อนนำไปคำนวณเวลาเดินทาง",
        "Whether the road layer hangs together: dead ends that nearly touch another road, "
        "stretches that the main network does not reach, and lines that cannot be used",
    ),
    inputs=(
        Input(
            name="profile",
            label=Text("วิธีเดินทาง", "Way of travelling"),
            type="text",
            default="car",
            values={name: profile.label for name, profile in PROFILES.items()},
        ),
        Input(
            name="snap_m",
            label=Text("ระยะเชื่อมปลายถนน", "Snapping distance"),
            type="number",
            unit="m",
            default=SNAP_M,
            minimum=0,
            maximum=MOST_SNAP_M,
            description=Text(
                "ปลายถนนที่ห่างกันไม่เกินนี้นับเป็นทางแยกเดียวกัน",
                "Ends of roads that are at most this far apart are one junction",
            ),
        ),
        Input(
            name="near_m",
            label=Text("ระยะที่ถือว่าเกือบชน", "Counts as nearly touching"),
            type="number",
            unit="m",
            default=NEAR_M,
            minimum=0,
            maximum=200,
        ),
    ),
    outputs=(
        Output(name="road_id", label=Text("รหัสช่วงถนน", "Road segment ID"), type="text"),
        Output(name="fault", label=Text("สิ่งที่พบ", "Finding"), type="text", values=FAULTS),
        Output(name="other_road_id", label=Text("ถนนที่เกือบชน", "Other road"), type="text"),
        Output(name="gap_m", label=Text("ช่องว่าง", "Gap"), type="number", unit="m"),
        Output(name="length_m", label=Text("ความยาว", "Length"), type="number", unit="m"),
        Output(
            name="part_m",
            label=Text("ความยาวของส่วนที่แยกออก", "Length of the separate part"),
            type="number",
            unit="m",
        ),
    ),
    reads=("roads",),
    run=run,
)
